"""The network and the backpropagation picture as TikZ, laid out by :mod:`derive.render.network`.

Forward values are drawn solid in one colour, errors dashed in another, so that a grey print tells
them apart too.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.graph import Role
from derive.render.lecture import size_words
from derive.render.network import Arrow, Network, Place, network
from derive.render.statement import Presenter, Statement
from derive.render.tex import to_latex
from derive.steps import Kind

__all__ = ["backpropagation_picture", "network_picture", "network_snippet"]

WIDTH = 13.0  # cm between the first and the last column
COLUMN = 10.2  # cm, the same in an article
STEP = 3.2  # cm between columns at most
NARROW = 1.8  # cm at least, which makes a long network wider than the page: it is scaled down
LANE = 2.1  # cm between lanes
ERROR_LANE = 3.0  # the same where errors stand between them
BELOW = 1.3  # cm from a column down to its error
UNITS = (0.36, 0.0, -0.36)  # where the three units of a column stand, in cm


_COMBINED = (
    r"incoming error $\times$ slope in the parameter, added up",
    r"the incoming error itself: a bias multiplies 1",
    r"incoming error $\times$ forward value",
)


class _Picture:
    def __init__(self, presenter: Presenter, lane: float = LANE, width: float = WIDTH) -> None:
        self.lane = lane
        self.presenter = presenter
        self.net: Network = network(presenter.derivation.model)
        self.step = max(NARROW, min(STEP, width / max(1, self.net.columns - 1)))
        self.roomy = self.step >= 1.95

    def at(self, place: Place) -> tuple[float, float]:
        return round(place.column * self.step, 3), round(-place.lane * self.lane, 3)

    def name(self, quantity: str) -> str:
        return to_latex(self.presenter.names.whole(quantity), colours=True)

    def places(self) -> Iterator[str]:
        for place in self.net.places:
            x, y = self.at(place)
            key = _key(place.name)
            yield (
                rf"\node[draw=forward,rounded corners=3pt,thick,minimum width=0.52cm,"
                rf"minimum height=1.16cm] ({key}) at ({x},{y}) {{}};"
            )
            for unit in UNITS:
                yield rf"\draw[forward,fill=white] ({x},{round(y + unit, 3)}) circle (0.12);"
            name = f"${self.name(place.name)}$"
            yield rf"\node[above=1pt,inner sep=2pt] ({key}n) at ({key}.north) {{{name}}};"
            style = r"below=1pt,align=center,font=\scriptsize"
            yield rf"\node[{style}] at ({key}.south) {{{self.count(place)}}};"

    def count(self, place: Place) -> str:
        """Return how many entries a column has, in words where there is room."""
        size = f"${to_latex(self.presenter.scalar(place.size))}$"
        ends = place.role in (Role.FEATURES, Role.PROBABILITIES)
        if not (ends or self.roomy):
            return size
        if place.role is Role.PROBABILITIES:
            return rf"{size}\\probabilities" if self.roomy else rf"{size}\\prob."
        if place.role is Role.SCORES:
            return rf"{size}\\scores"
        words = size_words(self.presenter.derivation.model, place.size)
        return rf"{size}\\{words}"

    def arrows(self) -> Iterator[str]:
        for arrow in self.net.arrows:
            label, below = self.label(arrow)
            bend = self.bend(arrow)
            key = self.label_key(arrow)
            nodes = (
                rf"node[above=1pt,font=\small,inner sep=2pt] ({key}) {{{label}}}" if label else ""
            )
            if below and not bend:
                nodes += rf" node[below,font=\tiny,inner sep=2pt] {{{below}}}"
            source, target = _key(arrow.source), _key(arrow.target)
            yield rf"\draw[forward,thick,-{{Latex}}] ({source}) to{bend} {nodes} ({target});"

    def label_key(self, arrow: Arrow) -> str:
        """Return the name of an arrow's label."""
        return f"w{self.net.arrows.index(arrow)}"

    def bend(self, arrow: Arrow) -> str:
        """Bend an arrow that passes over a column of its lane."""
        source, target = self.net.place(arrow.source), self.net.place(arrow.target)
        if arrow.span > 1 and source.lane == target.lane:
            return "[out=60,in=120]"
        twins = [a for a in self.net.arrows if (a.source, a.target) == (arrow.source, arrow.target)]
        return (
            f"[bend left={25 * twins.index(arrow)}]"
            if len(twins) > 1 and twins.index(arrow)
            else ""
        )

    def label(self, arrow: Arrow) -> tuple[str, str]:
        """Return what stands above and below an arrow: the matrix, its shape; g; softmax."""
        parts = []
        below = ""
        if arrow.matrix is not None:
            turned = r"^{\top}" if arrow.matrix.transposed else ""
            parts.append(f"${self.name(arrow.matrix.name)}{turned}$")
            sizes = (to_latex(self.presenter.scalar(size)) for size in arrow.matrix.shape)
            below = "$" + r"\times ".join(sizes) + "$"
        for function in arrow.functions:
            names = self.presenter.names
            known = function in self.presenter.derivation.model.activations
            small = r"{\scriptsize softmax}"
            parts.append(f"${to_latex(names.activation(function))}$" if known else small)
        place = self.net.place(arrow.target)
        first = next(a for a in self.net.arrows if a.target == arrow.target)
        if place.biases and arrow == first:
            biases = "".join(f"{{}}+{self.name(bias)}" for bias in place.biases)
            if self.roomy:
                parts.append(f"${biases}$")
            else:
                below = rf"\scriptsize${biases}$"
        return "".join(parts), below


def _key(name: str) -> str:
    """Return a node's name for TikZ: letters and digits only."""
    return "q" + "".join(c if c.isalnum() and c.isascii() else f"x{ord(c):x}" for c in name)


def _wrapped(lines: Iterator[str]) -> str:
    return f"\\fittedpicture{{%\n{_bare(lines)}}}"


def _bare(lines: Iterator[str]) -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f"\\begin{{tikzpicture}}\n{body}\n\\end{{tikzpicture}}"


def network_snippet(presenter: Presenter) -> Iterator[str]:
    """Yield the network as lines of LaTeX to paste, its colours defined with it."""
    picture = _Picture(presenter, width=COLUMN)
    yield r"% needs \usepackage{tikz} and \usetikzlibrary{arrows.meta}"
    yield r"{\definecolor{forward}{RGB}{0,84,147}\definecolor{weight}{RGB}{0,110,82}%"
    yield r"\newcommand{\fwd}[1]{{\color{forward}#1}}\newcommand{\wgt}[1]{{\color{weight}#1}}%"
    yield _bare(line for lines in (picture.places(), picture.arrows()) for line in lines) + "}"


def network_picture(presenter: Presenter) -> str:
    """Return the network with its shapes."""
    picture = _Picture(presenter)

    def lines() -> Iterator[str]:
        yield from picture.places()
        yield from picture.arrows()

    return _wrapped(lines())


def backpropagation_picture(presenter: Presenter) -> str:
    """Return the picture built up over overlays: forward, then each error and gradient."""
    picture = _Picture(presenter, ERROR_LANE)
    statements = list(presenter.statements(Kind.ERROR, Kind.GRADIENT))
    turns = {s.equation.quantity.name: turn for turn, s in enumerate(statements, 2)}

    def lines() -> Iterator[str]:
        yield from picture.places()
        yield from picture.arrows()
        for place in picture.net.places:
            yield from _error(picture, place, turns)
        for arrow in picture.net.arrows:
            yield from _error_arrow(picture, arrow, turns)
        yield from _learned(picture, turns)

    captions = "\n".join(
        _caption(statement, turn, len(turns) + 1) for turn, statement in enumerate(statements, 2)
    )
    words = "Forward: each value is computed from those before it."
    first = rf"\only<1|handout:0>{{\begin{{center}}{words}\end{{center}}}}"
    return f"{_wrapped(lines())}\n\n{first}\n{captions}"


def _error(picture: _Picture, place: Place, turns: dict[str, int]) -> Iterator[str]:
    """Write the error of a quantity below it; the objective stands below the probabilities."""
    where = rf"([yshift=-{BELOW}cm]{_key(place.name)}.south)"
    if place.role is Role.PROBABILITIES:
        loss = to_latex(picture.presenter.names.loss())
        yield rf"\uncover<2->{{\node[error] ({_key(place.name)}e) at {where} {{${loss}$}};}}"
    elif (turn := turns.get(f"err_{place.name}")) is not None:
        error = picture.name(f"err_{place.name}")
        size = r"\small" if picture.roomy else r"\scriptsize"
        yield (
            rf"\uncover<{turn}->{{\node[font={size},inner sep=1.5pt] ({_key(place.name)}e) "
            rf"at {where} {{${error}$}};}}"
        )


def _error_arrow(picture: _Picture, arrow: Arrow, turns: dict[str, int]) -> Iterator[str]:
    """Draw the error that flows back along an arrow, dashed."""
    turn = turns.get(f"err_{arrow.source}")
    if turn is None:
        return
    bend = "[out=-150,in=-30]" if arrow.span > 1 else ""
    yield (
        rf"\uncover<{turn}->{{\draw[error,thick,densely dashed,-{{Latex}}] ({_key(arrow.target)}e) "
        rf"to{bend} ({_key(arrow.source)}e);}}"
    )


def _learned(picture: _Picture, turns: dict[str, int]) -> Iterator[str]:
    """Box each matrix when its gradient is combined, and the two values that make it."""
    for arrow in picture.net.arrows:
        turn = turns.get(f"d{arrow.matrix.name}") if arrow.matrix else None
        if turn is None:
            continue
        yield _boxed(picture.label_key(arrow), f"<{turn}->")
        yield _boxed(f"{_key(arrow.source)}n", f"<{turn}|handout:0>")
        yield _boxed(f"{_key(arrow.target)}e", f"<{turn}|handout:0>")


def _boxed(node: str, overlay: str) -> str:
    box = rf"({node}.south west) rectangle ({node}.north east)"
    return rf"\only{overlay}{{\draw[weight,semithick,rounded corners=1.5pt] {box};}}"


def _caption(statement: Statement, turn: int, last: int) -> str:
    left = statement.matrix_left or statement.left
    right = statement.matrix or statement.right
    formula = f"{to_latex(left, colours=True)} = {to_latex(right, colours=True)}"
    if statement.equation.kind is Kind.ERROR:
        what = "the error at the root" if turn == 2 else "the error flows back"
    else:
        what = _COMBINED[len(statement.equation.quantity.sizes)]
    handout = "" if turn == last else "|handout:0"
    words = rf"\small\textcolor{{quiet}}{{({statement.number})\quad {what}}}"
    return (
        rf"\only<{turn}{handout}>{{\begin{{center}}\fitted{{\linewidth}}{{{formula}}}\\[0.4em]"
        rf"{words}\end{{center}}}}"
    )
