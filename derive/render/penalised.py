"""The matrix form of L_α's gradients: ∂L_α/∂W = ∂L/∂W − α W."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Add, Mul, Symbol

from derive.notation import Partial
from derive.render.box import Box, Frac, Row, Script, Space, row
from derive.render.matrices import TOP
from derive.render.order import is_negative, negated
from derive.render.signs import MINUS, PARTIAL, PLUS

if TYPE_CHECKING:
    from derive.render.statement import Presenter
    from derive.steps import Equation

__all__ = ["penalised_matrix", "slope"]


def slope(presenter: Presenter, name: str, loss: Box) -> Box:
    """Return ∂L/∂(a whole quantity) of a loss."""
    whole = presenter.names.whole(name)
    return Frac(Row((PARTIAL, loss), tight=True), Row((PARTIAL, whole), tight=True))


def penalised_matrix(presenter: Presenter, equation: Equation) -> tuple[Box, Box]:
    """Return both sides of the matrix form, read off the derived entries term by term."""
    names = presenter.names
    variable = equation.left.variable
    name = variable.base.label.name if equation.indices else variable.name
    turned = presenter.options.layout == "numerator"
    parts: list[Box] = []
    for term in sorted(Add.make_args(equation.right), key=lambda t: not isinstance(t, Partial)):
        negative = is_negative(term)
        factors = Mul.make_args(negated(term) if negative else term)
        if parts or negative:
            parts.append(MINUS if negative else PLUS)
        numbers = [presenter.scalar(f) for f in factors if isinstance(f, Symbol) and f != variable]
        for box in numbers:
            parts += [box, Space()]
        if any(isinstance(factor, Partial) for factor in factors):
            parts.append(slope(presenter, name, names.loss()))
        else:
            whole = names.whole(name)
            parts.append(Script(whole, sup=TOP) if turned else whole)
    left = slope(presenter, name, presenter.scalar(equation.left.expression))
    return left, row(*parts)
