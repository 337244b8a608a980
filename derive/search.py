"""Search for the zeros of a function of one variable where no inverse gives them, to 50 digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, islice, pairwise
from math import gcd, lcm

from mpmath import mp, mpf
from sympy import Expr, Float, Rational, S, Symbol, cos, pi, preorder_traversal, sin, sqrt, tan

from derive.number import fraction_of
from derive.pointwise import Evaluator, evaluate

__all__ = ["DIGITS", "WORK", "Effort", "Zero", "number", "search", "value_of"]

DIGITS = 50  # of a zero that is only known numerically
WORK = 100_000  # nodes evaluated in the numeric searches for one formula
LATER = 50  # evaluations that each zero found will cost whoever asked for it
MOST = 32  # zeros kept of a function that has more, those nearest to 0
ROUGH = 18  # digits while searching
UNITS = [
    sqrt(2) ** k * sqrt(pi) ** n for n in (0, -1, 1, -2, 2, -3, 3) for k in (0, 1)
]  # as erf has
ZERO = mpf(10) ** -38
TINY = mpf(10) ** -40  # a zero as near as this to 0 is 0


class _SpentError(Exception):
    """The effort allowed is used up."""


class Effort:
    """What numeric searches may still cost, in nodes evaluated: the same on every machine."""

    def __init__(self, left: int = WORK) -> None:
        self.left = left

    def spend(self, nodes: int) -> None:
        """Take off the nodes of one evaluation; end the search where they are no longer there."""
        if nodes > self.left:
            raise _SpentError
        self.left -= nodes


@dataclass(frozen=True)
class Zero:
    """A zero, or with a period the family location + k·period for all integers k."""

    location: Expr
    period: Expr | None = None


def number(value: mpf) -> Expr:
    """Return a number: to 38 digits a simple fraction, or one times roots of 2 and π, else a Float."""
    if not mp.isfinite(value):
        return S.NaN if mp.isnan(value) else (S.Infinity if value > 0 else S.NegativeInfinity)
    if abs(value) <= ZERO:  # far out e^−x may have billions of digits before one that is not 0
        return S.Zero
    if abs(value) < mpf(10) ** 9:
        for unit in UNITS:
            near = fraction_of(value / value_of(unit))
            simple = near.limit_denominator(10_000)
            if abs(near - simple) <= Fraction(1, 10**38) * max(Fraction(1), abs(near)):
                return Rational(simple.numerator, simple.denominator) * unit
    return Float(mp.nstr(value, DIGITS), DIGITS)


def value_of(constant: Expr) -> mpf:
    """Return the value of a location at the working precision."""
    return evaluate(constant)


def search(function: Expr, variable: Symbol, effort: Effort) -> Iterator[Zero]:
    """Yield zeros by sign changes and touching minima on a grid, refined, while the effort lasts.

    Of a periodic function one period is searched.
    """
    cost = len(set(preorder_traversal(function)))
    period = common_period(function, variable)

    def at(point: mpf) -> mpf:
        effort.spend(cost)
        return evaluate(function, {variable: point})

    def vanishes(point: mpf) -> bool:
        effort.spend(cost)
        return bool(Evaluator({variable: point}).compare(function, S.Zero) == 0)

    samples = []
    with mp.workdps(ROUGH), suppress(_SpentError):
        affordable = effort.left // (2 * cost)
        for point in islice(_grid() if period is None else _turn(value_of(period)), affordable):
            effort.spend(cost)
            rough = Evaluator({variable: point}, slack=2)  # what is rounding error counts as 0
            samples.append((point, rough.compare(function, S.Zero)))
    samples.sort()
    with suppress(_SpentError):
        brackets = list(_brackets(samples, vanishes))
        brackets.sort(key=lambda bracket: (not bracket[2], abs(bracket[0])))
        for left, right, crossing in brackets[:MOST]:
            found = [_crossing(at, left, right)] if crossing else _dip(at, left, right)
            for root in found:
                if root is not None:
                    effort.spend(LATER * cost)
                    yield Zero(number(root), period)


def common_period(function: Expr, variable: Symbol) -> Expr | None:
    """Return a period of a function of sin, cos and tan of multiples of the variable, else None."""
    slopes: list[Expr] = []
    todo = [function]
    while todo:
        node = todo.pop()
        if node == variable:
            return None
        if isinstance(node, sin | cos | tan) and variable in node.free_symbols:
            line = node.args[0].as_poly(variable)
            if line is None or line.degree() != 1:
                return None
            slopes.append(line.LC())
        else:
            todo += node.args
    ratios = [slope / slopes[0] for slope in slopes]
    if not slopes or not all(ratio.is_Rational for ratio in ratios):
        return None
    shared = Rational(gcd(*(int(r.p) for r in ratios)), lcm(*(int(r.q) for r in ratios)))
    return 2 * pi / abs(slopes[0] * shared)


def _turn(period: mpf) -> Iterator[mpf]:
    for k in range(-1, 602):
        yield period * (k + mpf(1) / 7) / 600


def _grid() -> Iterator[mpf]:
    yield mpf(0)
    for k in range(1, 481):
        yield mpf(k) / 8 + mpf(k) / 4099
        yield -mpf(k) / 8 - mpf(k) / 4103
    for power in range(-40, 41):
        for digit in (1, 3):
            yield digit * mpf(10) ** power
            yield -digit * mpf(10) ** power


def _brackets(
    samples: list[tuple[mpf, mpf]], vanishes: Callable[[mpf], bool]
) -> Iterator[tuple[mpf, mpf, bool]]:
    """Yield (left, right, whether the sign changes); left = right is a zero already."""
    for left, right in _flat(samples):
        point = min((point for point, _ in samples[left:right]), key=abs)
        if vanishes(point):
            yield point, point, True
        elif left > 0 and right < len(samples):
            (start, low), (stop, high) = samples[left - 1], samples[right]
            yield start, stop, bool(low * high < 0)
    for (left, low), (right, high) in pairwise(samples):
        if low * high < 0:
            yield left, right, True
    for k in range(1, len(samples) - 1):
        before, value, after = (value for _, value in samples[k - 1 : k + 2])
        if 0 < abs(value) < min(abs(before), abs(after)) and before * value > 0 < after * value:
            yield samples[k - 1][0], samples[k + 1][0], False


def _flat(samples: list[tuple[mpf, mpf]]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of samples that are 0 up to rounding."""
    for is_flat, run in groupby(range(len(samples)), key=lambda k: bool(samples[k][1] == 0)):
        if is_flat:
            places = list(run)
            yield places[0], places[-1] + 1


def _crossing(at: Callable[[mpf], mpf], left: mpf, right: mpf) -> mpf | None:
    """Return the zero between points of opposite signs, None at a pole or a jump.

    C. Ridders, A new algorithm for computing a single root, IEEE Trans. Circuits Syst. 26 (1979).
    """
    if left == right:
        return left
    low, high = at(left), at(right)
    height, last = max(abs(low), abs(high)), mp.inf
    for _ in range(4 * mp.dps):
        middle = (left + right) / 2
        value = at(middle)
        square = value**2 - low * high
        if not square > 0:
            return middle if value == 0 else None
        point = middle + (middle - left) * mp.sign(low) * value / mp.sqrt(square)
        guess = at(point)
        if mp.isnan(guess):
            return None
        if guess == 0 or abs(point - last) <= mpf(10) ** (5 - mp.dps) * max(abs(point), TINY):
            return point if abs(guess) <= height * mpf(10) ** -6 else None
        last = point
        if value * guess < 0:
            left, low, right, high = middle, value, point, guess
        elif low * guess < 0:
            right, high = point, guess
        else:
            left, low = point, guess
    return None


def _dip(at: Callable[[mpf], mpf], left: mpf, right: mpf) -> list[mpf | None]:
    """Return where the function touches zero between two of its values, or crosses it twice."""
    with mp.workdps(ROUGH):
        around = min(abs(at(left)), abs(at(right)))
        rough = _lowest(lambda point: abs(at(point)), left, right)
        if not abs(at(rough)) <= mpf(10) ** -12 * around:
            return []
    sign = mp.sign(at(left))
    middle = _lowest(lambda point: sign * at(point), left, right)
    if sign * at(middle) < -(mpf(10) ** (5 - mp.dps)) * around:
        return [_crossing(at, left, middle), _crossing(at, middle, right)]
    if not abs(at(middle)) <= mpf(10) ** (-mp.dps // 2):
        return []
    try:
        better = mp.findroot(lambda point: mp.diff(at, point), middle)
    except (ValueError, ZeroDivisionError):
        return [middle]
    return [better if abs(better - middle) < mpf(10) ** -10 else middle]


def _lowest(of: Callable[[mpf], mpf], left: mpf, right: mpf) -> mpf:
    for _ in range(3 * mp.dps):
        first, second = (2 * left + right) / 3, (left + 2 * right) / 3
        if of(first) < of(second):
            right = second
        else:
            left = first
    return (left + right) / 2
