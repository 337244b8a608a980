"""An activation on a card: its formula, the steps to g′, its graph, where it breaks, its origin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from derive.activation import Activation
from derive.breakpoints import break_points
from derive.derivation import derive
from derive.formula import parameter
from derive.render.box import Box, row
from derive.render.digits import all_digits, long_numbers
from derive.render.escape import formula_html
from derive.render.graph import graph_svg
from derive.render.mathml import to_mathml
from derive.render.plots import sentence
from derive.render.statement import EQUALS, Presenter
from derive.steps import Kind

__all__ = ["card"]

AROUND = "softmax(W g(x))"  # the smallest model that an activation has a place in


def card(activation: Activation, certificate: str = "", *, styled: bool = True) -> str:
    """Return an ``<article>``; ``certificate`` is HTML that stands below what is derived here."""
    environment = Environment(
        loader=PackageLoader("derive.render"), undefined=StrictUndefined, autoescape=True,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    style = environment.get_template("style.css.jinja").render() if styled else ""
    template = environment.get_template("card.html.jinja")
    presenter = _presenter(activation)
    return template.render(
        style=Markup(style),
        name=activation.name,
        equations=list(_equations(presenter)),
        parameters=[
            (
                _symbol(presenter, label),
                all_digits(activation.parameters[own])
                + ", trainable" * (own in activation.trainable),
            )
            for own, label in presenter.derivation.model.labels["g"].items()
        ],
        breaks=[sentence(point) for point in break_points(activation) if point.kind != "smooth"],
        graph=Markup(graph_svg(activation)),
        origin=_origin(activation),
        certificate=Markup(certificate),
    )


def _presenter(activation: Activation) -> Presenter:
    return Presenter(derive(AROUND, g=activation))


def _equations(presenter: Presenter) -> Iterator[dict[str, Any]]:
    for statement in presenter.statements(Kind.ACTIVATION):
        numbers = long_numbers(statement.equation.right)
        yield {
            "formula": _block(row(statement.left, EQUALS, statement.right)),
            "steps": [
                (_block(row(EQUALS, line.right)), line.rule.name, _teaching(line.rule.teaching))
                for line in statement.lines
                if line.rule is not None
            ],
            "numbers": [f"{shown} is {exact}" for shown, exact in numbers],
        }


def _symbol(presenter: Presenter, name: str) -> Markup:
    return Markup(to_mathml(presenter.scalar(parameter(name)), display=False))


def _origin(activation: Activation) -> str:
    """Return the source, and the year where the source does not say it."""
    source, year = activation.source, str(activation.year or "")
    return source if year in source else ", ".join(filter(None, (source, year)))


def _block(box: Box) -> Markup:
    return Markup(to_mathml(box))


def _teaching(words: str) -> Markup:
    return Markup(formula_html(words))
