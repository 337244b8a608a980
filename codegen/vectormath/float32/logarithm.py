"""Compute log, log1p, softplus and asinh in float32: x = 2ᵏ m, then a series in f/(2 + f).

With f = m − 1 and s = f/(2 + f), log m = f − f²/2 + s (f²/2 + R(s²)) as in FreeBSD's msun; the
leading two terms are summed without error, and an argument may bring a low part with it.

Written from `float64/logarithm.py` by `python -m codegen.vectormath.retype`.
"""

import numpy as np

from codegen.vectormath.arithmetic import f32, fast_two_sum, fma, scalar, select, two_sum
from codegen.vectormath.float32.bits import bits_f32, float_f32
from codegen.vectormath.float32.exponential import decay_parts_f32
from codegen.vectormath.float32.polynomials import (
    EXPONENT_SHIFT_F32,
    HUGE_F32,
    LEAST_NORMAL_F32,
    LN2_HIGH_F32,
    LN2_LOW_F32,
    LOG_FOLD_F32,
    MANTISSA_BITS_F32,
    MANTISSA_MASK_F32,
    SHIFT_BITS_F32,
    SMALL_F32,
    SQRT_HALF_BITS_F32,
    SUBNORMAL_POWER_F32,
    SUBNORMAL_SCALE_F32,
    TWICE_BIAS_F32,
    log_tail_f32,
)

__all__ = ["asinh_f32", "log1p_f32", "log_f32", "softplus_f32"]


@scalar
def log_parts_f32(x, low, offset):
    """Return high + rest = log((x + low)·2^offset) for a normal x > 0, |low| ≤ ulp(x)."""
    bits = np.uint32(bits_f32(x) + LOG_FOLD_F32)
    biased = np.uint32(bits >> MANTISSA_BITS_F32)
    k = (float_f32(np.uint32(biased | SHIFT_BITS_F32)) - EXPONENT_SHIFT_F32) + offset
    m = float_f32(np.uint32(np.uint32(bits & MANTISSA_MASK_F32) + SQRT_HALF_BITS_F32))
    f = m - f32(1.0)
    power = np.uint32(np.uint32(TWICE_BIAS_F32 - biased) << MANTISSA_BITS_F32)
    part = select(x > HUGE_F32, f32(0.0), low * float_f32(power))
    s = f / (f32(2.0) + f)
    z = s * s
    half = f32(0.5) * f
    square = half * f
    near, carried = fast_two_sum(f, -square)
    rest = fma(s, fma(z, log_tail_f32(z), square), carried - fma(half, f, -square))
    rest = fma(part, (f32(1.0) - f) * fma(f, f, f32(1.0)), fma(k, LN2_LOW_F32, rest))
    high, more = fast_two_sum(k * LN2_HIGH_F32, near)
    return high, more + rest


@scalar
def log_f32(x):
    """Return the natural logarithm: −inf at ±0, NaN below."""
    small = x < LEAST_NORMAL_F32
    normal = select(small, x * SUBNORMAL_SCALE_F32, x)
    high, rest = log_parts_f32(normal, f32(0.0), select(small, -SUBNORMAL_POWER_F32, f32(0.0)))
    result = select(x < f32(np.inf), high + rest, x)
    result = select(x == f32(0.0), f32(-np.inf), result)
    return select(x < f32(0.0), f32(np.nan), result)


@scalar
def log1p_f32(x):
    """Return log(1 + x): −inf at −1, NaN below."""
    total, low = two_sum(f32(1.0), x)
    high, rest = log_parts_f32(total, low, f32(0.0))
    result = select(x < f32(np.inf), high + rest, x)
    result = select(abs(x) < SMALL_F32, fma(-f32(0.5) * x, x, x), result)
    result = select(x == -f32(1.0), f32(-np.inf), result)
    return select(x < -f32(1.0), f32(np.nan), result)


@scalar
def softplus_f32(x):
    """Return log(1 + eˣ) = max(x, 0) + log1p(e^−|x|)."""
    high, low = decay_parts_f32(abs(x), f32(1.0))
    total, carried = fast_two_sum(f32(1.0), high)
    log_high, log_rest = log_parts_f32(total, carried + low, f32(0.0))
    result, more = two_sum(select(x < f32(0.0), f32(0.0), x), log_high)
    result = result + select(x < f32(np.inf), more + log_rest, f32(0.0))
    series = high + fma(-f32(0.5) * high, high, low)
    return select(high < SMALL_F32, select(x < f32(0.0), series, x + series), result)


@scalar
def asinh_f32(x):
    """Return the inverse of sinh, log(|x| + √(1 + x²)) with the sign of x."""
    size = abs(x)
    large = size > HUGE_F32
    inside = select(large, f32(1.0), size)
    square = inside * inside
    total, carried = two_sum(f32(1.0), square)
    root = np.sqrt(total)
    lost = fma(-root, root, total) + (carried + fma(inside, inside, -square))
    excess, more = two_sum(inside, root - f32(1.0))
    argument, low = two_sum(f32(1.0), excess)
    low = low + (more + lost * (f32(0.5) / root))
    argument, low = select(large, size, argument), select(large, f32(0.0), low)
    high, rest = log_parts_f32(argument, low, select(large, f32(1.0), f32(0.0)))
    result = select(size < f32(np.inf), high + rest, size)
    return select(size < SMALL_F32, x, np.copysign(result, x))
