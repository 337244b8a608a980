"""Polynomials and constants for doubledouble: minimax, relative error about 2^−96.

Written by `python -m codegen.vectormath.derive_coefficients`; edit `approximations.py` instead.
"""

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar
from codegen.vectormath.doubledouble.pairs import horner_dd

__all__ = [
    "HALF_PI_1_DD",
    "HALF_PI_2_DD",
    "HALF_PI_3_DD",
    "HALF_PI_4_DD",
    "INVERSE_ROOT_PI_1_DD",
    "INVERSE_ROOT_PI_2_DD",
    "LN2_1_DD",
    "LN2_2_DD",
    "LN2_3_DD",
    "SIXTH_1_DD",
    "SIXTH_2_DD",
    "SQRT_HALF_1_DD",
    "SQRT_HALF_2_DD",
    "cos_tail_dd",
    "erf_excess_dd",
    "erfcx_scaled_dd",
    "exp_quarter_dd",
    "log_tail_dd",
    "sin_tail_dd",
]

SIXTH_1_DD = 0.16666666666666666
SIXTH_2_DD = 9.25185853854297e-18
LN2_1_DD = 0.6931471805598903
LN2_2_DD = 5.497923018708371e-14
LN2_3_DD = 1.94704509238075e-31
HALF_PI_1_DD = 1.5707963267948966
HALF_PI_2_DD = 6.123233995736766e-17
HALF_PI_3_DD = -1.4973849048591698e-33
HALF_PI_4_DD = 5.562271104316826e-50
SQRT_HALF_1_DD = 0.7071067811865476
SQRT_HALF_2_DD = -4.833646656726457e-17
INVERSE_ROOT_PI_1_DD = 0.5641895835477563
INVERSE_ROOT_PI_2_DD = 7.66772980658294e-18


@scalar
def exp_quarter_dd(r, r_low):
    """(eʳ − 1 − r)/r²; degree 12, 2^−102."""
    p = 1.1472175956926285e-11
    p = fma(p, r, 1.6061035049318213e-10)
    p = fma(p, r, 2.0876756816018114e-09)
    p = fma(p, r, 2.5052108182721967e-08)
    p = fma(p, r, 2.755731922399644e-07)
    p = fma(p, r, 2.7557319223996044e-06)
    p, q = horner_dd(p, 0.0, r, r_low, 2.48015873015873e-05, -3.2619646116568e-22)
    p, q = horner_dd(p, q, r, r_low, 0.0001984126984126984, -2.398225426882628e-21)
    p, q = horner_dd(p, q, r, r_low, 0.001388888888888889, -5.30048523222272e-20)
    p, q = horner_dd(p, q, r, r_low, 0.008333333333333333, 1.1565122334738464e-19)
    p, q = horner_dd(p, q, r, r_low, 0.041666666666666664, 2.3129646342055257e-18)
    p, q = horner_dd(p, q, r, r_low, 0.16666666666666666, 9.251858537383981e-18)
    p, q = horner_dd(p, q, r, r_low, 0.5, 8.628166150854817e-32)
    return fast_two_sum(p, q)


@scalar
def log_tail_dd(z, z_low):
    """(2 artanh(s) − 2s)/s³ for z = s²; degree 12, 2^−102."""
    p = 0.08989114458324207
    p = fma(p, z, 0.07849702681735207)
    p = fma(p, z, 0.08703908353730164)
    p = fma(p, z, 0.09523515287289756)
    p = fma(p, z, 0.1052632295650244)
    p, q = horner_dd(p, 0.0, z, z_low, 0.11764705760303062, -2.905712080370391e-18)
    p, q = horner_dd(p, q, z, z_low, 0.13333333334792286, 1.337076072110469e-17)
    p, q = horner_dd(p, q, z, z_low, 0.1538461538460328, -3.79698765568877e-18)
    p, q = horner_dd(p, q, z, z_low, 0.1818181818181825, 6.627614373146242e-18)
    p, q = horner_dd(p, q, z, z_low, 0.2222222222222222, 9.897931336194318e-18)
    p, q = horner_dd(p, q, z, z_low, 0.2857142857142857, 1.5865499296718586e-17)
    p, q = horner_dd(p, q, z, z_low, 0.4, -2.2204466014885263e-17)
    p, q = horner_dd(p, q, z, z_low, 0.6666666666666666, 3.7007434156234304e-17)
    return fast_two_sum(p, q)


@scalar
def sin_tail_dd(z, z_low):
    """(sin(r) − r)/r³ for z = r²; degree 9, 2^−102."""
    p = 1.9442130246183606e-20
    p = fma(p, z, -8.220444022567369e-18)
    p = fma(p, z, 2.81145709652802e-15)
    p, q = horner_dd(p, 0.0, z, z_low, -7.647163731012601e-13, 3.772751930437116e-29)
    p, q = horner_dd(p, q, z, z_low, 1.6059043836818972e-10, -1.2605209597544589e-26)
    p, q = horner_dd(p, q, z, z_low, -2.5052108385441714e-08, 3.6801321263680206e-25)
    p, q = horner_dd(p, q, z, z_low, 2.7557319223985893e-06, -1.865562100419539e-22)
    p, q = horner_dd(p, q, z, z_low, -0.0001984126984126984, -1.720422572942735e-22)
    p, q = horner_dd(p, q, z, z_low, 0.008333333333333333, 1.156482297678919e-19)
    p, q = horner_dd(p, q, z, z_low, -0.16666666666666666, -9.251858538517923e-18)
    return fast_two_sum(p, q)


@scalar
def cos_tail_dd(z, z_low):
    """(cos(r) − 1 + r²/2)/r⁴ for z = r²; degree 8, 2^−98."""
    p = 4.08093825856051e-19
    p = fma(p, z, -1.5618789660835396e-16)
    p = fma(p, z, 4.779477000060675e-14)
    p, q = horner_dd(p, 0.0, z, z_low, -1.1470745596105725e-11, -1.2005468618124948e-29)
    p, q = horner_dd(p, q, z, z_low, 2.087675698786309e-09, -4.5619716780865586e-26)
    p, q = horner_dd(p, q, z, z_low, -2.7557319223985883e-07, 1.967667268785657e-23)
    p, q = horner_dd(p, q, z, z_low, 2.48015873015873e-05, 1.05102507285015e-23)
    p, q = horner_dd(p, q, z, z_low, -0.001388888888888889, 5.300610149582789e-20)
    p, q = horner_dd(p, q, z, z_low, 0.041666666666666664, 2.3129646191241253e-18)
    return fast_two_sum(p, q)


@scalar
def erf_excess_dd(z, z_low):
    """erf(x)/x − 1 for z = x²; degree 17, 2^−101."""
    p = -6.484268379841675e-17
    p = fma(p, z, 1.5628671871040226e-15)
    p = fma(p, z, -2.7711601547177408e-14)
    p = fma(p, z, 4.461756331444995e-13)
    p, q = horner_dd(p, 0.0, z, z_low, -6.7112409607280545e-12, 6.979424291937195e-29)
    p, q = horner_dd(p, q, z, z_low, 9.422751043535825e-11, 1.872153573862152e-27)
    p, q = horner_dd(p, q, z, z_low, -1.2290554916078419e-09, 6.944239458982688e-27)
    p, q = horner_dd(p, q, z, z_low, 1.4807192801796587e-08, 2.2858465650058446e-25)
    p, q = horner_dd(p, q, z, z_low, -1.6365844690844636e-07, 2.4478861759329823e-24)
    p, q = horner_dd(p, q, z, z_low, 1.6462114365881102e-06, -9.483620860188099e-23)
    p, q = horner_dd(p, q, z, z_low, -1.4925650358406125e-05, 1.6053606085576854e-22)
    p, q = horner_dd(p, q, z, z_low, 0.00012055332981789662, 5.882903535500421e-21)
    p, q = horner_dd(p, q, z, z_low, -0.0008548327023450853, 5.1258004428787525e-20)
    p, q = horner_dd(p, q, z, z_low, 0.005223977625442188, -8.96825995073449e-20)
    p, q = horner_dd(p, q, z, z_low, -0.026866170645131252, 4.609306245835518e-19)
    p, q = horner_dd(p, q, z, z_low, 0.11283791670955126, -4.0175691920727105e-18)
    p, q = horner_dd(p, q, z, z_low, -0.37612638903183754, 1.3391897206230372e-17)
    p, q = horner_dd(p, q, z, z_low, 0.1283791670955126, -1.2420116002463251e-17)
    return fast_two_sum(p, q)


@scalar
def erfcx_scaled_dd(t, t_low):
    """(x + ½) e^(x²) erfc(x), t = (x − 3)/(x + 3); degree 45, 2^−97."""
    p = 1.4172559937916214e-16
    p = fma(p, t, 4.518047784272485e-16)
    p = fma(p, t, -1.4412600872128338e-15)
    p = fma(p, t, -6.29940879566491e-15)
    p = fma(p, t, 4.152601403430785e-15)
    p, q = horner_dd(p, 0.0, t, t_low, 4.0307904320803684e-14, -6.620481199407717e-31)
    p, q = horner_dd(p, q, t, t_low, 1.7982840763710448e-14, -1.1754481130307498e-30)
    p, q = horner_dd(p, q, t, t_low, -1.4513860637986733e-13, -1.052687051220891e-29)
    p, q = horner_dd(p, q, t, t_low, -2.1415712214644635e-13, -2.2438310696500193e-30)
    p, q = horner_dd(p, q, t, t_low, 2.264855001028141e-13, -1.167588152502423e-29)
    p, q = horner_dd(p, q, t, t_low, 9.543984494803853e-13, -1.7374334501362064e-29)
    p, q = horner_dd(p, q, t, t_low, 6.542848799987548e-13, 2.8063469068335004e-29)
    p, q = horner_dd(p, q, t, t_low, -2.106063066329332e-12, 1.4207248871873963e-28)
    p, q = horner_dd(p, q, t, t_low, -5.710124218527594e-12, 5.746669673991389e-29)
    p, q = horner_dd(p, q, t, t_low, -1.6445415012446946e-12, 7.67223619766589e-29)
    p, q = horner_dd(p, q, t, t_low, 1.904846930514444e-11, 8.143564745189009e-28)
    p, q = horner_dd(p, q, t, t_low, 3.624391902732258e-11, 2.1321052508406904e-27)
    p, q = horner_dd(p, q, t, t_low, -2.022111498250294e-11, -1.4897525572369605e-27)
    p, q = horner_dd(p, q, t, t_low, -1.7539833635757664e-10, 6.2284927017763666e-27)
    p, q = horner_dd(p, q, t, t_low, -1.6772539296303223e-10, -2.976934687652951e-27)
    p, q = horner_dd(p, q, t, t_low, 4.97852644596867e-10, 1.1096601382246843e-26)
    p, q = horner_dd(p, q, t, t_low, 1.3699817397521524e-09, -3.785934892148185e-26)
    p, q = horner_dd(p, q, t, t_low, -4.134666191925168e-10, 1.63702200782779e-26)
    p, q = horner_dd(p, q, t, t_low, -6.540752827693571e-09, -1.1976893988118483e-25)
    p, q = horner_dd(p, q, t, t_low, -5.5650836351028195e-09, 9.881252275594905e-26)
    p, q = horner_dd(p, q, t, t_low, 2.430283034633936e-08, 8.682409748195723e-25)
    p, q = horner_dd(p, q, t, t_low, 5.0044189166471586e-08, -1.4428973846131952e-24)
    p, q = horner_dd(p, q, t, t_low, -7.410233336408684e-08, 5.62093741070434e-24)
    p, q = horner_dd(p, q, t, t_low, -3.078470548927525e-07, 2.5056182525281395e-23)
    p, q = horner_dd(p, q, t, t_low, 1.805929029159851e-07, -4.780477225318701e-24)
    p, q = horner_dd(p, q, t, t_low, 1.7360482420533545e-06, -1.0186746668814754e-22)
    p, q = horner_dd(p, q, t, t_low, -3.6673331114903687e-07, -2.299750928332993e-23)
    p, q = horner_dd(p, q, t, t_low, -1.0050258232684351e-05, -2.632127692976325e-22)
    p, q = horner_dd(p, q, t, t_low, 2.475040140475562e-06, -1.955015741494778e-22)
    p, q = horner_dd(p, q, t, t_low, 6.254967790101635e-05, 4.670799332941432e-21)
    p, q = horner_dd(p, q, t, t_low, -5.257995935143851e-05, -5.13847289074002e-22)
    p, q = horner_dd(p, q, t, t_low, -0.00038991613773372354, 1.7628421981648844e-20)
    p, q = horner_dd(p, q, t, t_low, 0.0009443451869425059, -3.166346547777361e-20)
    p, q = horner_dd(p, q, t, t_low, 0.0012646959083567303, -4.82759520361615e-20)
    p, q = horner_dd(p, q, t, t_low, -0.011885257459835298, 2.519431056261529e-19)
    p, q = horner_dd(p, q, t, t_low, 0.03415401367196131, -5.053202014451688e-19)
    p, q = horner_dd(p, q, t, t_low, -0.05963683170763692, -9.32448137795385e-19)
    p, q = horner_dd(p, q, t, t_low, 0.06482257935138132, 1.0076233863171386e-18)
    p, q = horner_dd(p, q, t, t_low, -0.023781147176725595, -1.5110350898502068e-19)
    p, q = horner_dd(p, q, t, t_low, -0.0678105530622906, 2.396711562869381e-18)
    p, q = horner_dd(p, q, t, t_low, 0.6265040291348648, 2.2638101851372105e-17)
    return fast_two_sum(p, q)
