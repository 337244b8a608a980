"""Compute erf, erfc, Φ and the scaled erfcx in float32: e^(−x²) times a slowly varying quotient.

E = (x + ½) e^(x²) erfc(x) stays between 0.50 and 0.65 for all x ≥ 0 and is a polynomial in
t = (x − 3)/(x + 3); the idea of the map is Shepherd and Laframboise's (1981).

Written from `float64/error_function.py` by `python -m codegen.vectormath.retype`.
"""

import numpy as np

from codegen.vectormath.arithmetic import f32, fast_two_sum, fma, scalar, select, two_sum
from codegen.vectormath.float32.exponential import exp_pair_parts_f32, scale_f32
from codegen.vectormath.float32.polynomials import (
    ERF_SLOPE_F32,
    ERFC_MAX_F32,
    ERFCX_HIGH_F32,
    ERFCX_LOW_F32,
    ERFCX_SLOPE_F32,
    NORMAL_MAX_F32,
    SQRT_HALF_HIGH_F32,
    SQRT_HALF_LOW_F32,
    erf_excess_f32,
    erfcx_rise_f32,
)

__all__ = ["erf_f32", "erfc_f32", "normal_cdf_f32"]


@scalar
def erfcx_parts_f32(size, low):
    """Return high + rest = e^(y²) erfc(y) for y = size + low ≥ 0."""
    below, carried = two_sum(size, f32(0.5))
    above = size + f32(3.0)
    inverse = f32(1.0) / (above * below)
    t, t_low = fast_two_sum(-f32(1.0), f32(2.0) * size * below * inverse)
    high, rest = fast_two_sum(ERFCX_HIGH_F32, t * erfcx_rise_f32(t))
    rest = rest + fma(t_low, ERFCX_SLOPE_F32, ERFCX_LOW_F32)
    inverse = above * inverse
    quotient = high * inverse
    rest = fma(-quotient, below, high) + fma(-quotient, carried + low, rest)
    return quotient, rest * inverse


@scalar
def erfc_parts_f32(size, low, exponent, exponent_low):
    """Return high, rest and n with 2ⁿ (high + rest) = e^exponent erfcx(size)."""
    quotient, quotient_low = erfcx_parts_f32(size, low)
    power, power_low, shifted = exp_pair_parts_f32(exponent, exponent_low)
    high = power * quotient
    rest = fma(power, quotient, -high) + fma(power, quotient_low, power_low * quotient)
    return high, rest, shifted


@scalar
def erfc_near_f32(x, square, correction):
    """Return 1 − erf(x) − correction for |x| ≤ 0.84, square = x²."""
    high, carried = fast_two_sum(f32(1.0), -x)
    return high + (carried - fma(x, erf_excess_f32(square), correction))


@scalar
def erfc_f32(x):
    """Return erfc(x): 1 − erf(x) near 0, 2 − erfc(−x) below."""
    size = abs(x)
    size = select(size > ERFC_MAX_F32, ERFC_MAX_F32, size)
    square = size * size
    high, rest, shifted = erfc_parts_f32(size, f32(0.0), -square, -fma(size, size, -square))
    upper = scale_f32(high + rest, shifted)
    outer = select(x < f32(0.0), f32(2.0) - upper, upper)
    return select(size < f32(0.65625), erfc_near_f32(x, square, f32(0.0)), outer)


@scalar
def erf_f32(x):
    """Return erf(x): a polynomial near 0, 1 − erfc(|x|) elsewhere."""
    size = abs(x)
    size = select(size > ERFC_MAX_F32, ERFC_MAX_F32, size)
    square = size * size
    high, rest, shifted = erfc_parts_f32(size, f32(0.0), -square, -fma(size, size, -square))
    outer = f32(1.0) - scale_f32(high + rest, shifted)
    inner = fma(size, erf_excess_f32(square), size)
    return np.copysign(select(size < f32(0.84375), inner, outer), x)


@scalar
def normal_cdf_f32(x):
    """Return Φ(x) = erfc(−x/√2)/2, the standard normal distribution function."""
    size = abs(x)
    size = select(size > NORMAL_MAX_F32, NORMAL_MAX_F32, size)
    scaled = size * SQRT_HALF_HIGH_F32
    low = fma(size, SQRT_HALF_LOW_F32, fma(size, SQRT_HALF_HIGH_F32, -scaled))
    half = f32(0.5) * size
    square = half * size
    high, rest, shifted = erfc_parts_f32(scaled, low, -square, -fma(half, size, -square))
    lower = scale_f32(f32(0.5) * (high + rest), shifted)
    outer = select(x > f32(0.0), f32(1.0) - lower, lower)
    scaled, low = -np.copysign(scaled, x), select(x < f32(0.0), low, -low)
    slope = ERF_SLOPE_F32 * fma(square, fma(square, f32(0.5), -f32(1.0)), f32(1.0))
    near = erfc_near_f32(scaled, square, slope * low)
    return select(size < f32(0.875), f32(0.5) * near, outer)
