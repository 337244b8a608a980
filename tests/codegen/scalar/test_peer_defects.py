"""Where PyTorch and JAX are wrong in every digit, generated code is right, in value and derivative.

The truth is the formula in mpmath, differentiated numerically at hundreds of digits: none of derive's rules
and none of codegen's forms. The modules run as plain Python, which gives the bits of compiled code.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from codegen.scalar.certificate import BOUNDS
from codegen.store import import_plain

GENERATED = Path(__file__).parents[3] / "generated"
SELU = mpf("1.6732632423543772848170429916717"), mpf("1.0507009873554804934193349852946")
TRUTH: dict[str, Callable[[mpf], mpf]] = {
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "mish": lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))),
    "gelu": lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
    "gelu_tanh": lambda x: (
        x / (1 + mpmath.exp(-2 * mpmath.sqrt(2 / mpmath.pi) * (x + mpf("0.044715") * x**3)))
    ),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "selu": lambda x: SELU[1] * (x if x > 0 else SELU[0] * mpmath.expm1(x)),
    "squareplus": lambda x: (x + mpmath.sqrt(x * x + 4)) / 2,
    "siren_sine": lambda x: mpmath.sin(30 * x),
}
CASES = [
    ("tanh", "float32", -40.0),
    ("tanh", "float32", 9.5),
    ("tanh", "float64", -100.0),
    ("sigmoid", "float32", 17.5),
    ("sigmoid", "float64", 37.5),
    ("sigmoid", "float64", 700.0),
    ("gelu", "float32", -12.0),
    ("gelu", "float64", -37.0),
    ("gelu_tanh", "float32", -1e20),
    ("gelu_tanh", "float64", -1e120),
    ("gelu_tanh", "float64", -21.0),
    ("silu", "float32", -90.0),
    ("silu", "float64", -745.0),
    ("mish", "float32", -90.0),
    ("mish", "float64", -720.0),
    ("softplus", "float64", 21.0),
    ("softplus", "float32", -100.0),
    ("softplus", "float64", 0.0),
    ("elu", "float32", -80.0),
    ("selu", "float32", -80.0),
    ("elu", "float64", -1e-300),
    ("squareplus", "float32", -1e20),
    ("squareplus", "float64", -1e200),
    ("siren_sine", "float64", 1.7e308),
    ("siren_sine", "float32", -3e38),
]


@cache
def module(name: str) -> ModuleType:
    return import_plain(GENERATED / f"{name}.py")


def error(value: float, exact: mpf, dtype: str) -> float:
    """Return the error in ULP of the truth's binade."""
    digits, least = (24, -149) if dtype == "float32" else (53, -1074)
    _, exponent = mpmath.frexp(exact)
    return float(
        abs(mpf(float(value)) - exact) / mpmath.ldexp(1, max(int(exponent) - digits, least))
    )


@pytest.mark.parametrize(("name", "dtype", "x"), CASES)
def test_value_and_derivative_are_right(name, dtype, x):
    function = getattr(module(name), f"g_value_and_derivative_{dtype}")
    with np.errstate(all="ignore"):
        value, slope = function(np.dtype(dtype).type(x))
    with mpmath.workdps(900):
        place = mpf(float(np.dtype(dtype).type(x)))
        exact = TRUTH[name](place)
        step = mpf(10) ** -400 * max(1, abs(place))
        exact_slope = (TRUTH[name](place + step) - TRUTH[name](place - step)) / (2 * step)
        assert error(value, exact, dtype) <= BOUNDS[dtype]
        assert error(slope, exact_slope, dtype) <= BOUNDS[dtype]


@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("name", TRUTH)
def test_nan_gives_nan_and_infinities_give_limits(name, dtype):
    function = getattr(module(name), f"g_value_and_derivative_{dtype}")
    kind = np.dtype(dtype).type
    with np.errstate(all="ignore"):
        assert all(math.isnan(v) for v in function(kind(math.nan)))
        ends = [function(kind(x)) for x in (-math.inf, math.inf)]
    if name == "siren_sine":
        assert all(math.isnan(v) for end in ends for v in end)
        return
    assert not any(math.isnan(v) for end in ends for v in end)
    far = 1e30 if dtype == "float32" else 1e200
    with np.errstate(all="ignore"):
        slopes = [float(function(kind(x))[1]) for x in (-far, far)]
    assert [float(end[1]) for end in ends] == slopes
