"""The truth agrees with mpmath, at limits and removable singularities too."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from flint import arb

from codegen.scalar.balls import OPERATIONS
from codegen.scalar.lower import lower
from codegen.scalar.oracle import enclose, truth
from codegen.scalar.settled import TIGHT, settled
from codegen.scalar.stated import stated
from derive.calculus import derivative
from derive.formula import X, formula

WHERE = (0.3, -1.7, 25.0, -88.0, 700.0, 1e-200, -1e-30)
FORMULAS = {
    "x*tanh(log(1+exp(x)))": lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))),
    "erf(x)*exp(-x**2)": lambda x: mpmath.erf(x) * mpmath.exp(-x * x),
    "max(x, atan(x))": lambda x: max(x, mpmath.atan(x)),
    "x if x > 0 else exp(x) - 1": lambda x: x if x > 0 else mpmath.expm1(x),
    "asinh(x)/sqrt(1+x*x)": lambda x: mpmath.asinh(x) / mpmath.sqrt(1 + x * x),
}


def limit_of(text: str, x: float) -> float:
    (found,) = truth(lower([formula(text)], X), np.array([x]))
    return float(found.floats()[0])


@pytest.mark.parametrize("text", FORMULAS)
def test_values_agree_with_mpmath_to_many_digits(text):
    (found,) = truth(lower([formula(text)], X), np.array(WHERE))
    with mpmath.workdps(400):
        for k, x in enumerate(WHERE):
            exact = FORMULAS[text](mpmath.mpf(x))
            here = mpmath.ldexp(
                mpmath.mpf(found.high[k]) + mpmath.mpf(found.low[k]), int(found.exponent[k])
            )
            if here or abs(exact) > mpmath.ldexp(1, -1200):
                assert abs(here / exact - 1) < mpmath.ldexp(1, -70)


def test_limits_stand_where_the_formula_has_no_value():
    assert limit_of("sin(x)/x", 0.0) == 1
    assert limit_of("x/(exp(x)-1)", math.inf) == 0
    assert limit_of("sqrt(x**2+1)-x", math.inf) == 0
    assert math.isnan(limit_of("sin(x)", math.inf))
    assert math.isnan(limit_of("log(x)", -1.0))
    assert limit_of("log(x)", 0.0) == -math.inf


def test_a_tie_of_infinities_is_decided_by_the_limit():
    slope = "0.1 if x < 0.1*x else 1"
    assert limit_of(slope, -math.inf) == 0.1
    assert limit_of("max(x, 0.1*x)", -math.inf) == -math.inf


def test_a_comparison_without_a_value_does_not_hold():
    assert limit_of("Piecewise((1, (x >= 0) & (x**0.7 < 3)), (2, True))", -1.0) == 2


def test_ulps_of_the_truth_count_subnormals_and_overflow():
    (found,) = truth(lower([formula("x")], X), np.array([1.0, 1e-310, 1e300]))
    assert found.ulp_distance(np.array([1.0 + 2**-52, 1e-310, np.inf]), "float64")[:2].tolist() == [
        1,
        0,
    ]
    assert found.ulp_distance(np.array([1, 0, np.inf], np.float32), "float32")[2] == 0


def test_nan_is_nan():
    assert enclose(lower([formula("1 if x > 0 else 2")], X), math.nan)[0].is_nan()


@pytest.mark.parametrize("x", [-1386.640869140625, -1e10, -3e38])
def test_what_no_exponent_holds_has_a_reciprocal_of_0(x):
    g = formula("x*sinh(2*x)/(1+exp(-sinh(2*x)))")
    assert abs(enclose(lower([g, derivative(g, X)], X), x)[1]) < 1e-300


def test_what_is_infinite_at_few_bits_is_found_with_more():
    (found,) = enclose(lower([formula("log(1+exp(1/cosh(sqrt(1+exp(x**3)))))")], X), 16.03)
    assert abs(found - math.log(2)) < 1e-15


def test_the_sine_of_what_no_precision_holds_is_unknown_and_bounded():
    unknown, none = enclose(
        lower([formula(t) for t in ("sin(sinh(x))", "exp(-x)*sin(exp(x))")], X), 1e4
    )
    assert unknown.is_nan()
    assert none == 0


@pytest.mark.parametrize(
    ("text", "logarithm"),
    [
        ("cosh(x) - sinh(x)", lambda x: -x),
        ("(exp(x) + 1)**2 - exp(2*x)", lambda x: x + math.log(2)),
        ("exp(2*x)*(sqrt(exp(2*x) + 1) - exp(x))", lambda x: x - math.log(2)),
    ],
)
def test_what_no_precision_decides_is_asked_of_the_normal_form(text, logarithm):
    x = 1e6
    assert enclose(lower([formula(text)], X), x)[0].is_nan()
    (value,) = settled(
        stated([formula(text)], X), arb(x), {}, TIGHT + 1
    )  # what underflows is not 0
    assert abs(value.log() - logarithm(x)) < 1e-9


def test_what_no_exponent_holds_is_infinite_to_every_dtype():
    (found,) = truth(lower([formula("exp(exp(exp(x)))")], X), np.array([1.37e37]))
    assert math.isinf(found.floats()[0])


def test_the_logarithm_of_what_no_exponent_holds_is_asked_of_the_normal_form():
    text = "log(log(1 + exp(exp(x))))"
    assert enclose(lower([formula(text)], X), 1e6)[0].is_nan()
    assert abs(enclose(stated([formula(text)], X), 1e6)[0] - 1e6) < 1e-12


@pytest.mark.parametrize(
    "text", ["tanh(exp(x))*exp(-x)", "sinh(exp(x))/exp(x)", "(exp(exp(x))-1)*exp(-x)"]
)
@pytest.mark.parametrize("x", [-1e17, -1e20, -1e300])
def test_what_begins_like_u_is_known_however_small_u_is(text: str, x: float) -> None:
    assert limit_of(text, x) == 1.0


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("x/(1 + abs(x)**1.0001)", 0.0),
        ("x/(1 + abs(x)**0.9999)", math.inf),
        ("1/log(2 + x**2)", 0.0),
    ],
)
def test_limits_are_found_that_are_approached_as_slowly_as_a_logarithm_grows(text, limit):
    assert limit_of(text, math.inf) == limit


@pytest.mark.parametrize("text", ["x*cos(30*x)", "x*sin(3*x)", "sign(sin(x))", "sign(sin(1.7*x))"])
def test_what_turns_for_ever_has_no_limit(text):
    (found,) = truth(lower([formula(text)], X), np.array([np.inf, -np.inf]))
    assert np.isnan(found.floats()).all()


def test_erfc_has_digits_however_small_it_is():
    with mpmath.workprec(300):
        for u in (16385.0, 5e4, 1e9):
            ball = OPERATIONS["erfc"](arb(u))
            expected = mpmath.erfc(u)
            mantissa, exponent = ball.mid().man_exp()
            found = mpmath.mpf((int(mantissa), int(exponent)))
            assert abs(found / expected - 1) < 2.0**-40
            assert ball.rel_accuracy_bits() > 40


@pytest.mark.parametrize("x", [-1e5, -31.5, 1e5])
def test_the_sign_of_an_arcsine_is_that_of_its_argument(x):
    (found,) = truth(stated([formula("abs(asin(tanh(x)))")], X), np.array([x]))
    assert found.floats()[0] == pytest.approx(math.pi / 2)  # 1 − tanh² is 0 to 5000 bits
