"""Compute sin, cos and arctan in double-double: x = n π/2 + r by four words of π/2."""

import numpy as np

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar, select, two_product, two_sum
from codegen.vectormath.doubledouble.pairs import (
    add_finite_dd,
    div_finite_dd,
    horner_dd,
    mul_finite_dd,
)
from codegen.vectormath.doubledouble.polynomials import (
    HALF_PI_1_DD,
    HALF_PI_2_DD,
    HALF_PI_3_DD,
    HALF_PI_4_DD,
    cos_tail_dd,
    sin_tail_dd,
)
from codegen.vectormath.float64.algebraic import atan_f64
from codegen.vectormath.float64.bits import bits_f64
from codegen.vectormath.float64.polynomials import NEAR_MAX_F64, TRIG_SHIFT_F64, TWO_OVER_PI_F64

__all__ = ["atan_dd", "cos_near_dd", "sin_near_dd"]


@scalar
def reduce_half_pi_dd(x, x_low):
    """Split x = n π/2 + r with |r| ≤ π/4; return r, r_low and n in the low bits."""
    shifted = fma(x, TWO_OVER_PI_F64, TRIG_SHIFT_F64)
    n = shifted - TRIG_SHIFT_F64
    near = fma(n, -HALF_PI_1_DD, x)
    second, second_low = two_product(n, -HALF_PI_2_DD)
    third, third_low = two_product(n, -HALF_PI_3_DD)
    high, low = two_sum(near, x_low)
    high, error = two_sum(high, second)
    low, least = two_sum(low, error)
    low, more = two_sum(low, second_low)
    least = least + more
    low, more = two_sum(low, third)
    least = (least + more) + fma(n, -HALF_PI_4_DD, third_low)
    high, low = two_sum(high, low)
    low, least = fast_two_sum(low, least)
    high, low = two_sum(high, low)
    r, r_low = fast_two_sum(high, low + least)
    return r, r_low, bits_f64(shifted)


@scalar
def sin_reduced_dd(r, r_low):
    """Return sin(r) for |r| ≤ π/4."""
    z, z_low = mul_finite_dd(r, r_low, r, r_low)
    tail, tail_low = sin_tail_dd(z, z_low)
    tail, tail_low = mul_finite_dd(z, z_low, tail, tail_low)
    tail, tail_low = mul_finite_dd(r, r_low, tail, tail_low)
    return add_finite_dd(r, r_low, tail, tail_low)


@scalar
def cos_reduced_dd(r, r_low):
    """Return cos(r) for |r| ≤ π/4."""
    z, z_low = mul_finite_dd(r, r_low, r, r_low)
    tail, tail_low = cos_tail_dd(z, z_low)
    tail, tail_low = horner_dd(tail, tail_low, z, z_low, -0.5, 0.0)
    tail, tail_low = horner_dd(tail, tail_low, z, z_low, 1.0, 0.0)
    return fast_two_sum(tail, tail_low)


@scalar
def sin_or_cos_dd(r, r_low, quadrant):
    """Return sin(r + quadrant·π/2) for |r| ≤ π/4."""
    sine, sine_low = sin_reduced_dd(r, r_low)
    cosine, cosine_low = cos_reduced_dd(r, r_low)
    odd = np.uint64(quadrant & np.uint64(1)) != np.uint64(0)
    negative = np.uint64(quadrant & np.uint64(2)) != np.uint64(0)
    sign = select(negative, -1.0, 1.0)
    return sign * select(odd, cosine, sine), sign * select(odd, cosine_low, sine_low)


@scalar
def sin_near_dd(x, x_low):
    """Return sin(x) for |x| ≤ 2³⁸, NaN beyond."""
    r, r_low, quadrant = reduce_half_pi_dd(x, x_low)
    high, low = sin_or_cos_dd(r, r_low, quadrant)
    inside, small = abs(x) <= NEAR_MAX_F64, abs(x) < 1e-100
    high, low = select(small, x, high), select(small, x_low, low)
    return select(inside, high, np.nan), select(inside, low, 0.0)


@scalar
def cos_near_dd(x, x_low):
    """Return cos(x) for |x| ≤ 2³⁸, NaN beyond."""
    r, r_low, quadrant = reduce_half_pi_dd(x, x_low)
    high, low = sin_or_cos_dd(r, r_low, np.uint64(quadrant + np.uint64(1)))
    inside = abs(x) <= NEAR_MAX_F64
    return select(inside, high, np.nan), select(inside, low, 0.0)


@scalar
def atan_dd(x, x_low):
    """Return arctan(x) = θ + arctan((x cos θ − sin θ)/(cos θ + x sin θ)), θ near it."""
    angle = atan_f64(x)
    inside = abs(x) < 1e300
    top, top_low = select(inside, x, 1.0), select(inside, x_low, 0.0)
    r, r_low, quadrant = reduce_half_pi_dd(angle, 0.0)
    sine, sine_low = sin_or_cos_dd(r, r_low, quadrant)
    cosine, cosine_low = sin_or_cos_dd(r, r_low, np.uint64(quadrant + np.uint64(1)))
    product, product_low = mul_finite_dd(top, top_low, cosine, cosine_low)
    above, above_low = add_finite_dd(product, product_low, -sine, -sine_low)
    product, product_low = mul_finite_dd(top, top_low, sine, sine_low)
    below, below_low = add_finite_dd(product, product_low, cosine, cosine_low)
    d, d_low = div_finite_dd(above, above_low, below, below_low)
    high, low = add_finite_dd(angle, 0.0, d, fma(d * d, d * (-1.0 / 3.0), d_low))
    limit = select(abs(x) >= 1e300, np.copysign(HALF_PI_1_DD, x), x)
    limit_low = select(abs(x) >= 1e300, np.copysign(HALF_PI_2_DD, x), 0.0)
    high, low = select(inside, high, limit), select(inside, low, limit_low)
    small = abs(x) < 1e-100
    return select(small, x, high), select(small, x_low, low)
