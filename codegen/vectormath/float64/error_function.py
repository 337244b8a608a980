"""Compute erf, erfc, Φ and the scaled erfcx in float64: e^(−x²) times a slowly varying quotient.

E = (x + ½) e^(x²) erfc(x) stays between 0.50 and 0.65 for all x ≥ 0 and is a polynomial in
t = (x − 3)/(x + 3); the idea of the map is Shepherd and Laframboise's (1981).
"""

import numpy as np

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar, select, two_sum
from codegen.vectormath.float64.exponential import exp_pair_parts_f64, scale_f64
from codegen.vectormath.float64.polynomials import (
    ERF_SLOPE_F64,
    ERFC_MAX_F64,
    ERFCX_HIGH_F64,
    ERFCX_LOW_F64,
    ERFCX_SLOPE_F64,
    NORMAL_MAX_F64,
    SQRT_HALF_HIGH_F64,
    SQRT_HALF_LOW_F64,
    erf_excess_f64,
    erfcx_rise_f64,
)

__all__ = ["erf_f64", "erfc_f64", "normal_cdf_f64"]


@scalar
def erfcx_parts_f64(size, low):
    """Return high + rest = e^(y²) erfc(y) for y = size + low ≥ 0."""
    below, carried = two_sum(size, 0.5)
    above = size + 3.0
    inverse = 1.0 / (above * below)
    t, t_low = fast_two_sum(-1.0, 2.0 * size * below * inverse)
    high, rest = fast_two_sum(ERFCX_HIGH_F64, t * erfcx_rise_f64(t))
    rest = rest + fma(t_low, ERFCX_SLOPE_F64, ERFCX_LOW_F64)
    inverse = above * inverse
    quotient = high * inverse
    rest = fma(-quotient, below, high) + fma(-quotient, carried + low, rest)
    return quotient, rest * inverse


@scalar
def erfc_parts_f64(size, low, exponent, exponent_low):
    """Return high, rest and n with 2ⁿ (high + rest) = e^exponent erfcx(size)."""
    quotient, quotient_low = erfcx_parts_f64(size, low)
    power, power_low, shifted = exp_pair_parts_f64(exponent, exponent_low)
    high = power * quotient
    rest = fma(power, quotient, -high) + fma(power, quotient_low, power_low * quotient)
    return high, rest, shifted


@scalar
def erfc_near_f64(x, square, correction):
    """Return 1 − erf(x) − correction for |x| ≤ 0.84, square = x²."""
    high, carried = fast_two_sum(1.0, -x)
    return high + (carried - fma(x, erf_excess_f64(square), correction))


@scalar
def erfc_f64(x):
    """Return erfc(x): 1 − erf(x) near 0, 2 − erfc(−x) below."""
    size = abs(x)
    size = select(size > ERFC_MAX_F64, ERFC_MAX_F64, size)
    square = size * size
    high, rest, shifted = erfc_parts_f64(size, 0.0, -square, -fma(size, size, -square))
    upper = scale_f64(high + rest, shifted)
    outer = select(x < 0.0, 2.0 - upper, upper)
    return select(size < 0.65625, erfc_near_f64(x, square, 0.0), outer)


@scalar
def erf_f64(x):
    """Return erf(x): a polynomial near 0, 1 − erfc(|x|) elsewhere."""
    size = abs(x)
    size = select(size > ERFC_MAX_F64, ERFC_MAX_F64, size)
    square = size * size
    high, rest, shifted = erfc_parts_f64(size, 0.0, -square, -fma(size, size, -square))
    outer = 1.0 - scale_f64(high + rest, shifted)
    inner = fma(size, erf_excess_f64(square), size)
    return np.copysign(select(size < 0.84375, inner, outer), x)


@scalar
def normal_cdf_f64(x):
    """Return Φ(x) = erfc(−x/√2)/2, the standard normal distribution function."""
    size = abs(x)
    size = select(size > NORMAL_MAX_F64, NORMAL_MAX_F64, size)
    scaled = size * SQRT_HALF_HIGH_F64
    low = fma(size, SQRT_HALF_LOW_F64, fma(size, SQRT_HALF_HIGH_F64, -scaled))
    half = 0.5 * size
    square = half * size
    high, rest, shifted = erfc_parts_f64(scaled, low, -square, -fma(half, size, -square))
    lower = scale_f64(0.5 * (high + rest), shifted)
    outer = select(x > 0.0, 1.0 - lower, lower)
    scaled, low = -np.copysign(scaled, x), select(x < 0.0, low, -low)
    slope = ERF_SLOPE_F64 * fma(square, fma(square, 0.5, -1.0), 1.0)
    near = erfc_near_f64(scaled, square, slope * low)
    return select(size < 0.875, 0.5 * near, outer)
