"""Compute arctan and √(1 + x²) in float64."""

import numpy as np

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar, select, two_sum
from codegen.vectormath.float64.exponential import divide_f64
from codegen.vectormath.float64.polynomials import (
    ATAN_MAX_F64,
    HALF_PI_HIGH_F64,
    HALF_PI_LOW_F64,
    HUGE_F64,
    TINY_F64,
    atan_tail_f64,
)

__all__ = ["atan_f64", "sqrt1p_square_f64"]


@scalar
def atan_f64(x):
    """Return arctan(x), by |x|, (|x| − 1)/(|x| + 1) or −1/|x|, whichever is below tan(π/8)."""
    size = abs(x)
    inside = select(size > ATAN_MAX_F64, ATAN_MAX_F64, size)
    near = size < 0.4140625
    far = size > 2.4140625
    minus, minus_low = two_sum(inside, -1.0)
    plus, plus_low = two_sum(inside, 1.0)
    top = select(near, inside, select(far, -1.0, minus))
    top_low = select(near, 0.0, select(far, 0.0, minus_low))
    bottom = select(near, 1.0, select(far, inside, plus))
    bottom_low = select(near, 0.0, select(far, 0.0, plus_low))
    t, low = divide_f64(top, top_low, bottom, bottom_low)
    turns = select(near, 0.0, select(far, 1.0, 0.5))
    z = t * t
    high, carried = fast_two_sum(turns * HALF_PI_HIGH_F64, t)
    rest = fma(t * z, atan_tail_f64(z), fma(turns, HALF_PI_LOW_F64, fma(-z, low, low)))
    result = np.copysign(high + (carried + rest), x)
    return select(size < TINY_F64, x, result)


@scalar
def sqrt1p_square_f64(x):
    """Return √(1 + x²) without overflow."""
    size = abs(x)
    large = size > HUGE_F64
    inside = select(large, 1.0, size)
    square = inside * inside
    total, carried = two_sum(1.0, square)
    root = np.sqrt(total)
    lost = fma(-root, root, total) + (carried + fma(inside, inside, -square))
    return select(large, size, fma(lost, 0.5 / root, root))
