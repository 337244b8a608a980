"""√(1 + x⁴), log(x² + e^x) where x² is beyond the largest float: computed of 2^−s x, and scaled back.

Every operation that grows with x is kept as a value times 2^k; a sum brings the lesser k to the greater, a
root halves k, a logarithm gives k log 2. Below the threshold all of these factors are 1, so that one program
serves both; above it what is scaled away is lost in the sum anyhow.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr, Integer, Rational, log

from codegen.scalar.terms import Terms

__all__ = ["scaled_down"]

THRESHOLD = Integer(2) ** 500
DOWN = 768  # bits
BACK = ("sqrt", "log", "log1p", "div")
STEP = 1020  # bits by which one factor scales


@dataclass
class Scaling:
    """The terms with what is scaled in them: for each operation the scaled one and its k."""

    old: Terms
    new: Terms = field(default_factory=Terms)
    place: dict[int, int] = field(default_factory=dict)
    scaled: dict[int, tuple[int, int]] = field(default_factory=dict)
    returned: set[int] = field(default_factory=set)  # from among the huge, by a root or the like
    huge: int = 0

    def constant(self, value: Expr) -> int:
        """Return the operation of a constant."""
        return self.new.add("constant", value=value)

    def choice(self, there: Expr, here: Expr) -> int:
        """Return the one value where x is huge, the other elsewhere."""
        return self.new.add("select", self.huge, self.constant(there), self.constant(here))

    def times(self, number: int, bits: int) -> int:
        """Return an operation times 2^bits where x is huge."""
        while bits:
            step = max(-STEP, min(STEP, bits))
            factor = self.choice(
                Integer(2) ** step if step > 0 else Rational(1, 2**-step), Integer(1)
            )
            one = self.new.nodes[number].value == 1
            number = factor if one else self.new.add("mul", number, factor)
            bits -= step
        return number

    def raised(self, number: int, bits: int) -> int:
        """Return the value of an old operation, divided by 2^bits where x is huge."""
        value, have = self.scaled.get(number, (self.place[number], 0))
        if bits == 0 and number not in self.returned:
            return self.place[number]
        return self.times(value, have - bits)

    def bits(self, number: int) -> int:
        """Return the k of an old operation."""
        return self.scaled.get(number, (0, 0))[1]

    def enter(self, number: int) -> None:
        """Enter an old operation as it is, and scaled where one of its arguments is."""
        node = self.old.nodes[number]
        self.place[number] = self.new.add(
            node.op, *(self.place[a] for a in node.args), value=node.value
        )
        if node.op == "x":
            size = self.new.add("abs", self.place[number])
            self.huge = self.new.add("le", self.constant(THRESHOLD), size)
            self.scaled[number] = self.times(self.place[number], -DOWN), DOWN
        elif any(argument in self.scaled for argument in node.args):
            if node.op in BACK or self.returned.intersection(node.args):
                self.returned.add(number)
            self.scaled[number] = self._scaled(number)

    def _scaled(self, number: int) -> tuple[int, int]:
        node = self.old.nodes[number]
        have = [self.bits(argument) for argument in node.args]
        same = [self.raised(a, k) for a, k in zip(node.args, have, strict=True)]
        match node.op:
            case "neg" | "abs":
                return self.new.add(node.op, *same), have[0]
            case "mul" | "div":
                bits = have[0] + have[1] if node.op == "mul" else have[0] - have[1]
                return self.new.add(node.op, *same), bits
            case "sqrt" if have[0] % 2 == 0:
                return self.new.add("sqrt", *same), have[0] // 2
            case "add" | "sub" | "select":
                bits = max(have[-2:])
                parts = [self.raised(a, bits) for a in node.args[-2:]]
                condition = [self.place[node.args[0]]] if node.op == "select" else []
                return self.new.add(node.op, *condition, *parts), bits
            case "log" | "log1p" if have[0]:
                size = self.constant(have[0] * log(Integer(2)))
                far = self.new.add("add", size, self.new.add("log", same[0]))
                return self.new.add("select", self.huge, far, self.place[number]), 0
        plain = [self.raised(argument, 0) for argument in node.args]
        return self.new.add(node.op, *plain, value=node.value), 0


def scaled_down(terms: Terms) -> Terms | None:
    """Return the terms with x scaled where it is huge; None where nothing needs it."""
    scaling = Scaling(terms)
    for number in terms.needed():
        scaling.enter(number)
    if not scaling.returned:
        return None
    return scaling.new.pruned([scaling.raised(output, 0) for output in terms.outputs])
