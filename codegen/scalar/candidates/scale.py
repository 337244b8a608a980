"""√(1 + x⁴), log(x² + e^x) where x² is beyond the largest float: computed of 2^−s x, and scaled back.

Every operation that grows with x is kept as a value times 2^(k s); a sum brings the lesser k to the
greater, a root halves k, a logarithm gives k s log 2. s is 0 for ordinary x, so that one program serves all;
for others it is such that the powers of x that occur keep within the range of floats, and what is scaled
away is lost anyhow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sympy import Expr, Integer, Rational, log

from codegen.scalar.terms import Node, Terms

__all__ = ["scaled_down"]

RANGE = 1024  # exponents of float64
ROOM = 100  # of them for factors
FEWEST, MOST = 2, 6  # values of s beside 0
BACK = ("sqrt", "log", "log1p", "asinh", "div")


@dataclass
class Scaling:
    """The terms with what is scaled in them: for each operation the scaled one and its k."""

    old: Terms
    shifts: tuple[tuple[int, int], ...]  # from 2^n on s bits
    new: Terms = field(default_factory=Terms)
    place: dict[int, int] = field(default_factory=dict)
    scaled: dict[int, tuple[int, Rational]] = field(default_factory=dict)
    returned: set[int] = field(default_factory=set)  # from among the huge, by a root or the like
    sizes: list[int] = field(default_factory=list)

    def constant(self, value: Expr) -> int:
        """Return the operation of a constant."""
        return self.new.add("constant", value=value)

    def choice(self, values: Sequence[Expr], otherwise: int) -> int:
        """Return the value for the size of x."""
        for size, value in reversed(list(zip(self.sizes, values, strict=True))):
            otherwise = self.new.add("select", size, self.constant(value), otherwise)
        return otherwise

    def times(self, number: int, degree: Rational) -> int:
        """Return an operation times 2^(degree·s)."""
        while degree:
            step = max(-Integer(1), min(Integer(1), degree))
            factor = self.choice(
                [Integer(2) ** (step * s) for _, s in self.shifts], self.constant(Integer(1))
            )
            one = self.new.nodes[number].value == 1
            number = factor if one else self.new.add("mul", number, factor)
            degree -= step
        return number

    def raised(self, number: int, degree: Rational) -> int:
        """Return the value of an old operation, divided by 2^(degree·s)."""
        value, have = self.scaled.get(number, (self.place[number], Integer(0)))
        if degree == 0 and number not in self.returned:
            return self.place[number]
        return self.times(value, have - degree)

    def degree(self, number: int) -> Rational:
        """Return the k of an old operation."""
        return self.scaled.get(number, (0, Integer(0)))[1]

    def enter(self, number: int) -> None:
        """Enter an old operation as it is, and scaled where one of its arguments is."""
        node = self.old.nodes[number]
        self.place[number] = self.new.add(
            node.op, *(self.place[a] for a in node.args), value=node.value
        )
        if node.op == "x":
            size = self.new.add("abs", self.place[number])
            limits = [self.constant(Integer(2) ** n) for n, _ in self.shifts]
            self.sizes = [self.new.add("le", limit, size) for limit in limits]
            self.scaled[number] = self.times(self.place[number], -Integer(1)), Integer(1)
        elif any(argument in self.scaled for argument in node.args):
            if node.op in BACK or self.returned.intersection(node.args):
                self.returned.add(number)
            self.scaled[number] = self._scaled(number)

    def _scaled(self, number: int) -> tuple[int, Rational]:
        node = self.old.nodes[number]
        have = [self.degree(argument) for argument in node.args]
        same = [self.raised(a, k) for a, k in zip(node.args, have, strict=True)]
        match node.op:
            case "neg" | "abs":
                return self.new.add(node.op, *same), have[0]
            case "mul" | "div":
                degree = have[0] + have[1] if node.op == "mul" else have[0] - have[1]
                return self.new.add(node.op, *same), degree
            case "sqrt" if (2 * have[0]).is_Integer:  # else 2^(s k/2) is no power of two
                return self.new.add("sqrt", *same), have[0] / 2
            case "add" | "sub" | "select":
                degree = max(have[-2:])
                parts = [self.raised(a, degree) for a in node.args[-2:]]
                condition = [self.place[node.args[0]]] if node.op == "select" else []
                return self.new.add(node.op, *condition, *parts), degree
            case "log" | "log1p" | "asinh" if have[0] > 0 and not self._is_plain(node):
                near = self.place[number]  # log1p v is log v there
                far = self._logarithm(same[0], have[0], node.op == "asinh")
                return self.new.add("select", self.sizes[-1], far, near), Integer(0)
        plain = [self.raised(argument, Integer(0)) for argument in node.args]
        return self.new.add(node.op, *plain, value=node.value), Integer(0)

    def _is_plain(self, node: Node) -> bool:
        """Return whether a function of x serves as it is, x being no more than the largest float."""
        return node.op == "asinh" and self.old.nodes[node.args[0]].op == "x"

    def _logarithm(self, scaled: int, degree: Rational, area: bool) -> int:
        """Return the logarithm of a huge value, or its area sine ±log 2|v|."""
        value, twice = scaled, 0
        if area:
            value, twice = self.new.add("abs", scaled), 1
        sizes = [(degree * s + twice) * log(Integer(2)) for _, s in self.shifts]
        size = self.choice(sizes, self.constant(Integer(0)))
        far = self.new.add("add", size, self.new.add("log", value))
        if not area:
            return far
        below = self.new.add("lt", scaled, self.constant(Integer(0)))
        return self.new.add("select", below, self.new.add("neg", far), far)


def scaled_down(terms: Terms) -> Terms | None:
    """Return the terms with x scaled where it is huge; None where nothing needs it."""
    scaling = _scaled(terms, FEWEST)
    if not scaling.returned:
        return None
    most = max(abs(degree) for _, degree in scaling.scaled.values())
    count = FEWEST
    while count < MOST and most * _width(count) > RANGE - ROOM:
        count += 1
    if count > FEWEST:
        scaling = _scaled(terms, count)
    return scaling.new.pruned([scaling.raised(output, Integer(0)) for output in terms.outputs])


def _scaled(terms: Terms, count: int) -> Scaling:
    """Return the terms scaled, by so many values of s beside 0."""
    width = _width(count)
    shifts = [((2 * k - 1) * width, 2 * k * width) for k in range(count, 0, -1)]
    scaling = Scaling(terms, tuple(shifts))
    for number in terms.needed():
        scaling.enter(number)
    return scaling


def _width(count: int) -> int:
    """Return how many exponents x, scaled or not, is within to either side of 0."""
    return RANGE // (2 * count + 1)
