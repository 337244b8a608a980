"""Break points are worked out from the formula, and the slope chosen there is admissible."""

import mpmath
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sympy import S, log, pi, sqrt

from derive.activation import activation, library
from derive.breakpoints import break_points, examined
from derive.calculus import derivative
from derive.formula import X
from derive.pointwise import evaluate
from derive.subgradient import filled, repaired_derivative

KNOWN = {
    "relu": "kink 0 0 1",
    "leaky_relu": "kink 0 1/100 1",
    "prelu": "kink 0 1/4 1",
    "relu6": "kink 0 0 1, kink 6 1 0",
    "relun": "kink 0 0 1, kink 1 1 0",
    "relu_squared": "smooth 0",
    "star_relu": "smooth 0",
    "repu": "smooth 0",
    "elu": "smooth 0",
    "celu": "smooth 0",
    "pelu": "smooth 0",
    "hard_sigmoid": "kink -3 0 1/6, kink 3 1/6 0",
    "hard_sigmoid_keras": "kink -5/2 0 1/5, kink 5/2 1/5 0",
    "penalized_tanh": "kink 0 1/4 1",
    "hardtanh": "kink -1 0 1, kink 1 1 0",
    "softshrink": "kink -1/2 1 0, kink 1/2 0 1",
    "hardshrink": "jump -1/2, jump 1/2",
    "threshold": "jump 1/10",
    "softsign": "smooth 0",
    "scaled_softsign": "smooth 0",
    "elliott": "smooth 0",
    "smelu": "smooth -1, smooth 1",
    "smooth_step": "smooth -1/2, smooth 1/2",
    "hard_swish": "kink -3 0 -1/2, kink 3 3/2 1",
    "flatten_t_swish": "kink 0 0 1/2",
    "hard_mish": "kink -2 0 -1, smooth 0",
    "hard_elish": "kink -1 0 -1/2+exp(-1)/2, smooth 0, kink 1 3/2 1",
    "modulus": "kink 0 -1 1",
    "shilu": "kink 0 0 1",
    "sqnl": "smooth -2, smooth 0, smooth 2",
    "symlog": "smooth 0",
    "symexp": "smooth 0",
    "srelu": "kink -1 1/5 1, kink 1 1 1/5",
    "sign_relu": "smooth 0",
    "poly_relu": "kink 0 0 1/3",
}


def described(points):
    words = []
    for point in points:
        word = f"{point.kind} {point.location}"
        if point.kind == "kink":
            word += f" {point.slope_left} {point.slope_right}"
        words.append(word.replace(" + ", "+"))
    return ", ".join(words)


@pytest.mark.parametrize("name", [name for name in library() if name != "selu"])
def test_the_library_breaks_where_the_literature_says(name):
    assert described(break_points(activation(name))) == KNOWN.get(name, "")


def test_selu_has_a_kink_at_zero():
    (point,) = break_points(activation("selu"))
    assert (point.kind, point.location) == ("kink", 0)
    assert float(point.slope_left) == pytest.approx(1.7580993408473766)
    assert float(point.slope_right) == pytest.approx(1.0507009873554805)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abs(x**2 - 1)", {-1: 0, 1: 0}),
        ("abs(abs(abs(x) - 1) - 2)", {-3: 0, -1: 0, 0: 0, 1: 0, 3: 0}),
        ("max(0, x)", {0: 0}),
        ("max(x, 0)", {0: 1}),
        ("max(x, 2*x, 3*x)", {0: 1}),
        ("min(x, x**2)", {0: 1, 1: 1}),
        ("max(x**2 - 2, 0)", {-sqrt(2): -2 * sqrt(2), sqrt(2): 2 * sqrt(2)}),
        ("Piecewise((x, exp(x) > 2), (log(2), True))", {log(2): 0}),
        ("abs(exp(2*x) - 3*exp(x) + 2)", {0: 0, log(2): 0}),
        ("max(tanh(x) - 0.5, 0)", {log(3) / 2: S(3) / 4}),
        ("Piecewise((x, x < 0), (5*x, x > 0), (0, True))", {0: 1}),
        ("Piecewise((x, x > 0), (-x, x < 0), (0, True))", {0: 0}),
        ("x if -1 < x < 1 else sign(x)", {-1: 0, 1: 0}),
        ("0 if x < 0 else x if x < 1 else 2 - x if x < 2 else 0", {0: 1, 1: -1, 2: 0}),
        ("abs(x - 1e-30)", {S(10) ** -30: 0}),
        ("sqrt(abs(x))", {0: 0}),
        ("x**2 if x > 0 else -x**2", {0: 0}),
        ("abs(x)*abs(x)", {}),
        ("Piecewise((x, Ne(x, 1)), (1, True))", {}),
        ("sin(x)/x", {}),
        ("relu(x) - Piecewise((x, x >= 0), (0, True))", {}),
    ],
)
def test_a_formula_breaks_at_these_points_with_these_slopes(text, expected):
    assert {p.location: p.slope for p in break_points(activation(text))} == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("1/x", ["pole"]),
        ("log(x)", ["edge"]),
        ("sign(x)", ["jump"]),
        ("Piecewise((2, x > 0), (1, Eq(x, 0)), (0, True))", ["jump"]),
        ("Piecewise((1, Eq(x, 2)), (0, True))", ["jump"]),
        ("cbrt(x)", ["kink"]),
        ("Piecewise((exp(-1/x), x > 0), (0, True))", ["smooth"]),
        ("abs(x)**3", ["smooth"]),
    ],
)
def test_the_kind_of_a_break(text, kinds):
    assert [point.kind for point in break_points(activation(text))] == kinds


@pytest.mark.parametrize(
    ("text", "location", "period"),
    [
        ("max(sin(x), 0)", 0, pi),
        ("abs(cos(2*x))", pi / 4, pi / 2),
        ("tan(x)", pi / 2, pi),
    ],
)
def test_infinitely_many_break_points_are_a_family(text, location, period):
    (point,) = break_points(activation(text))
    assert (point.location, point.period) == (location, period)


def test_what_cannot_be_solved_is_known_to_fifty_digits():
    (point,) = break_points(activation("max(x*exp(x) - 1, 0)"))
    with mpmath.workdps(60):
        omega = mpmath.lambertw(1).real
        assert abs(evaluate(point.location) - omega) < mpmath.mpf(10) ** -49


def test_sin_equal_to_cos_is_found_within_one_period():
    points = break_points(activation("max(sin(x), cos(x))"))
    assert [point.period for point in points] == [2 * pi, 2 * pi]
    assert float(points[0].location) == pytest.approx(float(pi / 4))


PIECES = ["x", "x**2", "-x", "0", "2*x - 1", "abs(x - 1)", "tanh(x)", "x*abs(x)", "sign(x)*x**2"]
PLACES = st.sampled_from(["< 0", "<= 1", "> -0.5", "== 1", ">= 0"])
BROKEN = st.recursive(
    st.sampled_from(PIECES),
    lambda inner: st.one_of(
        st.builds("max({}, {})".format, inner, inner),
        st.builds("min({}, {})".format, inner, inner),
        st.builds("abs({})".format, inner),
        st.builds("({}) + ({})".format, inner, inner),
        st.builds("sign(x)*({})".format, inner),
        st.builds("({}) if x {} else ({})".format, inner, PLACES, inner),
    ),
    max_leaves=4,
)


@given(BROKEN)
@example("max(min(x*abs(x), tanh(x)), tanh(x))")  # ties at an irrational place, on both sides
@settings(max_examples=60, deadline=None)
def test_the_chosen_slope_lies_between_difference_quotients(text):
    bound = activation(text)
    slope, value = repaired_derivative(bound), filled(bound)
    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -25
        for point in examined(bound.valued):
            if point.kind not in {"kink", "smooth", "regular"} or point.period is not None:
                continue
            place = evaluate(point.location)
            here = evaluate(value, {X: place})
            sides = [(evaluate(value, {X: place + s * step}) - here) / (s * step) for s in (-1, 1)]
            chosen = evaluate(slope, {X: place}, point.vanishing)
            assert min(sides) - 1e-15 <= chosen <= max(sides) + 1e-15


@pytest.mark.parametrize("name", library())
def test_only_products_with_sign_need_another_derivative_than_the_rules_give(name):
    slope = derivative(library()[name].bound, X)
    assert (repaired_derivative(library()[name], slope) == slope) == (
        name not in {"symlog", "symexp"}
    )


@pytest.mark.parametrize(
    ("text", "point", "value", "slope"),
    [
        ("symlog(x)", 0, 0, 1),
        ("symexp(x)", 0, 0, 1),
        ("sin(x)/x", 0, 1, 0),
        ("(exp(x) - 1)/x", 0, 1, 0.5),
        ("Piecewise((x, x < 0), (5*x, x > 0), (0, True))", 0, 0, 1),
        ("relu(x) - Piecewise((x, x >= 0), (0, True))", 0, 0, 0),
        ("min(abs(x), 1)*sign(x)", 0, 0, 1),
        ("Piecewise((x**2*sin(1/x), Ne(x, 0)), (0, True))", 0, 0, 0),
        ("Piecewise((x*sin(1/x), Ne(x, 0)), (0, True))", 0, 0, 0),
    ],
)
def test_the_mended_expressions_hold_at_the_point(text, point, value, slope):
    mended = activation(text)
    at = {X: mpmath.mpf(point)}
    assert evaluate(filled(mended), at) == value
    assert evaluate(repaired_derivative(mended), at) == slope


@pytest.mark.parametrize("factor", ["x", "x**2"])
def test_a_slope_that_swings_without_end_has_no_limit(factor):
    (point,) = examined(activation(f"{factor}*sin(1/x) if x != 0 else 0").valued)
    assert point.slope_left is point.slope_right is S.NaN
    assert point.slope == 0


def test_a_trainable_place_stays_a_symbol():
    text = "Piecewise((x - b, x < b), (5*x - 5*b, x > b), (0, True))"
    slope = repaired_derivative(activation(text, {"b": 2}, ["b"]))
    (symbol,) = slope.free_symbols - {X}
    for place in (2, -7):
        assert evaluate(slope, {X: mpmath.mpf(place), symbol: mpmath.mpf(place)}) == 1
