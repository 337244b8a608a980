"""Compute sin and cos of arguments of any size: near 0 by words of π/2, beyond by those of 2/π.

Beyond 2³⁸ x·2/π is wanted modulo 4. 2/π is kept as words of 48 bits; those whose product with x is a
multiple of 4 are skipped, six are gathered, and each product is split by fma and reduced on its own
(Payne and Hanek 1983). That is several times slower, so here, as nowhere else, code branches, and a loop
over these functions is not vectorised. An argument that is a float32 number needs no branch: beyond 2³² it
is y·2^(8 k) with a whole y below 2³², and that is y·(2^(8 k) modulo 2π) but for whole turns.
"""

import numpy as np

from codegen.vectormath.arithmetic import (
    beyond,
    fast_two_sum,
    fma,
    scalar,
    select,
    two_product,
    two_sum,
)
from codegen.vectormath.doubledouble.loose_functions import sin_or_cos_loose
from codegen.vectormath.doubledouble.pairs import mul_finite_dd
from codegen.vectormath.doubledouble.polynomials import HALF_PI_1_DD, HALF_PI_2_DD
from codegen.vectormath.doubledouble.trigonometric import reduce_half_pi_dd, sin_or_cos_dd
from codegen.vectormath.float64.bits import bits_f64, float_f64
from codegen.vectormath.float64.polynomials import (
    MANTISSA_BITS_F64,
    NEAR_MAX_F64,
    SHIFT_BITS_F64,
    TINY_F64,
)
from codegen.vectormath.float64.trigonometric import reduce_half_pi_f64, sin_or_cos_f64
from codegen.vectormath.turns import TURN_HIGH, TURN_LOW
from codegen.vectormath.two_over_pi import TWO_OVER_PI_WORDS
from codegen.vectormath.wide.trigonometric import reduce_half_pi_wide, sin_or_cos_wide

__all__ = [
    "cos_dd",
    "cos_f32",
    "cos_f64",
    "cos_loose",
    "cos_pair_f64",
    "cos_scaled_dd",
    "cos_wide",
    "sin_dd",
    "sin_f32",
    "sin_f64",
    "sin_loose",
    "sin_pair_f64",
    "sin_scaled_dd",
    "sin_wide",
]

EXPONENT_MASK = np.uint64(0x7FF)
INTEGER_SHIFT = 4503599627370496.0  # 2⁵²: adding it puts an integer into the low bits
FIRST_TURN = 16777216.0  # 2²⁴, from which on a float32 number is whole
STEP_SHIFT = np.uint64(55)  # bits below a step of 2⁸: 52 of the mantissa, 3 of the exponent
ROUND_SHIFT = 6755399441055744.0  # 1.5·2⁵²: adding and subtracting it rounds to an integer


@scalar
def product_mod_4(x, word):
    """Return p + q ≡ x·word modulo 4, exactly, |p| and |q| ≤ 2."""
    high, low = two_product(x, word)
    return high - 4.0 * np.rint(0.25 * high), low - 4.0 * np.rint(0.25 * low)


@scalar
def add_to_triple(a, b, c, term):
    """Return the three-word sum a + b + c + term."""
    a, rest = two_sum(a, term)
    b, rest = two_sum(b, rest)
    return a, b, c + rest


@scalar
def quarter_turns(x, doublings):
    """Return x·2^doublings·2/π modulo 4 as three words; error below 2⁻¹⁸⁰."""
    biased = np.uint64(np.uint64(bits_f64(x) >> MANTISSA_BITS_F64) & EXPONENT_MASK)
    exponent = (float_f64(np.uint64(biased | SHIFT_BITS_F64)) - INTEGER_SHIFT) + doublings
    beyond = select(exponent > 1077.0, exponent - 1077.0, 0.0)
    skipped = np.floor((beyond + 0.5) / 48.0)
    first = np.uint64(bits_f64(skipped + INTEGER_SHIFT) ^ bits_f64(INTEGER_SHIFT))
    power = bits_f64(((1023.0 + doublings) - 48.0 * skipped) + INTEGER_SHIFT)
    y = x * float_f64(np.uint64(power << MANTISSA_BITS_F64))
    a, b = product_mod_4(y, TWO_OVER_PI_WORDS[first])
    a, b = two_sum(a, b)
    c = 0.0
    y = y * 2.0**-48
    high, low = product_mod_4(y, TWO_OVER_PI_WORDS[first + np.uint64(1)])
    a, b, c = add_to_triple(a, b, c, high)
    a, b, c = add_to_triple(a, b, c, low)
    y = y * 2.0**-48
    high, low = product_mod_4(y, TWO_OVER_PI_WORDS[first + np.uint64(2)])
    a, b, c = add_to_triple(a, b, c, high)
    a, b, c = add_to_triple(a, b, c, low)
    y = y * 2.0**-48
    high, low = two_product(y, TWO_OVER_PI_WORDS[first + np.uint64(3)])
    a, b, c = add_to_triple(a, b, c, high)
    a, b, c = add_to_triple(a, b, c, low)
    y = y * 2.0**-48
    high, low = two_product(y, TWO_OVER_PI_WORDS[first + np.uint64(4)])
    a, b, c = add_to_triple(a, b, c, high)
    y = y * 2.0**-48
    rest = fma(y, TWO_OVER_PI_WORDS[first + np.uint64(5)], low)
    return a, b, c + rest


@scalar
def turns_to_angle(a, b, c):
    """Return r, r_low and a quadrant with (a + b + c) π/2 ≡ r + quadrant·π/2, |r| ≤ π/4."""
    shifted = (a + b) + ROUND_SHIFT
    high, rest = two_sum(a - (shifted - ROUND_SHIFT), b)
    high, low = fast_two_sum(high, rest + c)
    r, r_low = mul_finite_dd(high, low, HALF_PI_1_DD, HALF_PI_2_DD)
    return r, r_low, bits_f64(shifted)


@beyond
def reduce_far(x, low, doublings):
    """Return r, r_low and a quadrant for the argument (x + low)·2^doublings of any size."""
    a, b, c = quarter_turns(x, doublings)
    if low != 0.0:
        a_low, b_low, c_low = quarter_turns(low, doublings)
        a, b, c = add_to_triple(a, b, c, a_low)
        a, b, c = add_to_triple(a, b, c, b_low)
        c = c + c_low
    return turns_to_angle(a, b, c)


@scalar
def reduce_dd(x, low):
    """Return r, r_low and a quadrant for the argument x + low."""
    if abs(x) <= NEAR_MAX_F64:
        return reduce_half_pi_dd(x, low)
    return reduce_far(x, low, 0.0)


@scalar
def reduce_pair(x, low):
    """Return r, r_low and a quadrant for the argument x + low, r_low to float64's needs."""
    if abs(x) <= NEAR_MAX_F64:
        r, r_low, quadrant = reduce_half_pi_f64(x)
        r, rest = two_sum(r, low)
        r, r_low = fast_two_sum(r, rest + r_low)
        return r, r_low, quadrant
    return reduce_far(x, low, 0.0)


@scalar
def reduce_scaled(x, low):
    """Return r, r_low and a quadrant for the argument 2⁶⁴(x + low)."""
    if abs(x) <= NEAR_MAX_F64 * 2.0**-64:
        return reduce_half_pi_dd(x * 2.0**64, low * 2.0**64)
    return reduce_far(x, low, 64.0)


@scalar
def reduce_f64(x):
    """Return r, r_low and a quadrant for the argument x, r_low to float64's needs."""
    if abs(x) <= NEAR_MAX_F64:
        return reduce_half_pi_f64(x)
    return reduce_far(x, 0.0, 0.0)


@scalar
def reduce_wide(x):
    """Return r and a quadrant for the argument x, a float32 number."""
    x = select(abs(x) < np.inf, x, np.nan)
    size = select(abs(x) > FIRST_TURN, abs(x), FIRST_TURN)
    k = np.uint64(np.uint64(bits_f64(size) - bits_f64(FIRST_TURN)) >> STEP_SHIFT)
    y = x * float_f64(np.uint64(bits_f64(1.0) - np.uint64(k << STEP_SHIFT)))
    high, low = two_product(y, TURN_HIGH[k])
    r, quadrant = reduce_half_pi_wide(high)
    return r + fma(y, TURN_LOW[k], low), quadrant


@scalar
def sin_dd(x, x_low):
    """Return sin(x + x_low) for any finite argument."""
    r, r_low, quadrant = reduce_dd(x, x_low)
    high, low = sin_or_cos_dd(r, r_low, quadrant)
    small = abs(x) < 1e-100
    return select(small, x, high), select(small, x_low, low)


@scalar
def cos_dd(x, x_low):
    """Return cos(x + x_low) for any finite argument."""
    r, r_low, quadrant = reduce_dd(x, x_low)
    return sin_or_cos_dd(r, r_low, np.uint64(quadrant + np.uint64(1)))


@scalar
def sin_scaled_dd(x, x_low):
    """Return sin(2⁶⁴(x + x_low)), also where 2⁶⁴ x is beyond the largest float64; at once for 0."""
    if x == 0.0:
        return x, x_low
    r, r_low, quadrant = reduce_scaled(x, x_low)
    high, low = sin_or_cos_dd(r, r_low, quadrant)
    small = abs(x) < 1e-100
    return select(small, x * 2.0**64, high), select(small, x_low * 2.0**64, low)


@scalar
def cos_scaled_dd(x, x_low):
    """Return cos(2⁶⁴(x + x_low)), also where 2⁶⁴ x is beyond the largest float64; at once for 0."""
    if x == 0.0:
        return 1.0, 0.0
    r, r_low, quadrant = reduce_scaled(x, x_low)
    return sin_or_cos_dd(r, r_low, np.uint64(quadrant + np.uint64(1)))


@scalar
def sin_pair_f64(x, low):
    """Return sin(x + low), rounded to float64, for an argument given as an unevaluated sum."""
    r, r_low, quadrant = reduce_pair(x, low)
    return select(abs(x) < 1e-20, x, sin_or_cos_f64(r, r_low, quadrant))


@scalar
def cos_pair_f64(x, low):
    """Return cos(x + low), rounded to float64, for an argument given as an unevaluated sum."""
    r, r_low, quadrant = reduce_pair(x, low)
    return sin_or_cos_f64(r, r_low, np.uint64(quadrant + np.uint64(1)))


@scalar
def sin_loose(x, x_low):
    """Return sin(x + x_low) for any finite argument."""
    r, low, quadrant = reduce_pair(x, x_low)
    high, low = sin_or_cos_loose(r, low, quadrant)
    small = abs(x) < 1e-20
    return select(small, x, high), select(small, x_low, low)


@scalar
def cos_loose(x, x_low):
    """Return cos(x + x_low) for any finite argument."""
    r, low, quadrant = reduce_pair(x, x_low)
    return sin_or_cos_loose(r, low, np.uint64(quadrant + np.uint64(1)))


@scalar
def sin_f64(x):
    """Return sin(x) for any finite x."""
    r, low, quadrant = reduce_f64(x)
    return select(abs(x) < TINY_F64, x, sin_or_cos_f64(r, low, quadrant))


@scalar
def cos_f64(x):
    """Return cos(x) for any finite x."""
    r, low, quadrant = reduce_f64(x)
    return sin_or_cos_f64(r, low, np.uint64(quadrant + np.uint64(1)))


@scalar
def sin_wide(x):
    """Return sin(x) to about 2⁻⁴⁰ for any finite x that is a float32 number."""
    r, quadrant = reduce_wide(x)
    return select(abs(x) < 1e-20, x, sin_or_cos_wide(r, quadrant))


@scalar
def cos_wide(x):
    """Return cos(x) to about 2⁻⁴⁰ for any finite x that is a float32 number."""
    r, quadrant = reduce_wide(x)
    return sin_or_cos_wide(r, np.uint64(quadrant + np.uint64(1)))


@scalar
def sin_f32(x):
    """Return sin(x) for any finite float32, by float64."""
    return np.float32(sin_wide(np.float64(x)))


@scalar
def cos_f32(x):
    """Return cos(x) for any finite float32, by float64."""
    return np.float32(cos_wide(np.float64(x)))
