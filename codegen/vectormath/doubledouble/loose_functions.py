"""Compute exp, expm1, tanh, log, log1p, sin, cos and arctan as pairs good to 2⁻⁵⁷ or so.

The leading terms of each series are kept in two parts, the others in one, which takes little more than in
float64. That is what a result needs which loses a few bits afterwards, as sums that nearly cancel do; pairs
to the last bit take ten times as long. Arguments and results are finite, results in normal form.
"""

import numpy as np

from codegen.vectormath.arithmetic import (
    fast_two_sum,
    fma,
    scalar,
    select,
    two_product,
    two_sum,
)
from codegen.vectormath.doubledouble.loose import div_floats_loose, mul_float_loose, mul_loose
from codegen.vectormath.doubledouble.polynomials import SIXTH_1_DD, SIXTH_2_DD
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.exponential import (
    clamp_exp_f64,
    divide_f64,
    reduce_exp_f64,
    scale_f64,
)
from codegen.vectormath.float64.polynomials import (
    ATAN_MAX_F64,
    EXP_MAX_F64,
    EXPM1_MIN_F64,
    EXPONENT_SHIFT_F64,
    HALF_PI_HIGH_F64,
    HALF_PI_LOW_F64,
    LEAST_NORMAL_F64,
    LN2_HIGH_F64,
    LN2_LOW_F64,
    LOG_FOLD_F64,
    MANTISSA_BITS_F64,
    MANTISSA_MASK_F64,
    POWER_BIAS_F64,
    SHIFT_BITS_F64,
    SMALL_F64,
    SQRT_HALF_BITS_F64,
    SUBNORMAL_POWER_F64,
    SUBNORMAL_SCALE_F64,
    TINY_F64,
    atan_tail_f64,
    cos_tail_f64,
    exp_cubic_f64,
    log_tail_f64,
    sin_fifth_f64,
)

__all__ = [
    "atan_loose",
    "exp_loose",
    "expm1_loose",
    "log1p_loose",
    "log_loose",
    "sin_or_cos_loose",
    "tanh_loose",
]


@scalar
def reduce_exp_loose(x, inside, x_low):
    """Split inside + x_low = n ln 2 + r + low, where inside is x moved into a range; r, low and n."""
    near, low, shifted = reduce_exp_f64(inside)
    r, low = fast_two_sum(near, low + select(inside == x, x_low, 0.0))
    return r, low, shifted


@scalar
def exp_loose(x, x_low):
    """Return eˣ."""
    r, low, shifted = reduce_exp_loose(x, clamp_exp_f64(x), x_low)
    square, square_low = two_product(0.5 * r, r)
    first, carried = fast_two_sum(1.0, r)
    high, more = fast_two_sum(first, square)
    rest = fma(r * square, exp_cubic_f64(r), fma(low, high, square_low + (carried + more)))
    high, rest = fast_two_sum(high, rest)
    return scale_f64(high, shifted), scale_f64(rest, shifted)


@scalar
def expm1_quarter_loose(x, x_low):
    """Return (eˣ − 1)/4; the quarter keeps 2ⁿ finite."""
    inside = select(x < EXPM1_MIN_F64, EXPM1_MIN_F64, x)
    inside = select(inside > EXP_MAX_F64, EXP_MAX_F64, inside)
    r, low, shifted = reduce_exp_loose(x, inside, x_low)
    n = np.uint64(bits_f64(shifted) - POWER_BIAS_F64)
    power = float_f64(np.uint64(n << MANTISSA_BITS_F64))
    square, square_low = two_product(0.5 * r, r)
    tail = fma(r * square, exp_cubic_f64(r), fma(low, r + square, square_low) + low)
    base, carried = two_sum(power, -0.25)
    high, more = fast_two_sum(base, power * r)
    high, rest = fast_two_sum(high, power * square)
    return fast_two_sum(high, fma(power, tail, rest + (more + carried)))


@scalar
def expm1_loose(x, x_low):
    """Return eˣ − 1."""
    high, low = expm1_quarter_loose(x, x_low)
    tiny = abs(x) < TINY_F64
    return select(tiny, x, 4.0 * high), select(tiny, x_low, 4.0 * low)


@scalar
def tanh_loose(x, x_low):
    """Return tanh(x) = E/(E + 2), E = e^(2|x|) − 1."""
    sign = np.copysign(1.0, x)
    size, size_low = sign * x, sign * x_low
    large = size > 22.0
    size, size_low = select(large, 22.0, size), select(large, 0.0, size_low)
    high, low = expm1_quarter_loose(2.0 * size, 2.0 * size_low)
    divisor, carried = two_sum(high, 0.5)
    high, low = divide_f64(high, low, divisor, carried + low)
    high, low = fast_two_sum(high, low)
    tiny = size < TINY_F64
    return select(tiny, x, sign * high), select(tiny, x_low, sign * low)


@scalar
def log_parts_loose(x, offset):
    """Return high + rest = log(x·2^offset) for a normal x > 0: as in float64, s f²/2 in two parts too."""
    bits = np.uint64(bits_f64(x) + LOG_FOLD_F64)
    biased = np.uint64(bits >> MANTISSA_BITS_F64)
    k = (float_f64(np.uint64(biased | SHIFT_BITS_F64)) - EXPONENT_SHIFT_F64) + offset
    m = float_f64(np.uint64(np.uint64(bits & MANTISSA_MASK_F64) + SQRT_HALF_BITS_F64))
    f = m - 1.0
    s, s_low = div_floats_loose(f, 2.0 + f)
    s_low = fma(-0.5 * s, f - ((2.0 + f) - 2.0), s_low)
    square, square_low = two_product(0.5 * f, f)
    product, product_low = mul_loose(s, s_low, square, square_low)
    near, carried = fast_two_sum(f, -square)
    near, more = fast_two_sum(near, product)
    z = s * s
    rest = fma(s, z * log_tail_f64(z), (carried - square_low) + (more + product_low))
    high, more = fast_two_sum(k * LN2_HIGH_F64, near)
    return high, more + fma(k, LN2_LOW_F64, rest)


@scalar
def log_sum_loose(x, x_low, offset):
    """Return log((x + x_low)·2^offset) for a normal x > 0, by log(1 + q) = q − q²/2 for q = x_low/x."""
    high, low = log_parts_loose(x, offset)
    inverse = 1.0 / x
    q = x_low * inverse
    lost = fma(-q, x, x_low) * inverse
    high, more = two_sum(high, q)
    return fast_two_sum(high, low + (more + fma(-0.5 * q, q, lost)))


@scalar
def log_ends_loose(total, high, low):
    """Return the logarithm of a total: −inf at 0, NaN below, inf at infinity, else high and low."""
    result = select(total < np.inf, high, total)
    result = select(total == 0.0, -np.inf, select(total < 0.0, np.nan, result))
    return result, select(abs(result) < np.inf, low, 0.0)


@scalar
def log_loose(x, x_low):
    """Return log(x)."""
    small = x < LEAST_NORMAL_F64
    scale = select(small, SUBNORMAL_SCALE_F64, 1.0)
    offset = select(small, -SUBNORMAL_POWER_F64, 0.0)
    high, low = log_sum_loose(scale * x, scale * x_low, offset)
    return log_ends_loose(x, high, low)


@scalar
def log1p_loose(x, x_low):
    """Return log(1 + x)."""
    total, carried = two_sum(1.0, x)
    high, low = log_sum_loose(total, carried + x_low, 0.0)
    high, low = log_ends_loose(total, high, low)
    small = abs(x) < SMALL_F64
    near, near_low = fast_two_sum(x, fma(x * x, fma(x, 1.0 / 3.0, -0.5), x_low))
    return np.copysign(select(small, near, high), x), select(small, near_low, low)


@scalar
def sin_or_cos_loose(r, low, quadrant):
    """Return sin(r + low + quadrant·π/2) for |r| ≤ π/4."""
    z, z_low = two_product(r, r)
    third, third_low = fast_two_sum(-SIXTH_1_DD, fma(z, sin_fifth_f64(z), -SIXTH_2_DD))
    cubic, cubic_low = mul_loose(z, z_low, third, third_low)
    cubic, cubic_low = mul_float_loose(cubic, cubic_low, r)
    sine, carried = fast_two_sum(r, cubic)
    sine_low = carried + (cubic_low + fma(-0.5 * z, low, low))
    cosine, carried = fast_two_sum(1.0, -0.5 * z)
    cosine_low = fma(z * z, cos_tail_f64(z), fma(-r, low, fma(-0.5, z_low, carried)))
    odd = np.uint64(quadrant & np.uint64(1)) != np.uint64(0)
    high, low = fast_two_sum(select(odd, cosine, sine), select(odd, cosine_low, sine_low))
    negative = np.uint64(quadrant & np.uint64(2)) != np.uint64(0)
    return select(negative, -high, high), select(negative, -low, low)


@scalar
def atan_loose(x, x_low):
    """Return arctan(x), by |x|, (|x| − 1)/(|x| + 1) or −1/|x|, whichever is below tan(π/8)."""
    sign = np.copysign(1.0, x)
    size, size_low = sign * x, sign * x_low
    large = size > ATAN_MAX_F64
    inside, inside_low = select(large, ATAN_MAX_F64, size), select(large, 0.0, size_low)
    near = size < 0.4140625
    far = size > 2.4140625
    minus, minus_low = two_sum(inside, -1.0)
    plus, plus_low = two_sum(inside, 1.0)
    top = select(near, inside, select(far, -1.0, minus))
    top_low = select(near, inside_low, select(far, 0.0, minus_low + inside_low))
    bottom = select(near, 1.0, select(far, inside, plus))
    bottom_low = select(near, 0.0, select(far, inside_low, plus_low + inside_low))
    t, low = divide_f64(top, top_low, bottom, bottom_low)
    turns = select(near, 0.0, select(far, 1.0, 0.5))
    z = t * t
    high, carried = fast_two_sum(turns * HALF_PI_HIGH_F64, t)
    rest = fma(t * z, atan_tail_f64(z), fma(turns, HALF_PI_LOW_F64, fma(-z, low, low)))
    high, low = fast_two_sum(high, carried + rest)
    tiny = size < TINY_F64
    return select(tiny, x, sign * high), select(tiny, x_low, sign * low)
