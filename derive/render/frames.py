"""Frames of a deck, and how the lines of a derivation are spread over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.render.box import Box, Under, row, walk
from derive.render.breaking import broken
from derive.render.escape import escape_latex, formula_in_words
from derive.render.statement import Line, Statement
from derive.render.tex import to_latex
from derive.render.width import height, width

__all__ = ["Frame", "Piece", "derivation_frames", "paginate", "result"]

LINE = 36.0  # em of 11pt math on a 16:9 slide with its margins
PAGE = 15.6  # lines of text
GAP = 0.45  # lines between two pieces
TIGHT = 0.15  # the same between the lines of a derivation, which are tall


NOW, NEXT = "@now@", "@next@"


@dataclass(frozen=True)
class Frame:
    """One frame: title, LaTeX body, equation numbers at the right of the title, speaker's notes.

    ``checked`` sets a tick beside the number: every line was compared before it was printed.
    """

    title: str
    body: str
    number: str = ""
    notes: str = ""
    checked: bool = False


@dataclass(frozen=True)
class Piece:
    """A bit of a frame with its height in lines.

    ``NOW`` and ``NEXT`` in the LaTeX stand for the overlay on which it appears and the one after
    it; ``waits`` says that it appears after what stands above it, ``tied`` that it continues it, on
    the same frame where that holds both. ``again`` repeats it, already shown, on top of the next frame.
    """

    latex: str
    height: float
    note: str = ""
    again: str = ""
    waits: bool = False
    tied: bool = False


def latex_of(box: Box, overlay: str = "") -> str:
    """Return the boxes in the deck's colours."""
    return to_latex(box, colours=True, overlay=overlay)


def paginate(
    title: str, pieces: list[Piece], number: str = "", *, tight: bool = False
) -> Iterator[Frame]:
    """Yield as few frames as hold the pieces, about equally full, revealed piece by piece."""
    gap = TIGHT if tight else GAP
    fewest = _pages(pieces, PAGE, gap)
    rooms = (PAGE * part / 20 for part in range(10, 20))
    tries = (_pages(pieces, room, gap) for room in rooms)
    balanced = next((pages for pages in tries if len(pages) == len(fewest)), fewest)
    above = "\\tightlines\n" if tight else ""
    for turn, page in enumerate(balanced):
        shown = title if not turn else f"{title} (continued)"
        notes = " ".join(dict.fromkeys(piece.note for piece in page if piece.note))
        yield Frame(shown, above + "\n\n".join(_revealed(page)), number, notes, checked=tight)


def _pages(pieces: list[Piece], room: float, gap: float) -> list[list[Piece]]:
    """Fill pages with pieces from the first on, each as full as the room allows."""
    pages: list[list[Piece]] = [[]]
    left = room
    for group in _groups(pieces):
        whole = sum(piece.height + gap for piece in group) - gap
        for position, piece in enumerate(group):
            needed = whole if not position and whole <= room else piece.height
            if pages[-1] and needed > left:
                recalled = _recalled(pages[-1])
                kept = [recalled] if recalled and recalled.height + gap + needed <= room else []
                pages.append(kept)
                left = room - sum(again.height + gap for again in kept)
            pages[-1].append(piece)
            left -= piece.height + gap
    return pages


def _groups(pieces: list[Piece]) -> list[list[Piece]]:
    """Return the pieces with those that are tied to them."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if piece.tied and groups:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _revealed(page: list[Piece]) -> Iterator[str]:
    """Yield the pieces of a frame, overlays counted from its first."""
    overlay = 1
    for position, piece in enumerate(page):
        overlay += piece.waits and position > 0
        yield piece.latex.replace(NOW, str(overlay)).replace(NEXT, str(overlay + 1))


def _recalled(page: list[Piece]) -> Piece | None:
    """Return the last line of a page as the first of the next one, already uncovered."""
    last = page[-1]
    return Piece(last.again, last.height) if last.again else None


def derivation_frames(title: str, statement: Statement, remark: str = "") -> Iterator[Frame]:
    """Yield a derivation line by line, the rule at the right, then its forms and a remark."""
    pieces = [*_lines(statement), *_forms(statement, remark)]
    yield from paginate(title, pieces, f"({statement.number})", tight=True)


def _lines(statement: Statement) -> Iterator[Piece]:
    left = latex_of(statement.left)
    for turn, line in enumerate(statement.lines):
        yield from _line(left, line, not turn, width(statement.left))


def _line(left: str, line: Line, first: bool, taken: float) -> Iterator[Piece]:
    """Yield one line of a derivation, in several pieces where it is long."""
    rule = line.rule.name if line.rule else ""
    pieces = _broken(line, LINE - taken - 1.5, 0.5 * len(rule))
    place = rf"\settowidth{{\leftside}}{{$\displaystyle {left}$}}"
    for turn, piece in enumerate(pieces):
        sign = "= " if not turn else r"\qquad "
        note = formula_in_words(rule) if turn == len(pieces) - 1 else ""
        body = latex_of(piece, f"<{NEXT}>")
        head = left if first and not turn else ""
        latex = rf"{place}\uncover<{NOW}->{{\nextline{{{head}}}{{{sign}{body}}}{{{note}}}}}"
        again = rf"{place}\nextline{{{left}}}{{= {latex_of(piece)}}}{{}}" if not pieces[1:] else ""
        yield Piece(latex, height(piece), _teaching(line), again, waits=not turn, tied=turn > 0)


def _broken(line: Line, room: float, rule: float) -> list[Box]:
    """Return the pieces of a line, the rule beside the last, or narrower ones where it has no room."""
    pieces = broken(line.right, room, room - 2)
    if width(pieces[-1]) + rule > (room if len(pieces) == 1 else room - 2):
        return broken(line.right, room - rule, room - rule - 2)
    return pieces


def _teaching(line: Line) -> str:
    if line.rule is None:
        return ""
    name, teaching = line.rule.name, line.rule.teaching
    return rf"\textbf{{{formula_in_words(name)}}}: {formula_in_words(teaching)}.\par"


def _forms(statement: Statement, remark: str) -> Iterator[Piece]:
    """Yield the result by cases, in matrix form with shapes, and in words, on one overlay each."""
    if statement.cases is not None:
        body = rf"{{}}= {latex_of(statement.cases)}"
        latex = rf"\uncover<{NOW}->{{\nextline{{}}{{{body}}}{{by cases}}}}"
        left = latex_of(statement.left)
        place = rf"\settowidth{{\leftside}}{{$\displaystyle {left}$}}"
        again = rf"{place}\nextline{{{left}}}{{= {latex_of(statement.right)}}}{{}}"
        yield Piece(latex, height(statement.cases), again=again, waits=True)
    piece = result(statement)
    if piece is not None:
        yield Piece(rf"\uncover<{NOW}->{{{piece.latex}}}", piece.height, waits=True)
    if remark:
        latex = rf"\uncover<{NOW}->{{\textbf{{\textcolor{{forward}}{{$\Rightarrow$}}}} {remark}}}"
        yield Piece(latex, 1.2 + len(remark) // 90, waits=True)


def result(statement: Statement) -> Piece | None:
    """Return the matrix form, shapes below its factors, with its reading in words."""
    right = statement.shaped or statement.matrix
    if right is None or statement.matrix_left is None:
        words = _spoken(statement)
        return Piece(words, 1.6) if words else None
    whole = row(statement.matrix_left)
    formula = f"{latex_of(whole)} {latex_of(statement.relation)} {latex_of(right)}"
    shape = ""
    if statement.shape is not None and not any(isinstance(part, Under) for part in walk(right)):
        shape = rf"\qquad\textcolor{{quiet}}{{{to_latex(statement.shape)}}}"
    words = _spoken(statement)
    latex = rf"\result{{{formula}{shape}}}" + (f"\n\n{words}" if words else "")
    return Piece(latex, height(right) + 0.6 + (1.2 if words else 0.0))


def _spoken(statement: Statement) -> str:
    if not statement.words:
        return ""
    return rf"{{\small\textcolor{{quiet}}{{In words: {escape_latex(statement.words)}.}}}}"
