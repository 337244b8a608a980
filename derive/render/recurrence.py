"""One formula for all layers: err(a^(l)) = (W^(l+1)ᵀ err(a^(l+1))) ⊙ g′(a^(l))."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace

from sympy import MatrixExpr, MatrixSymbol

from derive.render.box import Box, Fence, Kind, Letter, Row, row, walk
from derive.render.names import ERROR
from derive.render.statement import Presenter
from derive.steps import Kind as Kinds

__all__ = ["recurrences"]

LAYER = Letter("l", "l")
PLUS = Letter("+", "+", Kind.PREFIX)
ONE = Letter("1", "1", Kind.NUMBER)


def recurrences(presenter: Presenter) -> Iterator[tuple[Box, Box]]:
    """Yield left and right of each error that, written for a layer l, all repeated layers share.

    The error at z^(l) is put into the one at a^(l). Nothing is yielded unless there are two such
    layers and all give the same formula.
    """
    errors = {
        equation.quantity.name: equation.matrix
        for equation in presenter.derivation.of_kind(Kinds.ERROR)
        if equation.matrix is not None
    }
    repeated = [
        equation.quantity.name
        for equation in presenter.derivation.of_kind(Kinds.ERROR)
        if equation.number in presenter.repeated and equation.quantity.name in errors
    ]
    formulas: dict[Box, list[Box]] = {}
    for name in repeated:
        left = presenter.names.whole(name)
        inner = {s.name for s in errors[name].atoms(MatrixSymbol) if s.name.startswith(ERROR)}
        of_its_layer = all(_labels(presenter.names.whole(e)) == _labels(left) for e in inner)
        if not (of_its_layer and inner <= set(repeated)):
            continue
        whole = _substituted(errors[name], {other: errors[other] for other in inner})
        found = _for_a_layer(left, presenter.plain(whole))
        if found is not None:
            formulas.setdefault(found[0], []).append(found[1])
    for left, rights in formulas.items():
        if len(rights) > 1 and len(set(rights)) == 1:
            yield left, rights[0]


def _substituted(matrix: MatrixExpr, values: dict[str, MatrixExpr]) -> MatrixExpr:
    place = {s: values[s.name] for s in matrix.atoms(MatrixSymbol) if s.name in values}
    return matrix.xreplace(place)


def _for_a_layer(left: Box, right: Box) -> tuple[Box, Box] | None:
    """Write l for the label of the left-hand side and l + 1 for the next; None for any other."""
    labels = _labels(left)
    if len(labels) != 1:
        return None
    (first,) = labels
    if not _labels(right) <= {first, first + 1}:
        return None
    names = {str(first): LAYER, str(first + 1): Row((LAYER, PLUS, ONE), tight=True)}
    return _relabelled(left, names), _relabelled(right, names)


def _label(box: Box) -> str | None:
    """Return the label that a box is, the 2 of a⁽²⁾; None for any other box."""
    if isinstance(box, Fence) and isinstance(box.body, Letter) and box.body.kind is Kind.NUMBER:
        return box.body.text
    return None


def _labels(box: Box) -> set[int]:
    return {int(label) for part in walk(box) if (label := _label(part)) is not None}


def _relabelled(box: Box, names: dict[str, Box]) -> Box:
    if (label := _label(box)) is not None:
        return Fence(names[label])
    if isinstance(box, Row):
        return row(*(_relabelled(item, names) for item in box.items), tight=box.tight)
    return _mapped(box, lambda part: _relabelled(part, names))


def _mapped(box: Box, change: Callable[[Box], Box]) -> Box:
    """Return the box with its direct parts changed."""
    parts = {
        field.name: change(value)
        for field in fields(box)
        if isinstance(value := getattr(box, field.name), Box)
    }
    return replace(box, **parts) if parts else box
