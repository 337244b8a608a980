"""Numbers as people write them: decimals exactly as typed, long ones cut with …."""

from __future__ import annotations

from fractions import Fraction

from sympy import Expr, Rational

__all__ = ["all_digits", "decimal", "exact_decimal", "long_numbers"]

LONG, SHOWN = 8, 6  # digits from which a decimal is cut, and how many remain


def decimal(value: Rational) -> str | None:
    """Return a terminating decimal that people write as one; ½ and ¾ stay fractions.

    Of more than eight digits six are shown, and … says so.
    """
    exact = exact_decimal(value)
    if exact is None or value.q in (1, 2, 4, 8, 16):
        return None
    digits = exact.replace(".", "").lstrip("0")
    return exact if len(digits) <= LONG else exact[: len(exact) - len(digits) + SHOWN] + "…"


def exact_decimal(value: Rational) -> str | None:
    """Return all digits of a terminating decimal; None for a number that has no end."""
    rest = value.q
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return None
    exact = Fraction(int(value.p), int(value.q))
    digits = 0
    while (exact * 10**digits).denominator != 1:
        digits += 1
    whole, part = divmod(abs(exact), 1)
    sign = "-" if exact < 0 else ""
    return (
        f"{sign}{whole}.{str(int(part * 10**digits)).zfill(digits)}" if digits else f"{sign}{whole}"
    )


def all_digits(value: Rational) -> str:
    """Return a number as a decimal with all its digits, or as a fraction where they have no end."""
    return exact_decimal(value) or str(value)


def long_numbers(expression: Expr) -> list[tuple[str, str]]:
    """Return each number that is shown with …, and all its digits."""
    found = []
    for value in sorted(expression.atoms(Rational), key=abs):
        shown = decimal(abs(value))
        if shown is not None and shown.endswith("…"):
            found.append((shown, exact_decimal(abs(value)) or shown))
    return list(dict.fromkeys(found))
