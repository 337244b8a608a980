"""Derive the constants of range reduction and of the float formats, as source text.

A constant split into HIGH and LOW has a HIGH with so few bits that its product with the integer
it meets is exact.
"""

from __future__ import annotations

import mpmath
import numpy as np
from mpmath import mpf

from codegen.vectormath.approximations import erfcx_scaled
from codegen.vectormath.minimax import round_to

__all__ = ["constants", "literal"]


def _split(value: mpf, *digits: int) -> list[mpf]:
    """Return words of the given lengths whose sum is the value as nearly as they allow."""
    words = []
    for bits in digits:
        words.append(round_to(value, bits))
        value -= words[-1]
    return words


def _format(suffix: str) -> dict[str, str]:
    """Return the constants that describe the float format, as source text."""
    single = suffix == "f32"
    bits, bias = (23, 127) if single else (52, 1023)
    word = "np.uint32" if single else "np.uint64"
    sqrt_half = float(round_to(mpmath.sqrt(mpf(1) / 2), bits + 1))
    kind = (np.float32, np.uint32) if single else (np.float64, np.uint64)
    sqrt_half_bits = int(kind[0](sqrt_half).view(kind[1]))

    def integer(value: int) -> str:
        return f"{word}(0x{value:X})"

    return {
        "MANTISSA_BITS": integer(bits),
        "MANTISSA_MASK": integer((1 << bits) - 1),
        "SIGN_SHIFT": integer(30 if single else 62),
        "TWICE_BIAS": integer(2 * bias),
        "ONE_BIAS": integer(bias),
        "POWER_BIAS": integer(bias + 2),
        "SQRT_HALF_BITS": integer(sqrt_half_bits),
        "LOG_FOLD": integer((bias << bits) - sqrt_half_bits),
        "SHIFT_BITS": integer((bits + bias) << bits),
    }


def constants(suffix: str) -> dict[str, str]:
    """Return name → source text of every constant of a family, in the order written."""
    if suffix == "dd":
        return _pairs()
    if suffix == "wide":
        return _wide()
    single = suffix == "f32"
    digits, bits, bias = (24, 23, 127) if single else (53, 52, 1023)
    ln2, half_pi = mpmath.ln2, mpmath.pi / 2
    ln2_high, ln2_low = _split(+ln2, 15 if single else 42, digits)
    pi_high, pi_low, pi_least = _split(half_pi, digits, digits, digits)
    half_high, half_low = _split(mpmath.sqrt(mpf(1) / 2), digits, digits)
    erfcx_high, erfcx_low = _split(erfcx_scaled(mpf(0)), digits, digits)
    shift = 3 * 2 ** (bits - 1)
    numbers = {
        "INVERSE_LN2": 1 / ln2,
        "LN2_HIGH": ln2_high,
        "LN2_LOW": ln2_low,
        "SHIFT": mpf(shift + 2 * bias),
        "TRIG_SHIFT": mpf(shift),
        "EXPONENT_SHIFT": mpf(2**bits + bias),
        "EXP_MIN": mpf(-110 if single else -750),
        "EXP_MAX": mpf("89.6" if single else "710.6"),
        "EXPM1_MIN": mpf(-60),
        "TINY": mpf(2) ** (-30 if single else -60),
        "SMALL": mpf(2) ** (-13 if single else -28),
        "HUGE": mpf(2) ** (30 if single else 60),
        "ATAN_MAX": mpf(2) ** (60 if single else 500),
        "NEAR_MAX": mpf(2) ** (14 if single else 38),
        "LEAST_NORMAL": mpf(2) ** (1 - bias),
        "SUBNORMAL_POWER": mpf(bits + 2),
        "SUBNORMAL_SCALE": mpf(2) ** (bits + 2),
        "ERFC_MAX": mpf(11 if single else 28),
        "ERF_SLOPE": 2 / mpmath.sqrt(mpmath.pi),
        "NORMAL_MAX": mpf(15 if single else 40),
        "SQRT_HALF_HIGH": half_high,
        "SQRT_HALF_LOW": half_low,
        "ERFCX_HIGH": erfcx_high,
        "ERFCX_LOW": erfcx_low,
        "ERFCX_SLOPE": mpf("0.4375"),
        "TWO_OVER_PI": 1 / half_pi,
        "HALF_PI_HIGH": pi_high,
        "HALF_PI_LOW": pi_low,
        "HALF_PI_LEAST": pi_least,
    }
    text = {name: literal(round_to(value, digits), single) for name, value in numbers.items()}
    text |= _format(suffix)
    return {f"{name}_{suffix.upper()}": value for name, value in text.items()}


def _pairs() -> dict[str, str]:
    """Return the constants of double-double reduction: three words of ln 2, five of π/2."""
    words = {
        "SIXTH": _split(mpf(1) / 6, 53, 53),
        "LN2": _split(+mpmath.ln2, 42, 53, 53),
        "HALF_PI": _split(mpmath.pi / 2, 53, 53, 53, 53),
        "SQRT_HALF": _split(mpmath.sqrt(mpf(1) / 2), 53, 53),
        "INVERSE_ROOT_PI": _split(1 / mpmath.sqrt(mpmath.pi), 53, 53),
    }
    return {
        f"{name}_{i}_DD": literal(word, single=False)
        for name, parts in words.items()
        for i, word in enumerate(parts, start=1)
    }


def _wide() -> dict[str, str]:
    """Return the constants of the wide family; the others are float64's."""
    at_3 = round_to(erfcx_scaled(mpf(0)), 53)
    numbers = {"ERFCX_AT_3": at_3, "LN2": +mpmath.ln2, "SHIFT": mpf(3 * 2**51 + 1023)}
    return {
        f"{name}_WIDE": literal(round_to(value, 53), single=False)
        for name, value in numbers.items()
    }


def literal(value: mpf, single: bool) -> str:
    """Write a number that a float holds as the shortest literal that reads back as itself."""
    exact = float(value)
    text = str(np.float32(exact)) if single else repr(exact)
    read = np.float32(float(text)) if single else float(text)
    if mpf(float(read)) != value:
        raise ArithmeticError(f"{text} does not read back as {value}")
    text = text.replace("e+", "e")
    return f"f32({text})" if single else text
