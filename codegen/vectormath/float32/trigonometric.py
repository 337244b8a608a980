"""Compute sin and cos in float32: x = n π/2 + r with r to twice the precision, then polynomials.

fma makes x − n·fl(π/2) exact, so three words of π/2 (Cody and Waite 1980) suffice up to
|x| = NEAR_MAX, where n would be off by more than a thousandth.

Written from `float64/trigonometric.py` by `python -m codegen.vectormath.retype`.
"""

import numpy as np

from codegen.vectormath.arithmetic import (
    f32,
    fast_two_sum,
    fma,
    scalar,
    select,
    two_product,
    two_sum,
)
from codegen.vectormath.float32.bits import bits_f32, float_f32
from codegen.vectormath.float32.polynomials import (
    HALF_PI_HIGH_F32,
    HALF_PI_LEAST_F32,
    HALF_PI_LOW_F32,
    NEAR_MAX_F32,
    SIGN_SHIFT_F32,
    TINY_F32,
    TRIG_SHIFT_F32,
    TWO_OVER_PI_F32,
    cos_tail_f32,
    sin_tail_f32,
)

__all__ = ["cos_near_f32", "sin_near_f32"]


@scalar
def reduce_half_pi_f32(x):
    """Split x = n π/2 + r + low, |r| ≤ π/4; n is in the low bits returned."""
    shifted = fma(x, TWO_OVER_PI_F32, TRIG_SHIFT_F32)
    n = shifted - TRIG_SHIFT_F32
    near = fma(n, -HALF_PI_HIGH_F32, x)
    product, product_low = two_product(n, HALF_PI_LOW_F32)
    high, carried = two_sum(near, -product)
    r, low = fast_two_sum(high, carried - fma(n, HALF_PI_LEAST_F32, product_low))
    return r, low, bits_f32(shifted)


@scalar
def sin_or_cos_f32(r, low, quadrant):
    """Return sin(r + low + quadrant·π/2) for |r| ≤ π/4."""
    z = r * r
    sine = r + fma(r * z, sin_tail_f32(z), fma(-f32(0.5) * z, low, low))
    half = f32(0.5) * z
    high, carried = fast_two_sum(f32(1.0), -half)
    cosine = high + fma(z * z, cos_tail_f32(z), fma(-r, low, carried - fma(f32(0.5) * r, r, -half)))
    odd = np.uint32(quadrant & np.uint32(1)) != np.uint32(0)
    sign = np.uint32(np.uint32(quadrant & np.uint32(2)) << SIGN_SHIFT_F32)
    return float_f32(np.uint32(bits_f32(select(odd, cosine, sine)) ^ sign))


@scalar
def sin_near_f32(x):
    """Return sin(x) for |x| ≤ NEAR_MAX, NaN beyond."""
    r, low, quadrant = reduce_half_pi_f32(x)
    result = select(abs(x) < TINY_F32, x, sin_or_cos_f32(r, low, quadrant))
    return select(abs(x) <= NEAR_MAX_F32, result, f32(np.nan))


@scalar
def cos_near_f32(x):
    """Return cos(x) for |x| ≤ NEAR_MAX, NaN beyond."""
    r, low, quadrant = reduce_half_pi_f32(x)
    result = sin_or_cos_f32(r, low, np.uint32(quadrant + np.uint32(1)))
    return select(abs(x) <= NEAR_MAX_F32, result, f32(np.nan))
