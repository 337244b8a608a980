"""Mathematics as a tree of boxes: what text, LaTeX and MathML are all printed from.

:mod:`derive.render.typeset` turns SymPy into boxes once (order of factors, parentheses, names);
each form then only says how a fraction or a subscript is written in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import Enum

__all__ = [
    "Big",
    "Box",
    "Cases",
    "Exponential",
    "Fence",
    "Frac",
    "Ink",
    "Kind",
    "Letter",
    "Marked",
    "Root",
    "Row",
    "Script",
    "Space",
    "Tinted",
    "Under",
    "row",
    "walk",
    "words",
]


class Kind(Enum):
    """What an atom is, which decides its font and the space around it."""

    VARIABLE = "variable"
    BOLD = "bold"  # a vector
    NAME = "name"  # upright: exp, err
    NUMBER = "number"
    OPERATOR = "operator"  # binary: + and ⊙
    RELATION = "relation"
    PREFIX = "prefix"  # a sign, or ∂
    PUNCTUATION = "punctuation"
    WORDS = "words"


class Ink(Enum):
    """The object that a colour stands for, the same in every form."""

    FORWARD = "forward"
    ERROR = "error"
    PARAMETER = "parameter"


@dataclass(frozen=True)
class Box:
    """A piece of typeset mathematics."""


@dataclass(frozen=True)
class Letter(Box):
    """An atom, as Unicode text and as LaTeX."""

    text: str
    latex: str
    kind: Kind = Kind.VARIABLE


@dataclass(frozen=True)
class Space(Box):
    """The space between two factors."""

    latex: str = r"\,"


@dataclass(frozen=True)
class Row(Box):
    """Boxes side by side; a tight row (∂W_ij) needs no parentheses below a slash."""

    items: tuple[Box, ...]
    tight: bool = False


@dataclass(frozen=True)
class Script(Box):
    """A base with a subscript, a superscript, or both."""

    base: Box
    sub: Box | None = None
    sup: Box | None = None


@dataclass(frozen=True)
class Frac(Box):
    """A fraction; a small one is a numeric factor such as ½."""

    above: Box
    below: Box
    small: bool = False


@dataclass(frozen=True)
class Root(Box):
    """A square root."""

    body: Box


@dataclass(frozen=True)
class Exponential(Box):
    """e to the power of its argument."""

    argument: Box


@dataclass(frozen=True)
class Big(Box):
    """The sign of a sum with its index and, where it is not understood, its range."""

    index: Box
    lower: Box | None = None
    upper: Box | None = None


@dataclass(frozen=True)
class Fence(Box):
    """A body between delimiters: ``( )``, ``[ ]`` or ``| |``."""

    body: Box
    left: str = "("
    right: str = ")"


@dataclass(frozen=True)
class Cases(Box):
    """Values, each with its condition."""

    rows: tuple[tuple[Box, Box], ...]


@dataclass(frozen=True)
class Under(Box):
    """A body with a brace below it and a label (its shape) below that."""

    body: Box
    label: Box


@dataclass(frozen=True)
class Tinted(Box):
    """A body in the colour of what it stands for."""

    body: Box
    ink: Ink


@dataclass(frozen=True)
class Marked(Box):
    """The part of a line that the next step rewrites."""

    body: Box


def row(*items: Box, tight: bool = False) -> Box:
    """Return the boxes side by side, inner rows opened; a single box is itself."""
    flat: list[Box] = []
    for item in items:
        if isinstance(item, Row) and not item.tight:
            flat.extend(item.items)
        else:
            flat.append(item)
    return flat[0] if len(flat) == 1 else Row(tuple(flat), tight)


def words(text: str) -> Letter:
    """Return running text inside a formula."""
    return Letter(text, text, Kind.WORDS)


def walk(box: Box) -> Iterator[Box]:
    """Yield the box and every box inside it."""
    yield box
    for field in fields(box):
        value = getattr(box, field.name)
        parts = [part for pair in value for part in pair] if isinstance(box, Cases) else value
        for part in parts if isinstance(parts, tuple | list) else (parts,):
            if isinstance(part, Box):
                yield from walk(part)
