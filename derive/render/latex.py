"""A derivation as LaTeX to paste: ``align*`` blocks of amsmath alone, or an article's section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from derive.render.box import Box, row
from derive.render.breaking import broken
from derive.render.escape import escape_latex, formula_in_words
from derive.render.lecture import Passage, activation_remarks, given, lecture, size_counts
from derive.render.recurrence import recurrences
from derive.render.statement import EQUALS, Presenter, Statement
from derive.render.tex import to_latex
from derive.render.tikz import network_snippet
from derive.render.width import width
from derive.render.written import model_formulas
from derive.steps import Kind

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from derive.render.options import Options

__all__ = ["latex"]

LINE = 33.0  # em: the text width of article at 10pt is 34.5 em
HEADING = 14.0  # em, of a model that stands in one
SHORT = 20.0  # em, of a model that stands above its definitions, in the same columns
BESIDE = 4.0  # em, between two forms of one equation, and its number
RULE = 0.5  # em for a letter of a rule's name


def latex(derivation: Derivation, options: Options | None = None, *, section: bool = False) -> str:
    """Return the derivation as LaTeX.

    Plainly, ``align*`` blocks with a comment above each, which MathJax and KaTeX read too; with
    ``section``, a section of an article with its sentences. Both need amsmath alone.
    """
    presenter = Presenter.proved(derivation, options)
    passages = lecture(presenter)
    blocks = ["\n".join(_passage(passage, presenter, section)) for passage in passages]
    if section and presenter.options.part is None:
        long = r"\begingroup\allowdisplaybreaks[1]"  # a data set's equations may fill a page
        blocks = [long, _heading(presenter), *blocks, r"\endgroup"]
    return "\n\n".join(blocks) + "\n"


def _heading(presenter: Presenter) -> str:
    """Return the section's heading, which names the model where that is short."""
    formula = model_formulas(presenter.names)[0][1]
    if width(formula) > HEADING:
        return r"\section{The gradients of the model}"
    without = r"\providecommand{\texorpdfstring}[2]{#1}"  # which hyperref has
    named = rf"\texorpdfstring{{${to_latex(formula)}$}}{{the model}}"
    return f"{without}\n\\section{{The gradients of {named}}}"


def _passage(passage: Passage, presenter: Presenter, section: bool) -> Iterator[str]:
    if section:
        yield rf"\paragraph{{{formula_in_words(passage.title)}.}}"
        yield from _prose(passage, presenter)
    else:
        yield f"% {passage.key}"
    if not passage.statements:
        yield from network_snippet(presenter) if passage.key == "picture" else _layers(presenter)
        return
    blocks = [
        [line for statement in group for line in _rows(passage, statement)]
        for _, group in groupby(passage.statements, _is_wide)  # else columns would leave the page
    ]
    if passage.key == "model":
        formulas = list(_formulas(presenter))
        if max(width(right) for _, right in model_formulas(presenter.names)) > SHORT:
            yield from _aligned(formulas)  # beside them the matrix forms would leave the page
        else:
            blocks[0] = [*formulas, *blocks[0]]
    for rows in blocks:
        yield from _aligned(rows)
    if section:
        for statement in passage.statements:
            if statement.words and passage.key != "dataset":
                yield f"In words: {escape_latex(statement.words)}."
    if passage.key == "activation":
        remarks = activation_remarks(presenter, passage.statements, _inline, escape_latex)
        yield from (remark if section else f"% {remark}" for remark in remarks)


def _inline(box: Box) -> str:
    return f"${to_latex(box)}$"


def _prose(passage: Passage, presenter: Presenter) -> Iterator[str]:
    if passage.key == "model":
        names = (
            f"${to_latex(entry.name)}$"
            + (f" (${to_latex(entry.shape)}$)" if entry.shape else "")
            + f", {escape_latex(entry.meaning)}"
            for entry in given(presenter)
        )
        counts = escape_latex(size_counts(presenter))
        yield f"With {counts}, the model is given {'; '.join(names)}."
        yield r"The gold label has the index $i^*$, and $\mathbf{e}_{i^*}$ is its one-hot vector."
    elif passage.key == "dataset":
        loss = to_latex(presenter.names.loss())
        yield rf"The data set has ${loss} = \sum_b {loss}_b$; every vector is a row of a matrix."


def _layers(presenter: Presenter) -> Iterator[str]:
    return _aligned(
        f"{to_latex(left)} &= {to_latex(right)}" for left, right in recurrences(presenter)
    )


def _aligned(rows: Iterable[str]) -> Iterator[str]:
    yield r"\begin{align*}"
    yield " \\\\\n".join(f"  {line}" for line in rows)
    yield r"\end{align*}"


def _formulas(presenter: Presenter) -> Iterator[str]:
    for left, right in model_formulas(presenter.names):
        yield from _broken(left, EQUALS, right)


def _broken(
    left: Box, relation: Box, right: Box, tag: str = "", line: float = LINE
) -> Iterator[str]:
    """Yield an equation on as many rows as it needs."""
    room = line - width(left)
    first, *others = (to_latex(piece) for piece in broken(right, room, room - 2))
    yield f"{to_latex(left)} &{to_latex(relation)} {first}{tag}"
    yield from (rf"&\qquad {piece}" for piece in others)


def _rows(passage: Passage, statement: Statement) -> Iterator[str]:
    """Yield the rows of one statement; its number stands at its first."""
    if passage.key in ("dataset", "algorithm") or statement.equation.kind is Kind.FORWARD:
        yield from _stated(passage, statement)
        return
    left = to_latex(statement.left)
    tag = rf" \tag{{{statement.number}}}"
    rules = [
        f"({formula_in_words(line.rule.name)})" if line.rule else "" for line in statement.lines
    ]
    ends = [LINE - (RULE * len(rule) + 2 if rule else 0) for rule in rules]
    for position, (line, rule, end) in enumerate(zip(statement.lines, rules, ends, strict=True)):
        room = end - width(statement.left)
        pieces = broken(line.right, room, room - 2)
        head = left if not position else ""
        for turn, piece in enumerate(pieces):
            body = f"{head} &= " if not turn else r"&\qquad "
            note = rf" && \text{{{rule}}}" if rule and turn == len(pieces) - 1 else ""
            yield f"{body}{to_latex(piece)}{note}{tag}".strip()
            head = tag = ""
    if statement.cases is not None:
        yield f"&= {to_latex(statement.cases)}"
    if statement.matrix is not None and statement.matrix_left is not None:
        yield from _broken(statement.matrix_left, EQUALS, _shaped(statement), line=min(ends))


def _shaped(statement: Statement) -> Box:
    return statement.shaped or statement.matrix or row()


def _is_wide(statement: Statement) -> bool:
    """Return whether the matrix form has no room beside the entries."""
    if statement.matrix is None or statement.matrix_left is None:
        return False
    sides = (statement.left, statement.right, statement.matrix_left, statement.matrix)
    return sum(map(width, sides)) > LINE - BESIDE


def _stated(passage: Passage, statement: Statement) -> Iterator[str]:
    """Yield a definition on one row: its entries, then its matrix form; on two where it is wide."""
    entry = (
        f"{to_latex(statement.left)} &{to_latex(statement.relation)} {to_latex(statement.right)}"
    )
    tag = rf" \tag{{{statement.number}}}"
    if statement.matrix is None or statement.matrix_left is None:
        yield entry + tag
        return
    matrix = f"{to_latex(statement.relation)} {to_latex(statement.matrix)}"
    whole = to_latex(statement.matrix_left)
    if passage.key == "algorithm":
        yield f"{whole} &{matrix}{tag}"
    elif _is_wide(statement):
        yield from _broken(statement.left, statement.relation, statement.right, tag)
        yield from _broken(statement.matrix_left, statement.relation, statement.matrix)
    else:
        yield f"{entry} && {whole} {matrix}{tag}"
