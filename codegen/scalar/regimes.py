"""Where a candidate fails, and what to put there: a series, a constant, or another way to the tail.

Failures are found by the error analysis and by a run in plain floats; they are grouped into intervals,
and each interval of an output is covered by the simplest thing that is right on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray
from sympy import Integer, Rational, S

from codegen.scalar.candidates.series import Series, fit_at, fit_tail
from codegen.scalar.oracle import enclose, settled
from codegen.scalar.sample import from_ordinal, ordinal
from codegen.scalar.terms import Terms

__all__ = [
    "Constant", "Interval", "Piece", "cover", "exact", "intervals", "irrational_zero_near", "nearest_float",
    "patched", "zeros",
]  # fmt: skip

PIECES = 8
PROBES = 48  # at which a tail must have its constant value
FAR_OUT = 2.0**20  # up to which a series in x is tried before one in 1/x
LARGE = 2.0**1000  # no series is that wide
SMALLEST = 2.0**-10  # the least radius about 0
NEAR = 2.0**-6
WIDEST = 2.0**12  # the ends of an interval away from 0 that one polynomial can serve


@dataclass(frozen=True)
class Interval:
    """A run of failing points, with the nearest points outside that do not fail."""

    low: float
    high: float
    before: float
    after: float


@dataclass(frozen=True)
class Flat:
    """The output's rounded value on an interval."""

    low: float
    high: float
    value: float


@dataclass(frozen=True)
class Constant:
    """The outputs' rounded value beyond a threshold on one side."""

    threshold: float
    value: float


Piece = Series | Constant | Flat


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
        series = fit_tail(truth_terms, truth_terms.outputs[output], near)
        if series is not None:
            return [series]
    flat = _flat_inside(truth_terms, output, interval, dtype)
    if flat is not None:
        return [flat]
    if wide and far / near > WIDEST:
        return None
    centre = _centre(interval, zeros)
    outer = max(abs(interval.before - float(centre)), abs(interval.after - float(centre)))
    inner = max(abs(interval.low - float(centre)), abs(interval.high - float(centre)))
    if centre == 0:
        inner = max(inner, SMALLEST)
    output = truth_terms.outputs[output]
    radii = [_rounded_up(r) for r in (outer, inner, inner / 2, inner / 4) if 0 < r < LARGE]
    for radius in dict.fromkeys(radii):
        series = fit_at(truth_terms, output, centre, radius)
        if series is not None:
            return [series]
        halves = [fit_at(truth_terms, output, centre, radius, (side,)) for side in (-1, 1)]
        if all(half is not None for half in halves):
            return [half for half in halves if half is not None]
    return _pieces(truth_terms, output, interval, PIECES)


def _pieces(truth_terms: Terms, output: int, interval: Interval, most: int) -> list[Piece] | None:
    """Return series that cover the interval one after the other, at most so many."""
    if interval.before < 0 < interval.after or interval.after - interval.before > LARGE:
        return None
    found: list[Piece] = []
    left = interval.before
    width = interval.after - left
    while left < interval.after and len(found) < most:
        middle = short(left + width / 2)
        radius = _rounded_up(max(middle - left, 2.0**-40 * abs(middle)))
        series = fit_at(truth_terms, output, Fraction(middle), radius)
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
    constant = _flat(truth_terms, output, side, max(side * start, 0.0), dtype)
    if constant is not None and side * constant.threshold <= side * start:
        return [constant]
    if side * start > 1:
        series = fit_tail(truth_terms, truth_terms.outputs[output], start)
        if series is not None:
            return [series]
    return None if constant is None else [constant]


def _flat_inside(truth_terms: Terms, output: int, interval: Interval, dtype: str) -> Flat | None:
    """Return the value to which the truth rounds all over the failing points, if it is one."""
    alone = Terms(truth_terms.nodes, (truth_terms.outputs[output],))
    ends = ordinal(np.array([interval.low, interval.high]))
    places = from_ordinal(np.linspace(float(ends[0]), float(ends[1]), 9).astype(np.int64))
    places = np.array([interval.low, *places[1:-1], interval.high])
    values = {nearest(enclose(alone, float(x))[0], dtype) for x in places}
    if len(values) != 1 or np.isnan(next(iter(values))):
        return None
    value = values.pop()
    low, high = (
        _edge(alone, inside, outside, value, dtype)
        for inside, outside in ((interval.low, interval.before), (interval.high, interval.after))
    )
    return Flat(low, high, value)


def _edge(alone: Terms, inside: float, outside: float, value: float, dtype: str) -> float:
    """Return the place between two points up to which the truth rounds to the value."""
    near, far = (int(place) for place in ordinal(np.array([inside, outside])))
    while abs(far - near) > 1:
        middle = (near + far) // 2
        if nearest(enclose(alone, _float(middle))[0], dtype) == value:
            near = middle
        else:
            far = middle
    edge = _float(near)
    if dtype == "float32":
        short = np.float32(edge)
        if (float(short) - edge) * (outside - inside) > 0:  # it lies beyond the edge
            short = np.nextafter(short, np.float32(inside))
        edge = float(short)
    return edge


def _place(x: float) -> float:
    return float(ordinal(np.array(x)))


def _float(place: int) -> float:
    return float(from_ordinal(np.array(place)))


def _flat(truth_terms: Terms, output: int, side: int, start: float, dtype: str) -> Constant | None:
    """Return the value to which the truth rounds from some point beyond |x| = start on, and it."""
    alone = Terms(truth_terms.nodes, (truth_terms.outputs[output],))
    last = 3.4e38 if dtype == "float32" else 1.79e308

    def rounded(x: float) -> float:
        return nearest(enclose(alone, x)[0], dtype)

    far = rounded(side * last)
    if np.isnan(far) or rounded(side * np.inf) != far:
        return None
    if any(rounded(side * 2.0**k) != far for k in (20, 40, 60, 80, 100, 120)):
        return None
    probes = [int(p) for p in np.linspace(_place(min(start, 2.0**19)), _place(2.0**20), PROBES)]
    beyond = [p for p in probes if rounded(side * _float(p)) != far]
    low = beyond[-1] if beyond else probes[0] - 1
    high = next((p for p in probes if p > low), low + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if rounded(side * _float(middle)) == far:
            high = middle
        else:
            low = middle
    threshold = _float(high)
    if dtype == "float32":
        short = np.float32(threshold)
        threshold = float(np.nextafter(short, np.float32(np.inf)) if short < threshold else short)
    return Constant(side * threshold, far)


def nearest(ball: arb, dtype: str) -> float:
    """Return the float of the dtype nearest to a ball's midpoint."""
    before, ctx.prec = ctx.prec, 80
    try:
        value = float(ball.mid()) if not ball.is_nan() else np.nan
    finally:
        ctx.prec = before
    with np.errstate(all="ignore"):
        return float(np.float32(value)) if dtype == "float32" else value


def nearest_float(high: float, exponent: int, dtype: str) -> float:
    """Return high · 2^exponent rounded to the dtype."""
    with np.errstate(all="ignore"):
        value = np.ldexp(high, int(np.clip(exponent, -3000, 3000)))
        return float(np.float32(value)) if dtype == "float32" else float(value)


def patched(terms: Terms, output: int, pieces: Sequence[Piece]) -> int:
    """Return the operation that selects the pieces where they hold and the output elsewhere."""
    x = terms.add("x")
    result = output
    for piece in pieces:
        if isinstance(piece, Constant):
            limit = terms.add("constant", value=exact(piece.threshold))
            order = (limit, x) if piece.value == piece.value and piece.threshold > 0 else (x, limit)
            if piece.threshold == 0:
                raise ValueError("a constant tail begins away from 0")
            inside = terms.add("le", *order)
            result = terms.add(
                "select", inside, terms.add("constant", value=exact(piece.value)), result
            )
            continue
        if isinstance(piece, Flat):
            low, high = (terms.add("constant", value=exact(e)) for e in (piece.low, piece.high))
            inside = terms.add("and", terms.add("le", low, x), terms.add("le", x, high))
            value = terms.add("constant", value=exact(piece.value))
            result = terms.add("select", inside, value, result)
            continue
        result = terms.add("select", _inside(terms, piece), piece.enter(terms, x), result)
    return result


def _inside(terms: Terms, piece: Series) -> int:
    x = terms.add("x")
    if piece.tail:
        limit = terms.add("constant", value=exact(piece.sides[0] / piece.radius))
        return terms.add("le", *((limit, x) if piece.sides[0] > 0 else (x, limit)))
    if len(piece.sides) == 2:
        offset = x
        if piece.centre:
            middle = terms.add("constant", value=exact(float(piece.centre)))
            offset = terms.add("sub_exact", x, middle)
        limit = terms.add("constant", value=exact(piece.radius))
        return terms.add("le", terms.add("abs", offset), limit)
    ends = sorted([float(piece.centre), float(piece.centre) + piece.sides[0] * piece.radius])
    low, high = (terms.add("constant", value=exact(end)) for end in ends)
    return terms.add("and", terms.add("le", low, x), terms.add("le", x, high))


def exact(value: float) -> Rational | object:
    """Return the exact SymPy number of a float."""
    if np.isnan(value):
        return S.NaN
    if np.isinf(value):
        return S.Infinity if value > 0 else S.NegativeInfinity
    top, bottom = float(value).as_integer_ratio()
    return Rational(top, bottom) if bottom != 1 else Integer(top)


def zeros(truth_terms: Terms, output: int, places: Sequence[float]) -> list[Fraction]:
    """Return the zeros next to places where an output changes sign, to more than two floats' worth."""
    alone = Terms(truth_terms.nodes, (truth_terms.outputs[output],))
    ordered = sorted(places)
    found = []
    for low, high in pairwise(ordered):
        if high != np.nextafter(low, np.inf):
            continue
        signs = [_sign(alone, Fraction(end), {}) for end in (low, high)]
        if signs == [0, 0]:
            continue
        if 0 in signs:
            found.append(Fraction((low, high)[signs.index(0)]))
        elif signs[0] * signs[1] < 0:
            found.append(_bisected(alone, Fraction(low), Fraction(high), signs[0], {}))
    return list(dict.fromkeys(found))


def irrational_zero_near(
    truth_terms: Terms,
    output: int,
    x: float,
    distance: float,
    parameters: Mapping[str, float] | None = None,
) -> float | None:
    """Return where an output changes sign within the relative distance of x, if not at a float."""
    alone = Terms(truth_terms.nodes, (truth_terms.outputs[output],))
    given = parameters or {}
    low, high = (Fraction(x) * (1 + Fraction(side * distance)) for side in (-1, 1))
    low, high = min(low, high), max(low, high)
    signs = _sign(alone, low, given), _sign(alone, high, given)
    if signs[0] * signs[1] >= 0:
        return None
    zero = _bisected(alone, low, high, signs[0], given)
    if zero == Fraction(float(zero)) and _sign(alone, zero, given) == 0:
        return None
    return float(zero)


def _bisected(
    alone: Terms, low: Fraction, high: Fraction, sign: int, parameters: Mapping[str, float]
) -> Fraction:
    for _ in range(80):
        middle = (low + high) / 2
        here = _sign(alone, middle, parameters)
        if here == 0:
            return middle
        if here == sign:
            low = middle
        else:
            high = middle
    middle = (low + high) / 2
    head = Fraction(float(middle))
    return head + Fraction(float(middle - head))


def _sign(alone: Terms, x: Fraction, parameters: Mapping[str, float]) -> int:
    before, ctx.prec = ctx.prec, 400
    try:
        place = arb(x.numerator) / arb(x.denominator)
        (ball,) = settled(alone, place, parameters)
    finally:
        ctx.prec = before
    if ball is None or ball.is_nan():
        return 0
    return 1 if ball > 0 else -1 if ball < 0 else 0
