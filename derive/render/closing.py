"""The slides after the gradients: picture, data set, algorithm, kernel, sanity checks."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, log10

from derive.render.backward import backpropagation_picture
from derive.render.escape import escape_latex
from derive.render.frames import NOW, Frame, Piece, latex_of, paginate
from derive.render.recurrence import recurrences
from derive.render.statement import Presenter, Statement
from derive.render.width import height
from derive.steps import Kind

__all__ = [
    "algorithm_frames",
    "backpropagation_frame",
    "checked_frames",
    "dataset_frames",
    "repeated_frames",
    "sanity_frame",
]

PER_LINE = 4  # updates or checks side by side
TICK = r"$\checkmark$"


def backpropagation_frame(presenter: Presenter) -> Frame:
    """Return the picture built up over overlays."""
    return Frame("Backpropagation", backpropagation_picture(presenter))


def repeated_frames(presenter: Presenter) -> Iterator[Frame]:
    """Yield the errors and gradients whose steps are those of an earlier layer."""
    pieces = [
        Piece(rf"\result{{{latex_of(left)} = {latex_of(right)}}}", 2.2)
        for left, right in recurrences(presenter)
    ]
    pieces.append(Piece("One layer after another, the same steps with other names:", 1.2))
    for equation in presenter.derivation.equations:
        if (earlier := presenter.repeated.get(equation.number)) is not None:
            statement = presenter.state(equation)
            line = (
                rf"\noindent\makebox[2.4em][l]{{\textcolor{{quiet}}{{({statement.number})}}}}"
                rf"\makebox[0.55\linewidth][l]{{\fitted{{0.53\linewidth}}{{{_matrix(statement)}}}}}"
                rf"\rulename{{as ({earlier})}}\par"
            )
            tall = height(statement.matrix_left or statement.left)
            pieces.append(Piece(rf"\uncover<{NOW}->{{{line}}}", tall, waits=True))
    yield from paginate("The other layers", pieces)


def _matrix(statement: Statement) -> str:
    left = statement.matrix_left or statement.left
    right = statement.matrix or statement.right
    return f"{latex_of(left)} {latex_of(statement.relation)} {latex_of(right)}"


def dataset_frames(presenter: Presenter) -> Iterator[Frame]:
    """Yield the data set's equations in matrix form, examples as rows, under the same numbers."""
    loss = latex_of(presenter.names.loss())
    one_hot = latex_of(presenter.names.one_hot_rows())
    pieces = [
        Piece(
            rf"${loss}(\text{{data}}) = \sum_b {loss}_b$; every vector becomes a matrix "
            rf"with one row for each example; ${one_hot}$ has the one-hot vectors as its rows.",
            2.2,
        )
    ]
    for statement in presenter.dataset.statements(Kind.FORWARD, Kind.ERROR, Kind.GRADIENT):
        shape = ""
        if statement.shape is not None:
            shape = rf"\textcolor{{quiet}}{{\small${latex_of(statement.shape)}$}}"
        pieces.append(
            Piece(
                rf"\noindent\makebox[2.4em][l]{{\textcolor{{quiet}}{{({statement.number})}}}}"
                rf"\makebox[0.72\linewidth][l]{{\fitted{{0.7\linewidth}}{{{_matrix(statement)}}}}}"
                rf"\hfill{shape}\par",
                max(1.0, height(statement.matrix or statement.right)),
            )
        )
    yield from paginate("The data set at once", pieces)


def algorithm_frames(presenter: Presenter) -> Iterator[Frame]:
    """Yield the algorithm in six lines with the numbers of its equations."""
    negative = presenter.options.sign == "negative"
    derivation = presenter.derivation
    numbers = {kind: [e.number for e in derivation.of_kind(kind)] for kind in Kind}
    root, *others = numbers[Kind.ERROR]
    steps = [
        ("Take an example: its features and the index of its gold label.", []),
        ("Forward: compute and keep every quantity.", numbers[Kind.FORWARD]),
        ("Softmax: exponentiate and normalise.", numbers[Kind.PROBABILITIES]),
        ("The error at the root.", [root]),
        (
            "Backward: each error, and at each parameter error times forward value.",
            [*others, *numbers[Kind.GRADIENT]],
        ),
        (
            f"{'Descend' if negative else 'Ascend'}: move each parameter along its gradient.",
            numbers[Kind.UPDATE],
        ),
    ]
    rows = "\n".join(
        rf"\item {escape_latex(words)}\hfill\textcolor{{quiet}}{{{_listed(which)}}}"
        for words, which in steps
    )
    items = f"\\begin{{enumerate}}\\setlength{{\\itemsep}}{{0.4em}}\n{rows}\n\\end{{enumerate}}"
    updates = [_matrix(statement) for statement in presenter.statements(Kind.UPDATE)]
    if len(updates) > 2 * PER_LINE:
        updates = [*updates[:PER_LINE], r"\dots"]
    size = ceil(len(updates) / ceil(len(updates) / PER_LINE))  # lines of one length have one type
    lines = [r",\quad ".join(updates[at : at + size]) for at in range(0, len(updates), size)]
    yield from paginate(
        "The algorithm in six lines",
        [Piece(items, 9.5), *(Piece(rf"\formula{{{line}}}", 1.9) for line in lines)],
    )


def _listed(numbers: list[int]) -> str:
    """Return equation numbers, runs joined: (1)–(3), (7)."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"({r[0]})" if len(r) == 1 else f"({r[0]})--({r[-1]})" for r in runs)


def sanity_frame(presenter: Presenter) -> Frame:
    """Return what must hold, whatever the model."""
    names = presenter.names
    root = f"err_{presenter.derivation.model.scores.name}"
    entry, whole = latex_of(names.entry(root)), latex_of(names.whole(root))
    delta = "[i = i^*]" if presenter.options.names == "delta" else r"\delta_{i i^*}"
    parts = [rf"\sum_i {delta}", r"\sum_i \fwd{P_i}"]
    if presenter.options.sign == "negative":
        parts.reverse()
    ones = f"{' - '.join(parts)} = 1 - 1 = 0"
    learned = [e.quantity.name[1:] for e in presenter.derivation.of_kind(Kind.GRADIENT)]
    zero = r",\ ".join(f"{latex_of(presenter.slope(name))} = 0" for name in learned[:3])
    more = r",\ \dots" if len(learned) > 3 else ""
    body = rf"""\begin{{itemize}}\setlength{{\itemsep}}{{1em}}
\item The entries of the error at the root add up to 0: \[ \sum_i {{{entry}}}_i = {ones} \]
\item At a perfect prediction, $\fwd{{\mathbf{{P}}}} = \mathbf{{e}}_{{i^*}}$, the root error
  vanishes, and with it every gradient:
\[ {whole} = \mathbf{{0}} \quad\Rightarrow\quad {zero}{more} \]
\item One number added to every score changes neither $\fwd{{\mathbf{{P}}}}$ nor any gradient.
\end{{itemize}}"""
    return Frame("Sanity checks", body)


def checked_frames(presenter: Presenter) -> Iterator[Frame]:
    """Yield, as an appendix, the largest residual of each equation's numeric check."""
    worst: dict[int, float] = {}
    for check in presenter.proof:
        number = check.equation.number
        worst[number] = max(worst.get(number, 0.0), check.residual)
    cells = [f"({number}) & {TICK} & {_power(residual)}" for number, residual in worst.items()]
    rows = [" & ".join(cells[at : at + PER_LINE]) for at in range(0, len(cells), PER_LINE)]
    columns = r"@{\qquad}".join(["rcl"] * PER_LINE)
    intro = (
        "Both sides of every line were evaluated at random values and labels in 50 digits, "
        "what is still to be differentiated by central differences. "
        "The largest relative difference in each equation:"
    )
    table = rf"\begin{{tabular}}{{{columns}}}" + r" \\ ".join(rows) + r"\end{tabular}"
    pieces = [Piece(intro, 2.4), Piece(rf"\fittedpicture{{\small {table}}}", 1.0 * len(rows))]
    yield from paginate("Appendix: every line is checked", pieces)


def _power(residual: float) -> str:
    """Return a residual as a power of ten that it does not exceed: ≤ 10⁻³³."""
    return rf"$\leq 10^{{{ceil(log10(residual))}}}$" if residual else "$0$"
