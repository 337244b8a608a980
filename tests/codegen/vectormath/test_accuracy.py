"""Every function of the catalogue keeps its bound, at special values too."""

import math

import numpy as np
import pytest

from codegen.vectormath import CATALOGUE
from codegen.vectormath.measure import error_at, kernel, sample
from codegen.vectormath.oracle import BASES, base_name

MEASURED = [name for name in CATALOGUE if base_name(name) in BASES]
SPECIAL = (0.0, -0.0, math.inf, -math.inf, math.nan)
INF, NAN = math.inf, math.nan

# at 0, −0, ∞, −∞
LIMITS = {
    "exp": (1, 1, INF, 0),
    "expm1": (0, -0.0, INF, -1),
    "gaussian": (1, 1, 0, 0),
    "tanh": (0, -0.0, 1, -1),
    "sinh": (0, -0.0, INF, -INF),
    "cosh": (1, 1, INF, INF),
    "sech2": (1, 1, 0, 0),
    "sigmoid": (0.5, 0.5, 1, 0),
    "log": (-INF, -INF, INF, NAN),
    "log1p": (0, -0.0, INF, NAN),
    "softplus": (math.log(2), math.log(2), INF, 0),
    "asinh": (0, -0.0, INF, -INF),
    "erf": (0, -0.0, 1, -1),
    "erfc": (1, 1, 0, 2),
    "normal_cdf": (0.5, 0.5, 1, 0),
    "atan": (0, -0.0, math.pi / 2, -math.pi / 2),
    "sqrt1p_square": (1, 1, INF, INF),
    "sin": (0, -0.0, NAN, NAN),
    "cos": (1, 1, NAN, NAN),
}


@pytest.mark.parametrize("name", MEASURED)
def test_error_stays_within_the_bound(name):
    found = sample(name, 300, seed=7)
    assert found.error <= CATALOGUE[name].bound, f"{found.error} at {found.x.hex()}"


@pytest.mark.parametrize("name", [f"{b}_{f}" for b in LIMITS for f in ("f32", "f64")])
def test_special_values(name):
    x = np.array(SPECIAL, dtype=CATALOGUE[name].dtype)
    y = np.empty_like(x)
    kernel(name)(x, x, y, y)
    expected = np.array([*LIMITS[base_name(name)], NAN], dtype=x.dtype)
    np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(np.signbit(y[:2]), np.signbit(expected[:2]))


@pytest.mark.parametrize("name", ["sin_near_f32", "cos_near_f64", "sin_near_wide"])
def test_near_functions_return_nan_outside_their_range(name):
    x = np.array([1e30, -1e30], dtype=CATALOGUE[name].dtype)
    y = np.empty_like(x)
    kernel(name)(x, x, y, y)
    assert np.isnan(y).all()


@pytest.mark.parametrize(
    ("name", "x"),
    [
        ("sin_f64", 6381956970095103.0 * 2.0**797),  # the double nearest a multiple of π/2
        ("cos_f64", 6381956970095103.0 * 2.0**797),
        ("sin_dd", 6381956970095103.0 * 2.0**797),
        ("sin_f32", 16367173.0 * 2.0**72),  # the hardest float32
        ("exp_f64", -745.13),
        ("erfc_f64", 27.2),
        ("normal_cdf_f64", -38.4),
        ("sigmoid_f32", -103.9),
        ("log1p_f64", -1.0 + 2.0**-53),
    ],
)
def test_hard_arguments(name, x):
    assert error_at(name, x) <= CATALOGUE[name].bound


@pytest.mark.parametrize(
    "name",
    # a sine of doubles brings a huge argument to its remainder behind a branch, which ends vectorising
    [name for name in MEASURED if "reduce_far" not in CATALOGUE[name].needs],
)
def test_loops_over_a_function_become_vector_code(name):
    compiled = kernel(name)
    x = np.zeros(1, dtype=CATALOGUE[name].dtype)
    compiled(x, x.copy(), x.copy(), x.copy())
    kind = "float" if CATALOGUE[name].dtype == "float32" else "double"
    text = compiled.inspect_llvm(compiled.signatures[0])
    assert f" x {kind}>" in text
