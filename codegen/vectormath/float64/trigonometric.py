"""Compute sin and cos in float64: x = n π/2 + r with r to twice the precision, then polynomials.

fma makes x − n·fl(π/2) exact, so three words of π/2 (Cody and Waite 1980) suffice up to
|x| = NEAR_MAX, where n would be off by more than a thousandth.
"""

import numpy as np

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar, select, two_product, two_sum
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.polynomials import (
    HALF_PI_HIGH_F64,
    HALF_PI_LEAST_F64,
    HALF_PI_LOW_F64,
    NEAR_MAX_F64,
    SIGN_SHIFT_F64,
    TINY_F64,
    TRIG_SHIFT_F64,
    TWO_OVER_PI_F64,
    cos_tail_f64,
    sin_tail_f64,
)

__all__ = ["cos_near_f64", "sin_near_f64"]


@scalar
def reduce_half_pi_f64(x):
    """Split x = n π/2 + r + low, |r| ≤ π/4; n is in the low bits returned."""
    shifted = fma(x, TWO_OVER_PI_F64, TRIG_SHIFT_F64)
    n = shifted - TRIG_SHIFT_F64
    near = fma(n, -HALF_PI_HIGH_F64, x)
    product, product_low = two_product(n, HALF_PI_LOW_F64)
    high, carried = two_sum(near, -product)
    r, low = fast_two_sum(high, carried - fma(n, HALF_PI_LEAST_F64, product_low))
    return r, low, bits_f64(shifted)


@scalar
def sin_or_cos_f64(r, low, quadrant):
    """Return sin(r + low + quadrant·π/2) for |r| ≤ π/4."""
    z = r * r
    sine = r + fma(r * z, sin_tail_f64(z), fma(-0.5 * z, low, low))
    half = 0.5 * z
    high, carried = fast_two_sum(1.0, -half)
    cosine = high + fma(z * z, cos_tail_f64(z), fma(-r, low, carried - fma(0.5 * r, r, -half)))
    odd = np.uint64(quadrant & np.uint64(1)) != np.uint64(0)
    sign = np.uint64(np.uint64(quadrant & np.uint64(2)) << SIGN_SHIFT_F64)
    return float_f64(np.uint64(bits_f64(select(odd, cosine, sine)) ^ sign))


@scalar
def sin_near_f64(x):
    """Return sin(x) for |x| ≤ NEAR_MAX, NaN beyond."""
    r, low, quadrant = reduce_half_pi_f64(x)
    result = select(abs(x) < TINY_F64, x, sin_or_cos_f64(r, low, quadrant))
    return select(abs(x) <= NEAR_MAX_F64, result, np.nan)


@scalar
def cos_near_f64(x):
    """Return cos(x) for |x| ≤ NEAR_MAX, NaN beyond."""
    r, low, quadrant = reduce_half_pi_f64(x)
    result = sin_or_cos_f64(r, low, np.uint64(quadrant + np.uint64(1)))
    return select(abs(x) <= NEAR_MAX_F64, result, np.nan)
