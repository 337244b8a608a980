"""Compute sin, cos and arctan in float64 to about 2⁻³⁹ for arguments that are float32 numbers."""

import numpy as np

from codegen.vectormath.arithmetic import fma, scalar, select
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.polynomials import (
    HALF_PI_HIGH_F64,
    HALF_PI_LOW_F64,
    NEAR_MAX_F64,
    SIGN_SHIFT_F64,
    TRIG_SHIFT_F64,
    TWO_OVER_PI_F64,
)
from codegen.vectormath.wide.polynomials import atan_tail_wide, cos_tail_wide, sin_tail_wide

__all__ = ["atan_wide", "cos_near_wide", "sin_near_wide"]


@scalar
def sin_or_cos_wide(r, quadrant):
    """Return sin(r + quadrant·π/2) for |r| ≤ π/4."""
    z = r * r
    sine = fma(r * z, sin_tail_wide(z), r)
    cosine = fma(z, fma(z, cos_tail_wide(z), -0.5), 1.0)
    odd = np.uint64(quadrant & np.uint64(1)) != np.uint64(0)
    sign = np.uint64(np.uint64(quadrant & np.uint64(2)) << SIGN_SHIFT_F64)
    return float_f64(np.uint64(bits_f64(select(odd, cosine, sine)) ^ sign))


@scalar
def reduce_half_pi_wide(x):
    """Split x = n π/2 + r; return r and n in the low bits."""
    shifted = fma(x, TWO_OVER_PI_F64, TRIG_SHIFT_F64)
    n = shifted - TRIG_SHIFT_F64
    return fma(n, -HALF_PI_LOW_F64, fma(n, -HALF_PI_HIGH_F64, x)), bits_f64(shifted)


@scalar
def sin_near_wide(x):
    """Return sin(x) for |x| ≤ 2³⁸, NaN beyond."""
    r, quadrant = reduce_half_pi_wide(x)
    return select(abs(x) <= NEAR_MAX_F64, sin_or_cos_wide(r, quadrant), np.nan)


@scalar
def cos_near_wide(x):
    """Return cos(x) for |x| ≤ 2³⁸, NaN beyond."""
    r, quadrant = reduce_half_pi_wide(x)
    result = sin_or_cos_wide(r, np.uint64(quadrant + np.uint64(1)))
    return select(abs(x) <= NEAR_MAX_F64, result, np.nan)


@scalar
def atan_wide(x):
    """Return arctan(x), by |x|, (|x| − 1)/(|x| + 1) or −1/|x|, whichever is below tan(π/8)."""
    size = abs(x)
    near, far = size < 0.4140625, size > 2.4140625
    top = select(near, size, select(far, -1.0, size - 1.0))
    t = top / select(near, 1.0, select(far, size, size + 1.0))
    base = select(near, 0.0, select(far, HALF_PI_HIGH_F64, 0.5 * HALF_PI_HIGH_F64))
    z = t * t
    return np.copysign(base + fma(t * z, atan_tail_wide(z), t), x)
