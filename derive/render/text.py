"""A derivation as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from derive.render.lecture import Passage, given, lecture, size_counts, title
from derive.render.statement import Presenter, Statement
from derive.render.unicode import to_text
from derive.render.written import model_formulas
from derive.steps import Kind

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from derive.render.options import Options

__all__ = ["text"]

INDENT = "  "
_RULE_COLUMN = 88


def text(derivation: Derivation, options: Options | None = None) -> str:
    """Return the derivation as readable Unicode text, passage by passage."""
    presenter = Presenter.proved(derivation, options)
    passages = lecture(presenter)
    blocks = ["\n".join(_passage(passage, presenter)) for passage in passages]
    head = title(presenter)
    if presenter.options.part is None:
        blocks.insert(0, f"{head}\n{'═' * len(head)}")
    return "\n\n".join(blocks) + "\n"


def _passage(passage: Passage, presenter: Presenter) -> Iterator[str]:
    yield passage.title
    yield "─" * len(passage.title)
    if passage.key == "model":
        yield from _model(presenter)
    if passage.key == "dataset":
        loss = to_text(presenter.names.loss())
        yield f"{INDENT}{loss}(data) = Σ_b {loss}_b; every vector becomes a matrix,"
        yield f"{INDENT}with one row for each example:"
    show = {"model": _forward, "loss": _loss, "dataset": _matrix_only, "algorithm": _matrix_only}
    for statement in passage.statements:
        yield from show.get(passage.key, _derived)(statement, presenter)
    for remark in passage.remarks:
        yield f"{INDENT}{remark}"


def _model(presenter: Presenter) -> Iterator[str]:
    (left, right), *where = model_formulas(presenter.names)
    tail = "".join(f",  {to_text(name)} = {to_text(value)}" for name, value in where)
    yield f"{INDENT}{to_text(left)} = {to_text(right)}{tail}"
    yield ""
    rows = [
        (to_text(g.name), to_text(g.shape) if g.shape else "", g.meaning) for g in given(presenter)
    ]
    first, second = (max(len(entry[k]) for entry in rows) for k in (0, 1))
    for name, shape, meaning in rows:
        yield f"{INDENT}{name.ljust(first)}  {shape.ljust(second)}  {meaning}"
    counts = size_counts(presenter)
    start = presenter.options.index_base
    yield f"{INDENT}{counts}; indices start at {start}; i* is the index of the gold label"
    yield ""


def _numbered(number: int) -> str:
    return f"{INDENT}{f'({number})'.ljust(5)}"


def _forward(statement: Statement, presenter: Presenter) -> Iterator[str]:
    index = f"{to_text(statement.left)} = {to_text(statement.right)}"
    line = _numbered(statement.number) + index.ljust(36)
    if statement.matrix is not None and statement.matrix_left is not None:
        line += f"  {to_text(statement.matrix_left)} = {to_text(statement.matrix)}".ljust(26)
    if statement.equation.kind is Kind.PROBABILITIES:
        line += "  exponentiate and normalise"
    elif statement.shape is not None:
        line += f"  {to_text(statement.shape)}"
    yield line.rstrip()


def _loss(statement: Statement, presenter: Presenter) -> Iterator[str]:
    yield from _derived(statement, presenter)
    yield f"{INDENT}{'':5}two terms: the score of the gold class, and the log of the normaliser"


def _derived(statement: Statement, presenter: Presenter) -> Iterator[str]:
    left = to_text(statement.left)
    heads = [_numbered(statement.number) + left, *[" " * (len(INDENT) + 5 + len(left))] * 99]
    bodies = [
        f"{head} = {to_text(line.right)}"
        for head, line in zip(heads, statement.lines, strict=False)
    ]
    column = min(max(map(len, bodies)), _RULE_COLUMN)
    for body, line in zip(bodies, statement.lines, strict=True):
        yield f"{body.ljust(column)}   [{line.rule.name}]" if line.rule else body
    yield from _forms(statement)


def _forms(statement: Statement) -> Iterator[str]:
    label = f"{INDENT}{'':5}"
    if statement.cases is not None:
        values = [(to_text(value), to_text(condition)) for value, condition in statement.cases.rows]
        column = max(len(value) for value, _ in values)
        for position, (value, condition) in enumerate(values):
            head = "by cases  " if not position else " " * 10
            yield f"{label}{head}{value.ljust(column)}  {condition}"
    if statement.matrix is not None and statement.matrix_left is not None:
        shape = f"    {to_text(statement.shape)}" if statement.shape else ""
        left, right = to_text(statement.matrix_left), to_text(statement.matrix)
        yield f"{label}matrix    {left} = {right}{shape}"
    if statement.words:
        yield f"{label}in words  {statement.words}"


def _matrix_only(statement: Statement, presenter: Presenter) -> Iterator[str]:
    index = [to_text(box) for box in (statement.left, statement.relation, statement.right)]
    shape = to_text(statement.shape) if statement.shape else ""
    if statement.matrix is None or statement.matrix_left is None:
        formula, entries = " ".join(index), ""
    else:
        boxes = (statement.matrix_left, statement.relation, statement.matrix)
        formula, entries = " ".join(map(to_text, boxes)), " ".join(index)
    if statement.equation.kind is Kind.UPDATE:
        entries = ""
    line = f"{_numbered(statement.number)}{formula.ljust(30)}  {shape.ljust(7)}  {entries}"
    yield line.rstrip()
