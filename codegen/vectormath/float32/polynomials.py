"""Polynomials and constants for float32: minimax, relative error about 2^−27.

Written by `python -m codegen.vectormath.derive_coefficients`; edit `approximations.py` instead.
"""

import numpy as np

from codegen.vectormath.arithmetic import f32, fma, scalar

__all__ = [
    "ATAN_MAX_F32",
    "ERFCX_HIGH_F32",
    "ERFCX_LOW_F32",
    "ERFCX_SLOPE_F32",
    "ERFC_MAX_F32",
    "ERF_SLOPE_F32",
    "EXPM1_MIN_F32",
    "EXPONENT_SHIFT_F32",
    "EXP_MAX_F32",
    "EXP_MIN_F32",
    "HALF_PI_HIGH_F32",
    "HALF_PI_LEAST_F32",
    "HALF_PI_LOW_F32",
    "HUGE_F32",
    "INVERSE_LN2_F32",
    "LEAST_NORMAL_F32",
    "LN2_HIGH_F32",
    "LN2_LOW_F32",
    "LOG_FOLD_F32",
    "MANTISSA_BITS_F32",
    "MANTISSA_MASK_F32",
    "NEAR_MAX_F32",
    "NORMAL_MAX_F32",
    "ONE_BIAS_F32",
    "POWER_BIAS_F32",
    "SHIFT_BITS_F32",
    "SHIFT_F32",
    "SIGN_SHIFT_F32",
    "SMALL_F32",
    "SQRT_HALF_BITS_F32",
    "SQRT_HALF_HIGH_F32",
    "SQRT_HALF_LOW_F32",
    "SUBNORMAL_POWER_F32",
    "SUBNORMAL_SCALE_F32",
    "TINY_F32",
    "TRIG_SHIFT_F32",
    "TWICE_BIAS_F32",
    "TWO_OVER_PI_F32",
    "atan_tail_f32",
    "cos_tail_f32",
    "erf_excess_f32",
    "erfcx_rise_f32",
    "exp_cubic_f32",
    "log_tail_f32",
    "sin_tail_f32",
]

INVERSE_LN2_F32 = f32(1.442695)
LN2_HIGH_F32 = f32(0.69314575)
LN2_LOW_F32 = f32(1.4286068e-06)
SHIFT_F32 = f32(1.2583166e07)
TRIG_SHIFT_F32 = f32(1.2582912e07)
EXPONENT_SHIFT_F32 = f32(8.388735e06)
EXP_MIN_F32 = f32(-110.0)
EXP_MAX_F32 = f32(89.6)
EXPM1_MIN_F32 = f32(-60.0)
TINY_F32 = f32(9.313226e-10)
SMALL_F32 = f32(0.00012207031)
HUGE_F32 = f32(1.0737418e09)
ATAN_MAX_F32 = f32(1.1529215e18)
NEAR_MAX_F32 = f32(16384.0)
LEAST_NORMAL_F32 = f32(1.1754944e-38)
SUBNORMAL_POWER_F32 = f32(25.0)
SUBNORMAL_SCALE_F32 = f32(3.3554432e07)
ERFC_MAX_F32 = f32(11.0)
ERF_SLOPE_F32 = f32(1.1283792)
NORMAL_MAX_F32 = f32(15.0)
SQRT_HALF_HIGH_F32 = f32(0.70710677)
SQRT_HALF_LOW_F32 = f32(1.21016175e-08)
ERFCX_HIGH_F32 = f32(0.626504)
ERFCX_LOW_F32 = f32(2.5133247e-08)
ERFCX_SLOPE_F32 = f32(0.4375)
TWO_OVER_PI_F32 = f32(0.63661975)
HALF_PI_HIGH_F32 = f32(1.5707964)
HALF_PI_LOW_F32 = f32(-4.371139e-08)
HALF_PI_LEAST_F32 = f32(-1.7151245e-15)
MANTISSA_BITS_F32 = np.uint32(0x17)
MANTISSA_MASK_F32 = np.uint32(0x7FFFFF)
SIGN_SHIFT_F32 = np.uint32(0x1E)
TWICE_BIAS_F32 = np.uint32(0xFE)
ONE_BIAS_F32 = np.uint32(0x7F)
POWER_BIAS_F32 = np.uint32(0x81)
SQRT_HALF_BITS_F32 = np.uint32(0x3F3504F3)
LOG_FOLD_F32 = np.uint32(0x4AFB0D)
SHIFT_BITS_F32 = np.uint32(0x4B000000)


@scalar
def exp_cubic_f32(r):
    """(eʳ − 1 − r − r²/2)/(r³/2); degree 4, 2^−30."""
    p = f32(0.00039819276)
    p = fma(p, r, f32(0.0027866843))
    p = fma(p, r, f32(0.016666565))
    p = fma(p, r, f32(0.08333296))
    return fma(p, r, f32(0.33333334))


@scalar
def log_tail_f32(z):
    """(2 artanh(s) − 2s)/s³ for z = s²; degree 2, 2^−30."""
    p = f32(0.29872495)
    p = fma(p, z, f32(0.39977515))
    return fma(p, z, f32(0.66666776))


@scalar
def atan_tail_f32(z):
    """(arctan(t) − t)/t³ for z = t²; degree 4, 2^−28."""
    p = f32(-0.060829796)
    p = fma(p, z, f32(0.10595822))
    p = fma(p, z, f32(-0.14243826))
    p = fma(p, z, f32(0.19998488))
    return fma(p, z, f32(-0.33333316))


@scalar
def sin_tail_f32(z):
    """(sin(r) − r)/r³ for z = r²; degree 2, 2^−27."""
    p = f32(-0.00019515623)
    p = fma(p, z, f32(0.008332166))
    return fma(p, z, f32(-0.16666655))


@scalar
def cos_tail_f32(z):
    """(cos(r) − 1 + r²/2)/r⁴ for z = r²; degree 2, 2^−31."""
    p = f32(2.4436635e-05)
    p = fma(p, z, f32(-0.0013887353))
    return fma(p, z, f32(0.041666646))


@scalar
def erf_excess_f32(z):
    """erf(x)/x − 1 for z = x²; degree 5, 2^−26."""
    p = f32(-0.00063595443)
    p = fma(p, z, f32(0.0050586164))
    p = fma(p, z, f32(-0.026806997))
    p = fma(p, z, f32(0.11282825))
    p = fma(p, z, f32(-0.3761258))
    return fma(p, z, f32(0.12837917))


@scalar
def erfcx_rise_f32(t):
    """(E(t) − E(0))/t, E = (x + ½) e^(x²) erfc(x), t = (x − 3)/(x + 3); degree 10, 2^−25."""
    square = t * t
    even = f32(3.8093454e-05)
    even = fma(even, square, f32(-0.00036180296))
    even = fma(even, square, f32(0.0012482796))
    even = fma(even, square, f32(0.034158763))
    even = fma(even, square, f32(0.06482199))
    even = fma(even, square, f32(-0.067810535))
    odd = f32(-4.658546e-05)
    odd = fma(odd, square, f32(0.0009383015))
    odd = fma(odd, square, f32(-0.011882439))
    odd = fma(odd, square, f32(-0.05963741))
    odd = fma(odd, square, f32(-0.02378111))
    return fma(odd, t, even)
