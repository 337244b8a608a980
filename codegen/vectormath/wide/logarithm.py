"""Compute log and its kin in float64 to about 2⁻⁴⁰, for arguments that are normal or 0."""

import numpy as np

from codegen.vectormath.arithmetic import fma, scalar, select
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.polynomials import (
    EXPONENT_SHIFT_F64,
    LOG_FOLD_F64,
    MANTISSA_BITS_F64,
    MANTISSA_MASK_F64,
    SHIFT_BITS_F64,
    SQRT_HALF_BITS_F64,
)
from codegen.vectormath.wide.exponential import exp_wide
from codegen.vectormath.wide.polynomials import LN2_WIDE, log_tail_wide

__all__ = ["asinh_wide", "log1p_wide", "log_wide", "softplus_wide"]


@scalar
def log1p_reduced_wide(f, k):
    """Return k ln 2 + log(1 + f) for f between √½ − 1 and √2 − 1."""
    s = f / (2.0 + f)
    z = s * s
    return fma(k, LN2_WIDE, s * fma(z, log_tail_wide(z), 2.0))


@scalar
def split_wide(x):
    """Return f and k with x = 2ᵏ (1 + f) for a normal x > 0."""
    bits = np.uint64(bits_f64(x) + LOG_FOLD_F64)
    biased = np.uint64(bits >> MANTISSA_BITS_F64)
    m = float_f64(np.uint64(np.uint64(bits & MANTISSA_MASK_F64) + SQRT_HALF_BITS_F64))
    return m - 1.0, float_f64(np.uint64(biased | SHIFT_BITS_F64)) - EXPONENT_SHIFT_F64


@scalar
def log_wide(x):
    """Return the natural logarithm: −inf at ±0, NaN below."""
    f, k = split_wide(x)
    result = select(x < np.inf, log1p_reduced_wide(f, k), x)
    result = select(x == 0.0, -np.inf, result)
    return select(x < 0.0, np.nan, result)


@scalar
def log1p_wide(x):
    """Return log(1 + x): −inf at −1, NaN below."""
    f, k = split_wide(1.0 + x)
    result = log1p_reduced_wide(select(k == 0.0, x, f), k)
    result = select(x < np.inf, result, x)
    result = select(x == -1.0, -np.inf, result)
    return select(x < -1.0, np.nan, result)


@scalar
def softplus_wide(x):
    """Return log(1 + eˣ) = max(x, 0) + log1p(e^−|x|)."""
    u = exp_wide(-abs(x))
    small = u < 0.4140625
    f = select(small, u, fma(u, 0.5, -0.5))
    return select(x < 0.0, 0.0, x) + log1p_reduced_wide(f, select(small, 0.0, 1.0))


@scalar
def asinh_wide(x):
    """Return arsinh(x) = log1p(y), y = |x| + x²/(1 + √(1 + x²)), for |x| ≤ 1e150 or infinite."""
    size = abs(x)
    square = x * x
    part = select(square < np.inf, square / (1.0 + np.sqrt(1.0 + square)), size)
    return np.copysign(log1p_wide(size + part), x)
