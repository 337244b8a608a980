"""The derived equations as the comments of a module, with the numbers that the slides have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.derivation import Derivation
from derive.directional import with_changes
from derive.render.matrices import MatrixTypesetter
from derive.render.names import Names
from derive.render.statement import Presenter
from derive.render.typeset import Typesetter
from derive.render.unicode import to_text
from derive.steps import Kind

__all__ = ["equation_comments"]

CHANGE = "dot_"  # of a quantity, along a direction


def equation_comments(derivation: Derivation, *, second: bool = False) -> dict[int, str]:
    """Map each equation's number to its text for the data set, in the names that kernels use.

    With ``second`` also g″, the error at the features, and the change dot_q of each quantity q.
    """
    data = derivation.weighted_dataset
    return dict(_comments(_twice(data) if second else data))


def _twice(data: Derivation) -> Derivation:
    """Return the derivation with what differentiating twice adds to it."""
    before = data.second_order
    after = with_changes(data.objective, before.equations)
    known = {equation.number for equation in before.equations}
    more = [equation for equation in after if equation.number not in known]
    return replace(before, equations=(*before.equations, *more))


def _comments(data: Derivation) -> Iterator[tuple[int, str]]:
    features = data.model.features.name
    presenter = Presenter(data)
    presenter.names = Names(data.model, presenter.options)
    presenter.scalar = Typesetter(presenter.names)
    presenter.plain = MatrixTypesetter(presenter.names)
    for statement in presenter.statements():
        left, right = to_text(statement.left), statement.right
        name, kind = statement.equation.quantity.name, statement.equation.kind
        if name.startswith(CHANGE):
            left = name
        if kind is Kind.PROBABILITIES and left == name:  # the softmax's change has indices
            left += "_" + "".join(index.name for index in statement.equation.indices)
        elif kind is not Kind.ACTIVATION and statement.matrix is not None:
            if left != name:
                left = to_text(statement.matrix_left or statement.left)
            right = statement.matrix
        text = f"{left} {to_text(statement.relation)} {to_text(right)}"
        yield statement.number, text.replace(f"{features}(x)", features)
