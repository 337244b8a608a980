"""Polynomials and constants for float64: minimax, relative error about 2^−58.

Written by `python -m codegen.vectormath.derive_coefficients`; edit `approximations.py` instead.
"""

import numpy as np

from codegen.vectormath.arithmetic import fma, scalar

__all__ = [
    "ATAN_MAX_F64",
    "ERFCX_HIGH_F64",
    "ERFCX_LOW_F64",
    "ERFCX_SLOPE_F64",
    "ERFC_MAX_F64",
    "ERF_SLOPE_F64",
    "EXPM1_MIN_F64",
    "EXPONENT_SHIFT_F64",
    "EXP_MAX_F64",
    "EXP_MIN_F64",
    "HALF_PI_HIGH_F64",
    "HALF_PI_LEAST_F64",
    "HALF_PI_LOW_F64",
    "HUGE_F64",
    "INVERSE_LN2_F64",
    "LEAST_NORMAL_F64",
    "LN2_HIGH_F64",
    "LN2_LOW_F64",
    "LOG_FOLD_F64",
    "MANTISSA_BITS_F64",
    "MANTISSA_MASK_F64",
    "NEAR_MAX_F64",
    "NORMAL_MAX_F64",
    "ONE_BIAS_F64",
    "POWER_BIAS_F64",
    "SHIFT_BITS_F64",
    "SHIFT_F64",
    "SIGN_SHIFT_F64",
    "SMALL_F64",
    "SQRT_HALF_BITS_F64",
    "SQRT_HALF_HIGH_F64",
    "SQRT_HALF_LOW_F64",
    "SUBNORMAL_POWER_F64",
    "SUBNORMAL_SCALE_F64",
    "TINY_F64",
    "TRIG_SHIFT_F64",
    "TWICE_BIAS_F64",
    "TWO_OVER_PI_F64",
    "atan_tail_f64",
    "cos_tail_f64",
    "erf_excess_f64",
    "erfcx_rise_f64",
    "exp_cubic_f64",
    "log_tail_f64",
    "sin_fifth_f64",
    "sin_tail_f64",
]

INVERSE_LN2_F64 = 1.4426950408889634
LN2_HIGH_F64 = 0.6931471805598903
LN2_LOW_F64 = 5.497923018708371e-14
SHIFT_F64 = 6755399441057790.0
TRIG_SHIFT_F64 = 6755399441055744.0
EXPONENT_SHIFT_F64 = 4503599627371519.0
EXP_MIN_F64 = -750.0
EXP_MAX_F64 = 710.6
EXPM1_MIN_F64 = -60.0
TINY_F64 = 8.673617379884035e-19
SMALL_F64 = 3.725290298461914e-09
HUGE_F64 = 1.152921504606847e18
ATAN_MAX_F64 = 3.273390607896142e150
NEAR_MAX_F64 = 274877906944.0
LEAST_NORMAL_F64 = 2.2250738585072014e-308
SUBNORMAL_POWER_F64 = 54.0
SUBNORMAL_SCALE_F64 = 1.8014398509481984e16
ERFC_MAX_F64 = 28.0
ERF_SLOPE_F64 = 1.1283791670955126
NORMAL_MAX_F64 = 40.0
SQRT_HALF_HIGH_F64 = 0.7071067811865476
SQRT_HALF_LOW_F64 = -4.833646656726457e-17
ERFCX_HIGH_F64 = 0.6265040291348648
ERFCX_LOW_F64 = 2.2638101851373273e-17
ERFCX_SLOPE_F64 = 0.4375
TWO_OVER_PI_F64 = 0.6366197723675814
HALF_PI_HIGH_F64 = 1.5707963267948966
HALF_PI_LOW_F64 = 6.123233995736766e-17
HALF_PI_LEAST_F64 = -1.4973849048591698e-33
MANTISSA_BITS_F64 = np.uint64(0x34)
MANTISSA_MASK_F64 = np.uint64(0xFFFFFFFFFFFFF)
SIGN_SHIFT_F64 = np.uint64(0x3E)
TWICE_BIAS_F64 = np.uint64(0x7FE)
ONE_BIAS_F64 = np.uint64(0x3FF)
POWER_BIAS_F64 = np.uint64(0x401)
SQRT_HALF_BITS_F64 = np.uint64(0x3FE6A09E667F3BCD)
LOG_FOLD_F64 = np.uint64(0x95F619980C433)
SHIFT_BITS_F64 = np.uint64(0x4330000000000000)


@scalar
def exp_cubic_f64(r):
    """(eʳ − 1 − r − r²/2)/(r³/2); degree 9, 2^−60."""
    square = r * r
    even = 5.0218253890151945e-08
    even = fma(even, square, 5.511448798559233e-06)
    even = fma(even, square, 0.00039682539772581475)
    even = fma(even, square, 0.016666666666643185)
    even = fma(even, square, 0.33333333333333354)
    odd = 4.184796654433369e-09
    odd = fma(odd, square, 5.511448960102003e-07)
    odd = fma(odd, square, 4.9603174714189994e-05)
    odd = fma(odd, square, 0.002777777777773923)
    odd = fma(odd, square, 0.08333333333333338)
    return fma(odd, r, even)


@scalar
def log_tail_f64(z):
    """(2 artanh(s) − 2s)/s³ for z = s²; degree 6, 2^−58."""
    p = 0.14796690019388442
    p = fma(p, z, 0.15313980395682572)
    p = fma(p, z, 0.18183566912783672)
    p = fma(p, z, 0.22222198526481365)
    p = fma(p, z, 0.28571428742813165)
    p = fma(p, z, 0.39999999999412883)
    return fma(p, z, 0.6666666666666735)


@scalar
def atan_tail_f64(z):
    """(arctan(t) − t)/t³ for z = t²; degree 10, 2^−58."""
    square = z * z
    even = -0.01791961362080795
    even = fma(even, square, -0.05039751779259182)
    even = fma(even, square, -0.06663117585308906)
    even = fma(even, square, -0.090908978228413)
    even = fma(even, square, -0.14285714280239029)
    even = fma(even, square, -0.333333333333332)
    odd = 0.038075913214707595
    odd = fma(odd, square, 0.05847988338857157)
    odd = fma(odd, square, 0.07692061393242006)
    odd = fma(odd, square, 0.1111111078566624)
    odd = fma(odd, square, 0.19999999999953985)
    return fma(odd, z, even)


@scalar
def sin_tail_f64(z):
    """(sin(r) − r)/r³ for z = r²; degree 6, 2^−57."""
    p = -7.578411214377378e-13
    p = fma(p, z, 1.6058360933117557e-10)
    p = fma(p, z, -2.5052104867610175e-08)
    p = fma(p, z, 2.755731921402444e-06)
    p = fma(p, z, -0.00019841269841254752)
    p = fma(p, z, 0.008333333333333323)
    return fma(p, z, -0.16666666666666666)


@scalar
def sin_fifth_f64(z):
    """(sin(r) − r + r³/6)/r⁵ for z = r²; degree 5, 2^−62."""
    p = -7.581463458486808e-13
    p = fma(p, z, 1.605842945026555e-10)
    p = fma(p, z, -2.5052105475596157e-08)
    p = fma(p, z, 2.7557319216719565e-06)
    p = fma(p, z, -0.00019841269841260935)
    return fma(p, z, 0.00833333333333333)


@scalar
def cos_tail_f64(z):
    """(cos(r) − 1 + r²/2)/r⁴ for z = r²; degree 5, 2^−59."""
    p = -1.1359109961179886e-11
    p = fma(p, z, 2.087571321763018e-09)
    p = fma(p, z, -2.755731428092706e-07)
    p = fma(p, z, 2.4801587289244405e-05)
    p = fma(p, z, -0.0013888888888873758)
    return fma(p, z, 0.041666666666666595)


@scalar
def erf_excess_f64(z):
    """erf(x)/x − 1 for z = x²; degree 11, 2^−56."""
    square = z * z
    even = 1.4206627099959001e-08
    even = fma(even, square, 1.6457931562215465e-06)
    even = fma(even, square, 0.00012055327461651277)
    even = fma(even, square, 0.005223977624096473)
    even = fma(even, square, 0.11283791670954751)
    even = fma(even, square, 0.1283791670955126)
    odd = -8.882301474479135e-10
    odd = fma(odd, square, -1.6303272305331538e-07)
    odd = fma(odd, square, -1.4925464609608106e-05)
    odd = fma(odd, square, -0.000854832691525959)
    odd = fma(odd, square, -0.026866170645032432)
    odd = fma(odd, square, -0.3761263890318375)
    return fma(odd, z, even)


@scalar
def erfcx_rise_f64(t):
    """(E(t) − E(0))/t, E = (x + ½) e^(x²) erfc(x), t = (x − 3)/(x + 3); degree 26, 2^−57."""
    square = t * t
    fourth = square * square
    p = 9.644490561582671e-11
    p = fma(p, fourth, -6.35253823140524e-09)
    p = fma(p, fourth, -3.082466520418918e-07)
    p = fma(p, fourth, -1.0050312984206916e-05)
    p = fma(p, fourth, -0.00038991613948092727)
    p = fma(p, fourth, 0.03415401367195305)
    p = fma(p, fourth, -0.0678105530622906)
    q = -9.478787636694889e-11
    q = fma(q, fourth, -5.8806076370756385e-09)
    q = fma(q, fourth, -7.344123218019311e-08)
    q = fma(q, fourth, -3.665815271386678e-07)
    q = fma(q, fourth, -5.257995140895365e-05)
    q = fma(q, fourth, -0.01188525745976701)
    q = fma(q, fourth, -0.023781147176725564)
    r = -1.6830772758217775e-11
    r = fma(r, fourth, 2.5955436107843397e-10)
    r = fma(r, fourth, 5.0703715674165335e-08)
    r = fma(r, fourth, 1.7362232382517179e-06)
    r = fma(r, fourth, 6.254968985013078e-05)
    r = fma(r, fourth, 0.0012646959085170358)
    r = fma(r, fourth, 0.06482257935138151)
    s = 1.0358818339790014e-09
    s = fma(s, fourth, 2.349835923799393e-08)
    s = fma(s, fourth, 1.8021460229045153e-07)
    s = fma(s, fourth, 2.4749978821354983e-06)
    s = fma(s, fourth, 0.0009443451859835529)
    s = fma(s, fourth, -0.05963683170763937)
    return fma(fma(s, t, r), square, fma(q, t, p))
