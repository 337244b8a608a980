"""A formula as a list of operations, each computed once, which all of the package works on.

Operations are numbered in an order in which they can be computed; equal ones are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Basic, Expr, Rational, exp

__all__ = [
    "ARITHMETIC",
    "COMPARISONS",
    "FUNCTIONS",
    "GIVEN",
    "GROWING",
    "MULTIPLES",
    "TRUTHS",
    "Node",
    "Terms",
]

ARITHMETIC = ("add", "add_exact", "sub", "sub_exact", "mul", "div", "neg", "sqrt", "abs")
COMPARISONS = ("lt", "lt_either", "le", "eq")  # lt_either: near a tie either answer serves
TRUTHS = (*COMPARISONS, "and", "or", "not")
GIVEN = ("x", "constant", "parameter")  # what is not computed
GROWING = ("exp", "expm1", "sinh", "cosh")  # beyond every power of what they are of
FUNCTIONS = (
    "exp",
    "expm1",
    "log",
    "log1p",
    "tanh",
    "sinh",
    "cosh",
    "sin",
    "sin_multiple",
    "sin_scaled",
    "cos",
    "cos_multiple",
    "cos_scaled",
    "tan",
    "atan",
    "asinh",
    "erf",
    "erfc",
    "erfcx",
    "sign",
)
MULTIPLES = ("sin_multiple", "cos_multiple")  # of x, c and d: sin and cos of c·x + d


@dataclass(frozen=True)
class Node:
    """One operation: its name, the numbers of its arguments, and the value of a constant or a name."""

    op: str
    args: tuple[int, ...] = ()
    value: Expr | str | None = None

    @property
    def number(self) -> Expr:
        """The value of a constant."""
        assert isinstance(self.value, Basic), f"{self.op} has no value"
        return self.value


@dataclass
class Terms:
    """A growing list of operations without repetition; the numbers of ``outputs`` are the results.

    ``otherwise`` gives the same results by other operations, None where there are none.
    """

    nodes: list[Node] = field(default_factory=list)
    outputs: tuple[int, ...] = ()
    _known: dict[Node, int] = field(default_factory=dict)
    compiled: object = field(default=None, compare=False, repr=False)  # by codegen.scalar.straight
    otherwise: Callable[[], Terms | None] | None = field(default=None, compare=False, repr=False)

    def add(self, op: str, *args: int, value: Expr | str | None = None) -> int:
        """Return the number of the operation, entering it if it is new."""
        node = Node(op, args, value)
        if node not in self._known:
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
        return self._known[node]

    def copied(self) -> Terms:
        """Return the same operations and outputs, to be added to."""
        return Terms(list(self.nodes), self.outputs, dict(self._known))

    @property
    def content(self) -> tuple[tuple[Node, ...], tuple[int, ...]]:
        """What tells these operations and outputs from others, to look up what is known of them."""
        return tuple(self.nodes), self.outputs

    def needed(self) -> list[int]:
        """Return the numbers of the operations that the outputs depend on, in order."""
        wanted: set[int] = set()
        pending = list(self.outputs)
        while pending:
            number = pending.pop()
            if number not in wanted:
                wanted.add(number)
                pending.extend(self.nodes[number].args)
        return sorted(wanted)

    def below(self, ops: Sequence[str]) -> set[int]:
        """Return the numbers of the operations that some kinds of operations depend on."""
        tops = [n for node in self.nodes if node.op in ops for n in node.args]
        return set(Terms(self.nodes, tuple(tops)).needed())

    def alone(self, place: int) -> Terms:
        """Return the same operations for one of the outputs, given by its place among them."""

        def otherwise() -> Terms | None:
            other = self.otherwise() if self.otherwise else None
            return None if other is None else other.alone(place)

        return Terms(self.nodes, (self.outputs[place],), otherwise=otherwise)

    def is_power_of_two(self, number: int) -> bool:
        """Return whether an operation is a constant ±2^k, a sign, or a choice between such."""
        node = self.nodes[number]
        if node.op == "select":
            return all(self.is_power_of_two(argument) for argument in node.args[1:])
        if node.op == "sign":
            return True
        if node.op != "constant" or not isinstance(node.value, Rational):
            return False
        p, q = abs(int(node.value.p)), int(node.value.q)
        return p > 0 and p & (p - 1) == 0 and q & (q - 1) == 0

    def scales(self, number: int) -> bool:
        """Return whether a product by an operation is exact, or a rescaling's last, rounded at once.

        A rescaling ends with a choice between e^−k, which leaves a tiny result, and 1.
        """
        node = self.nodes[number]
        if node.op == "select":
            _, chosen, other = (self.nodes[argument] for argument in node.args)
            if isinstance(chosen.value, exp) and other.value == 1:
                return True
        return self.is_power_of_two(number)

    def pruned(self, outputs: Iterable[int]) -> Terms:
        """Return the operations that these outputs need, renumbered."""
        self.outputs = tuple(outputs)
        result, place = self._entered(lambda *_: None)
        result.outputs = tuple(place[number] for number in self.outputs)
        return result

    def rebuilt(self, enter: Enter) -> Terms:
        """Return the operations that the outputs need, some of them others.

        ``enter(result, number, place)`` returns the number in ``result`` of what stands for the operation of
        that number, or None to leave it; ``place`` has those of all operations before.
        """
        result, place = self._entered(enter)
        return result.pruned(place[output] for output in self.outputs)

    def changed(self, enter: Enter) -> Terms | None:
        """Return the same where any operation is another; None where none is."""
        found = self.rebuilt(enter)
        return None if found.content == self.pruned(self.outputs).content else found

    def _entered(self, enter: Enter) -> tuple[Terms, dict[int, int]]:
        result, place = Terms(), dict[int, int]()
        for number in self.needed():
            entered = enter(result, number, place)
            if entered is None:
                node = self.nodes[number]
                arguments = [place[argument] for argument in node.args]
                entered = result.add(node.op, *arguments, value=node.value)
            place[number] = entered
        return result, place


# Of terms that are built, an operation's number, and those in the result of all before
Enter = Callable[[Terms, int, Mapping[int, int]], int | None]
