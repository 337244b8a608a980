"""One gradient of a derivation: index form, cases, matrix, steps, and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import Expr, Indexed, Integer, KroneckerDelta, MatrixExpr, Symbol

from derive.arithmetic import Float64
from derive.backprop import instantiate
from derive.given import given_values
from derive.graph import Definition
from derive.numeric import Evaluator
from derive.objective import GOLD
from derive.steps import Equation, Kind, Step
from derive.sums import rename_bound
from derive.trees import replaced

if TYPE_CHECKING:
    from derive.derivation import Derivation

__all__ = ["Cases", "Gradient", "by_cases", "unfold_errors"]


@dataclass(frozen=True)
class Cases:
    """A result by cases: its value where the row is the gold class (i = i*), and elsewhere."""

    gold: Expr
    other: Expr


@dataclass(frozen=True)
class Gradient:
    """∂L/∂W of one parameter: as index form, by cases, as matrix, by steps, and as numbers."""

    derivation: Derivation
    equation: Equation

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.equation.steps

    @property
    def matrix(self) -> MatrixExpr | None:
        return self.equation.matrix

    @cached_property
    def index(self) -> Expr:
        """The entry [i, j] in forward quantities alone: every error written out."""
        return unfold_errors(self.equation.right, self.derivation)

    @property
    def cases(self) -> Cases | None:
        """The entry where i is the gold class, and elsewhere; None where no δ_{i,i*} stands."""
        return by_cases(self.equation, self.derivation)

    def evaluate(self, *, y: Any, x: Any, **parameters: Any) -> np.ndarray:
        """Return the gradient as a float64 array, computed from this symbolic result.

        ``x`` is the feature vector (n,) and ``y`` the gold label, counted from 0; for a derivation
        of a data set (batch, n) and (batch,). Every parameter is given by its name, in its own
        shape.

        Formulas are evaluated as they are written, in float64; where a part of an activation
        overflows, or nothing is left of it, in as many digits as it takes (a millisecond a point).
        Scores may be of any size. NaN stands where a quantity itself is none, or no float64.
        """
        objective = replace(self.derivation.objective, strength=None, penalty=None)
        evaluator = Evaluator(objective, given_values(objective, x, y, parameters), Float64())
        evaluator = _shifted(evaluator).forward()
        for equation in self.derivation.of_kind(Kind.ERROR):
            array = evaluator.array(equation.right, equation.indices, equation.quantity.sizes)
            evaluator = evaluator.holding({equation.quantity.name: array})
        return evaluator.array(
            self.equation.right, self.equation.indices, self.equation.quantity.sizes
        )


def _shifted(evaluator: Evaluator) -> Evaluator:
    """Return an evaluator that holds each example's scores less their largest.

    P and L, the only readers of scores, are unchanged by a shift, and exp(710) is infinite.
    """
    name = evaluator.objective.model.scores.name
    scores = evaluator.forward().values.arrays[name]
    with np.errstate(invalid="ignore"):  # infinite scores
        return evaluator.holding({name: scores - scores.max(axis=-1, keepdims=True)})


def unfold_errors(expression: Expr, derivation: Derivation) -> Expr:
    """Write every err(q) as what it was derived to be, down to forward quantities."""
    derived = _errors(derivation)
    while place := _written_out(expression, derived):
        expression = replaced(expression, place)
    return rename_bound(expression)


def by_cases(equation: Equation, derivation: Derivation) -> Cases | None:
    """Return its right-hand side at i = i* and at i ≠ i*, if it has a δ_{i,i*} with a free i."""
    free = set(equation.indices)
    if not _may_select(equation.right, free, _errors(derivation)):
        return None
    expression = unfold_errors(equation.right, derivation)
    deltas = _deltas(expression, free)
    if not deltas:
        return None
    return Cases(*(replaced(expression, dict.fromkeys(deltas, Integer(value))) for value in (1, 0)))


def _may_select(expression: Expr, free: set[Symbol], derived: Mapping[Expr, Definition]) -> bool:
    """Whether a δ_{i,i*} with a free i comes up once the errors with a free index are written out.

    To write out the others as well takes long where a model is deep.
    """
    todo = [expression]
    seen: set[Expr] = set()
    while todo:
        part = todo.pop()
        if _deltas(part, free):
            return True
        found = _written_out(part, derived)
        new = {entry for entry in found.keys() - seen if free.intersection(entry.indices)}
        todo += [found[entry] for entry in new]
        seen |= new
    return False


def _deltas(expression: Expr, free: set[Symbol]) -> list[KroneckerDelta]:
    """Return every δ_{i,i*} with a free i."""
    deltas = expression.atoms(KroneckerDelta)
    return [delta for delta in deltas if GOLD in delta.args and free.intersection(delta.args)]


def _errors(derivation: Derivation) -> dict[Expr, Definition]:
    """Return what every err(q) was derived to be, by its name."""
    return {
        Symbol(e.quantity.name, real=True): Definition(e.quantity, e.indices, e.right)
        for e in derivation.of_kind(Kind.ERROR)
    }


def _written_out(expression: Expr, derived: Mapping[Expr, Definition]) -> dict[Indexed, Expr]:
    """Return each err(q) that stands in an expression, and what it was derived to be."""
    return {
        entry: instantiate(derived[entry.base.label], entry.indices)
        for entry in expression.atoms(Indexed)
        if entry.base.label in derived
    }
