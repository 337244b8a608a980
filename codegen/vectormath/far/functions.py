"""Compute functions of numbers beyond float64's range: e^x of any size, and what follows from it.

Where an argument is within the range the functions of pairs serve; tiny arguments of functions that are
x near 0 are passed on; what grows like e^x or log x is made of `exp_far` and `log_far`.
"""

import numpy as np

from codegen.vectormath.arithmetic import scalar, select, two_product
from codegen.vectormath.doubledouble.error_function import erf_dd, erfc_dd, erfcx_dd
from codegen.vectormath.doubledouble.exponential import exp_dd, expm1_dd, tanh_dd
from codegen.vectormath.doubledouble.logarithm import asinh_dd, log1p_dd, log_dd
from codegen.vectormath.doubledouble.pairs import add_finite_dd
from codegen.vectormath.doubledouble.polynomials import (
    INVERSE_ROOT_PI_1_DD,
    INVERSE_ROOT_PI_2_DD,
    LN2_1_DD,
    LN2_2_DD,
    LN2_3_DD,
)
from codegen.vectormath.doubledouble.trigonometric import (
    atan_dd,
    reduce_half_pi_dd,
    sin_or_cos_dd,
)
from codegen.vectormath.far.numbers import (
    ROUND_FAR,
    add_far,
    div_far,
    join_dd,
    mul_far,
    settle_far,
    split_far,
)
from codegen.vectormath.float64.polynomials import INVERSE_LN2_F64
from codegen.vectormath.periodic import reduce_far

__all__ = [
    "asinh_far",
    "atan_far",
    "cos_far",
    "cosh_far",
    "erf_far",
    "erfc_far",
    "erfcx_far",
    "exp_far",
    "expm1_far",
    "log1p_far",
    "log_far",
    "sin_far",
    "sinh_far",
    "tanh_far",
]

TINY_FAR = -300.0  # the power below which sin x is x to all digits


@scalar
def chosen_far(condition, a, a_low, a_power, b, b_low, b_power):
    """Return one of two numbers."""
    high, low = select(condition, a, b), select(condition, a_low, b_low)
    return high, low, select(condition, a_power, b_power)


@scalar
def exp_pair_far(x, x_low):
    """Return e^(x + x_low) = 2ⁿ e^r; beyond 2⁴⁰ only n counts."""
    inside = select(x < -1e300, -1e300, select(x > 1e300, 1e300, x))
    n = (inside * INVERSE_LN2_F64 + ROUND_FAR) - ROUND_FAR
    near = abs(inside) < 2.0**40
    k = select(near, n, 0.0)
    first, first_low = two_product(k, -LN2_1_DD)
    second, second_low = two_product(k, -LN2_2_DD)
    r, r_low = add_finite_dd(select(near, inside, 0.0), select(near, x_low, 0.0), first, first_low)
    r, r_low = add_finite_dd(r, r_low, second, second_low - k * LN2_3_DD)
    high, low = exp_dd(r, r_low)
    return settle_far(select(np.isnan(x), x, high), low, n)


@scalar
def exp_far(x, x_low, x_power):
    """Return eˣ."""
    high, low = join_dd(x, x_low, x_power)
    high, low, power = exp_pair_far(high, low)
    return settle_far(select(x == -np.inf, 0.0, select(x == np.inf, x, high)), low, power)


@scalar
def expm1_far(x, x_low, x_power):
    """Return eˣ − 1."""
    high, low = join_dd(x, x_low, x_power)
    large, large_low, large_power = exp_far(x, x_low, x_power)
    inner, inner_low = expm1_dd(select(high > 100.0, 1.0, high), select(high > 100.0, 0.0, low))
    inner, inner_low, inner_power = split_far(inner, inner_low)
    result = chosen_far(high > 100.0, large, large_low, large_power, inner, inner_low, inner_power)
    return chosen_far(x_power < TINY_FAR, x, x_low, x_power, result[0], result[1], result[2])


@scalar
def log_far(x, x_low, x_power):
    """Return log x = log(m) + k ln 2, √½ ≤ m < √2; −inf at 0, NaN below."""
    fold = x > 1.4142135623730951
    scale = select(fold, 0.5, 1.0)
    k = x_power + select(fold, 1.0, 0.0)
    high, low = log_dd(x * scale, x_low * scale)
    high, low, power = split_far(high, low)
    first, first_low = two_product(k, LN2_1_DD)
    second, second_low = two_product(k, LN2_2_DD)
    whole, rest = add_finite_dd(first, first_low, second, second_low + k * LN2_3_DD)
    regular = (x > 0.0) & (x < np.inf)
    whole, rest, whole_power = split_far(select(regular, whole, 0.0), select(regular, rest, 0.0))
    return add_far(high, low, power, whole, rest, whole_power)


@scalar
def log1p_far(x, x_low, x_power):
    """Return log(1 + x)."""
    large, large_low, large_power = log_far(x, x_low, x_power)
    beyond = x_power > 900.0
    high, low = join_dd(select(beyond, 1.0, x), x_low, select(beyond, 0.0, x_power))
    high, low = log1p_dd(high, low)
    high, low, power = split_far(high, low)
    negative = beyond & (x < 0.0)
    result = chosen_far(beyond, large, large_low, large_power, high, low, power)
    result = chosen_far(x_power < TINY_FAR, x, x_low, x_power, result[0], result[1], result[2])
    return select(negative, np.nan, result[0]), result[1], result[2]


@scalar
def small_or_far(x, x_low, x_power, high, low):
    """Return x where it is tiny, else the number that a pair is."""
    high, low, power = split_far(high, low)
    return chosen_far(x_power < TINY_FAR, x, x_low, x_power, high, low, power)


@scalar
def tanh_far(x, x_low, x_power):
    """Return tanh x."""
    high, low = join_dd(x, x_low, x_power)
    high, low = tanh_dd(high, low)
    return small_or_far(x, x_low, x_power, high, low)


@scalar
def atan_far(x, x_low, x_power):
    """Return arctan x."""
    high, low = join_dd(x, x_low, x_power)
    high, low = atan_dd(high, low)
    return small_or_far(x, x_low, x_power, high, low)


@scalar
def reduce_near_far(x, x_low, x_power):
    """Return r, r_low and a quadrant for an argument below 2³⁸."""
    high, low = join_dd(x, x_low, x_power)
    return reduce_half_pi_dd(high, low)


@scalar
def reduce_turns_far(x, x_low, x_power):
    """Return r, r_low and a quadrant for an argument below 2²⁰⁴⁸."""
    if x_power < 38.0:
        return reduce_near_far(x, x_low, x_power)
    return reduce_far(x, x_low, select((x_power >= 38.0) & (x_power < 2048.0), x_power, 38.0))


@scalar
def sin_far(x, x_low, x_power):
    """Return sin x; NaN from 2²⁰⁴⁸ on."""
    r, r_low, quadrant = reduce_turns_far(x, x_low, x_power)
    high, low = sin_or_cos_dd(r, r_low, quadrant)
    high = select(x_power < 2048.0, high, np.nan)
    return small_or_far(x, x_low, x_power, high, low)


@scalar
def cos_far(x, x_low, x_power):
    """Return cos x; NaN from 2²⁰⁴⁸ on."""
    r, r_low, quadrant = reduce_turns_far(x, x_low, x_power)
    high, low = sin_or_cos_dd(r, r_low, np.uint64(quadrant + np.uint64(1)))
    return split_far(select(x_power < 2048.0, high, np.nan), low)


@scalar
def asinh_far(x, x_low, x_power):
    """Return arsinh x, which is log 2x where x is large."""
    sign = np.copysign(1.0, x)
    large, large_low, large_power = log_far(sign * x, sign * x_low, x_power + 1.0)
    beyond = x_power > 400.0
    high, low = join_dd(x, x_low, select(beyond, 0.0, x_power))
    high, low = asinh_dd(high, low)
    high, low, power = small_or_far(x, x_low, x_power, high, low)
    return chosen_far(beyond, sign * large, sign * large_low, large_power, high, low, power)


@scalar
def sinh_far(x, x_low, x_power):
    """Return sinh x = (E + E/(E + 1))/2, E = expm1(|x|)."""
    sign = np.copysign(1.0, x)
    e, e_low, e_power = expm1_far(sign * x, sign * x_low, x_power)
    total, total_low, total_power = add_far(e, e_low, e_power, 1.0, 0.0, 0.0)
    infinite = e == np.inf
    top, bottom = select(infinite, 1.0, e), select(infinite, 1.0, total)
    part, part_low, part_power = div_far(top, e_low, e_power, bottom, total_low, total_power)
    high, low, power = add_far(e, e_low, e_power, part, part_low, part_power)
    return settle_far(sign * high, sign * low, power - 1.0)


@scalar
def cosh_far(x, x_low, x_power):
    """Return cosh x = (e^|x| + e^−|x|)/2."""
    sign = np.copysign(1.0, x)
    rise, rise_low, rise_power = exp_far(sign * x, sign * x_low, x_power)
    fall, fall_low, fall_power = exp_far(-sign * x, -sign * x_low, x_power)
    high, low, power = add_far(rise, rise_low, rise_power, fall, fall_low, fall_power)
    return settle_far(high, low, power - 1.0)


@scalar
def erf_far(x, x_low, x_power):
    """Return erf x, 2x/√π where it is tiny."""
    small, small_low, small_power = mul_far(
        x, x_low, x_power, INVERSE_ROOT_PI_1_DD, INVERSE_ROOT_PI_2_DD, 1.0
    )
    high, low = join_dd(x, x_low, x_power)
    high, low = erf_dd(high, low)
    high, low, power = split_far(high, low)
    return chosen_far(x_power < TINY_FAR, small, small_low, small_power, high, low, power)


@scalar
def erfcx_far(x, x_low, x_power):
    """Return e^(x²) erfc x for x ≥ 0."""
    beyond = x_power > 300.0
    tail, tail_low, tail_power = div_far(
        INVERSE_ROOT_PI_1_DD, INVERSE_ROOT_PI_2_DD, 0.0, x, x_low, x_power
    )
    high, low = join_dd(x, x_low, select(beyond, 0.0, x_power))
    high, low = erfcx_dd(high, low)
    high, low, power = split_far(high, low)
    return chosen_far(beyond, tail, tail_low, tail_power, high, low, power)


@scalar
def erfc_far(x, x_low, x_power):
    """Return erfc x = e^(−x²) (e^(x²) erfc x) where x is large."""
    square, square_low, square_power = mul_far(x, x_low, x_power, x, x_low, x_power)
    power, power_low, power_power = exp_far(-square, -square_low, square_power)
    large = (x > 0.0) & (x_power >= 4.0)
    scaled, scaled_low, scaled_power = erfcx_far(
        select(large, x, 1.0), x_low, select(large, x_power, 0.0)
    )
    tail, tail_low, tail_power = mul_far(
        power, power_low, power_power, scaled, scaled_low, scaled_power
    )
    high, low = join_dd(
        select(large, 1.0, x), select(large, 0.0, x_low), select(large, 0.0, x_power)
    )
    high, low = erfc_dd(high, low)
    high, low, inner_power = split_far(high, low)
    return chosen_far(large, tail, tail_low, tail_power, high, low, inner_power)
