"""A derivation as JSON for programs: every equation and step as text and as LaTeX."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from derive.render.box import Box
from derive.render.lecture import lecture
from derive.render.statement import Presenter, Statement
from derive.render.tex import to_latex
from derive.render.unicode import to_text

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from derive.render.options import Options

__all__ = ["as_json"]


def as_json(derivation: Derivation, options: Options | None = None) -> str:
    """Return the derivation as JSON.

    An object with the model's text, its sizes, parameters and activations, and ``passages`` in the
    order of the lecture, each with its numbered equations. A formula is {"text": …, "latex": …}.
    """
    presenter = Presenter.proved(derivation, options)
    model = presenter.derivation.model
    quantities = (model.features, *model.parameters)
    content: dict[str, Any] = {
        "model": model.text,
        "inputs": {q.name: [str(size) for size in q.sizes] for q in quantities},
        "activations": {
            name: None if bound is None else {"name": bound.name, "formula": bound.text}
            for name, bound in model.activations.items()
        },
        "passages": [
            {
                "key": passage.key,
                "title": passage.title,
                "equations": [_equation(statement) for statement in passage.statements],
            }
            for passage in lecture(presenter)
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _equation(statement: Statement) -> dict[str, Any]:
    equation = statement.equation
    entry: dict[str, Any] = {
        "number": statement.number,
        "kind": equation.kind.value,
        "quantity": equation.quantity.name,
        "shape": [str(size) for size in equation.quantity.sizes],
        "indices": [str(index) for index in equation.indices],
        "left": _formula(statement.left),
        "right": _formula(statement.right),
        "steps": [
            {
                "rule": line.rule.name,
                "teaching": line.rule.teaching,
                "line": _formula(line.right),
            }
            for line in statement.lines
            if line.rule is not None
        ],
    }
    if statement.cases is not None:
        entry["cases"] = [
            {"value": _formula(value), "condition": to_text(condition).removeprefix("if ")}
            for value, condition in statement.cases.rows
        ]
    if statement.matrix is not None and statement.matrix_left is not None:
        left = _formula(statement.matrix_left)
        entry["matrix"] = {"left": left, "right": _formula(statement.matrix)}
    if statement.words:
        entry["words"] = statement.words
    return entry


def _formula(box: Box) -> dict[str, str]:
    return {"text": to_text(box), "latex": to_latex(box)}
