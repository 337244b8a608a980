"""Two programs for the two sides of a condition → one without a branch: what they share is computed once."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Integer

from codegen.scalar.terms import GIVEN, Terms

__all__ = ["Merge"]

CHEAP = {"add", "sub", "mul", "neg", "abs", "lt", "le", "eq", "select"}


@dataclass
class Merge:
    """Select between operations of the same terms by a condition, as deep inside as it pays."""

    terms: Terms
    condition: int
    known: dict[tuple[int, int], int] = field(default_factory=dict)

    def __call__(self, a: int, b: int) -> int:
        """Return an operation equal to a where the condition holds and to b elsewhere."""
        if a == b:
            return a
        if (a, b) not in self.known:
            self.known[a, b] = self._merged(a, b)
        return self.known[a, b]

    def _merged(self, a: int, b: int) -> int:
        one, other = self.terms.nodes[a], self.terms.nodes[b]
        if one.op == "neg" and one.args == (b,) and self._is_negative(b):
            return self.terms.add("abs", b)
        if one.op == other.op and one.args and one.op != "select":
            pairs = list(zip(one.args, other.args, strict=True))
            if one.op in ("add", "mul") and self._alike(one.args, other.args[::-1]):
                pairs = list(zip(one.args, other.args[::-1], strict=True))
            if one.op not in CHEAP or any(self._related(*pair) for pair in pairs):
                return self.terms.add(one.op, *(self(*pair) for pair in pairs))
        if one.op == "mul" and b in one.args:
            return self._times(b, self._other(one.args, b), self._one())
        if other.op == "mul" and a in other.args:
            return self._times(a, self._one(), self._other(other.args, a))
        if (part := self._quotient_in(a, b)) is not None:
            return self._times(self(part, b), self._other(one.args, part), self._one())
        if (part := self._quotient_in(b, a)) is not None:
            return self._times(self(a, part), self._one(), self._other(other.args, part))
        return self.terms.add("select", self.condition, a, b)

    def _is_negative(self, number: int) -> bool:
        """Return whether the condition says that an operation is below 0."""
        node = self.terms.nodes[self.condition]
        return node.op == "lt" and node.args == (
            number,
            self.terms.add("constant", value=Integer(0)),
        )

    def _quotient_in(self, product: int, quotient: int) -> int | None:
        """Return the factor of a product that is a quotient too: one division is dearer than choices."""
        one, other = self.terms.nodes[product], self.terms.nodes[quotient]
        if one.op != "mul" or other.op != "div":
            return None
        return next((part for part in one.args if self.terms.nodes[part].op == "div"), None)

    def _alike(self, first: tuple[int, ...], second: tuple[int, ...]) -> bool:
        return any(a == b for a, b in zip(first, second, strict=True))

    def _related(self, a: int, b: int) -> bool:
        one, other = self.terms.nodes[a], self.terms.nodes[b]
        return a == b or (one.op == other.op and one.op not in GIVEN)

    def _one(self) -> int:
        return self.terms.add("constant", value=Integer(1))

    def _other(self, pair: tuple[int, ...], member: int) -> int:
        return pair[1] if pair[0] == member else pair[0]

    def _times(self, shared: int, a: int, b: int) -> int:
        return self.terms.add("mul", shared, self(a, b))
