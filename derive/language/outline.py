"""The outline of a model: its definitions in terms of named vectors, and which sizes are equal.

Operands of matrix products, arguments of activations and projections under an elementwise product
become definitions of their own; what is written twice is defined once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import Enum

from sympy import Rational

from derive.errors import InputError
from derive.language.maps import Chain, LinearMap, MapSum, Matrix
from derive.language.shapes import Sizes
from derive.language.tree import Node
from derive.language.vectors import Atom, MatrixProduct, Vector, atoms, combine, scaled, single

__all__ = ["Named", "Origin", "Outline", "Sized"]

MOST = 100  # vectors, and parameters: fifty layers; beyond them a derivation would take minutes


class Origin(Enum):
    """Why a vector has a name of its own."""

    USER = "the user's definition"
    ARGUMENT = "an activation's argument"
    OPERAND = "the operand of a matrix product"
    SCORES = "the argument of softmax"


@dataclass(frozen=True)
class Sized:
    """A vector with its size variable."""

    vector: Vector
    size: str


@dataclass(frozen=True)
class Named:
    """A vector that is given a name, and its size variable."""

    atom: Atom
    origin: Origin
    vector: Vector
    size: str


@dataclass
class Outline:
    """What a text says so far: definitions, parameters and activations in order, and the sizes.

    ``parameters`` and ``functions`` map a name to where it first stands.
    """

    sizes: Sizes = field(default_factory=Sizes)
    definitions: list[Named] = field(default_factory=list)
    parameters: dict[str, Node] = field(default_factory=dict)
    functions: dict[str, Node] = field(default_factory=dict)
    scores: Atom = field(default_factory=lambda: Atom("#scores"))
    _atom_of: dict[Vector, Atom] = field(default_factory=dict)

    def define(self, atom: Atom, origin: Origin, value: Sized) -> Atom:
        """Add a definition; InputError where there are too many."""
        _check_room(self.definitions, "intermediate vectors")
        self.definitions.append(Named(atom, origin, value.vector, value.size))
        self._atom_of.setdefault(value.vector, atom)
        return atom

    def use(self, parameter: str, node: Node) -> None:
        """Add a parameter, unless it is there; InputError where there are too many."""
        if parameter not in self.parameters:
            _check_room(self.parameters, "parameters")
            self.parameters[parameter] = node

    def named(self, value: Sized, origin: Origin) -> Atom:
        """Return the atom of a vector; one that has no name yet becomes a definition."""
        if isinstance(value.vector, Atom):
            return value.vector
        if value.vector in self._atom_of:
            return self._atom_of[value.vector]
        return self.define(Atom(f"#{len(self.definitions)}"), origin, value)

    def apply(self, linear: LinearMap, value: Sized, part: str) -> Sized:
        """Return the vector that a linear map makes of a vector, in that part of the text."""
        coefficient, inner = single(value.vector)
        operand = self.named(Sized(inner, value.size), Origin.OPERAND)
        result = self._apply_named(linear, Sized(operand, value.size), part)
        return Sized(scaled(coefficient, result.vector), result.size)

    def _apply_named(self, linear: LinearMap, operand: Sized, part: str) -> Sized:
        if isinstance(linear, Matrix):
            assert isinstance(operand.vector, Atom)
            given, taken = linear.sizes
            self.sizes.unify(taken, operand.size, part)
            product = MatrixProduct(linear.name, linear.transposed, operand.vector)
            return Sized(product, given)
        if isinstance(linear, Chain):
            for factor in reversed(linear.maps):
                operand = self.apply(factor, operand, part)
            return operand
        assert isinstance(linear, MapSum)
        return self.add([(c, self.apply(term, operand, part)) for c, term in linear.terms], part)

    def add(self, terms: Sequence[tuple[Rational, Sized]], part: str) -> Sized:
        """Return Σ c u of vectors of one size; InputError where all of them cancel."""
        size = terms[0][1].size
        for _, value in terms[1:]:
            self.sizes.unify(size, value.size, part)
        vector = combine((c, value.vector) for c, value in terms)
        if not atoms(vector):
            raise InputError(f"the terms of {part} cancel, so that nothing is left: leave them out")
        return Sized(vector, size)


def _check_room(found: Collection[object], what: str) -> None:
    if len(found) == MOST:
        raise InputError(
            f"the model has more than {MOST} {what}, the limit is {MOST}: leave layers or terms out"
        )
