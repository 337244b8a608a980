"""Compute exp, expm1, tanh, sigmoid and their kin in float64: x = n ln 2 + r, then a polynomial.

Every function carries its result as an unevaluated sum high + low to the last operation, so that
only the last rounding is felt. Cody and Waite (1980) for the reduction, Tang (1989) for the sum.
"""

import numpy as np

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar, select, two_sum
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.polynomials import (
    EXP_MAX_F64,
    EXP_MIN_F64,
    EXPM1_MIN_F64,
    INVERSE_LN2_F64,
    LN2_HIGH_F64,
    LN2_LOW_F64,
    MANTISSA_BITS_F64,
    ONE_BIAS_F64,
    POWER_BIAS_F64,
    SHIFT_F64,
    TINY_F64,
    exp_cubic_f64,
)

__all__ = [
    "cosh_f64",
    "exp_f64",
    "exp_pair_f64",
    "expm1_f64",
    "gaussian_f64",
    "sech2_f64",
    "sigmoid_f64",
    "sinh_f64",
    "tanh_f64",
]


@scalar
def reduce_exp_f64(x):
    """Split x = n ln 2 + r + low with |r| ≤ ln(2)/2; return r, low and n in the low bits."""
    shifted = fma(x, INVERSE_LN2_F64, SHIFT_F64)
    n = shifted - SHIFT_F64
    near = fma(n, -LN2_HIGH_F64, x)
    r = fma(n, -LN2_LOW_F64, near)
    return r, fma(n, -LN2_LOW_F64, near - r), shifted


@scalar
def scale_f64(y, shifted):
    """Return y·2ⁿ by two factors, so that neither over- nor underflows before the product."""
    n = bits_f64(shifted)
    half = np.uint64(n >> np.uint64(1))
    rest = np.uint64(n - half)
    first = float_f64(np.uint64(half << MANTISSA_BITS_F64))
    return y * first * float_f64(np.uint64(rest << MANTISSA_BITS_F64))


@scalar
def scale_once_f64(y, shifted):
    """Return y·2ⁿ by one factor, where 2ⁿ is a normal number."""
    n = np.uint64(bits_f64(shifted) - ONE_BIAS_F64)
    return y * float_f64(np.uint64(n << MANTISSA_BITS_F64))


@scalar
def clamp_exp_f64(x):
    """Return x moved into the range outside which eˣ is 0 or infinite; NaN stays."""
    inside = select(x < EXP_MIN_F64, EXP_MIN_F64, x)
    return select(inside > EXP_MAX_F64, EXP_MAX_F64, inside)


@scalar
def exp_reduced_f64(r, low):
    """Return high + rest = e^(r + low), |low| ≤ ulp(r)."""
    square = 0.5 * r * r
    high, carried = fast_two_sum(1.0, r)
    return high, square + fma(r * square, exp_cubic_f64(r), fma(low, high, carried))


@scalar
def exp_parts_f64(x):
    """Return high, rest and n with eˣ = 2ⁿ (high + rest)."""
    r, low, shifted = reduce_exp_f64(clamp_exp_f64(x))
    high, rest = exp_reduced_f64(r, low)
    return high, rest, shifted


@scalar
def exp_pair_parts_f64(x, extra):
    """Return high, rest and n with e^(x + extra) = 2ⁿ (high + rest), |extra| ≤ ulp(x)."""
    inside = clamp_exp_f64(x)
    near, low, shifted = reduce_exp_f64(inside)
    r, low = fast_two_sum(near, low + select(inside == x, extra, 0.0))
    high, rest = exp_reduced_f64(r, low)
    return high, rest, shifted


@scalar
def exp_f64(x):
    """Return eˣ = 2ⁿ (1 + t), without low parts."""
    inside = clamp_exp_f64(x)
    shifted = fma(inside, INVERSE_LN2_F64, SHIFT_F64)
    n = shifted - SHIFT_F64
    r = fma(n, -LN2_LOW_F64, fma(n, -LN2_HIGH_F64, inside))
    excess = fma(0.5 * r * r, fma(r, exp_cubic_f64(r), 1.0), r)
    return scale_f64(1.0 + excess, shifted)


@scalar
def exp_pair_f64(x, extra):
    """Return e^(x + extra) for an argument given as an unevaluated sum, |extra| ≤ ulp(x)."""
    high, rest, shifted = exp_pair_parts_f64(x, extra)
    return scale_f64(high + rest, shifted)


@scalar
def gaussian_f64(x):
    """Return e^(−x²), with x² to twice the working precision."""
    square = x * x
    return exp_pair_f64(-square, -fma(x, x, -square))


@scalar
def expm1_terms_f64(x):
    """Return two terms whose sum is (eˣ − 1)/4; the quarter keeps 2ⁿ finite."""
    inside = select(x < EXPM1_MIN_F64, EXPM1_MIN_F64, x)
    inside = select(inside > EXP_MAX_F64, EXP_MAX_F64, inside)
    r, low, shifted = reduce_exp_f64(inside)
    n = np.uint64(bits_f64(shifted) - POWER_BIAS_F64)
    power = float_f64(np.uint64(n << MANTISSA_BITS_F64))
    half = 0.5 * r
    square = half * r
    low = fma(r * square, exp_cubic_f64(r), low + fma(half, r, -square))
    base, carried = two_sum(power, -0.25)
    high, more = fast_two_sum(base, power * r)
    high, rest = fast_two_sum(high, power * square)
    return high, fma(power, low, rest + (more + carried))


@scalar
def expm1_parts_f64(x):
    """Return high + low = (eˣ − 1)/4 with |low| ≤ ulp(high)."""
    high, low = expm1_terms_f64(x)
    return fast_two_sum(high, low)


@scalar
def expm1_f64(x):
    """Return eˣ − 1."""
    high, low = expm1_terms_f64(x)
    return select(abs(x) < TINY_F64, x, (high + low) * 4.0)


@scalar
def divide_f64(high, low, divisor, divisor_low):
    """Return (high + low)/(divisor + divisor_low), rounded nearly once, by one division."""
    inverse = 1.0 / divisor
    quotient = high * inverse
    rest = fma(-quotient, divisor, high) + fma(-quotient, divisor_low, low)
    return quotient, rest * inverse


@scalar
def tanh_f64(x):
    """Return tanh(x) = E/(E + 2), E = e^(2|x|) − 1."""
    size = abs(x)
    high, low = expm1_parts_f64(2.0 * select(size > 22.0, 22.0, size))
    divisor, carried = two_sum(high, 0.5)
    quotient, rest = divide_f64(high, low, divisor, carried + low)
    return select(size < TINY_F64, x, np.copysign(quotient + rest, x))


@scalar
def sinh_f64(x):
    """Return sinh(x) = (E + E/(E + 1))/2, E = e^|x| − 1."""
    size = abs(x)
    high, low = expm1_parts_f64(size)
    divisor, carried = two_sum(high, 0.25)
    quotient, rest = divide_f64(high * 0.25, low * 0.25, divisor, carried + low)
    total, more = fast_two_sum(high, quotient)
    result = 2.0 * (total + (more + (rest + low)))
    return select(size < TINY_F64, x, np.copysign(result, x))


@scalar
def cosh_f64(x):
    """Return cosh(x) = (e^|x| + e^−|x|)/2."""
    high, low = expm1_parts_f64(abs(x))
    power, carried = two_sum(high, 0.25)
    low = low + carried
    quotient, rest = divide_f64(0.0625, 0.0, power, low)
    total, more = fast_two_sum(power, quotient)
    return 2.0 * (total + (more + (rest + low)))


@scalar
def decay_parts_f64(size, factor):
    """Return high + low = factor · e^(−size) for size ≥ 0 and a power of two."""
    high, rest, shifted = exp_parts_f64(-size)
    high, rest = fast_two_sum(high, rest)
    return scale_f64(factor * high, shifted), scale_f64(factor * rest, shifted)


@scalar
def sigmoid_f64(x):
    """Return 1/(1 + e⁻ˣ) = u/(1 + u) or 1/(1 + u), u = e^−|x|."""
    high, low = decay_parts_f64(abs(x), 1.0)
    divisor, carried = fast_two_sum(1.0, high)
    top = select(x < 0.0, high, 1.0)
    quotient, rest = divide_f64(top, select(x < 0.0, low, 0.0), divisor, carried + low)
    return quotient + rest


@scalar
def sech2_f64(x):
    """Return 1/cosh²(x) = 4u/(1 + u)², u = e^(−2|x|), the derivative of tanh."""
    high, low = decay_parts_f64(2.0 * abs(x), 4.0)
    divisor, carried = fast_two_sum(1.0, 0.25 * high)
    square = divisor * divisor
    carried = fma(0.25, low, carried)
    square_low = fma(2.0 * divisor, carried, fma(divisor, divisor, -square))
    quotient, rest = divide_f64(high, low, square, square_low)
    return quotient + rest
