"""The same derivation for the negative log-likelihood, replayed by the same rules from −L."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sympy import Expr

from derive.backprop import equations
from derive.graph import Definition
from derive.notation import Partial
from derive.penalty import penalty_equations
from derive.steps import Equation, Kind

if TYPE_CHECKING:
    from derive.derivation import Derivation

__all__ = ["minimised"]


def minimised(derivation: Derivation) -> Derivation:
    """Return the derivation of J = −L, which is minimised; every number stays the same."""
    objective = derivation.objective
    *definitions, loss = objective.definitions
    negative = replace(
        objective,
        definitions=(*definitions, replace(loss, right=-loss.right)),
        penalty=_reversed(objective.penalty, loss.quantity.at()),
    )
    numbers = (equation.number for equation in derivation.of_kind(Kind.PENALISED))
    rest = (
        *derivation.of_kind(Kind.ACTIVATION),
        *(replace(e, number=n) for e, n in zip(penalty_equations(negative), numbers, strict=False)),
        *map(_descending, derivation.of_kind(Kind.UPDATE)),
    )
    whole = replace(derivation, objective=negative, equations=(*equations(negative), *rest))
    return whole.with_respect_to(*derivation.wrt)


def _reversed(penalty: Definition | None, loss: Expr) -> Definition | None:
    """Turn L − α/2 Σ ‖W‖² into J + α/2 Σ ‖W‖², J being what L stands for now."""
    return penalty and replace(penalty, right=2 * loss - penalty.right)


def _descending(equation: Equation) -> Equation:
    """Turn W + η ∂L/∂W into W − η ∂J/∂W; other equations stay as they are."""
    place: dict[Expr, Expr] = {part: -part for part in equation.right.atoms(Partial)}
    return replace(equation, right=equation.right.xreplace(place))
