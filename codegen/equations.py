"""The derived equations as the comments of a module, with the numbers that the slides have."""

from __future__ import annotations

from collections.abc import Iterator

from derive.derivation import Derivation
from derive.render.matrices import MatrixTypesetter
from derive.render.names import Names
from derive.render.statement import Presenter
from derive.render.typeset import Typesetter
from derive.render.unicode import to_text
from derive.steps import Kind

__all__ = ["equation_comments"]


def equation_comments(derivation: Derivation, *, second: bool = False) -> dict[int, str]:
    """Map each equation's number to its text for the data set, in the names that kernels use.

    With ``second`` the second derivatives of the activations are among them.
    """
    data = derivation.weighted_dataset
    return dict(_comments(data.second_order if second else data))


def _comments(data: Derivation) -> Iterator[tuple[int, str]]:
    features = data.model.features.name
    presenter = Presenter(data)
    presenter.names = Names(data.model, presenter.options)
    presenter.scalar = Typesetter(presenter.names)
    presenter.plain = MatrixTypesetter(presenter.names)
    for statement in presenter.statements():
        left, right = statement.left, statement.right
        if statement.equation.kind is not Kind.ACTIVATION and statement.matrix is not None:
            left, right = statement.matrix_left or left, statement.matrix
        relation = to_text(statement.relation)
        text = f"{to_text(left)} {relation} {to_text(right)}"
        yield statement.number, text.replace(f"{features}(x)", features)
