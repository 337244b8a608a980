"""The Arb oracle and the C-library reference agree with mpmath."""

import math

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from codegen.vectormath.oracle import BASES, exact, ulps
from codegen.vectormath.points import points
from codegen.vectormath.reference import REFERENCE

MPMATH = {
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "gaussian": lambda x: mpmath.exp(-x * x),
    "tanh": mpmath.tanh,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "sech2": lambda x: mpmath.sech(x) ** 2,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "asinh": mpmath.asinh,
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
    "erfcx": lambda x: mpmath.exp(x * x) * mpmath.erfc(x),
    "normal_cdf": lambda x: mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
    "sin": mpmath.sin,
    "sin_scaled": lambda x: mpmath.sin(2**64 * x),
    "cos_scaled": lambda x: mpmath.cos(2**64 * x),
    "cos": mpmath.cos,
    "atan": mpmath.atan,
    "sqrt1p_square": lambda x: mpmath.sqrt(1 + x * x),
}


@pytest.mark.parametrize("base", BASES)
def test_oracle_agrees_with_mpmath(base):
    function = MPMATH[base.removesuffix("_near").removesuffix("_pair")]
    with mpmath.workprec(400):
        for x in (0.7, -0.3, 1e-9, 12.5, 26.25):
            if base == "log" and x < 0:
                continue
            truth = exact(base, x)
            expected = function(mpf(x))
            given = mpf(int(truth.man_exp()[0])) * mpf(2) ** int(truth.man_exp()[1])
            assert abs(given / expected - 1) < mpf(2) ** -78


@pytest.mark.parametrize("base", sorted(REFERENCE))
def test_reference_for_float32_is_good_to_44_bits(base):
    for x in points(300, "float32", np.random.default_rng(1)):
        value = REFERENCE[base](np.float64(x))
        truth = exact(base, float(x)) if math.isfinite(x) else None
        if truth is None or truth.is_zero() or abs(truth) < 2.0**-160:
            continue
        if float(abs(truth)) < 2.0**130:
            assert abs(float((value - truth) / truth)) < 2.0**-44, x


def test_ulps_count_units_of_the_truth():
    one = exact("exp", 0.0)
    assert ulps(1.0, one, "float64") == 0
    assert ulps(1.0 + 2**-52, one, "float64") == 1
    assert ulps(1.0 + 2**-23, one, "float32") == 1
    assert ulps(0.0, exact("exp", -1000.0), "float64") == pytest.approx(0, abs=1e-100)
    assert ulps(math.inf, exact("exp", 1000.0), "float64") == 0
    assert ulps(math.nan, one, "float64") == math.inf
