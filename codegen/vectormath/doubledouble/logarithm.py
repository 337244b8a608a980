"""Compute log, log1p, softplus and asinh in double-double: x = 2ᵏ m, a series in f/(2 + f)."""

import numpy as np

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar, select, two_product, two_sum
from codegen.vectormath.doubledouble.exponential import decay_dd
from codegen.vectormath.doubledouble.pairs import (
    add_finite_dd,
    div_finite_dd,
    mul_finite_dd,
    sqrt_finite_dd,
)
from codegen.vectormath.doubledouble.polynomials import LN2_1_DD, LN2_2_DD, LN2_3_DD, log_tail_dd
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.polynomials import (
    EXPONENT_SHIFT_F64,
    HUGE_F64,
    LEAST_NORMAL_F64,
    LOG_FOLD_F64,
    MANTISSA_BITS_F64,
    MANTISSA_MASK_F64,
    SHIFT_BITS_F64,
    SQRT_HALF_BITS_F64,
    SUBNORMAL_POWER_F64,
    SUBNORMAL_SCALE_F64,
    TWICE_BIAS_F64,
)

__all__ = ["asinh_dd", "log1p_dd", "log_dd", "softplus_dd"]


@scalar
def log1p_reduced_dd(f, f_low, k):
    """Return k ln 2 + log(1 + f) for f between √½ − 1 and √2 − 1."""
    total, rest = fast_two_sum(2.0, f)
    s, s_low = div_finite_dd(f, f_low, total, rest + f_low)
    z, z_low = mul_finite_dd(s, s_low, s, s_low)
    tail, tail_low = log_tail_dd(z, z_low)
    tail, tail_low = mul_finite_dd(z, z_low, tail, tail_low)
    tail, tail_low = mul_finite_dd(s, s_low, tail, tail_low)
    high, low = add_finite_dd(2.0 * s, 2.0 * s_low, tail, tail_low)
    middle, error = two_product(k, LN2_2_DD)
    base, base_low = fast_two_sum(k * LN2_1_DD, middle)
    return add_finite_dd(base, base_low + fma(k, LN2_3_DD, error), high, low)


@scalar
def split_dd(x, x_low):
    """Return (f, f_low, k) with x + x_low = 2ᵏ (1 + f + f_low) for a normal x > 0."""
    bits = np.uint64(bits_f64(x) + LOG_FOLD_F64)
    biased = np.uint64(bits >> MANTISSA_BITS_F64)
    k = float_f64(np.uint64(biased | SHIFT_BITS_F64)) - EXPONENT_SHIFT_F64
    m = float_f64(np.uint64(np.uint64(bits & MANTISSA_MASK_F64) + SQRT_HALF_BITS_F64))
    half = np.uint64(np.uint64(TWICE_BIAS_F64 - biased) >> np.uint64(1))
    rest = np.uint64(np.uint64(TWICE_BIAS_F64 - biased) - half)
    bias = np.uint64(TWICE_BIAS_F64 >> np.uint64(2))
    first = float_f64(np.uint64(np.uint64(half + bias) << MANTISSA_BITS_F64))
    rest = np.uint64(rest + np.uint64(1))
    second = float_f64(np.uint64(np.uint64(rest + bias) << MANTISSA_BITS_F64))
    f, f_low = two_sum(m - 1.0, x_low * first * second)
    return f, f_low, k


@scalar
def log_dd(x, x_low):
    """Return the natural logarithm: −inf at 0, NaN below."""
    small = x < LEAST_NORMAL_F64
    normal = select(small, x * SUBNORMAL_SCALE_F64, x)
    f, f_low, k = split_dd(normal, select(small, x_low * SUBNORMAL_SCALE_F64, x_low))
    high, low = log1p_reduced_dd(f, f_low, k - select(small, SUBNORMAL_POWER_F64, 0.0))
    regular = (x > 0.0) & (x < np.inf)
    limit = select(x == 0.0, -np.inf, select(x < 0.0, np.nan, x))
    return select(regular, high, limit), select(regular, low, 0.0)


@scalar
def log1p_finite_dd(x, x_low):
    """Return log(1 + x) for a finite x > −1."""
    total, rest = two_sum(1.0, x)
    total, rest = fast_two_sum(total, rest + x_low)
    f, f_low, k = split_dd(total, rest)
    near = k == 0.0
    return log1p_reduced_dd(select(near, x, f), select(near, x_low, f_low), k)


@scalar
def log1p_dd(x, x_low):
    """Return log(1 + x): −inf at −1, NaN below."""
    regular = (x > -1.0) & (x < np.inf) & (abs(x) > 1e-200)
    high, low = log1p_finite_dd(select(regular, x, 1.0), select(regular, x_low, 0.0))
    limit = select(x == -1.0, -np.inf, select(x < -1.0, np.nan, x))
    edge = (x == -1.0) & (x_low > 0.0)
    log_low, log_rest = log_dd(select(edge, x_low, 1.0), 0.0)
    limit = select(edge, log_low, limit)
    limit_low = select(edge, log_rest, select(abs(x) < 1.0, x_low, 0.0))
    return select(regular, high, limit), select(regular, low, limit_low)


@scalar
def softplus_dd(x, x_low):
    """Return log(1 + eˣ) = max(x, 0) + log1p(e^−|x|)."""
    u, u_low = decay_dd(x, x_low)
    tiny = u < 1e-200
    high, low = log1p_finite_dd(select(tiny, 1.0, u), select(tiny, 0.0, u_low))
    high, low = select(tiny, u, high), select(tiny, u_low, low)
    positive = x > 0.0
    total, rest = add_finite_dd(high, low, select(positive, x, 0.0), select(positive, x_low, 0.0))
    regular = abs(x) < np.inf
    return select(regular, total, select(x < 0.0, 0.0, x)), select(regular, rest, 0.0)


@scalar
def asinh_dd(x, x_low):
    """Return arsinh(x) = log1p(y), y = |x| + x²/(1 + √(1 + x²)), with the sign of x."""
    sign = np.copysign(1.0, x)
    size, size_low = sign * x, sign * x_low
    large = size > HUGE_F64
    inside, inside_low = select(large, 1.0, size), select(large, 0.0, size_low)
    square, square_low = mul_finite_dd(inside, inside_low, inside, inside_low)
    total, total_low = add_finite_dd(1.0, 0.0, square, square_low)
    root, root_low = sqrt_finite_dd(total, total_low)
    root, root_low = add_finite_dd(1.0, 0.0, root, root_low)
    part, part_low = div_finite_dd(square, square_low, root, root_low)
    y, y_low = add_finite_dd(inside, inside_low, part, part_low)
    total, rest = two_sum(1.0, y)
    total, rest = fast_two_sum(total, rest + y_low)
    f, f_low, k = split_dd(select(large, size, total), select(large, size_low, rest))
    near = (k == 0.0) & (size < 1.0)
    f, f_low = select(near, y, f), select(near, y_low, f_low)
    high, low = log1p_reduced_dd(f, f_low, k + select(large, 1.0, 0.0))
    regular = (size > 1e-150) & (size < np.inf)
    limit_low = select(size < 1.0, x_low, 0.0)
    return select(regular, sign * high, x), select(regular, sign * low, limit_low)
