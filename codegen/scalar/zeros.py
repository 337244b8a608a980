"""Where an output is 0, to more than two floats' worth; a jump past 0 is no zero.

Most change the sign. |2x + σ(−x)| has one that does not, of which no neighbours tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
from flint import arb, ctx

from codegen.scalar.sample import LARGEST
from codegen.scalar.settled import TIGHT, settled
from codegen.scalar.terms import Terms

__all__ = ["irrational_zero_near", "touching", "zeros"]

HALVINGS = 80
EIGHTHS = 200  # by which the place of the least of an output is found to as many digits
LEAST = arb(2) ** -60  # of what it is close by, an output that is 0
NEARER = 2.0**-4  # of what it was: what is left next to a zero after so many halvings
CLOSE = 2.0**-30  # to where an output is about 0, its zero
CLOSER = tuple(2.0**-k for k in range(0, 31, 6))  # of a distance


def zeros(
    truth_terms: Terms,
    output: int,
    places: Sequence[float],
    parameters: Mapping[str, float] | None = None,
) -> list[Fraction]:
    """Return the zeros next to places where an output changes sign, to more than two floats' worth."""
    given = parameters or {}
    alone = truth_terms.alone(output)
    ordered = sorted(places)
    found = []
    for low, high in pairwise(ordered):
        if high != np.nextafter(low, np.inf):
            continue
        left, right = (_sign(alone, Fraction(end), given) for end in (low, high))
        if left is None or right is None or left == right == 0:
            continue
        if left == 0 or right == 0:
            found.append(Fraction(low if left == 0 else high))
        elif left != right:
            found += _bisected(alone, Fraction(low), Fraction(high), left, given)
    return list(dict.fromkeys(found))


def irrational_zero_near(
    truth_terms: Terms,
    output: int,
    x: float,
    distance: float,
    parameters: Mapping[str, float] | None = None,
) -> float | None:
    """Return where an output is 0 within the relative distance of x, if not at a float."""
    alone = truth_terms.alone(output)
    given = parameters or {}
    middle = Fraction(x)
    here = _sign(alone, middle, given)
    if not here:
        return None
    for closer, side in product(CLOSER, (-1, 1)):  # two zeros next to each other hide from afar
        end = _beside(middle, side * distance * closer)
        there = _sign(alone, end, given)
        if not there or there == here:
            continue
        low, high = sorted((end, middle))
        for zero in _bisected(alone, low, high, here if low == middle else there, given):
            if zero != Fraction(float(zero)) or _sign(alone, zero, given) != 0:
                return float(zero)
    low, high = sorted(_beside(middle, side * distance) for side in (-1, 1))
    touched = _touched(alone, low, high, given)
    return None if touched is None or touched == Fraction(float(touched)) else float(touched)


def _beside(place: Fraction, share: float) -> Fraction:
    """Return what a share of a place away from it is, no farther out than the largest float."""
    largest = Fraction(LARGEST)
    return min(max(place * (1 + Fraction(share)), -largest), largest)


def touching(truth_terms: Terms, output: int, places: Sequence[float]) -> list[Fraction]:
    """Return the zeros close to places where an output is about 0 between two of one sign."""
    alone = truth_terms.alone(output)
    found = []
    for place in places:
        apart = Fraction(max(abs(place), 1.0) * CLOSE)
        found.append(_touched(alone, Fraction(place) - apart, Fraction(place) + apart, {}))
    return [zero for zero in found if zero is not None]


def _touched(
    alone: Terms, low: Fraction, high: Fraction, parameters: Mapping[str, float]
) -> Fraction | None:
    """Return where an output that falls to 0 and rises again is 0; None where it is not."""
    ends = [_size(alone, end, parameters) for end in (low, high)]
    for _ in range(EIGHTHS):
        one, other = (low * (8 - k) / 8 + high * k / 8 for k in (3, 5))
        if _size(alone, one, parameters) < _size(alone, other, parameters):
            high = other
        else:
            low = one
    middle = _in_two_floats((low + high) / 2)
    if _sign(alone, Fraction(float(middle)), parameters) == 0:
        return Fraction(float(middle))
    least = _size(alone, middle, parameters)
    return middle if all(least <= LEAST * end for end in ends) else None


def _bisected(
    alone: Terms, low: Fraction, high: Fraction, sign: int, parameters: Mapping[str, float]
) -> list[Fraction]:
    """Return the zero between two places of different signs, where the output jumps none."""
    ends = low, high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        here = _sign(alone, middle, parameters)
        if not here:
            return [middle]
        if here == sign:
            low = middle
        else:
            high = middle
    sizes = [
        [_size(alone, place, parameters) for place in pair]
        for pair in zip((low, high), ends, strict=True)
    ]
    if not any(near < NEARER * far for near, far in sizes):
        return []
    return [_in_two_floats((low + high) / 2)]


def _in_two_floats(place: Fraction) -> Fraction:
    head = Fraction(float(place))
    return head + Fraction(float(place - head))


def _sign(alone: Terms, x: Fraction, parameters: Mapping[str, float]) -> int | None:
    ball = _ball(alone, x, parameters)
    if ball is None or ball.is_nan():
        return None
    return 1 if ball > 0 else -1 if ball < 0 else 0


def _size(alone: Terms, x: Fraction, parameters: Mapping[str, float]) -> arb:
    ball = _ball(alone, x, parameters)
    return arb.nan() if ball is None else abs(ball)


def _ball(alone: Terms, x: Fraction, parameters: Mapping[str, float]) -> arb | None:
    before, ctx.prec = ctx.prec, 400
    try:
        place = arb(x.numerator) / arb(x.denominator)
        (ball,) = settled(alone, place, parameters, TIGHT + 1)  # what underflows is no zero
    finally:
        ctx.prec = before
    return ball
