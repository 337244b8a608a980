"""Compute exp and its kin in float64 to about 2⁻⁴⁰, with short polynomials and no low parts."""

import numpy as np

from codegen.vectormath.arithmetic import fma, scalar, select
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.polynomials import INVERSE_LN2_F64, MANTISSA_BITS_F64
from codegen.vectormath.wide.polynomials import (
    LN2_WIDE,
    SHIFT_WIDE,
    exp_rise_wide,
    expm1_rise_wide,
)

__all__ = [
    "exp_wide",
    "expm1_wide",
    "gaussian_wide",
    "sech2_wide",
    "sigmoid_wide",
    "tanh_wide",
]


@scalar
def reduce_exp_wide(x):
    """Return r and 2ⁿ with x = n ln 2 + r, |x| ≤ 708."""
    shifted = fma(x, INVERSE_LN2_F64, SHIFT_WIDE)
    r = fma(shifted - SHIFT_WIDE, -LN2_WIDE, x)
    return r, float_f64(np.uint64(bits_f64(shifted) << MANTISSA_BITS_F64))


@scalar
def exp_wide(x):
    """Return eˣ; 0 below −708 and infinite above 709."""
    r, power = reduce_exp_wide(x)
    result = select(x < -708.0, 0.0, fma(power, r * exp_rise_wide(r), power))
    return select(x > 709.0, np.inf, result)


@scalar
def gaussian_wide(x):
    """Return e^(−x²)."""
    return exp_wide(-(x * x))


@scalar
def expm1_reduced_wide(x):
    """Return eˣ − 1, |x| ≤ 708."""
    r, power = reduce_exp_wide(x)
    return fma(power, r * expm1_rise_wide(r), power - 1.0)


@scalar
def expm1_wide(x):
    """Return eˣ − 1."""
    result = select(x < -60.0, -1.0, expm1_reduced_wide(x))
    return select(x > 709.0, np.inf, result)


@scalar
def tanh_wide(x):
    """Return tanh(x) = E/(E + 2), E = e^(2|x|) − 1."""
    size = abs(x)
    excess = expm1_reduced_wide(2.0 * select(size > 40.0, 40.0, size))
    return np.copysign(excess / (excess + 2.0), x)


@scalar
def sigmoid_wide(x):
    """Return 1/(1 + e⁻ˣ) = u/(1 + u) or 1/(1 + u), u = e^−|x|."""
    u = exp_wide(-abs(x))
    return select(x < 0.0, u, 1.0) / (1.0 + u)


@scalar
def sech2_wide(x):
    """Return 1/cosh²(x) = 4u/(1 + u)², u = e^(−2|x|)."""
    u = exp_wide(-2.0 * abs(x))
    return 4.0 * u / ((1.0 + u) * (1.0 + u))
