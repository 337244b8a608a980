"""The truth: a formula evaluated in Arb balls, at growing precision until the ball is tight.

What no precision tells is asked of another form, if the terms have one.

A result is kept as (high + low) · 2^exponent with high in [1/2, 1), which holds 106 bits at any size;
what lies below every subnormal number is 0, what has no real value is nan.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from codegen.scalar.balls import OPERATIONS, NoValueError, UndecidedError, constant
from codegen.scalar.straight import straight
from codegen.scalar.terms import COMPARISONS, Terms

__all__ = [
    "NOWHERE",
    "ORDINARY",
    "PRECISIONS",
    "TIGHT",
    "Truth",
    "each",
    "enclose",
    "parts",
    "settled",
    "truth",
]

PRECISIONS = (128, 256, 640, 1200, 2600, 5400, 11_000, 24_000)
NOWHERE = -(2**40)  # the exponent of 0
ORDINARY = (1e-200, 1e200)
TIGHT = 72  # bits to which a ball is known before it counts as the truth
LOST = 6  # precisions before another form is asked; this holds e^(2^4000)
NOTHING = arb(2) ** -1200  # below half of the smallest subnormal number of any dtype
EVERYTHING = arb(2) ** 1200  # beyond the largest number of any dtype
TINY, VAST = arb(2) ** -150, arb(2) ** 150  # how a limit of 0 or ±inf is told
FAR = (600, 701, 811, 1010, 1499)  # powers of 2 at which a limit at ±inf is looked for
FARTHER = (
    1,
    40,
    2**400,
)  # times these, and those of CLOSE where x is 0: |x|^(10^−9) and log x are slow
FEWEST = 3  # points that must have a value
CLOSE = (1100, 1531, 2010, 4077)  # and how close to a place


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
            limit = _continued(terms, place, x, given)
            found.append(limit if ball is None or not limit.is_nan() else ball)
        else:
            found.append(ball)
    return tuple(found)


def _continued(terms: Terms, place: int, x: float, parameters: Mapping[str, float]) -> arb:
    """Return the limit at a place where the formula has no value of its own."""
    alone = straight(terms).alone(place)
    for farther in FARTHER if x == 0 or np.isinf(x) else FARTHER[:1]:
        limit = _from_both_sides(alone, x, farther, parameters)
        if not limit.is_nan():
            break
    return limit


def _from_both_sides(alone: Terms, x: float, farther: int, parameters: Mapping[str, float]) -> arb:
    """Return the limit, looked for so many times as far out or, by the exponent, as close."""
    if np.isinf(x):
        places = (_shifted(0.0, np.sign(x), farther * power) for power in FAR)
        return _limit(alone, places, parameters)
    left, right = (
        _limit(alone, (_shifted(x, side, -farther * power) for power in CLOSE), parameters)
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


def settled(
    terms: Terms, x: arb, parameters: Mapping[str, float], tight: int = TIGHT
) -> list[arb | None]:
    """Return balls of so many bits, ±inf, or 0 below every subnormal number.

    None stands for no value, nan for one that no precision tells, in whatever form.
    """
    found = _settled(terms, x, parameters, tight, PRECISIONS[:LOST], vague=arb.nan())
    for form, precisions in (terms.otherwise, PRECISIONS), (lambda: terms, PRECISIONS[LOST:]):
        if all(ball is None or not ball.is_nan() for ball in found):
            break
        other = form() if form else None
        if other is not None:
            again = _settled(other, x, parameters, tight, precisions)
            pairs = zip(found, again, strict=True)
            found = [b if a is not None and a.is_nan() else a for a, b in pairs]
    return found


def _settled(
    terms: Terms,
    x: arb,
    parameters: Mapping[str, float],
    tight: int,
    precisions: Sequence[int],
    vague: arb | None = None,
) -> list[arb | None]:
    """Return the same of one form, at these precisions; ``vague`` for what is infinite at all of them."""
    found: dict[int, arb | None] = {}
    beyond: dict[int, arb] = {}  # what is known to be that large, and no more
    lost = dict.fromkeys(terms.outputs, 0)
    before = ctx.prec
    for ctx.prec in precisions:
        for output, ball in _balls(terms, x, parameters, [o for o in lost if o not in found]):
            if ball is None:
                found[output] = None
            elif not ball.is_finite():
                lost[output] += 1
                if not ball.is_nan() and (ball == arb.pos_inf() or ball == arb.neg_inf()):
                    found[output] = ball
                elif not x.is_finite():
                    found[output] = None
                elif lost[output] == len(precisions):
                    found[output] = vague
            elif ball.rel_accuracy_bits() >= tight:
                found[output] = ball
            elif tight == TIGHT and abs(ball) < NOTHING:
                found[output] = arb(0)
            elif abs(ball) > EVERYTHING:
                beyond[output] = ball
        if len(found) == len(lost):
            break
    ctx.prec = before
    return [found.get(output, beyond.get(output, arb.nan())) for output in terms.outputs]


def _balls(
    terms: Terms, x: arb, parameters: Mapping[str, float], wanted: Sequence[int]
) -> Iterator[tuple[int, arb | None]]:
    """Yield the outputs' balls at the precision that is set; None for no value, nothing if undecided."""
    try:
        balls = straight(terms).outputs(x, parameters)
    except (NoValueError, UndecidedError):
        pass
    else:
        together = dict(zip(terms.outputs, balls, strict=True))
        yield from ((output, together[output]) for output in wanted)
        return
    known: dict[int, Any] = {}
    for output in wanted:
        try:
            yield output, _visit(terms, output, x, parameters, known)
        except NoValueError:
            yield output, None
        except UndecidedError:
            continue


def _visit(
    terms: Terms, number: int, x: arb, parameters: Mapping[str, float], known: dict[int, Any]
) -> Any:
    if number in known:
        return known[number]
    node = terms.nodes[number]
    if node.op == "x":
        value: Any = x
    elif node.op == "parameter":
        value = arb(parameters[str(node.value)])
    elif node.op == "constant":
        value = constant(node.value)
    elif node.op == "select":
        condition = _visit(terms, node.args[0], x, parameters, known)
        value = _visit(terms, node.args[1 if condition else 2], x, parameters, known)
    elif node.op in COMPARISONS:
        try:
            sides = [_visit(terms, argument, x, parameters, known) for argument in node.args]
            value = OPERATIONS[node.op](*sides)
        except NoValueError:  # as what is compared with nan
            value = False
    else:
        arguments = [_visit(terms, argument, x, parameters, known) for argument in node.args]
        value = OPERATIONS[node.op](*arguments)
    known[number] = value
    return value


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
