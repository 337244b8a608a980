"""What an output is replaced by where a candidate fails: a series, a constant, a value of one interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sympy import Integer, Rational, S

from codegen.scalar.candidates.decays import Decaying
from codegen.scalar.candidates.series import Series, rational
from codegen.scalar.similar import Similarity
from codegen.scalar.terms import Terms

__all__ = ["Constant", "Flat", "Piece", "exact", "patched"]


@dataclass(frozen=True)
class Flat:
    """The output's rounded value on an interval."""

    low: float
    high: float
    value: float


@dataclass(frozen=True)
class Constant:
    """The outputs' rounded value beyond a threshold on one side."""

    threshold: float
    value: float


Piece = Series | Decaying | Constant | Flat


def patched(
    terms: Terms, output: int, pieces: Sequence[Piece], similarity: Similarity | None = None
) -> int:
    """Return the operation that selects the pieces where they hold and the output elsewhere.

    They are of x, or of the variable of the function that the output is made of.
    """
    x = terms.add("x") if similarity is None else similarity.inside(terms)
    result = output
    for piece in pieces:
        if similarity is not None and isinstance(piece, Series):
            inside, value = _inside(terms, piece, x), piece.enter_similar(terms, similarity)
        else:
            inside, value = _placed(terms, piece, x)
            if similarity is not None:
                value = similarity.outside(terms, value)
        result = terms.add("select", inside, value, result)
    return result


def _placed(terms: Terms, piece: Piece, x: int) -> tuple[int, int]:
    """Return the operations that tell whether x is where a piece holds, and what it is there."""
    if isinstance(piece, Series):
        return _inside(terms, piece, x), piece.enter(terms, x)
    if isinstance(piece, Decaying):
        start = terms.add("constant", value=exact(piece.start))
        beyond = terms.add("le", *((start, x) if piece.start > 0 else (x, start)))
        return beyond, piece.enter(terms, x)
    if isinstance(piece, Constant):
        if piece.threshold == 0:
            raise ValueError("a constant tail begins away from 0")
        limit = terms.add("constant", value=exact(piece.threshold))
        order = (limit, x) if piece.value == piece.value and piece.threshold > 0 else (x, limit)
        inside = terms.add("le", *order)
    else:
        low, high = (terms.add("constant", value=exact(e)) for e in (piece.low, piece.high))
        inside = terms.add("and", terms.add("le", low, x), terms.add("le", x, high))
    return inside, terms.add("constant", value=exact(piece.value))


def _inside(terms: Terms, piece: Series, x: int) -> int:
    if piece.tail:
        limit = terms.add("constant", value=exact(piece.sides[0] / piece.radius))
        return terms.add("le", *((limit, x) if piece.sides[0] > 0 else (x, limit)))
    if len(piece.sides) == 2:
        offset = x
        if piece.centre:
            middle = terms.add("constant", value=exact(float(piece.centre)))
            offset = terms.add("sub_exact", x, middle)
        limit = terms.add("constant", value=exact(piece.radius))
        return terms.add("le", terms.add("abs", offset), limit)
    (side,) = piece.sides
    begin = terms.add("constant", value=rational(piece.centre))
    end = terms.add("constant", value=exact(float(piece.centre) + side * piece.radius))
    here = x if piece.centre else terms.add("x")  # x p^q may be 0 where x is not
    op = "le" if piece.closed else "lt"
    first = terms.add(op, *((begin, here) if side > 0 else (here, begin)))
    last = terms.add("le", *((x, end) if side > 0 else (end, x)))
    return terms.add("and", *((first, last) if side > 0 else (last, first)))


def exact(value: float) -> Rational | object:
    """Return the exact SymPy number of a float."""
    if np.isnan(value):
        return S.NaN
    if np.isinf(value):
        return S.Infinity if value > 0 else S.NegativeInfinity
    top, bottom = float(value).as_integer_ratio()
    return Rational(top, bottom) if bottom != 1 else Integer(top)
