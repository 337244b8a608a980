"""Compute sin and cos of c·x + d for constants c and d, by four words of 2c/π and three of 2d/π.

In quarter turns the argument is wanted modulo 4: each product with a word is split by fma and reduced on
its own, exactly. What is left of 2c/π beyond four words is below 2⁻²¹¹ of it. Where 2c/π is a short number,
as in sin πx, zeros come out as 0.
"""

import numpy as np

from codegen.vectormath.arithmetic import scalar, select, two_sum
from codegen.vectormath.doubledouble.trigonometric import sin_or_cos_dd
from codegen.vectormath.float64.trigonometric import sin_or_cos_f64
from codegen.vectormath.periodic import add_to_triple, product_mod_4, turns_to_angle

EVEN = 2.0**1000  # beyond, a short multiple of x is whole turns, and no other is known

__all__ = ["cos_multiple_dd", "cos_multiple_f64", "sin_multiple_dd", "sin_multiple_f64"]


@scalar
def reduce_multiple(x, c, c_low, c_less, c_least, d, d_low, d_least):
    """Return r, r_low and a quadrant for x·c + d quarter turns, c of four words and d of three."""
    x = select(abs(x) > EVEN, 0.0 * x, x)
    high, low = product_mod_4(x, c)
    more, less = product_mod_4(x, c_low)
    few, fewer = product_mod_4(x, c_less)
    least = x * c_least
    high, low = two_sum(high, low)
    high, low, rest = add_to_triple(high, low, 0.0, more)
    high, low, rest = add_to_triple(high, low, rest, less)
    high, low, rest = add_to_triple(high, low, rest, few)
    high, low, rest = add_to_triple(high, low, rest, fewer)
    high, low, rest = add_to_triple(high, low, rest, least - 4.0 * np.rint(0.25 * least))
    high, low, rest = add_to_triple(high, low, rest, d)
    high, low, rest = add_to_triple(high, low, rest, d_low)
    return turns_to_angle(high, low, rest + d_least)


@scalar
def sin_multiple_f64(x, c, c_low, c_less, c_least, d, d_low, d_least):
    """Return the sine of so many quarter turns, rounded to float64."""
    r, r_low, quadrant = reduce_multiple(x, c, c_low, c_less, c_least, d, d_low, d_least)
    return sin_or_cos_f64(r, r_low, quadrant)


@scalar
def cos_multiple_f64(x, c, c_low, c_less, c_least, d, d_low, d_least):
    """Return the cosine of so many quarter turns, rounded to float64."""
    r, r_low, quadrant = reduce_multiple(x, c, c_low, c_less, c_least, d, d_low, d_least)
    return sin_or_cos_f64(r, r_low, np.uint64(quadrant + np.uint64(1)))


@scalar
def sin_multiple_dd(x, c, c_low, c_less, c_least, d, d_low, d_least):
    """Return the sine of so many quarter turns."""
    r, r_low, quadrant = reduce_multiple(x, c, c_low, c_less, c_least, d, d_low, d_least)
    return sin_or_cos_dd(r, r_low, quadrant)


@scalar
def cos_multiple_dd(x, c, c_low, c_less, c_least, d, d_low, d_least):
    """Return the cosine of so many quarter turns."""
    r, r_low, quadrant = reduce_multiple(x, c, c_low, c_less, c_least, d, d_low, d_least)
    return sin_or_cos_dd(r, r_low, np.uint64(quadrant + np.uint64(1)))
