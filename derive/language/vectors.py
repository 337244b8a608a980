"""What a vector of a model is made of, in terms of vectors that have a name.

Every operand of a matrix product and every argument of an activation is an :class:`Atom`, so that
no product stands inside another. All nodes are equal by value: what is written twice is named once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Integer, Rational

__all__ = [
    "FEATURES",
    "Applied",
    "Atom",
    "Combination",
    "Hadamard",
    "MatrixProduct",
    "Ones",
    "Vector",
    "atoms",
    "combine",
    "has_matrix_product",
    "matrices",
    "multiply",
    "scaled",
    "single",
]


@dataclass(frozen=True)
class Vector:
    """A vector; the subclasses say which."""


@dataclass(frozen=True)
class Atom(Vector):
    """A vector that has a name, or gets one: features, bias, definition. The key is unique."""

    key: str


@dataclass(frozen=True)
class Ones(Vector):
    """(1, …, 1), the 1 of 1 − z."""


@dataclass(frozen=True)
class MatrixProduct(Vector):
    """W z, or Wᵀ z."""

    matrix: str
    transposed: bool
    vector: Atom


@dataclass(frozen=True)
class Applied(Vector):
    """g(a), elementwise."""

    function: str
    argument: Atom


@dataclass(frozen=True)
class Hadamard(Vector):
    """u ⊙ v ⊙ …, without a number as a factor."""

    factors: tuple[Vector, ...]


@dataclass(frozen=True)
class Combination(Vector):
    """c₁ u + c₂ v + …: coefficients that are not 0, vectors that are no combinations themselves."""

    terms: tuple[tuple[Rational, Vector], ...]


FEATURES = Atom("x")


def combine(terms: Iterable[tuple[Rational, Vector]]) -> Vector:
    """Return Σ c u with equal vectors merged; it is ``Combination(())`` where all cancel."""
    collected: dict[Vector, Rational] = {}
    for coefficient, vector in terms:
        inner = vector.terms if isinstance(vector, Combination) else ((Integer(1), vector),)
        for factor, part in inner:
            collected[part] = collected.get(part, Integer(0)) + coefficient * factor
    left = tuple((c, part) for part, c in collected.items() if c != 0)
    if len(left) == 1 and left[0][0] == 1:
        return left[0][1]
    return Combination(left)


def scaled(coefficient: Rational, vector: Vector) -> Vector:
    """Return c u."""
    return combine([(coefficient, vector)])


def single(vector: Vector) -> tuple[Rational, Vector]:
    """Return (c, u) where the vector is c u."""
    if isinstance(vector, Combination) and len(vector.terms) == 1:
        return vector.terms[0]
    return Integer(1), vector


def multiply(factors: Iterable[Vector]) -> Vector:
    """Return the elementwise product of two or more vectors, numbers pulled to the front."""
    coefficient: Rational = Integer(1)
    parts: list[Vector] = []
    for factor in factors:
        c, part = single(factor)
        coefficient *= c
        if isinstance(part, Hadamard):
            parts.extend(part.factors)
        else:
            parts.append(part)
    return scaled(coefficient, Hadamard(tuple(parts)))


def has_matrix_product(vector: Vector) -> bool:
    """Return whether a Σ stands in the vector's entries."""
    if isinstance(vector, MatrixProduct):
        return True
    return isinstance(vector, Combination) and any(
        has_matrix_product(part) for _, part in vector.terms
    )


def atoms(vector: Vector) -> tuple[Atom, ...]:
    """Return the named vectors that a vector is made of, in order."""
    if isinstance(vector, Atom):
        return (vector,)
    if isinstance(vector, MatrixProduct):
        return (vector.vector,)
    if isinstance(vector, Applied):
        return (vector.argument,)
    if isinstance(vector, Hadamard):
        return tuple(atom for factor in vector.factors for atom in atoms(factor))
    if isinstance(vector, Combination):
        return tuple(atom for _, part in vector.terms for atom in atoms(part))
    return ()


def matrices(vector: Vector) -> set[str]:
    """Return the names of the matrices in a vector."""
    if isinstance(vector, MatrixProduct):
        return {vector.matrix}
    if isinstance(vector, Hadamard):
        return {name for factor in vector.factors for name in matrices(factor)}
    if isinstance(vector, Combination):
        return {name for _, part in vector.terms for name in matrices(part)}
    return set()
