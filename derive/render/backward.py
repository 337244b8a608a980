"""The backpropagation picture as TikZ, built up over overlays.

Below each column stands its error, dashed arrows carry it back, and below them each gradient joins
the error that comes in with the forward value that went in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.graph import Role
from derive.render.box import Box, row
from derive.render.network import Arrow, Place
from derive.render.statement import Presenter, Statement
from derive.render.tex import to_latex
from derive.render.tikz import Picture, node_key, wrapped
from derive.render.width import width
from derive.steps import Kind
from derive.trees import free_symbols

__all__ = ["backpropagation_picture"]

LANE = 2.8  # cm between lanes: errors stand between them
BELOW = {True: 0.7, False: 1.75}  # cm from a column down to its error, with lanes and without
GAP = {True: 1.2, False: 1.5}  # cm from the lowest error to the gradients
ROW = 1.2  # cm for a row of gradients
BEND = 0.8  # cm that an error's arrow over several columns takes below
EM = 0.34  # cm, of the gradients' font
MARGIN = 0.9  # cm beside the first and the last column, whose labels need them too

_COMBINED = (
    r"incoming error $\times$ slope in the parameter, added up",
    r"the incoming error itself: a bias multiplies 1",
    r"incoming error $\times$ forward value",
)


def backpropagation_picture(presenter: Presenter) -> str:
    """Return the picture built up over overlays: forward, then each error and gradient."""
    picture = Picture(presenter, LANE, errors=True)
    statements = list(presenter.statements(Kind.ERROR, Kind.GRADIENT))
    gradients = [s for s in statements if s.equation.kind is Kind.GRADIENT]
    turns = {s.equation.quantity.name: turn for turn, s in enumerate(statements, 2)}

    def lines() -> Iterator[str]:
        yield from picture.places()
        yield from picture.arrows()
        for place in picture.net.places:
            yield from _error(picture, place, turns)
        for arrow in picture.net.arrows:
            yield from _error_arrow(picture, arrow, turns)
        yield from _learned(picture, turns)
        yield from _combined(picture, gradients, turns)

    captions = "%\n".join(_caption(statement, turn) for turn, statement in enumerate(statements, 2))
    first = r"\strut\only<1|handout:0>{Forward: each value is computed from those before it.}"
    last = rf"\only<{len(turns) + 2}->{{Combine backward errors with forward values.}}"
    return (
        f"{wrapped(lines())}\n\n"
        f"\\begin{{center}}\\vspace{{-0.4em}}\n{first}%\n{captions}%\n{last}\n\\end{{center}}"
    )


def _error(picture: Picture, place: Place, turns: dict[str, int]) -> Iterator[str]:
    """Write the error of a quantity below it; the objective stands below the probabilities."""
    below = BELOW[picture.net.lanes > 1]
    where = rf"([yshift=-{below}cm]{node_key(place.name)}.south)"
    if place.role is Role.PROBABILITIES:
        loss = to_latex(picture.presenter.names.loss())
        yield rf"\uncover<2->{{\node[error] ({node_key(place.name)}e) at {where} {{${loss}$}};}}"
    elif (turn := turns.get(f"err_{place.name}")) is not None:
        error = picture.name(f"err_{place.name}")
        size = r"\small" if picture.roomy else r"\scriptsize"
        yield (
            rf"\uncover<{turn}->{{\node[font={size},inner sep=1.5pt,fill=white] ({node_key(place.name)}e) "
            rf"at {where} {{${error}$}};}}"
        )


def _error_arrow(picture: Picture, arrow: Arrow, turns: dict[str, int]) -> Iterator[str]:
    """Draw the error that flows back along an arrow, dashed."""
    turn = turns.get(f"err_{arrow.source}")
    if turn is None:
        return
    bend = "[out=-150,in=-30]" if arrow.span > 1 else ""
    yield (
        rf"\uncover<{turn}->{{\draw[error,thick,densely dashed,-{{Latex}}] ({node_key(arrow.target)}e) "
        rf"to{bend} ({node_key(arrow.source)}e);}}"
    )


def _learned(picture: Picture, turns: dict[str, int]) -> Iterator[str]:
    """Box each matrix when its gradient is combined, and the two values that make it."""
    for arrow in picture.net.arrows:
        turn = turns.get(f"d{arrow.matrix.name}") if arrow.matrix else None
        if turn is None:
            continue
        yield _boxed(picture.label_key(arrow), f"<{turn}->")
        yield _boxed(f"{node_key(arrow.source)}n", f"<{turn}|handout:0>")
        yield _boxed(f"{node_key(arrow.target)}e", f"<{turn}|handout:0>")


def _boxed(node: str, overlay: str) -> str:
    box = rf"({node}.south west) rectangle ({node}.north east)"
    return rf"\only{overlay}{{\draw[overlay,weight,semithick,rounded corners=1.5pt] {box};}}"


@dataclass(frozen=True)
class _Spot:
    """Where a gradient stands: its middle, its row, and half of its width, in cm."""

    x: float
    row: int
    half: float

    def meets(self, other: _Spot) -> bool:
        return self.row == other.row and abs(self.x - other.x) < self.half + other.half


def _combined(
    picture: Picture, statements: list[Statement], turns: dict[str, int]
) -> Iterator[str]:
    """Write each gradient below the arrow of its parameter."""
    across = picture.step * (picture.net.columns - 1)
    bends = any(picture.bend(arrow) for arrow in picture.net.arrows)
    lowest = min(picture.at(place)[1] for place in picture.net.places)
    lanes = picture.net.lanes > 1
    top = lowest - BELOW[lanes] - GAP[lanes] - BEND * bends
    for statement, spot in _spots(picture, statements, across):
        number = rf"\ \textcolor{{quiet}}{{\scriptsize({statement.number})}}"
        body = rf"\fitted{{{across:.1f}cm}}{{{_formula(statement)}}}{number}"
        node = rf"\node[font=\small,inner sep=1pt] at ({spot.x:.3f},{top - ROW * spot.row:.3f})"
        yield rf"\uncover<{turns[statement.equation.quantity.name]}->{{{node} {{{body}}};}}"


def _spots(
    picture: Picture, statements: list[Statement], across: float
) -> Iterator[tuple[Statement, _Spot]]:
    """Place gradients below their arrows, or in turn where that takes fewer rows, or two are full."""
    wanted = {s.number: _above(picture, s.equation.quantity.name[1:]) for s in statements}
    ordered = sorted(statements, key=lambda s: wanted[s.number])
    halves = [min(across + 2 * MARGIN, EM * (width(_boxes(s)) + 2.8)) / 2 for s in ordered]
    spots: list[_Spot] = []
    for statement, half in zip(ordered, halves, strict=True):
        x = min(max(wanted[statement.number], half - MARGIN), across + MARGIN - half)
        rows = (_Spot(x, at, half) for at in range(len(ordered)))
        spots.append(next(s for s in rows if not any(map(s.meets, spots))))
    in_turn = list(_in_turn(halves, across))
    taken, taken_in_turn = (max(spot.row for spot in found) for found in (spots, in_turn))
    if taken > 1 or taken > taken_in_turn:
        spots = in_turn
    return zip(ordered, spots, strict=True)


def _in_turn(halves: list[float], across: float) -> Iterator[_Spot]:
    """Fill one row after another, each in the middle."""
    rows: list[list[float]] = [[]]
    for half in halves:
        if rows[-1] and 2 * (sum(rows[-1]) + half) > across + 2 * MARGIN:
            rows.append([])
        rows[-1].append(half)
    for at, row_of_halves in enumerate(rows):
        end = across / 2 - sum(row_of_halves)
        for half in row_of_halves:
            yield _Spot(end + half, at, half)
            end += 2 * half


def _above(picture: Picture, parameter: str) -> float:
    """Return where a parameter acts first: halfway to the quantity that it defines."""
    for definition in picture.presenter.derivation.model.definitions:
        if parameter in {symbol.name for symbol in free_symbols(definition.right)}:
            return (picture.net.place(definition.quantity.name).column - 0.5) * picture.step
    raise ValueError(f"nothing is defined by {parameter}")


def _boxes(statement: Statement) -> Box:
    left = statement.matrix_left or statement.left
    return row(left, statement.relation, statement.matrix or statement.right)


def _formula(statement: Statement) -> str:
    return to_latex(_boxes(statement), colours=True)


def _caption(statement: Statement, turn: int) -> str:
    """Say what appears on an overlay: an error's formula, or how a gradient is combined."""
    if statement.equation.kind is Kind.ERROR:
        what = "the error at the root" if turn == 2 else "the error flows back"
        number = rf"\textcolor{{quiet}}{{({statement.number})}}"
        shown = rf"\fitted{{0.7\linewidth}}{{{_formula(statement)}}}\quad {number}\quad {what}"
    else:
        shown = _COMBINED[len(statement.equation.quantity.sizes)]
    return rf"\only<{turn}|handout:0>{{{shown}}}"
