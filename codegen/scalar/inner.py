"""An operation inside a formula that is to blame for the result: √(1 + x²) at huge x, √|e^x − 2| at log 2.

Where an output fails and nothing covers the output itself, the operations on the way are covered:
√(1 + x²), that leaves the range of floats, by |x| (1 + …), a series in 1/x; e^x − 2 by one about its zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.blame import STILL, cancelling, exponents, returning, sign_changes
from codegen.scalar.candidates.series import fit_at
from codegen.scalar.conditioning import Study
from codegen.scalar.pieces import Piece, patched
from codegen.scalar.regimes import Interval, cover, short
from codegen.scalar.terms import COMPARISONS, Terms
from codegen.scalar.zeros import touching, zeros

__all__ = ["irrational_zeros", "with_inner_covers", "with_inner_windows"]

MOST = 4
SINGULAR = ("sqrt", "log", "abs", "sign", *COMPARISONS)  # not smooth where an argument is 0


def with_inner_covers(
    terms: Terms, output: int, interval: Interval, study: Study, dtype: str
) -> Terms | None:
    """Return the terms with what is to blame inside an interval covered there; None where nothing is.

    In a tail that is what leaves the range of floats, elsewhere what loses its digits.
    """
    here = (study.points >= interval.low) & (study.points <= interval.high)
    tail = not np.isfinite(interval.before + interval.after)
    blamed = (
        returning(terms, output, study, here, dtype)
        if tail
        else cancelling(terms, output, study, here)
    )
    covers, within = dict[int, list[Piece]](), set[int]()
    for number in blamed[:MOST]:
        alone = Terms(terms.nodes, (number,))
        if number in within:
            continue
        at = [] if tail else _zeros(alone, number, study, here)
        pieces = cover(alone, 0, interval, at, dtype)
        if pieces:
            covers[number] = pieces
            within.update(alone.needed())
    return _covered(terms, covers) if covers else None


def _zeros(alone: Terms, number: int, study: Study, here: NDArray[np.bool_]) -> Sequence[Fraction]:
    """Return where an operation is 0 inside of an interval, whether or not it changes its sign there."""
    points = study.points[here]
    found = zeros(alone, 0, points.tolist())
    least = float(points[np.argmin(exponents(study)[number, here])])
    return found or touching(alone, 0, [least])


def irrational_zeros(
    terms: Terms, study: Study, failing: NDArray[np.bool_]
) -> list[tuple[int, Fraction]]:
    """Return the operations inside outputs that are 0 next to failures at no float, with the places.

    They are of what need not be smooth there, a root or a quotient.
    """
    return [
        (number, root)
        for number in _singular(terms)
        if number not in terms.outputs and terms.nodes[number].op not in STILL
        for root in zeros(Terms(terms.nodes, (number,)), 0, sign_changes(study, number, failing))
        if root != float(root)
    ]


def _singular(terms: Terms) -> list[int]:
    """Return the operations, in order, on which something depends that is not smooth at all its zeros."""
    nodes = [terms.nodes[number] for number in terms.needed()]
    divisors = [node.args[1] for node in nodes if node.op == "div"]
    others = [argument for node in nodes if node.op in SINGULAR for argument in node.args]
    return Terms(terms.nodes, (*divisors, *others)).needed()


def with_inner_windows(
    terms: Terms, places: Sequence[tuple[int, Fraction]], share: float, dtype: str
) -> Terms | None:
    """Return the terms with series about zeros of operations, as wide as a share of them.

    Of the operations that are 0 where an output has no series the first ones are covered that have one.
    None where there is none.
    """
    covers: dict[int, list[Piece]] = {}
    mended = dict[Fraction, list[int]]()
    for number, root in places:
        alone = Terms(terms.nodes, (number,))
        if not set(alone.needed()).isdisjoint(mended.get(root, ())):
            continue
        width = short(abs(float(root)) * share)
        series = fit_at(alone, number, root, width, dtype)
        if series is not None and not _all_smooth(terms, root, width, dtype):
            mended.setdefault(root, []).append(number)
            covers.setdefault(number, []).append(series)
        if len(mended) > MOST:
            return None
    return _covered(terms, covers) if mended else None


def _all_smooth(terms: Terms, root: Fraction, width: float, dtype: str) -> bool:
    """Return whether each output has a series there."""
    return all(fit_at(terms, output, root, width, dtype) is not None for output in terms.outputs)


def _covered(terms: Terms, covers: Mapping[int, Sequence[Piece]]) -> Terms:
    """Return the terms with pieces where they hold."""

    def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
        if number not in covers:
            return None
        node = terms.nodes[number]
        plain = result.add(node.op, *(place[a] for a in node.args), value=node.value)
        return patched(result, plain, covers[number])

    return terms.rebuilt(enter)
