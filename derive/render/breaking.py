"""Long formulas over several lines, broken where a lecturer breaks them: before + and −.

Parentheses that do not fit are opened, and a fraction that does not is written as 1/denominator times
its numerator.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from derive.render.box import Box, Fence, Frac, Kind, Letter, Marked, Row, Space, Tinted, row
from derive.render.width import height, width

__all__ = ["Delimiter", "broken"]

FAR = 1.3  # times what fits, from which a fraction is opened rather than made smaller
ONE = Letter("1", "1", Kind.NUMBER)


@dataclass(frozen=True)
class Delimiter(Letter):
    """One bracket on its own, of a fixed size, whose partner is on another line."""


def broken(box: Box, limit: float, continuation: float | None = None) -> list[Box]:
    """Return the lines of a formula, none wider than limit em where a break exists.

    ``continuation`` is the room of every line but the first.
    """
    if width(box) <= limit:
        return [box]
    later = limit if continuation is None else continuation
    lines: list[list[Box]] = [[]]
    used, room = 0.0, limit
    for piece in _pieces(box, min(limit, later)):
        size = sum(width(part) for part in piece)
        if lines[-1] and used + size > room:
            lines.append([])
            used, room = 0.0, later
        lines[-1].extend(piece)
        used += size
    return [row(*line) for line in lines]


def _pieces(box: Box, limit: float) -> list[list[Box]]:
    """Split into what stays together; each piece but the first begins with + or − or a factor."""
    tokens = _tokens(box, limit)
    pieces: list[list[Box]] = [[]]
    for token in tokens:
        operator = isinstance(token, Letter) and token.kind is Kind.OPERATOR
        if operator and pieces[-1]:
            pieces.append([])
        pieces[-1].append(token)
    return [part for piece in pieces for part in _factors(piece, limit)]


def _factors(piece: list[Box], limit: float) -> list[list[Box]]:
    """Split one term between factors where the term alone is too wide."""
    if sum(width(part) for part in piece) <= limit:
        return [piece]
    parts: list[list[Box]] = [[]]
    for token in piece:
        if isinstance(token, Space) and token.latex and parts[-1]:
            parts.append([])
            continue
        parts[-1].append(token)
    times = Letter("·", r"\cdot", Kind.OPERATOR)
    return [part if not position else [times, *part] for position, part in enumerate(parts) if part]


def _tokens(box: Box, limit: float) -> list[Box]:
    """Return the row's items, brackets that are too wide opened."""
    if isinstance(box, Tinted | Marked) and width(box) > limit:
        return _tokens(box.body, limit)
    if isinstance(box, Row):
        return [token for item in box.items for token in _tokens(item, limit)]
    if isinstance(box, Fence) and box.left != "|" and width(box) > 0.7 * limit:
        return _opened(box, limit)
    if isinstance(box, Frac) and width(box) > FAR * limit > width(box.below):
        whole = _tokens(box.above, inf)
        is_sum = any(isinstance(t, Letter) and t.kind is Kind.OPERATOR for t in whole)
        above = _opened(Fence(box.above), limit) if is_sum else _tokens(box.above, limit)
        return [Frac(ONE, box.below), Space(), *above]
    return [box]


def _opened(box: Fence, limit: float) -> list[Box]:
    """Return what stands in brackets between them, each on its own."""
    big = "big" if height(box.body) < 1.6 else "Big"
    return [
        Delimiter(box.left, rf"\{big}l{box.left}", Kind.PREFIX),
        *_tokens(box.body, limit),
        Delimiter(box.right, rf"\{big}r{box.right}", Kind.PREFIX),
    ]
