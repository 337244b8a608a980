"""The truth: the outputs of a formula at points, as Arb knows them.

A result is kept as (high + low) · 2^exponent with high in [1/2, 1), which holds 106 bits at any size;
what lies below every subnormal number is 0, what has no real value is nan.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from codegen.scalar.balls import NoValueError, UndecidedError
from codegen.scalar.continued import continued
from codegen.scalar.settled import PRECISIONS, TIGHT, settled
from codegen.scalar.straight import straight
from codegen.scalar.terms import Terms

__all__ = ["NOWHERE", "ORDINARY", "Truth", "each", "enclose", "parts", "truth"]

NOWHERE = -(2**40)  # the exponent of 0
ORDINARY = (1e-200, 1e200)


@dataclass(frozen=True)
class Truth:
    """True values (high + low) · 2^exponent; high is 0, ±inf or nan where the value is."""

    high: NDArray[np.float64]
    low: NDArray[np.float64]
    exponent: NDArray[np.int64]

    def floats(self) -> NDArray[np.float64]:
        """Return the truth rounded to float64."""
        with np.errstate(all="ignore"):
            return np.ldexp(self.high + self.low, np.clip(self.exponent, -3000, 3000))

    def ulp_distance(self, values: NDArray[np.floating], dtype: str) -> NDArray[np.float64]:
        """Return |value − truth| in ULP of the truth's binade in the dtype; inf where only one is nan.

        Infinity counts as the power of two that follows the largest number.
        """
        digits, least, most = (24, -149, 128) if dtype == "float32" else (53, -1074, 1024)
        wide = values.astype(np.float64)
        with np.errstate(all="ignore"):
            mantissa, place = np.frexp(wide)
            mantissa = np.where(np.isinf(wide), 0.5 * np.sign(wide), mantissa)
            place = np.where(np.isinf(wide), most + 1, place)
            over = (self.exponent > most) | np.isinf(self.high)
            high = np.where(over, 0.5 * np.sign(self.high), self.high)
            low = np.where(over, 0.0, self.low)
            exponent = np.where(over, most + 1, self.exponent)
            unit = np.clip(exponent, least + digits, most) - digits
            shift = np.clip(place - exponent, -2000, 2000)
            near = (np.abs(shift) < 60) & (wide != 0) & (high != 0)
            apart = np.abs(np.ldexp(mantissa, np.where(near, shift, 0)) - high - low)
            together = np.abs(np.ldexp(mantissa, np.clip(place - unit, -2000, 2000)))
            together += np.ldexp(np.abs(high), np.clip(exponent - unit, -2000, 2000))
            scale = np.clip(exponent - unit, -2000, 2000)
            size = np.where(near, np.ldexp(apart, scale), together)
        unknown = np.isnan(wide) | np.isnan(self.high)
        size = np.where(unknown, np.inf, size)
        return np.where(np.isnan(wide) & np.isnan(self.high), 0.0, size)


def truth(
    terms: Terms,
    points: NDArray[np.float64],
    parameters: Mapping[str, NDArray[np.float64]] | None = None,
) -> tuple[Truth, ...]:
    """Return the true values of the outputs of the terms at each point, NaN and infinities in place.

    ``parameters`` have a value for each point.
    """
    results = [
        [parts(ball) for ball in _at_once(terms, x, given) or enclose(terms, x, given)]
        for x, given in zip(points.tolist(), each(parameters, points.size), strict=True)
    ]
    columns = zip(*results, strict=True) if results else ([] for _ in terms.outputs)
    return tuple(_stack(list(column)) for column in columns)


def _at_once(terms: Terms, x: float, parameters: Mapping[str, float]) -> tuple[arb, ...] | None:
    """Return the balls of the outputs if the first precision settles them all, as it mostly does."""
    if not math.isfinite(x):
        return None
    before, ctx.prec = ctx.prec, PRECISIONS[0]
    try:
        balls = straight(terms).outputs(arb(x), parameters)
    except (NoValueError, UndecidedError):
        return None
    finally:
        ctx.prec = before
    for ball in balls:
        if not ball.is_finite() or ball.rel_accuracy_bits() < TIGHT:
            return None
    return balls


def each(
    parameters: Mapping[str, NDArray[np.float64]] | None, count: int
) -> list[dict[str, float]]:
    """Return the parameters' values point by point."""
    if not parameters:
        return [{}] * count
    columns = [np.asarray(values, float).tolist() for values in parameters.values()]
    return [dict(zip(parameters, row, strict=True)) for row in zip(*columns, strict=True)]


def _stack(parts: Sequence[tuple[float, float, int]]) -> Truth:
    high, low, exponent = zip(*parts, strict=True) if parts else ((), (), ())
    return Truth(np.array(high, float), np.array(low, float), np.array(exponent, np.int64))


def enclose(
    terms: Terms, x: float, parameters: Mapping[str, float] | None = None
) -> tuple[arb, ...]:
    """Return tight balls around the outputs at x: exact 0 below every subnormal, nan for no value.

    Where the formula has no value but a limit (at ±inf, at a removable singularity) that is the truth;
    where it is defined on one side only, the limit from there.
    """
    if math.isnan(x):
        return tuple(arb.nan() for _ in terms.outputs)
    given = parameters or {}
    found = []
    for place, ball in enumerate(settled(terms, arb(x), given)):
        if ball is None or math.isinf(x):  # at ±inf max(x, x/2) is a tie, which the limit is not
            limit = continued(terms, place, x, given)
            found.append(limit if ball is None or not limit.is_nan() else ball)
        else:
            found.append(ball)
    return tuple(found)


def parts(ball: arb) -> tuple[float, float, int]:
    """Return a ball's midpoint as high, low and exponent."""
    if not ball.is_finite():
        return (math.nan if ball.is_nan() else float(ball.mid())), 0.0, 0
    middle = ball.mid()
    near = float(middle)
    if ORDINARY[0] < abs(near) < ORDINARY[1]:  # the quick way, where nothing under- or overflows
        high, place = math.frexp(near)
        return high, math.ldexp(float(middle - near), -place), place
    mantissa, exponent = middle.man_exp()
    whole, place = int(mantissa), int(exponent)
    if whole == 0:
        return 0.0, 0.0, NOWHERE
    drop = whole.bit_length() - 106
    if drop > 0:
        whole = whole >> drop if whole > 0 else -(-whole >> drop)
        place += drop
    size = whole.bit_length()
    high = float(whole)
    low = float(whole - int(high))
    place = min(max(place + size, NOWHERE), -NOWHERE)
    return math.ldexp(high, -size), math.ldexp(low, -size), place
