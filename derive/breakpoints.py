"""Break points: where an activation jumps, has a kink, or is less smooth than elsewhere.

They are worked out from the formula. It can only break where one of its *switches* is zero: the
two sides of a comparison meet, or what stands inside abs, sign, max, min, a root or a denominator
vanishes. On either side of such a point the formula is settled into the smooth branch that holds
there, and the two branches are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from mpmath import mp, mpf
from sympy import Expr, S

from derive.activation import Activation
from derive.calculus import derivative
from derive.conditions import substitute
from derive.formula import X
from derive.pointwise import evaluate
from derive.roots import DIGITS, number, value_of
from derive.switches import Candidate, candidates, nearby, places, settle

__all__ = ["BreakPoint", "break_points", "clamp", "examined", "same"]

NEARER = (20, 25, 30, 35, 40)  # digits that a point shares with one at which a limit is looked for
SMOOTHEST = 8  # the highest derivative that is compared


@dataclass(frozen=True, kw_only=True)
class BreakPoint(Candidate):
    """A point where the branches on its two sides differ, or a family of them with a period.

    ``kind`` is jump (g is not continuous), kink (g is, g′ is not), smooth (g′ is continuous:
    ``order`` derivatives are), pole (g is unbounded on a side) or edge (no real value on a side).
    A regular point is none of these: branches meet there, but they are one smooth function.
    ``left``, ``right``, ``value`` are those of g, ``slope_left``, ``slope_right`` of g′; ``slope``
    is the derivative chosen at the point. With a period the same holds at location + k·period.
    """

    kind: str
    left: Expr
    right: Expr
    value: Expr
    slope_left: Expr
    slope_right: Expr
    slope: Expr
    order: int = 0

    def __str__(self) -> str:
        place = f"x = {self.location}" + (f" + k*{self.period}" if self.period is not None else "")
        if self.kind == "jump":
            return f"jump at {place} from {self.left} to {self.right}, value {self.value}"
        if self.kind == "kink":
            slopes = (
                f"slope {self.slope_left} before, {self.slope_right} after, {self.slope} chosen"
            )
            return f"kink at {place}: {slopes}"
        if self.kind == "smooth":
            return f"C{self.order} at {place}: slope {self.slope}"
        return f"{self.kind} at {place}"


def break_points(activation: Activation) -> tuple[BreakPoint, ...]:
    """Return the break points of an activation at its parameters' values, from left to right.

    A formula with infinitely many that are not periodic gives those nearest to 0.
    """
    return tuple(point for point in examined(activation.valued) if point.kind != "regular")


@lru_cache(maxsize=512)
def examined(expression: Expr) -> tuple[BreakPoint, ...]:
    """Return every point where a switch of the expression in X vanishes, regular ones included."""
    with mp.workdps(DIGITS + 15):
        found = candidates(expression)
        slope = derivative(expression, X)
        around = sorted(set(places(found)))
        points = (_classify(expression, slope, zero, around) for zero in found)
        return tuple(sorted(filter(None, points), key=lambda point: value_of(point.location)))


def _classify(
    expression: Expr, slope: Expr, zero: Candidate, around: list[mpf]
) -> BreakPoint | None:
    place = value_of(zero.location)
    before, after = nearby(place, around)
    sides = [settle(expression, {X: near}) for near in (before, after)]
    slopes = [derivative(side, X) for side in sides]
    left, right = (limit(side, zero, s) for side, s in zip(sides, (-1, 1), strict=True))
    slope_left, slope_right = (
        limit(side, zero, s) for side, s in zip(slopes, (-1, 1), strict=True)
    )
    value = _tidy(expression, zero, evaluate(expression, {X: place}, zero.vanishing))
    kind, order = _kind(
        sides, (before, after), place, (left, right, value), (slope_left, slope_right)
    )
    if kind is None:
        return None
    chosen = _tidy(slope, zero, evaluate(slope, {X: place}, zero.vanishing))
    if kind in {"kink", "smooth", "regular"}:
        value = left
        chosen = clamp(chosen, slope_left, slope_right)
    return BreakPoint(
        location=zero.location,
        period=zero.period,
        vanishing=zero.vanishing,
        kind=kind,
        left=left,
        right=right,
        value=value,
        slope_left=slope_left,
        slope_right=slope_right,
        slope=chosen,
        order=order,
    )


def _kind(
    sides: list[Expr],
    near: tuple[mpf, mpf],
    place: mpf,
    heights: tuple[Expr, Expr, Expr],
    slopes: tuple[Expr, Expr],
) -> tuple[str | None, int]:
    """Return the kind, and how many derivatives are continuous; None where nothing breaks."""
    left, right, value = heights
    if left is S.NaN and right is S.NaN:
        return None, 0
    if S.NaN in (left, right):
        return "edge", 0
    if not (left.is_finite and right.is_finite):
        return "pole", 0
    if not same(left, right):
        return "jump", 0
    if not same(left, value) and not _hole(sides, value):
        return "jump", 0
    if _one_function(sides, place, near):
        return "regular", SMOOTHEST
    if not same(*slopes) or not all(slope.is_finite for slope in slopes):
        return "kink", 0
    for order in range(2, SMOOTHEST + 1):
        first, second = (mp.diff(_at(side), place, order) for side in sides)
        if abs(first - second) > mpf(10) ** -12 * max(1, abs(first), abs(second)):
            return "smooth", order - 1
    return "smooth", SMOOTHEST


def _hole(sides: list[Expr], value: Expr) -> bool:
    """Return whether the value is missing only because both branches read 0/0 there."""
    return value is S.NaN and sides[0] == sides[1]


def _at(expression: Expr) -> Callable[[mpf], mpf]:
    return lambda point: evaluate(expression, {X: point})


def _one_function(sides: list[Expr], place: mpf, near: tuple[mpf, mpf]) -> bool:
    """Return whether the branches of the two sides are one analytic function."""
    if sides[0] == sides[1]:
        return True
    for point in (*near, place + (near[1] - place) / 3):
        first, second = (evaluate(side, {X: point}) for side in sides)
        if not abs(first - second) <= mpf(10) ** (-DIGITS + 10) * max(abs(first), abs(second)):
            return False
    return True


def same(first: Expr, second: Expr) -> bool:
    """Return whether two limits are equal: to 30 digits, or the same infinity."""
    if first == second or S.NaN in (first, second):
        return first == second
    if not (first.is_finite and second.is_finite):
        return False
    a, b = value_of(first), value_of(second)
    return bool(abs(a - b) <= mpf(10) ** -30 * max(1, abs(a), abs(b)))


def clamp(slope: Expr, first: Expr, second: Expr) -> Expr:
    """Return the slope, or the nearer one-sided one where it is not between the two (Clarke)."""
    if S.NaN in (first, second):
        return slope
    slope = S.Zero if slope is S.NaN else slope
    low, high = sorted((first, second), key=value_of)
    if value_of(slope) <= value_of(low) or same(slope, low):
        return low
    return high if value_of(slope) >= value_of(high) or same(slope, high) else slope


def limit(side: Expr, zero: Candidate, direction: int) -> Expr:
    """Return the limit of a smooth branch from one side: a number, ±oo, or nan for none.

    There is none where the branch swings without end, as x²·sin(1/x) does in its slope at 0.
    """
    place = value_of(zero.location)
    with mp.workdps(4 * DIGITS):
        steps = [evaluate(side, {X: place + direction * mpf(10) ** -k}) for k in NEARER]
        if any(mp.isnan(step) for step in steps):
            return S.NaN
        first, *_, near, nearest = steps
        if abs(nearest) > mpf("1.5") * abs(first) and abs(nearest) > 30:
            grows = all(0 < one / other < 1 for one, other in pairwise(steps) if other)
            return number(mp.inf * mp.sign(nearest)) if grows else S.NaN
        if abs(nearest) < mpf(10) ** -15 and abs(nearest) <= abs(first) / mpf("1.5"):
            return S.Zero
        steady = abs(nearest - near) <= mpf(10) ** -10 * max(1, abs(near))
    at = evaluate(side, {X: place})
    return _tidy(side, zero, at, nearest) if steady or mp.isfinite(at) else S.NaN


def _tidy(expression: Expr, zero: Candidate, value: mpf, nearby: mpf | None = None) -> Expr:
    """Return a value at a point, exact where that is short, else its digits."""
    if not mp.isfinite(value):
        return number(value if nearby is None else nearby)
    found = number(value)
    if found.is_Rational or not zero.location.is_number:
        return found
    exact = substitute(expression, {X: zero.location})
    short = exact.is_number and exact.is_finite and exact.count_ops() <= 12
    return exact if short and same(exact, found) else found
