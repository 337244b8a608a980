"""Write vectors in index notation, as Σ over entries of named quantities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Integer, Mul, Sum, Symbol, Tuple

from derive.graph import Definition, Quantity, Role
from derive.language.naming import free_name
from derive.language.vectors import (
    Applied,
    Atom,
    Combination,
    Hadamard,
    MatrixProduct,
    Ones,
    Vector,
)
from derive.notation import Activated
from derive.sums import index

__all__ = ["Writer"]

ROWS = {Role.SCORES: ("i", "k"), Role.HIDDEN: ("k", "l")}  # s_i = Σ_k W_ik z_k, a_k = Σ_l V_kl f_l


@dataclass(frozen=True)
class Writer:
    """Quantities by key, and the learned parameters of each activation symbol."""

    quantities: Mapping[str, Quantity]
    learned: Mapping[str, tuple[Expr, ...]]

    def definition(self, key: str, vector: Vector) -> Definition:
        """Return the definition of a quantity; its free and bound index bear no quantity's name."""
        quantity = self.quantities[key]
        taken = {other.name for other in self.quantities.values()}
        letters = ROWS[quantity.role]
        row = free_name((letters[0], "p"), taken)
        column = free_name((letters[1], "q"), {*taken, row})
        return Definition(quantity, (index(row),), self.entry(vector, index(row), index(column)))

    def entry(self, vector: Vector, at: Symbol, bound: Symbol) -> Expr:
        """Return the entry of a vector at an index, Σ's taken over the bound one."""
        match vector:
            case Atom():
                return self.quantities[vector.key].at(at)
            case MatrixProduct():
                return self.product(vector, at, bound)
            case Applied():
                learned = self.learned[vector.function]
                orders = Tuple(*(0 for _ in range(1 + len(learned))))
                argument = self.quantities[vector.argument.key].at(at)
                return Activated(Symbol(vector.function), orders, argument, *learned)
            case Hadamard():
                return Mul(*(self.entry(factor, at, bound) for factor in vector.factors))
            case Combination():
                return Add(*(c * self.entry(part, at, bound) for c, part in vector.terms))
            case Ones():
                return Integer(1)
        raise TypeError(f"no entry of {type(vector).__name__}")

    def product(self, vector: MatrixProduct, at: Symbol, bound: Symbol) -> Expr:
        """Return Σ_l W_kl z_l, or Σ_l W_lk z_l of the transposed matrix."""
        matrix, operand = self.quantities[vector.matrix], self.quantities[vector.vector.key]
        entry = matrix.at(bound, at) if vector.transposed else matrix.at(at, bound)
        (count,) = operand.sizes
        return Sum(entry * operand.at(bound), (bound, 1, count))
