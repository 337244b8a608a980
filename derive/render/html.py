"""A derivation as one self-contained page: MathML, an SVG picture, steps that unfold; no script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from derive.render.box import Box, row
from derive.render.escape import formula_html
from derive.render.lecture import Passage, given, lecture, size_counts, title
from derive.render.mathml import to_mathml
from derive.render.statement import EQUALS, Presenter, Statement
from derive.render.svg import network_svg
from derive.render.written import model_formulas

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from derive.render.options import Options

__all__ = ["fragment", "html"]


def html(derivation: Derivation, options: Options | None = None) -> str:
    """Return a whole HTML page that needs nothing else, neither network nor script."""
    presenter = Presenter.proved(derivation, options)
    return _render("page.html.jinja", presenter)


def fragment(derivation: Derivation, options: Options | None = None) -> str:
    """Return the derivation as an ``<article>`` with its style, for a notebook's cell."""
    presenter = Presenter.proved(derivation, options)
    style = _environment().get_template("style.css.jinja").render()
    return f"<style>{style}</style>\n{_render('derivation.html.jinja', presenter)}"


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("derive.render"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(template: str, presenter: Presenter) -> str:
    part = presenter.options.part
    return (
        _environment()
        .get_template(template)
        .render(
            title=title(presenter),
            whole=part is None,
            open=presenter.options.detail == "full",
            passages=[_passage(passage, presenter) for passage in lecture(presenter)],
        )
    )


def _passage(passage: Passage, presenter: Presenter) -> dict[str, Any]:
    content: dict[str, Any] = {
        "anchor": passage.key.replace(":", "-"),
        "title": passage.title,
        "formulas": [],
        "given": [],
        "remarks": list(passage.remarks),
        "picture": None,
        "equations": [_equation(statement, passage) for statement in passage.statements],
    }
    if passage.key == "model":
        content["formulas"] = [
            _line(left, EQUALS, right) for left, right in model_formulas(presenter.names)
        ]
        content["given"] = [
            {
                "name": _inline(entry.name),
                "shape": _inline(entry.shape) if entry.shape is not None else "",
                "meaning": entry.meaning,
            }
            for entry in given(presenter)
        ]
        start = presenter.options.index_base
        content["remarks"].append(
            f"{size_counts(presenter)}; indices start at {start}; "
            "i* is the index of the gold label."
        )
    if passage.key == "picture":
        content["remarks"] = []
    if passage.key in ("model", "picture"):
        content["picture"] = Markup(network_svg(presenter))
    return content


def _equation(statement: Statement, passage: Passage) -> dict[str, Any]:
    stated = passage.key in ("model", "dataset", "algorithm")
    whole = statement.matrix is not None and statement.matrix_left is not None
    matrix = None
    if whole:
        shown = statement.matrix if stated else statement.shaped or statement.matrix
        matrix = _line(statement.matrix_left or row(), statement.relation, shown or row())
    return {
        "number": statement.number,
        "stated": stated,
        "formula": _line(statement.left, statement.relation, statement.right),
        "chain": _chain(statement),
        "steps": [
            {
                "line": _block(row(EQUALS, line.right)),
                "rule": line.rule.name,
                "teaching": Markup(formula_html(line.rule.teaching)),
            }
            for line in statement.lines
            if line.rule is not None
        ],
        "cases": _block(statement.cases) if statement.cases is not None else None,
        "matrix": matrix,
        "words": statement.words if not stated else None,
    }


def _chain(statement: Statement) -> list[Markup]:
    """Return the lines before the last one where they are stated and not derived: those of L."""
    plain = [line.right for line in statement.lines[:-1] if line.rule is None]
    return [_line(statement.left, statement.relation, right) for right in plain]


def _line(left: Box, relation: Box, right: Box) -> Markup:
    return _block(row(left, relation, right))


def _block(box: Box) -> Markup:
    return Markup(to_mathml(box))


def _inline(box: Box) -> Markup:
    return Markup(to_mathml(box, display=False))
