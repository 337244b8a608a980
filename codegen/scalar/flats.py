"""Where an output rounds to one and the same value, found by bisection between floats."""

from __future__ import annotations

import numpy as np
from flint import arb, ctx

from codegen.scalar.oracle import enclose
from codegen.scalar.pieces import Constant, Flat
from codegen.scalar.sample import from_ordinal, ordinal
from codegen.scalar.terms import Terms

__all__ = ["flat_inside", "flat_tail", "nearest_float"]

LEAST = {"float32": 2.0**-149, "float64": 2.0**-1074}
PROBES = 48  # at which a tail must have its constant value
POWERS = range(20, 121, 20)  # of 2, where it must have it or begins to have it


def flat_inside(
    truth_terms: Terms,
    output: int,
    inside: tuple[float, float],
    outside: tuple[float, float],
    dtype: str,
) -> Flat | None:
    """Return the value to which the truth rounds all over the failing points, if it is one."""
    alone = truth_terms.alone(output)
    ends = ordinal(np.array(inside))
    places = from_ordinal(np.linspace(float(ends[0]), float(ends[1]), 9).astype(np.int64))
    places = np.array([inside[0], *places[1:-1], inside[1]])
    values = {nearest(enclose(alone, float(x))[0], dtype) for x in places}
    if len(values) != 1 or np.isnan(next(iter(values))):
        return None
    value = values.pop()
    low, high = (
        _edge(alone, near, far, value, dtype) for near, far in zip(inside, outside, strict=True)
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


def flat_tail(
    truth_terms: Terms, output: int, side: int, start: float, dtype: str
) -> Constant | None:
    """Return the value to which the truth rounds from some point beyond |x| = start on, and it."""
    alone = truth_terms.alone(output)
    last = 3.4e38 if dtype == "float32" else 1.79e308

    def rounded(x: float) -> float:
        return nearest(enclose(alone, x)[0], dtype)

    far = rounded(side * last)
    if np.isnan(far) or rounded(side * np.inf) != far:
        return None
    others = [k for k in POWERS if rounded(side * 2.0**k) != far]
    if others == [*POWERS]:
        return None
    if others:
        low, high = (int(_place(2.0**k)) for k in (others[-1], others[-1] + POWERS.step))
    else:
        probes = [int(p) for p in np.linspace(_place(min(start, 2.0**19)), _place(2.0**20), PROBES)]
        beyond = [p for p in probes if rounded(side * _float(p)) != far]
        low = beyond[-1] if beyond else probes[0] - 1
        high = next((p for p in probes if p > low), low + 1)
    edge = _edge(alone, side * _float(high), side * _float(low), far, dtype)
    return Constant(edge or side * LEAST[dtype], far)


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
