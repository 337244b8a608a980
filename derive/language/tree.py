"""The syntax tree of a model's text: what was written, before anything is worked out."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Rational

__all__ = [
    "Assignment",
    "Call",
    "Elementwise",
    "Features",
    "Juxtaposed",
    "Name",
    "Node",
    "Number",
    "Script",
    "Total",
    "Transposed",
]


@dataclass(frozen=True)
class Node:
    """A part of the text, from character start up to end, counted from 0."""

    start: int
    end: int

    @property
    def place(self) -> str:
        """Return where it begins, counted from 1 as people do."""
        return f"character {self.start + 1}"


@dataclass(frozen=True)
class Number(Node):
    """A decimal, exactly as written."""

    value: Rational


@dataclass(frozen=True)
class Features(Node):
    """f(x) or x."""


@dataclass(frozen=True)
class Name(Node):
    """A matrix (capital) or a vector (small)."""

    name: str


@dataclass(frozen=True)
class Call(Node):
    """g(argument)."""

    function: str
    argument: Node


@dataclass(frozen=True)
class Transposed(Node):
    """operand^T, or operand^T^T …: marks counts the transpositions."""

    operand: Node
    marks: int


@dataclass(frozen=True)
class Juxtaposed(Node):
    """W V z, or W @ V @ z: two or more factors side by side."""

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Elementwise(Node):
    """u * v / c …: two or more factors; those after / are the divisors."""

    factors: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Total(Node):
    """u + v − …: terms, each with its sign 1 or −1."""

    terms: tuple[tuple[int, Node], ...]


@dataclass(frozen=True)
class Assignment(Node):
    """name = right."""

    name: str
    right: Node


@dataclass(frozen=True)
class Script(Node):
    """Definitions, then softmax(scores)."""

    assignments: tuple[Assignment, ...]
    scores: Node
