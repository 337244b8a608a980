"""Limits where a formula has no value of its own: at ±inf, removable singularities, ends of domains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from flint import arb, ctx

from codegen.scalar.settled import NOTHING, TIGHT, settled
from codegen.scalar.straight import straight
from codegen.scalar.terms import Terms

__all__ = ["continued"]

TINY, VAST = arb(2) ** -150, arb(2) ** 150  # how a limit of 0 or ±inf is told
FAR = (600, 701, 811, 1010, 1499)  # powers of 2 at which a limit at ±inf is looked for
FARTHER = (1, 40, 2**400)  # times these, and those of CLOSE where x is 0: log x is slow
FEWEST = 3  # points that must have a value
CLOSE = (1100, 1531, 2010, 4077)  # and how close to a place
# The same where what turns for ever might have one sign at a few by chance
PERIODIC = ("sin", "cos", "tan")
MANY_FAR = (*FAR, *(613 + 29 * k + k * k for k in range(28)))
MANY_CLOSE = (*CLOSE, *(1123 + 31 * k + k * k for k in range(28)))


def continued(terms: Terms, place: int, x: float, parameters: Mapping[str, float]) -> arb:
    """Return the limit at a place where the formula has no value of its own."""
    alone = straight(terms).alone(place)
    for farther in FARTHER if x == 0 or np.isinf(x) else FARTHER[:1]:
        limit = _from_both_sides(alone, x, farther, parameters)
        if not limit.is_nan():
            break
    return limit


def _from_both_sides(alone: Terms, x: float, farther: int, parameters: Mapping[str, float]) -> arb:
    """Return the limit, looked for so many times as far out or, by the exponent, as close."""
    turning = any(alone.nodes[number].op in PERIODIC for number in alone.needed())
    if np.isinf(x):
        powers = MANY_FAR if turning else FAR
        places = (_shifted(0.0, np.sign(x), farther * power) for power in powers)
        return _limit(alone, places, parameters)
    powers = MANY_CLOSE if turning else CLOSE
    left, right = (
        _limit(alone, (_shifted(x, side, -farther * power) for power in powers), parameters)
        for side in (-1.0, 1.0)
    )
    if left.is_nan() or right.is_nan():
        return right if left.is_nan() else left
    return right if _agree(left, right) else arb.nan()


def _shifted(x: float, side: float, power: int) -> arb:
    """Return x ± 2^power, exactly."""
    before, ctx.prec = ctx.prec, 20_000
    try:
        return arb(x) + arb(side) * arb(2) ** power
    finally:
        ctx.prec = before


def _limit(terms: Terms, points: Iterable[arb], parameters: Mapping[str, float]) -> arb:
    """Return what the values at the points, which approach a place, agree on; nan if they do not.

    The last may have none, where what grows like e^(x³) is beyond every exponent.
    """
    values = list[arb]()
    for number, point in enumerate(points):
        (value,) = settled(terms, point, parameters)
        if value is not None and not value.is_nan():
            values.append(value)
        elif number < FEWEST:
            return arb.nan()
    first, last = values[0], values[-1]
    if all(_agree(value, last) for value in values):
        return last
    if all(abs(value) < TINY for value in values) and not (
        abs(last) > abs(first) and abs(last) > NOTHING
    ):
        return arb(0)
    if all(abs(value) > VAST for value in values) and not abs(last) < abs(first):
        same = all((value > 0) == (last > 0) for value in values)
        return last.sgn() * arb.pos_inf() if same else arb.nan()
    return arb.nan()


def _agree(a: arb, b: arb) -> bool:
    if not (a.is_finite() and b.is_finite()):
        return bool(a == b)
    return bool(abs(a - b) <= abs(a) * arb(2) ** (2 - TIGHT)) or bool(a.is_zero() and b.is_zero())
