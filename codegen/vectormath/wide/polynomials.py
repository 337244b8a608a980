"""Polynomials and constants for wide: minimax, relative error about 2^−40.

Written by `python -m codegen.vectormath.derive_coefficients`; edit `approximations.py` instead.
"""

from codegen.vectormath.arithmetic import fma, scalar

__all__ = [
    "ERFCX_AT_3_WIDE",
    "LN2_WIDE",
    "SHIFT_WIDE",
    "atan_tail_wide",
    "cos_tail_wide",
    "erf_excess_wide",
    "erfcx_rise_wide",
    "exp_rise_wide",
    "expm1_rise_wide",
    "log_tail_wide",
    "sin_tail_wide",
]

ERFCX_AT_3_WIDE = 0.6265040291348648
LN2_WIDE = 0.6931471805599453
SHIFT_WIDE = 6755399441056767.0


@scalar
def exp_rise_wide(r):
    """(eʳ − 1)/r, for eʳ; degree 7, 2^−40."""
    p = 2.4732884288724778e-05
    p = fma(p, r, 0.00019914829770830623)
    p = fma(p, r, 0.0013889156112977346)
    p = fma(p, r, 0.008333268499116591)
    p = fma(p, r, 0.04166666452258268)
    p = fma(p, r, 0.1666666687452176)
    p = fma(p, r, 0.5000000000462383)
    return fma(p, r, 0.9999999999829378)


@scalar
def expm1_rise_wide(r):
    """(eʳ − 1)/r, for eʳ − 1; degree 8, 2^−43."""
    p = 2.75566639163739e-06
    p = fma(p, r, 2.4876234453581604e-05)
    p = fma(p, r, 0.00019841373534394054)
    p = fma(p, r, 0.0013888821581347422)
    p = fma(p, r, 0.0083333332297565)
    p = fma(p, r, 0.04166666689124489)
    p = fma(p, r, 0.16666666666946958)
    p = fma(p, r, 0.4999999999979787)
    return fma(p, r, 0.9999999999999887)


@scalar
def log_tail_wide(z):
    """(2 artanh(s) − 2s)/s³ for z = s²; degree 4, 2^−44."""
    p = 0.19584789652216783
    p = fma(p, z, 0.2217614584046292)
    p = fma(p, z, 0.2857211015417375)
    p = fma(p, z, 0.3999999561258329)
    return fma(p, z, 0.6666666667582893)


@scalar
def atan_tail_wide(z):
    """(arctan(t) − t)/t³ for z = t²; degree 6, 2^−40."""
    p = -0.03795551303259759
    p = fma(p, z, 0.06993076141895348)
    p = fma(p, z, -0.08997272974440716)
    p = fma(p, z, 0.11104053434840176)
    p = fma(p, z, -0.14285426489813993)
    p = fma(p, z, 0.19999994402592675)
    return fma(p, z, -0.33333333296401146)


@scalar
def sin_tail_wide(z):
    """(sin(r) − r)/r³ for z = r²; degree 4, 2^−47."""
    p = -2.476020316259108e-08
    p = fma(p, z, 2.755533806910291e-06)
    p = fma(p, z, -0.00019841263731839158)
    p = fma(p, z, 0.008333333325107769)
    return fma(p, z, -0.1666666666663069)


@scalar
def cos_tail_wide(z):
    """(cos(r) − 1 + r²/2)/r⁴ for z = r²; degree 3, 2^−43."""
    p = -2.7208442560431015e-07
    p = fma(p, z, 2.479949856126579e-05)
    p = fma(p, z, -0.0013888883673567542)
    return fma(p, z, 0.04166666662192743)


@scalar
def erf_excess_wide(z):
    """erf(x)/x − 1 for z = x²; degree 8, 2^−44."""
    p = 1.2015941954067006e-06
    p = fma(p, z, -1.4365896260565742e-05)
    p = fma(p, z, 0.000120162346317459)
    p = fma(p, z, -0.0008546717082973905)
    p = fma(p, z, 0.0052239384670560544)
    p = fma(p, z, -0.02686616527906363)
    p = fma(p, z, 0.1128379163406312)
    p = fma(p, z, -0.3761263890220672)
    return fma(p, z, 0.12837916709546998)


@scalar
def erfcx_rise_wide(t):
    """(E(t) − E(0))/t, E = (x + ½) e^(x²) erfc(x), t = (x − 3)/(x + 3); degree 16, 2^−41."""
    square = t * t
    even = -1.372722670283293e-07
    even = fma(even, square, 1.432770500606769e-06)
    even = fma(even, square, -9.734683974669508e-06)
    even = fma(even, square, 6.234881524837827e-05)
    even = fma(even, square, -0.00038983781474835735)
    even = fma(even, square, 0.0012646778797546394)
    even = fma(even, square, 0.034154015912709064)
    even = fma(even, square, 0.06482257922706498)
    even = fma(even, square, -0.06781055306040948)
    odd = 2.5768130499424762e-08
    odd = fma(odd, square, -1.6282971909349785e-07)
    odd = fma(odd, square, 2.3075980829974814e-06)
    odd = fma(odd, square, -5.249475897694845e-05)
    odd = fma(odd, square, 0.0009443190587985225)
    odd = fma(odd, square, -0.011885252941142803)
    odd = fma(odd, square, -0.05963683209051282)
    odd = fma(odd, square, -0.023781147165485184)
    return fma(odd, t, even)
