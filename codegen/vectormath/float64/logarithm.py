"""Compute log, log1p, softplus and asinh in float64: x = 2ᵏ m, then a series in f/(2 + f).

With f = m − 1 and s = f/(2 + f), log m = f − f²/2 + s (f²/2 + R(s²)) as in FreeBSD's msun; the
leading two terms are summed without error, and an argument may bring a low part with it.
"""

import numpy as np

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar, select, two_sum
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.exponential import decay_parts_f64
from codegen.vectormath.float64.polynomials import (
    EXPONENT_SHIFT_F64,
    HUGE_F64,
    LEAST_NORMAL_F64,
    LN2_HIGH_F64,
    LN2_LOW_F64,
    LOG_FOLD_F64,
    MANTISSA_BITS_F64,
    MANTISSA_MASK_F64,
    SHIFT_BITS_F64,
    SMALL_F64,
    SQRT_HALF_BITS_F64,
    SUBNORMAL_POWER_F64,
    SUBNORMAL_SCALE_F64,
    TWICE_BIAS_F64,
    log_tail_f64,
)

__all__ = ["asinh_f64", "log1p_f64", "log_f64", "softplus_f64"]


@scalar
def log_parts_f64(x, low, offset):
    """Return high + rest = log((x + low)·2^offset) for a normal x > 0, |low| ≤ ulp(x)."""
    bits = np.uint64(bits_f64(x) + LOG_FOLD_F64)
    biased = np.uint64(bits >> MANTISSA_BITS_F64)
    k = (float_f64(np.uint64(biased | SHIFT_BITS_F64)) - EXPONENT_SHIFT_F64) + offset
    m = float_f64(np.uint64(np.uint64(bits & MANTISSA_MASK_F64) + SQRT_HALF_BITS_F64))
    f = m - 1.0
    power = np.uint64(np.uint64(TWICE_BIAS_F64 - biased) << MANTISSA_BITS_F64)
    part = select(x > HUGE_F64, 0.0, low * float_f64(power))
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f
    square = half * f
    near, carried = fast_two_sum(f, -square)
    rest = fma(s, fma(z, log_tail_f64(z), square), carried - fma(half, f, -square))
    rest = fma(part, (1.0 - f) * fma(f, f, 1.0), fma(k, LN2_LOW_F64, rest))
    high, more = fast_two_sum(k * LN2_HIGH_F64, near)
    return high, more + rest


@scalar
def log_f64(x):
    """Return the natural logarithm: −inf at ±0, NaN below."""
    small = x < LEAST_NORMAL_F64
    normal = select(small, x * SUBNORMAL_SCALE_F64, x)
    high, rest = log_parts_f64(normal, 0.0, select(small, -SUBNORMAL_POWER_F64, 0.0))
    result = select(x < np.inf, high + rest, x)
    result = select(x == 0.0, -np.inf, result)
    return select(x < 0.0, np.nan, result)


@scalar
def log1p_f64(x):
    """Return log(1 + x): −inf at −1, NaN below."""
    total, low = two_sum(1.0, x)
    high, rest = log_parts_f64(total, low, 0.0)
    result = select(x < np.inf, high + rest, x)
    result = select(abs(x) < SMALL_F64, fma(-0.5 * x, x, x), result)
    result = select(x == -1.0, -np.inf, result)
    return select(x < -1.0, np.nan, result)


@scalar
def softplus_f64(x):
    """Return log(1 + eˣ) = max(x, 0) + log1p(e^−|x|)."""
    high, low = decay_parts_f64(abs(x), 1.0)
    total, carried = fast_two_sum(1.0, high)
    log_high, log_rest = log_parts_f64(total, carried + low, 0.0)
    result, more = two_sum(select(x < 0.0, 0.0, x), log_high)
    result = result + select(x < np.inf, more + log_rest, 0.0)
    series = high + fma(-0.5 * high, high, low)
    return select(high < SMALL_F64, select(x < 0.0, series, x + series), result)


@scalar
def asinh_f64(x):
    """Return the inverse of sinh, log(|x| + √(1 + x²)) with the sign of x."""
    size = abs(x)
    large = size > HUGE_F64
    inside = select(large, 1.0, size)
    square = inside * inside
    total, carried = two_sum(1.0, square)
    root = np.sqrt(total)
    lost = fma(-root, root, total) + (carried + fma(inside, inside, -square))
    excess, more = two_sum(inside, root - 1.0)
    argument, low = two_sum(1.0, excess)
    low = low + (more + lost * (0.5 / root))
    argument, low = select(large, size, argument), select(large, 0.0, low)
    high, rest = log_parts_f64(argument, low, select(large, 1.0, 0.0))
    result = select(size < np.inf, high + rest, size)
    return select(size < SMALL_F64, x, np.copysign(result, x))
