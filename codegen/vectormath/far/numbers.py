"""Add, multiply, divide and take roots of numbers (high, low, power), which no exponent leaves.

high is 0, ±inf or NaN where the number is; power is a float64 that holds a whole number, −2¹⁰⁰⁰ for 0.
Relative error 2⁻¹⁰⁰, as pairs have it.
"""

import numpy as np

from codegen.vectormath.arithmetic import scalar, select
from codegen.vectormath.doubledouble.pairs import add_dd, div_dd, mul_dd, sqrt_dd
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.polynomials import (
    EXPONENT_SHIFT_F64,
    MANTISSA_BITS_F64,
    SHIFT_BITS_F64,
)

__all__ = [
    "add_far",
    "div_far",
    "join_dd",
    "join_f64",
    "mul_far",
    "split_far",
    "sqrt_far",
    "sub_far",
]

ROUND_FAR = 6755399441055744.0  # 1.5·2⁵²: added and taken away it leaves a whole number
WHOLE_FAR = 4503599627370496.0  # 2⁵²: added to a whole number, that is in the low bits
EXPONENT_MASK_FAR = np.uint64(0x7FF)
TWICE_BIAS_BITS_FAR = np.uint64(2046)
POWER_OF_ZERO_FAR = -(2.0**1000)


@scalar
def power_of_two_far(n):
    """Return 2ⁿ for a whole −1022 ≤ n ≤ 1023."""
    bits = bits_f64((1023.0 + n) + WHOLE_FAR)
    return float_f64(np.uint64(bits << MANTISSA_BITS_F64))


@scalar
def settle_far(high, low, power):
    """Return the number whose pair, away from the ends of float64's range, is any."""
    regular = (abs(high) < np.inf) & (high != 0.0)
    bits = bits_f64(select(regular, high, 1.0))
    biased = np.uint64(np.uint64(bits >> MANTISSA_BITS_F64) & EXPONENT_MASK_FAR)
    shift = float_f64(np.uint64(biased | SHIFT_BITS_F64)) - EXPONENT_SHIFT_F64
    scale = float_f64(np.uint64(np.uint64(TWICE_BIAS_BITS_FAR - biased) << MANTISSA_BITS_F64))
    otherwise = select(high == 0.0, POWER_OF_ZERO_FAR, 0.0)
    power = select(regular, power + shift, otherwise)
    return select(regular, high * scale, high), select(regular, low * scale, 0.0), power


@scalar
def split_far(high, low):
    """Return the number that a pair is."""
    size = abs(high)
    small, large = size < 2.0**-700, size > 2.0**700
    scale = select(small, 2.0**500, select(large, 2.0**-500, 1.0))
    power = select(small, -500.0, select(large, 500.0, 0.0))
    return settle_far(high * scale, low * scale, power)


@scalar
def join_dd(high, low, power):
    """Return the pair that is a number, infinite or 0 where it is beyond float64's range."""
    inside = select(power < -1200.0, -1200.0, select(power > 1200.0, 1200.0, power))
    half = (0.5 * inside + ROUND_FAR) - ROUND_FAR
    first, second = power_of_two_far(half), power_of_two_far(inside - half)
    high, low = high * first * second, low * first * second
    return high, select(abs(high) < np.inf, low, 0.0)


@scalar
def join_f64(high, low, power):
    """Return the float64 nearest to a number."""
    return join_dd(high + low, 0.0, power)[0]


@scalar
def add_far(a, a_low, a_power, b, b_low, b_power):
    """Return a + b."""
    larger = a_power >= b_power
    power = select(larger, a_power, b_power)
    gap = abs(a_power - b_power)
    shrink = power_of_two_far(select(gap < 250.0, -gap, -250.0))
    first, second = select(larger, 1.0, shrink), select(larger, shrink, 1.0)
    high, low = add_dd(a * first, a_low * first, b * second, b_low * second)
    return settle_far(high, low, power)


@scalar
def sub_far(a, a_low, a_power, b, b_low, b_power):
    """Return a − b."""
    return add_far(a, a_low, a_power, -b, -b_low, b_power)


@scalar
def mul_far(a, a_low, a_power, b, b_low, b_power):
    """Return a·b."""
    high, low = mul_dd(a, a_low, b, b_low)
    return settle_far(high, low, a_power + b_power)


@scalar
def div_far(a, a_low, a_power, b, b_low, b_power):
    """Return a/b."""
    high, low = div_dd(a, a_low, b, b_low)
    return settle_far(high, low, a_power - b_power)


@scalar
def sqrt_far(a, a_low, a_power):
    """Return √a; NaN below 0."""
    half = (0.5 * a_power + ROUND_FAR) - ROUND_FAR
    odd = a_power - 2.0 * half  # −1, 0 or 1
    scale = select(odd > 0.0, 2.0, select(odd < 0.0, 0.5, 1.0))
    high, low = sqrt_dd(a * scale, a_low * scale)
    return settle_far(high, low, half)
