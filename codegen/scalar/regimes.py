"""Where a candidate fails, and what to put there: a series, a constant, or another way to the tail.

Failures are found by the error analysis and by a run in plain floats; they are grouped into intervals,
and each interval of an output is covered by the simplest thing that is right on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.candidates.decays import fit_decay
from codegen.scalar.candidates.series import fit_at, fit_tail
from codegen.scalar.flats import flat_inside, flat_tail
from codegen.scalar.pieces import Piece
from codegen.scalar.terms import Terms

__all__ = ["Interval", "cover", "intervals", "short"]

PIECES = 8
FAR_OUT = 2.0**20  # up to which a series in x is tried before one in 1/x
LARGE = 2.0**1000  # no series is that wide
SMALLEST = 2.0**-10  # the least radius about 0
CLOSEST = 2.0**-20  # the least about a place that is no float, as a share of it
NEAR = 2.0**-6
WIDEST = 2.0**12  # the ends of an interval away from 0 that one polynomial can serve


@dataclass(frozen=True)
class Interval:
    """A run of failing points, with the nearest points outside that do not fail."""

    low: float
    high: float
    before: float
    after: float


def intervals(points: NDArray[np.float64], failing: NDArray[np.bool_]) -> list[Interval]:
    """Return the runs of failing points in order; a few points that pass do not split a run."""
    order = np.argsort(points, kind="stable")
    x, bad = points[order], failing[order]
    places = np.flatnonzero(bad)
    if not places.size:
        return []
    runs: list[list[int]] = [[int(places[0]), int(places[0])]]
    for place in places[1:]:
        near_zero = abs(x[place]) < NEAR and abs(x[runs[-1][1]]) < NEAR
        if place - runs[-1][1] <= 3 or near_zero:
            runs[-1][1] = int(place)
        else:
            runs.append([int(place), int(place)])
    return [
        Interval(
            float(x[a]),
            float(x[b]),
            float(x[a - 1]) if a else -np.inf,
            float(x[b + 1]) if b + 1 < x.size else np.inf,
        )
        for a, b in runs
    ]


def cover(
    truth_terms: Terms, output: int, interval: Interval, zeros: Sequence[Fraction], dtype: str
) -> list[Piece] | None:
    """Return what covers the interval; None if nothing does."""
    if interval.after == np.inf or interval.before == -np.inf:
        return _tail(truth_terms, output, interval, dtype)
    near, far = sorted((interval.before, interval.after), key=abs)
    wide = near * far > 0 and abs(near) > 1
    if wide and abs(far) > FAR_OUT:
        series = fit_tail(truth_terms, truth_terms.outputs[output], near, dtype)
        if series is not None:
            return [series]
    flat = flat_inside(
        truth_terms, output, (interval.low, interval.high), (interval.before, interval.after), dtype
    )
    if flat is not None:
        return [flat]
    decay = fit_decay(truth_terms, truth_terms.outputs[output], near, dtype) if wide else None
    if decay is not None:
        return [decay]
    if wide and far / near > WIDEST:
        return None
    centre = _centre(interval, zeros)
    outer = max(abs(interval.before - float(centre)), abs(interval.after - float(centre)))
    inner = max(abs(interval.low - float(centre)), abs(interval.high - float(centre)))
    if centre == 0:
        inner = max(inner, SMALLEST)
    elif centre != float(centre):  # known to two floats, which must not be felt inside
        inner = max(inner, CLOSEST * abs(float(centre)))
        outer = max(outer, inner)
    output = truth_terms.outputs[output]
    sides = tuple(k for k in (-1, 1) if k * (interval.high if k > 0 else interval.low) > k * centre)
    radii = [_rounded_up(r) for r in (outer, inner, inner / 2, inner / 4) if 0 < r < LARGE]
    for radius in dict.fromkeys(radii):
        series = fit_at(truth_terms, output, centre, radius, dtype)
        if series is not None:
            return [series]
        halves = [fit_at(truth_terms, output, centre, radius, dtype, (side,)) for side in sides]
        if halves and all(half is not None for half in halves):
            return [half for half in halves if half is not None]
    return _pieces(truth_terms, output, interval, PIECES, dtype)


def _pieces(
    truth_terms: Terms, output: int, interval: Interval, most: int, dtype: str
) -> list[Piece] | None:
    """Return series that cover the interval one after the other, at most so many."""
    if interval.before < 0 < interval.after or interval.after - interval.before > LARGE:
        return None
    found: list[Piece] = []
    left = interval.before
    width = interval.after - left
    while left < interval.after and len(found) < most:
        middle = short(left + width / 2)
        radius = _rounded_up(max(middle - left, 2.0**-40 * abs(middle)))
        if radius == 0:
            return None  # smaller than the smallest number
        series = fit_at(truth_terms, output, Fraction(middle), radius, dtype)
        if series is None:
            width /= 2
            if width < (interval.after - interval.before) / 2 / most:
                return None
            continue
        found.append(series)
        left = middle + radius
    return found if left >= interval.after else None


def short(value: float) -> float:
    """Return a number of 24 bits near the value."""
    mantissa, exponent = np.frexp(value)
    return math.ldexp(float(np.float32(mantissa)), int(exponent))


def _rounded_up(radius: float) -> float:
    """Return a short number a little above the radius."""
    mantissa, exponent = math.frexp(radius * 1.05)
    return math.ldexp(math.ceil(mantissa * 16), exponent - 4)


def _centre(interval: Interval, zeros: Sequence[Fraction]) -> Fraction:
    """Return the zero inside the interval, 0 before all others, also next to it; else its middle."""
    if (
        interval.before < 0 < interval.after
        or min(abs(interval.low), abs(interval.high)) < SMALLEST
    ):
        return Fraction(0)
    inside = [zero for zero in zeros if interval.before < zero < interval.after]
    if inside:
        return min(inside, key=lambda zero: len(str(zero)))
    return Fraction(short(interval.low / 2 + interval.high / 2))


def _tail(truth_terms: Terms, output: int, interval: Interval, dtype: str) -> list[Piece] | None:
    side = 1 if interval.after == np.inf else -1
    start = interval.before if side > 0 else interval.after
    constant = flat_tail(truth_terms, output, side, max(side * start, 0.0), dtype)
    if constant is not None and side * constant.threshold <= side * start:
        return [constant]
    if side * start > 1:
        for fit in (fit_tail, fit_decay):
            series = fit(truth_terms, truth_terms.outputs[output], start, dtype)
            if series is not None:
                return [series]
    return None if constant is None else [constant]
