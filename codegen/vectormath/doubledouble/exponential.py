"""Compute exp, expm1, tanh, sigmoid and sech² in double-double.

x = n ln 2 + 4r with three words of ln 2; expm1(r) by a minimax polynomial whose lower coefficients
are pairs; twice expm1(2r) = p (2 + p).
"""

import numpy as np

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar, select, two_product, two_sum
from codegen.vectormath.doubledouble.pairs import (
    add_finite_dd,
    div_finite_dd,
    horner_dd,
    mul_finite_dd,
    settle_dd,
)
from codegen.vectormath.doubledouble.polynomials import (
    LN2_1_DD,
    LN2_2_DD,
    LN2_3_DD,
    exp_quarter_dd,
)
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.exponential import clamp_exp_f64, scale_f64
from codegen.vectormath.float64.polynomials import (
    EXP_MAX_F64,
    INVERSE_LN2_F64,
    MANTISSA_BITS_F64,
    POWER_BIAS_F64,
    SHIFT_F64,
)

__all__ = ["exp_dd", "exp_parts_dd", "expm1_dd", "sech2_dd", "sigmoid_dd", "tanh_dd"]


@scalar
def expm1_reduced_dd(x, x_low):
    """Return (p, p_low, n) with e^x = 2ⁿ (1 + p), |x| ≤ 750; n is in the low bits of a float."""
    shifted = fma(x, INVERSE_LN2_F64, SHIFT_F64)
    n = shifted - SHIFT_F64
    near = fma(n, -LN2_1_DD, x)
    product, error = two_product(n, -LN2_2_DD)
    high, rest = two_sum(near, product)
    second, third = two_sum(x_low, rest)
    high, second = two_sum(high, second)
    high, low = fast_two_sum(high, second + (third + fma(n, -LN2_3_DD, error)))
    r, r_low = 0.25 * high, 0.25 * low
    tail, tail_low = exp_quarter_dd(r, r_low)
    square, square_low = mul_finite_dd(r, r_low, r, r_low)
    tail, tail_low = mul_finite_dd(square, square_low, tail, tail_low)
    p, p_low = add_finite_dd(r, r_low, tail, tail_low)
    p, p_low = horner_dd(p, p_low, p, p_low, 2.0 * p, 2.0 * p_low)
    p, p_low = fast_two_sum(p, p_low)
    p, p_low = horner_dd(p, p_low, p, p_low, 2.0 * p, 2.0 * p_low)
    p, p_low = fast_two_sum(p, p_low)
    return p, p_low, shifted


@scalar
def exp_parts_dd(x, x_low):
    """Return high, low and n with eˣ = 2ⁿ (high + low), for results beyond float64's range."""
    p, p_low, shifted = expm1_reduced_dd(clamp_exp_f64(x), select(abs(x) < 800.0, x_low, 0.0))
    high, rest = fast_two_sum(1.0, p)
    high, low = fast_two_sum(high, rest + p_low)
    return high, low, shifted


@scalar
def exp_dd(x, x_low):
    """Return eˣ."""
    high, low, shifted = exp_parts_dd(x, x_low)
    return settle_dd(scale_f64(high, shifted), scale_f64(low, shifted))


@scalar
def expm1_quarter_dd(x, x_low):
    """Return (eˣ − 1)/4 for −150 ≤ x ≤ 710.6."""
    p, p_low, shifted = expm1_reduced_dd(x, x_low)
    n = np.uint64(bits_f64(shifted) - POWER_BIAS_F64)
    power = float_f64(np.uint64(n << MANTISSA_BITS_F64))
    base, base_low = two_sum(power, -0.25)
    return add_finite_dd(base, base_low, power * p, power * p_low)


@scalar
def expm1_dd(x, x_low):
    """Return eˣ − 1."""
    below, above = x < -150.0, x > EXP_MAX_F64
    inside = select(below, -150.0, select(above, EXP_MAX_F64, x))
    high, low = expm1_quarter_dd(inside, select(below, 0.0, select(above, 0.0, x_low)))
    small = abs(x) < 1e-200
    high, low = settle_dd(4.0 * high, 4.0 * low)
    return select(small, x, high), select(small, x_low, low)


@scalar
def tanh_dd(x, x_low):
    """Return tanh(x) = E/(E + 2), E = expm1(2|x|)."""
    sign = np.copysign(1.0, x)
    size, size_low = sign * x, sign * x_low
    large = size > 60.0
    size, size_low = select(large, 60.0, size), select(large, 0.0, size_low)
    high, low = expm1_quarter_dd(2.0 * size, 2.0 * size_low)
    total, total_low = add_finite_dd(high, low, 0.5, 0.0)
    high, low = div_finite_dd(high, low, total, total_low)
    small = size < 1e-200
    return select(small, x, sign * high), select(small, x_low, sign * low)


@scalar
def decay_dd(x, x_low):
    """Return e^−|x|."""
    sign = -np.copysign(1.0, x)
    return exp_dd(sign * x, sign * x_low)


@scalar
def sigmoid_dd(x, x_low):
    """Return 1/(1 + e⁻ˣ) = u/(1 + u) or 1/(1 + u), u = e^−|x|."""
    high, low = decay_dd(x, x_low)
    total, total_low = add_finite_dd(1.0, 0.0, high, low)
    negative = x < 0.0
    top, top_low = select(negative, high, 1.0), select(negative, low, 0.0)
    return div_finite_dd(top, top_low, total, total_low)


@scalar
def sech2_dd(x, x_low):
    """Return 1/cosh²(x) = 4u/(1 + u)², u = e^(−2|x|)."""
    sign = -2.0 * np.copysign(1.0, x)
    high, low, shifted = exp_parts_dd(sign * x, sign * x_low)
    u, u_low = scale_f64(high, shifted), scale_f64(low, shifted)
    total, total_low = add_finite_dd(1.0, 0.0, u, u_low)
    total, total_low = mul_finite_dd(total, total_low, total, total_low)
    high, low = div_finite_dd(4.0 * high, 4.0 * low, total, total_low)
    return scale_f64(high, shifted), scale_f64(low, shifted)
