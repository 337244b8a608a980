"""A number means exactly the decimal that is written."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real

from mpmath import mpf
from mpmath.libmp import to_rational
from sympy import Integer, Rational

from derive.errors import InputError, quoted
from derive.limits import DIGITS, MAGNITUDE

__all__ = ["decimal", "exact", "fraction_of"]

DECIMAL = re.compile(r"(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?(?:[eE](?P<power>[+-]?[0-9]+))?")


def decimal(text: str) -> Rational:
    """Return the unsigned decimal written as text, 0.044715 or 1e-3, as an exact Rational."""
    match = DECIMAL.fullmatch(text)
    digits = (match["whole"] or "") + (match["part"] or "") if match else ""
    if match is None or not digits:
        raise InputError(f"{quoted(text)} is not a decimal number: type one such as 0.5 or 1e-3")
    if len(digits) > DIGITS:
        raise InputError(
            f"the number {quoted(text, 20)} has {len(digits)} digits, the limit is {DIGITS}: "
            "round it"
        )
    power = match["power"] or "0"
    if len(power) > 8 or abs(int(power)) > MAGNITUDE:
        raise InputError(
            f"the number {quoted(text, 20)} has an exponent beyond ±{MAGNITUDE}, the limit: float64 "
            "ends at 1e308"
        )
    shift = int(power) - len(match["part"] or "")
    return Rational(int(digits)) * Integer(10) ** shift


def exact(value: object, what: str = "the value") -> Rational:
    """Return a number as an exact Rational: a float by its repr, a text as written."""
    if isinstance(value, Rational):
        return value
    if isinstance(value, Integral) and not isinstance(value, bool):
        return decimal_of(str(int(value)), what)
    if isinstance(value, Fraction):
        return Rational(value.numerator, value.denominator)
    if isinstance(value, str | Decimal) or (
        isinstance(value, Real) and not isinstance(value, bool)
    ):
        return decimal_of(str(value), what)
    raise InputError(f"{what} is {quoted(repr(value))}: give a number such as 0.5 or 1/3")


def decimal_of(text: str, what: str) -> Rational:
    """Return the number, signed, perhaps a fraction of two, that a text writes out."""
    parts = [part.strip() for part in text.strip().split("/")]
    try:
        numbers = [decimal(part.lstrip("+-")) for part in parts]
        if len(numbers) > 2 or any(part[:2] in {"--", "+-", "-+", "++"} for part in parts):
            raise InputError("not one number")
    except InputError as error:
        raise InputError(
            f"{what} is {quoted(text)}: give a finite number such as 0.5, 1e-3 or 1/3"
        ) from error
    signed = [-n if part.startswith("-") else n for n, part in zip(numbers, parts, strict=True)]
    if len(signed) == 2 and signed[1] == 0:
        raise InputError(f"{what} is {quoted(text)}, which divides by 0: give a finite number")
    return signed[0] / signed[1] if len(signed) == 2 else signed[0]


def fraction_of(value: mpf) -> Fraction:
    """Return a finite number of mpmath as the fraction that it is, of Python's integers.

    With gmpy2 installed mpmath computes with its integers, which SymPy may not know.
    """
    above, below = to_rational(value._mpf_)
    return Fraction(int(above), int(below))
