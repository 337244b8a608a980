"""The network as TikZ, laid out by :mod:`derive.render.network`.

Forward values are drawn solid in one colour, errors dashed in another, so that a grey print tells
them apart too.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.graph import Role
from derive.render.lecture import size_words
from derive.render.network import Arrow, Network, Place, network
from derive.render.statement import Presenter
from derive.render.tex import to_latex
from derive.render.width import width

__all__ = ["Picture", "network_picture", "network_snippet", "node_key", "wrapped"]

WIDTH = 13.0  # cm between the first and the last column
COLUMN = 10.2  # cm, the same in an article
STEP = 3.2  # cm between columns at most
NARROW = 1.8  # cm at least, which makes a long network wider than the page: it is scaled down
EM = 0.35  # cm, of \small
PLUS = 1.2  # em that a plus sign and its spaces take
COLUMN_WIDTH = 0.52  # cm
LANE = 2.5  # cm between lanes
UNITS = (0.36, 0.0, -0.36)  # where the units of a column stand, in cm
FEW_UNITS = (
    0.18,
    -0.18,
)  # of a picture with three lanes or more, which is scaled down by its height


class Picture:
    """A network with its places in cm; lanes stand ``lane`` apart, all within ``width``.

    ``errors`` keeps room for them below the columns; a picture that is tall by them, and so is
    scaled down, stands wider, its columns are low and its lanes as much closer.
    """

    def __init__(
        self,
        presenter: Presenter,
        lane: float = LANE,
        width: float = WIDTH,
        *,
        errors: bool = False,
    ) -> None:
        self.presenter = presenter
        self.net: Network = network(presenter.derivation.model)
        low = errors and self.net.lanes >= 3
        self.units = FEW_UNITS if low else UNITS
        self.height = self.units[0] - self.units[-1] + 0.44
        self.lane = lane - (UNITS[0] - UNITS[-1]) + (self.units[0] - self.units[-1])
        tall = max(1.0, self.net.lanes * (0.47 if low else 0.5)) if errors else 1.0
        self.step = max(NARROW, min(STEP, width / max(1, self.net.columns - 1))) * tall
        self.roomy = self.step >= 1.95
        self.errors = errors
        self.wordless = errors and self.net.lanes > 1

    def at(self, place: Place) -> tuple[float, float]:
        return round(place.column * self.step, 3), round(-place.lane * self.lane, 3)

    def name(self, quantity: str) -> str:
        return to_latex(self.presenter.names.whole(quantity), colours=True)

    def places(self) -> Iterator[str]:
        for place in self.net.places:
            x, y = self.at(place)
            node = node_key(place.name)
            yield (
                rf"\node[draw=forward,rounded corners=3pt,thick,minimum width={COLUMN_WIDTH}cm,"
                rf"minimum height={self.height:.2f}cm] ({node}) at ({x},{y}) {{}};"
            )
            for unit in self.units:
                yield rf"\draw[forward,fill=white] ({x},{round(y + unit, 3)}) circle (0.12);"
            name = f"${self.name(place.name)}$"
            yield rf"\node[above=1pt,inner sep=2pt] ({node}n) at ({node}.north) {{{name}}};"
            style = r"below=1pt,align=center,font=\scriptsize"
            yield rf"\node[{style}] at ({node}.south) {{{self.count(place)}}};"

    def count(self, place: Place) -> str:
        """Return how many entries a column has, in words where there is room."""
        size = f"${to_latex(self.presenter.scalar(place.size))}$"
        if self.wordless:  # an error stands right below
            return size
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
            name = self.label_key(arrow)
            side, other = ("auto,swap", "auto") if self.rises(arrow) else ("auto", "auto,swap")
            along = self.along(arrow)
            style = rf"{along}{side},font=\small,inner sep=2pt"
            nodes = rf"node[{style}] ({name}) {{{label}}}" if label else ""
            if below and not bend:
                nodes += rf" node[{along}{other},font=\tiny,inner sep=2pt] {{{below}}}"
            source, target = node_key(arrow.source), node_key(arrow.target)
            yield rf"\draw[forward,thick,-{{Latex}}] ({source}) to{bend} {nodes} ({target});"

    def along(self, arrow: Arrow) -> str:
        """Put a label where arrows are apart, if three or more leave one column or reach one."""
        if sum(a.source == arrow.source for a in self.net.arrows) >= 3:
            return "pos=0.65,"
        return "pos=0.35," if sum(a.target == arrow.target for a in self.net.arrows) >= 3 else ""

    def label_key(self, arrow: Arrow) -> str:
        """Return the name of an arrow's label."""
        return f"w{self.net.arrows.index(arrow)}"

    def rises(self, arrow: Arrow) -> bool:
        """Return whether an arrow comes from a lane below, where errors that flow up cross its upper side."""
        source, target = self.net.place(arrow.source), self.net.place(arrow.target)
        return self.errors and source.column > 0 and source.lane > target.lane

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
        biases = "".join(f"{{}}+{self.name(bias)}" for bias in self.net.biases(arrow))
        if biases:
            if self.roomy and self.fits(arrow):
                parts.append(f"${biases}$")
            else:
                below = rf"\scriptsize${biases}$"
        return "".join(parts), below

    def fits(self, arrow: Arrow) -> bool:
        """Return whether the matrix and the biases of an arrow fit between its columns."""
        names = [*([arrow.matrix.name] if arrow.matrix else []), *self.net.biases(arrow)]
        wide = sum(width(self.presenter.names.whole(name)) + PLUS for name in names)
        return wide * EM < arrow.span * self.step - COLUMN_WIDTH


def node_key(name: str) -> str:
    """Return a node's name for TikZ: letters and digits only."""
    return "q" + "".join(c if c.isalnum() and c.isascii() else f"x{ord(c):x}" for c in name)


def wrapped(lines: Iterator[str]) -> str:
    return f"\\fittedpicture{{%\n{bare(lines)}}}"


def bare(lines: Iterator[str]) -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f"\\begin{{tikzpicture}}\n{body}\n\\end{{tikzpicture}}"


def network_snippet(presenter: Presenter) -> Iterator[str]:
    """Yield the network as lines of LaTeX to paste, its colours defined with it."""
    picture = Picture(presenter, width=COLUMN)
    yield r"% needs \usepackage{tikz} and \usetikzlibrary{arrows.meta}"
    yield r"{\definecolor{forward}{RGB}{0,84,147}\definecolor{weight}{RGB}{0,110,82}%"
    yield r"\newcommand{\fwd}[1]{{\color{forward}#1}}\newcommand{\wgt}[1]{{\color{weight}#1}}%"
    yield bare(line for lines in (picture.places(), picture.arrows()) for line in lines) + "}"


def network_picture(presenter: Presenter) -> str:
    """Return the network with its shapes."""
    picture = Picture(presenter)

    def lines() -> Iterator[str]:
        yield from picture.places()
        yield from picture.arrows()

    return wrapped(lines())
