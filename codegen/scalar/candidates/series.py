"""A polynomial around a place where the formula cancels: g(c + t) = t^k (c₀ + c₁ t + …).

Chebyshev interpolation of the truth at high precision, cut where what is left is below the bound;
near-minimax (Trefethen, Approximation Theory and Approximation Practice, ch. 16). In 1/x it serves tails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from itertools import product

import mpmath
from flint import arb, ctx
from mpmath import mp, mpf
from sympy import Integer, Rational

from codegen.scalar.settled import settled
from codegen.scalar.similar import Similarity
from codegen.scalar.terms import Node, Terms
from derive.number import fraction_of

__all__ = [
    "Polynomial",
    "Series",
    "evaluated",
    "fit_at",
    "fit_tail",
    "fitted",
    "rational",
    "values",
]

NODES = 40
PRECISION = 400
TIGHT = 260
MOST_TERMS = 24
LONG = 9  # terms beyond which the latency of one chain is felt: even and odd powers apart
BITS = {"float32": 36, "float64": 57}  # of what is left, relative to the least value
LARGEST = mpf(2) ** 1000


@dataclass(frozen=True)
class Series:
    """t^order · Σ coefficients[i] · (t or t²)^i for |t| ≤ radius, t = x − centre or 1/x.

    ``closed`` tells whether it holds at its centre too, where another branch may begin.
    """

    centre: Fraction
    order: int
    even: bool
    coefficients: tuple[mpf, ...]
    radius: float
    sides: tuple[int, ...] = (-1, 1)
    tail: bool = False
    closed: bool = True

    def enter(self, terms: Terms, x: int) -> int:
        """Return the operation that computes the series."""
        one = terms.add("constant", value=Integer(1))
        if self.tail:
            t = terms.add("div", one, x)
        elif self.centre == 0:
            t = x
        else:
            high = Fraction(float(self.centre))
            t = terms.add("sub_exact", x, terms.add("constant", value=rational(high)))
            if self.centre != high:
                rest = terms.add("constant", value=rational(self.centre - high))
                t = terms.add("sub", t, rest)
        result = self._polynomial(terms, t)
        factor = t
        if self.order < 0:
            factor = x if self.tail else terms.add("div", one, t)
        for _ in range(abs(self.order)):
            result = terms.add("mul", result, factor)
        return result

    def enter_similar(self, terms: Terms, similarity: Similarity) -> int:
        """Return the operation p^r h(x p^q) for a series h.

        Where that is about 0 and begins with t^k, it is (c p^(r + k q)) x^k: x p^q may have lost digits
        among the subnormal numbers.
        """
        t = similarity.inside(terms)
        if self.tail or self.centre or self.order < 1:
            return similarity.outside(terms, self.enter(terms, t))
        result = similarity.outside(terms, self._polynomial(terms, t), self.order)
        for _ in range(self.order):
            result = terms.add("mul", result, terms.add("x"))
        return result

    def _polynomial(self, terms: Terms, t: int) -> int:
        return evaluated(terms, self.coefficients, terms.add("mul", t, t) if self.even else t)


def evaluated(terms: Terms, coefficients: Sequence[mpf], t: int) -> int:
    """Return the operation that computes a polynomial, the coefficient of t^0 first."""
    numbers = [terms.add("constant", value=_exact(c)) for c in coefficients]
    if len(numbers) <= LONG:
        return _horner(terms, t, numbers)
    square = terms.add("mul", t, t)
    even, odd = (_horner(terms, square, numbers[k::2]) for k in (0, 1))
    return terms.add("add", even, terms.add("mul", t, odd))


def _horner(terms: Terms, t: int, coefficients: Sequence[int]) -> int:
    """Return the operation that computes a polynomial by one chain."""
    *others, result = coefficients
    for coefficient in reversed(others):
        result = terms.add("add", coefficient, terms.add("mul", t, result))
    return result


def rational(value: Fraction) -> Rational:
    """Return a fraction as SymPy has it."""
    return Rational(value.numerator, value.denominator)


def _exact(value: mpf) -> Rational:
    """Return a 120-bit rational at the value."""
    with mpmath.workprec(120):
        return rational(fraction_of(+value))


def fit_at(
    terms: Terms,
    output: int,
    centre: Fraction,
    radius: float,
    dtype: str,
    sides: tuple[int, ...] = (-1, 1),
) -> Series | None:
    """Return a series around the centre on both sides or one; None if none is short enough."""
    return _fit_at(terms.content[0], output, centre, radius, dtype, sides)


@lru_cache(maxsize=256)  # asked for again by each attempt at a tighter budget
def _fit_at(
    nodes: tuple[Node, ...],
    output: int,
    centre: Fraction,
    radius: float,
    dtype: str,
    sides: tuple[int, ...],
) -> Series | None:
    terms = Terms(list(nodes))
    with mpmath.workprec(PRECISION):
        middle = mpf(centre.numerator) / centre.denominator
        value = values(terms, output, lambda t: middle + t)
        return _fit(value, centre, radius, sides, BITS[dtype], tail=False)


def fit_tail(terms: Terms, output: int, start: float, dtype: str) -> Series | None:
    """Return a series in 1/x for x beyond ±start; None if none is short enough."""
    with mpmath.workprec(PRECISION):
        value = values(terms, output, lambda t: 1 / t)
        side = 1 if start > 0 else -1
        return _fit(value, Fraction(0), 1 / abs(start), (side,), BITS[dtype], tail=True)


def values(terms: Terms, output: int, place: Callable[[mpf], mpf]) -> Callable[[mpf], mpf | None]:
    """Return an output as a function of t, of which x is a function; None where it has no value."""
    alone = Terms(terms.nodes, (output,))

    def value(t: mpf) -> mpf | None:
        before, ctx.prec = ctx.prec, PRECISION
        try:
            (ball,) = settled(alone, arb(place(t)), {}, TIGHT)
        finally:
            ctx.prec = before
        if ball is None or not ball.is_finite():
            return None
        mantissa, exponent = ball.mid().man_exp()
        return mpf((int(mantissa), int(exponent)))

    return value


def _fit(
    value: Callable[[mpf], mpf | None],
    centre: Fraction,
    radius: float,
    sides: tuple[int, ...],
    bits: int,
    tail: bool,
) -> Series | None:
    found = fitted(value, radius, sides, bits)
    if found is None:
        return None
    first = found.coefficients[0]
    closed = len(sides) == 2 or tail or _is_limit(value(mpf(0)), found.order, first, bits)
    return Series(centre, found.order, found.even, found.coefficients, radius, sides, tail, closed)


@dataclass(frozen=True)
class Polynomial:
    """t^order · Σ coefficients[i] · (t or t²)^i."""

    order: int
    even: bool
    coefficients: tuple[mpf, ...]


def fitted(
    value: Callable[[mpf], mpf | None], radius: float | mpf, sides: tuple[int, ...], bits: int
) -> Polynomial | None:
    """Return a polynomial for |t| ≤ radius on both sides of 0 or one; None if none is short enough."""
    # a zero is centred to about 2^-107, which must not matter at the nearest node
    order = _order(value, radius, sides)
    if order is None:
        return None
    low = -mpf(radius) if -1 in sides else mpf(0)
    high = mpf(radius) if 1 in sides else mpf(0)
    nodes = [_cosines()[2 * j + 1] for j in range(NODES)]
    places = [(low + high) / 2 + (high - low) / 2 * node for node in nodes]
    found = [value(t) for t in places]
    if any(v is None for v in found):
        return None
    scaled = [v / t**order for v, t in zip(found, places, strict=True)]
    least = min(abs(v) for v in scaled)
    if least == 0:
        return None
    even = len(sides) == 2 and all(
        abs(a - b) <= mpf(2) ** -200 * abs(a) for a, b in zip(scaled, reversed(scaled), strict=True)
    )
    if even:
        squares = [mpf(radius) ** 2 * (node + 1) / 2 for node in nodes]
        scaled = [value(mp.sqrt(z)) / mp.sqrt(z) ** order for z in squares]
        low, high = mpf(0), mpf(radius) ** 2
    monomials = _monomials(scaled, low, high, least * mpf(2) ** -bits)
    if monomials is None or not all(1 / LARGEST < abs(c) < LARGEST for c in monomials if c):
        return None
    return Polynomial(order, even, tuple(monomials))


def _is_limit(here: mpf | None, order: int, first: mpf, bits: int) -> bool:
    """Return whether the value at the centre, if there is one, is what the series comes to."""
    if here is None or order < 0:
        return here is None
    return bool(abs(here - (first if order == 0 else 0)) <= mpf(2) ** -bits * abs(first))


def _order(
    value: Callable[[mpf], mpf | None], radius: float | mpf, sides: tuple[int, ...]
) -> int | None:
    """Return k of the t^k with which the function begins; None where that is another one on the way."""
    orders = set()
    for side, start in product(sides, {mpf(radius), min(mpf(radius), mpf(1))}):
        near, nearer = (value(side * start * mpf(2) ** -e) for e in (60, 61))
        if near is None or nearer is None or nearer == 0 or near == 0:
            return None
        ratio = mp.log(abs(near / nearer), 2)
        order = int(mp.nint(ratio))
        if abs(ratio - order) > mpf(2) ** -20 or abs(order) > 12:
            return None
        orders.add(order)
    return orders.pop() if len(orders) == 1 else None


@cache
def _cosines() -> list[mpf]:
    """Return cos(π m/(2 NODES)) for a full turn of m."""
    with mpmath.workprec(PRECISION):
        return [mp.cos(mp.pi * m / (2 * NODES)) for m in range(4 * NODES)]


def _monomials(values: list[mpf], low: mpf, high: mpf, negligible: mpf) -> list[mpf] | None:
    """Return the interpolant's power-series coefficients in t, without what is negligible."""
    cosines, count = _cosines(), NODES
    chebyshev = [
        2
        * mp.fsum(v * cosines[j * (2 * i + 1) % (4 * count)] for i, v in enumerate(values))
        / count
        for j in range(count)
    ]
    chebyshev[0] /= 2
    rest, count = mpf(0), len(chebyshev)
    while count > 1 and rest + abs(chebyshev[count - 1]) <= negligible:
        count -= 1
        rest += abs(chebyshev[count])
    if count > MOST_TERMS:
        return None
    # T_{j+1}(s) = 2 s T_j(s) − T_{j−1}(s), in s = (2 t − low − high)/(high − low)
    slope, offset = 2 / (high - low), -(low + high) / (high - low)
    before, here = [mpf(1)], [offset, slope]
    total = [mpf(0)] * max(count, 2)
    for j in range(count):
        current = before if j == 0 else here
        for i, c in enumerate(current):
            total[i] += chebyshev[j] * c
        if j >= 1:
            following = [mpf(0)] * (len(here) + 1)
            for i, c in enumerate(here):
                following[i] += 2 * offset * c
                following[i + 1] += 2 * slope * c
            for i, c in enumerate(before):
                following[i] -= c
            before, here = here, following
    return total[:count]
