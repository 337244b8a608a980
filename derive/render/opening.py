"""The slides before any derivative: the model, softmax with its worked example, the network, L."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

from derive.render.escape import escape_latex
from derive.render.frames import NOW, Frame, Piece, latex_of, paginate
from derive.render.lecture import given, size_counts
from derive.render.statement import Presenter, Statement
from derive.render.tex import to_latex
from derive.render.tikz import network_picture
from derive.render.width import height
from derive.render.written import model_formulas
from derive.steps import Kind

__all__ = ["WORKED_SCORES", "loss_frames", "model_frames", "picture_frame", "softmax"]

WORKED_SCORES = (-1.1, 2.1, -0.4)


def softmax(scores: tuple[float, ...]) -> tuple[float, ...]:
    """Return exp(s_i)/Σ_j exp(s_j)."""
    exponentials = [exp(score) for score in scores]
    return tuple(value / sum(exponentials) for value in exponentials)


def model_frames(presenter: Presenter) -> Iterator[Frame]:
    """Yield the model as one probability and as a vector, softmax, and the forward pass."""
    yield from _probability_frames(presenter)
    yield _softmax_frame(presenter)
    yield picture_frame(presenter)
    yield from _forward_frames(presenter)


def _probability_frames(presenter: Presenter) -> Iterator[Frame]:
    classes = presenter.count(presenter.derivation.model.scores.sizes[-1])
    y, other = r"s_{y}", r"s_{y'}"
    above = rf"\exp({_score(presenter, y)})"
    below = rf"\sum_{{y'\in\mathcal{{Y}}}} \exp({_score(presenter, other)})"
    single = rf"P(y\mid\mathbf{{x}}) = \frac{{{above}}}{{{below}}}"
    (_, whole), *where = model_formulas(presenter.names)
    vector = rf"P(\mathbf{{y}}\mid\mathbf{{x}}) = {latex_of(whole)}"
    for left, right in where:
        vector += rf",\qquad {latex_of(left)} = {latex_of(right)}"
    rows = []
    for entry in given(presenter):
        shape = f"${to_latex(entry.shape)}$" if entry.shape is not None else ""
        rows.append(rf"${latex_of(entry.name)}$ & {shape} & {escape_latex(entry.meaning)} \\")
    remark = (
        f"For all {classes} classes at once: a weight vector and a probability for each of them."
    )
    table = (
        "{\\small\\begin{tabular}{@{}lll@{}}\n" + "\n".join(rows) + "\n\\end{tabular}}\n\n"
        rf"{{\small\textcolor{{quiet}}{{{escape_latex(size_counts(presenter))}}}}}"
    )
    pieces = [
        Piece(rf"\formula{{{single}}}", 2.6),
        Piece(
            r"A single scalar probability, for one class $y$; each class has its own weights.", 1.0
        ),
        Piece(rf"\formula{{{vector}}}", 1.2),
        Piece(escape_latex(remark), 1.0 + len(remark) // 85),
        Piece(table, 1.0 + len(rows)),
    ]
    yield from paginate("The model", pieces)


def _score(presenter: Presenter, score: str) -> str:
    """Return w_y·f(x) where the scores are a matrix times the features, else the score itself."""
    model = presenter.derivation.model
    equation = next(e for e in presenter.derivation.equations if e.quantity == model.scores)
    features = model.features.name
    linear = equation.matrix is not None and len(model.definitions) == 1
    if (
        linear
        and len(model.parameters) == 1
        and model.parameters[0].sizes[0] == model.scores.sizes[-1]
    ):
        name = to_latex(presenter.names.entry(model.parameters[0].name))
        letter = name.lower() if len(name) == 1 else "w"
        index = score[3:-1]
        return (
            rf"\mathbf{{{letter}}}_{{{index}}}^{{\top}} {latex_of(presenter.names.whole(features))}"
        )
    return rf"\fwd{{{score}}}"


def _softmax_frame(presenter: Presenter) -> Frame:
    probabilities = softmax(WORKED_SCORES)
    total = sum(exp(score) for score in WORKED_SCORES)
    scores = presenter.names.entry(presenter.derivation.model.scores.name)
    rows = [
        rf"${latex_of(scores)}_{{{index}}} = {score}$ & ${exp(score):.3f}$ & "
        rf"$\fwd{{{_rounded(p)}}}$ \\"
        for index, (score, p) in enumerate(
            zip(WORKED_SCORES, probabilities, strict=True), presenter.options.index_base
        )
    ]
    statement = next(presenter.statements(Kind.PROBABILITIES))
    definition = f"{latex_of(statement.left)} = {latex_of(statement.right)}"
    body = "\n\n".join(
        [
            rf"\formula{{{definition}}}",
            r"\textbf{Exponentiate and normalise}: positive numbers that add up to 1.",
            r"\begin{center}\renewcommand{\arraystretch}{1.25}\begin{tabular}{r@{\qquad}c@{\qquad}c}"
            r"\textcolor{quiet}{scores} & \textcolor{quiet}{exponentiate} & "
            r"\textcolor{quiet}{normalise} \\"
            + "\n".join(rows)
            + rf"& \textcolor{{quiet}}{{sum ${total:.3f}$}} & \textcolor{{quiet}}{{sum $1$}}"
            + r"\end{tabular}\end{center}",
            "The largest score has the largest probability; "
            "adding one number to all scores changes nothing.",
        ]
    )
    return Frame("Softmax", body, f"({statement.number})")


def _rounded(probability: float) -> str:
    """Round to two decimals, or to two significant digits where that is finer."""
    return f"{probability:.2f}" if probability >= 0.05 else f"{probability:.2g}"


def picture_frame(presenter: Presenter) -> Frame:
    """Return the network with its shapes."""
    model = presenter.derivation.model
    features = presenter.count(model.features.sizes[0])
    classes = presenter.count(model.scores.sizes[-1])
    words = (
        f"{features} features go in, {classes} probabilities come out; each arrow is one operation."
    )
    picture = rf"\vspace{{1em}}{network_picture(presenter)}"
    return Frame(
        "The network", f"{picture}\n\n\\begin{{center}}{escape_latex(words)}\\end{{center}}"
    )


def _forward_frames(presenter: Presenter) -> Iterator[Frame]:
    statements = list(presenter.statements(Kind.FORWARD, Kind.PROBABILITIES))
    pieces = [_forward_piece(statement) for statement in statements]
    yield from paginate("Forward, one quantity at a time", pieces)


def _forward_piece(statement: Statement) -> Piece:
    entry = f"{latex_of(statement.left)} = {latex_of(statement.right)}"
    number = rf"\makebox[2.2em][l]{{\textcolor{{quiet}}{{({statement.number})}}}}"
    matrix = shape = ""
    if statement.matrix is not None and statement.matrix_left is not None:
        matrix = f"{latex_of(statement.matrix_left)} = {latex_of(statement.matrix)}"
    if statement.shape is not None:
        shape = rf"\textcolor{{quiet}}{{\small${to_latex(statement.shape)}$}}"
    cells = (
        rf"\makebox[0.42\linewidth][l]{{\fitted{{0.40\linewidth}}{{{entry}}}}}"
        rf"\makebox[0.38\linewidth][l]{{\fitted{{0.37\linewidth}}{{{matrix}}}}}{shape}"
    )
    latex = rf"\uncover<{NOW}->{{\noindent{number}{cells}}}\par"
    return Piece(latex, height(statement.right), waits=True)


def loss_frames(presenter: Presenter) -> Iterator[Frame]:
    """Yield the log-likelihood and its two terms."""
    (statement,) = presenter.statements(Kind.LOSS)
    negative = presenter.options.sign == "negative"
    what = "Minimise the negative log-likelihood" if negative else "Maximise the log-likelihood"
    left = rf"{latex_of(statement.left)}(\mathbf{{x}}, i^*)"
    probability, selected, terms, index = (latex_of(line.right) for line in statement.lines)
    pieces = [
        Piece(rf"{what} of the training data; for one example", 1.0),
        Piece(rf"\formula{{{left} = {probability} = {selected}}}", 1.6),
        Piece(
            r"\begin{itemize}\item $i^*$: the index of the gold label"
            r"\item $\mathbf{e}_i$: 1 in row $i$ and 0 elsewhere; the dot product selects entry $i$"
            r"\end{itemize}",
            2.6,
        ),
        Piece(rf"\uncover<{NOW}->{{\formula{{{left} = {terms}}}}}", 3.4, waits=True),
        Piece(
            rf"\uncover<{NOW}->{{\formula{{{latex_of(statement.left)} = {index}}}}}",
            2.4,
            waits=True,
        ),
    ]
    title = "The negative log-likelihood" if negative else "The log-likelihood"
    yield from paginate(title, pieces, f"({statement.number})")
