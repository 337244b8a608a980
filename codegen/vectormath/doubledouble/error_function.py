"""Compute erf, erfc, Φ and erfcx in double-double, as `float64.error_function` does."""

import numpy as np

from codegen.vectormath.arithmetic import scalar, select
from codegen.vectormath.doubledouble.exponential import exp_parts_dd
from codegen.vectormath.doubledouble.pairs import (
    add_finite_dd,
    div_dd,
    div_finite_dd,
    mul_finite_dd,
    settle_dd,
)
from codegen.vectormath.doubledouble.polynomials import (
    INVERSE_ROOT_PI_1_DD,
    INVERSE_ROOT_PI_2_DD,
    SQRT_HALF_1_DD,
    SQRT_HALF_2_DD,
    erf_excess_dd,
    erfcx_scaled_dd,
)
from codegen.vectormath.float64.exponential import scale_f64

__all__ = ["erf_dd", "erfc_dd", "erfcx_dd", "normal_cdf_dd"]


@scalar
def erfcx_finite_dd(x, x_low):
    """Return e^(x²) erfc(x) for 0 ≤ x ≤ 1e100."""
    below, below_low = add_finite_dd(x, x_low, 0.5, 0.0)
    above, above_low = add_finite_dd(x, x_low, 3.0, 0.0)
    top, top_low = add_finite_dd(x, x_low, -3.0, 0.0)
    t, t_low = div_finite_dd(top, top_low, above, above_low)
    high, low = erfcx_scaled_dd(t, t_low)
    return div_finite_dd(high, low, below, below_low)


@scalar
def erfc_parts_dd(x, x_low):
    """Return high, low and n with erfc(x) = 2ⁿ (high + low) for 0 ≤ x ≤ 28."""
    square, square_low = mul_finite_dd(x, x_low, x, x_low)
    power, power_low, shifted = exp_parts_dd(-square, -square_low)
    high, low = erfcx_finite_dd(x, x_low)
    high, low = mul_finite_dd(high, low, power, power_low)
    return high, low, shifted


@scalar
def erfcx_dd(x, x_low):
    """Return the scaled e^(x²) erfc(x); it overflows below −26.6."""
    sign = np.copysign(1.0, x)
    size, size_low = sign * x, sign * x_low
    large = size > 1e100
    high, low = erfcx_finite_dd(select(large, 1.0, size), select(large, 0.0, size_low))
    inside = select(size > 28.0, 28.0, size)
    inside_low = select(size > 28.0, 0.0, size_low)
    square, square_low = mul_finite_dd(inside, inside_low, inside, inside_low)
    power, power_low, shifted = exp_parts_dd(square, square_low)
    power, power_low = scale_f64(2.0 * power, shifted), scale_f64(2.0 * power_low, shifted)
    reflected, reflected_low = add_finite_dd(power, power_low, -high, -low)
    reflected, reflected_low = settle_dd(reflected, reflected_low)
    overflow = power == np.inf
    negative = x < 0.0
    high = select(negative, select(overflow, np.inf, reflected), high)
    low = select(negative, select(overflow, 0.0, reflected_low), low)
    tail, tail_low = div_dd(INVERSE_ROOT_PI_1_DD, INVERSE_ROOT_PI_2_DD, size, size_low)
    beyond = large & (x > 0.0)
    return select(beyond, tail, high), select(beyond, tail_low, low)


@scalar
def erfc_dd(x, x_low):
    """Return erfc(x)."""
    sign = np.copysign(1.0, x)
    large = sign * x > 28.0
    size, size_low = select(large, 28.0, sign * x), select(large, 0.0, sign * x_low)
    high, low, shifted = erfc_parts_dd(size, size_low)
    high, low = scale_f64(high, shifted), scale_f64(low, shifted)
    lower, lower_low = add_finite_dd(2.0, 0.0, -high, -low)
    negative = x < 0.0
    return select(negative, lower, high), select(negative, lower_low, low)


@scalar
def erf_dd(x, x_low):
    """Return erf(x): x + x·polynomial(x²) near 0, 1 − erfc(|x|) elsewhere."""
    sign = np.copysign(1.0, x)
    size, size_low = sign * x, sign * x_low
    high, low = erfc_dd(size, size_low)
    outer, outer_low = add_finite_dd(1.0, 0.0, -high, -low)
    near = size < 0.75
    small, small_low = select(near, size, 0.5), select(near, size_low, 0.0)
    square, square_low = mul_finite_dd(small, small_low, small, small_low)
    excess, excess_low = erf_excess_dd(square, square_low)
    excess, excess_low = add_finite_dd(1.0, 0.0, excess, excess_low)
    inner, inner_low = mul_finite_dd(small, small_low, excess, excess_low)
    high, low = select(near, inner, outer), select(near, inner_low, outer_low)
    return sign * high, sign * low


@scalar
def normal_cdf_dd(x, x_low):
    """Return Φ(x) = erfc(−x/√2)/2."""
    sign = np.copysign(1.0, x)
    large = sign * x > 40.0
    size, size_low = select(large, 40.0, sign * x), select(large, 0.0, sign * x_low)
    square, square_low = mul_finite_dd(size, size_low, size, size_low)
    power, power_low, shifted = exp_parts_dd(-0.5 * square, -0.5 * square_low)
    size, size_low = mul_finite_dd(size, size_low, SQRT_HALF_1_DD, SQRT_HALF_2_DD)
    high, low = erfcx_finite_dd(size, size_low)
    high, low = mul_finite_dd(high, low, 0.5 * power, 0.5 * power_low)
    high, low = scale_f64(high, shifted), scale_f64(low, shifted)
    upper, upper_low = add_finite_dd(1.0, 0.0, -high, -low)
    positive = x > 0.0
    return select(positive, upper, high), select(positive, upper_low, low)
