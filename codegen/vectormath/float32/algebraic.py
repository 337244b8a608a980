"""Compute arctan and √(1 + x²) in float32.

Written from `float64/algebraic.py` by `python -m codegen.vectormath.retype`.
"""

import numpy as np

from codegen.vectormath.arithmetic import f32, fast_two_sum, fma, scalar, select, two_sum
from codegen.vectormath.float32.exponential import divide_f32
from codegen.vectormath.float32.polynomials import (
    ATAN_MAX_F32,
    HALF_PI_HIGH_F32,
    HALF_PI_LOW_F32,
    HUGE_F32,
    TINY_F32,
    atan_tail_f32,
)

__all__ = ["atan_f32", "sqrt1p_square_f32"]


@scalar
def atan_f32(x):
    """Return arctan(x), by |x|, (|x| − 1)/(|x| + 1) or −1/|x|, whichever is below tan(π/8)."""
    size = abs(x)
    inside = select(size > ATAN_MAX_F32, ATAN_MAX_F32, size)
    near = size < f32(0.4140625)
    far = size > f32(2.4140625)
    minus, minus_low = two_sum(inside, -f32(1.0))
    plus, plus_low = two_sum(inside, f32(1.0))
    top = select(near, inside, select(far, -f32(1.0), minus))
    top_low = select(near, f32(0.0), select(far, f32(0.0), minus_low))
    bottom = select(near, f32(1.0), select(far, inside, plus))
    bottom_low = select(near, f32(0.0), select(far, f32(0.0), plus_low))
    t, low = divide_f32(top, top_low, bottom, bottom_low)
    turns = select(near, f32(0.0), select(far, f32(1.0), f32(0.5)))
    z = t * t
    high, carried = fast_two_sum(turns * HALF_PI_HIGH_F32, t)
    rest = fma(t * z, atan_tail_f32(z), fma(turns, HALF_PI_LOW_F32, fma(-z, low, low)))
    result = np.copysign(high + (carried + rest), x)
    return select(size < TINY_F32, x, result)


@scalar
def sqrt1p_square_f32(x):
    """Return √(1 + x²) without overflow."""
    size = abs(x)
    large = size > HUGE_F32
    inside = select(large, f32(1.0), size)
    square = inside * inside
    total, carried = two_sum(f32(1.0), square)
    root = np.sqrt(total)
    lost = fma(-root, root, total) + (carried + fma(inside, inside, -square))
    return select(large, size, fma(lost, f32(0.5) / root, root))
