"""An operation inside a formula that is to blame for the result: √(1 + x²) at huge x, √|e^x − 2| at log 2.

Where an output fails and nothing covers the output itself, the operations on the way are covered:
√(1 + x²), that leaves the range of floats, by |x| (1 + …), a series in 1/x; e^x − 2 by one about its zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.candidates.series import fit_at
from codegen.scalar.conditioning import Study
from codegen.scalar.pieces import Piece, patched
from codegen.scalar.regimes import Interval, cover, short
from codegen.scalar.terms import COMPARISONS, Terms
from codegen.scalar.zeros import touching, zeros

__all__ = ["with_inner_covers", "with_inner_windows"]

RANGE = {"float32": (-125, 127), "float64": (-1021, 1023)}
MOST = 4
CANCELLING = ("add", "sub", "log")
LOST = 8  # bits
LITTLE = 2.0**-LOST  # times by which an output amplifies a relative error that does not matter
LEAST = -(2**40)  # an exponent, of 0
STILL = ("select", "and", "or", "not", "sign", "neg", "abs", *COMPARISONS)


def with_inner_covers(
    terms: Terms, output: int, interval: Interval, study: Study, dtype: str
) -> Terms | None:
    """Return the terms with what leaves the range inside an interval covered there; None where nothing is."""
    here = (study.points >= interval.low) & (study.points <= interval.high)
    tail = not np.isfinite(interval.before + interval.after)
    blamed = _returning if tail else _cancelling
    covers, within = dict[int, list[Piece]](), set[int]()
    for number in blamed(terms, output, study, here, dtype)[:MOST]:
        alone = Terms(terms.nodes, (number,))
        if number in within:
            continue
        at = [] if tail else _zeros(alone, number, study, here)
        pieces = cover(alone, 0, interval, at, dtype)
        if pieces:
            covers[number] = pieces
            within.update(() if tail else alone.needed())
    return _covered(terms, covers) if covers else None


def _zeros(alone: Terms, number: int, study: Study, here: NDArray[np.bool_]) -> Sequence[Fraction]:
    """Return where an operation is 0 inside of an interval, whether or not it changes its sign there."""
    points = study.points[here]
    found = zeros(alone, 0, points.tolist())
    least = float(points[np.argmin(_exponents(study)[number, here])])
    return found or touching(alone, 0, [least])


def with_inner_windows(
    terms: Terms, study: Study, failing: NDArray[np.bool_], share: float, dtype: str
) -> Terms | None:
    """Return the terms with series about irrational zeros of operations next to failures, as wide as a share.

    Of the operations that are 0 where an output has no series the first ones are covered that have one.
    None where there is none.
    """
    covers: dict[int, list[Piece]] = {}
    mended = dict[Fraction, list[int]]()
    for number in terms.needed():
        if number in terms.outputs or terms.nodes[number].op in STILL:
            continue
        alone = Terms(terms.nodes, (number,))
        inner = set(alone.needed())
        roots = zeros(alone, 0, _sign_changes(study, number, failing))
        for root in (root for root in roots if root != float(root)):
            if not inner.isdisjoint(mended.get(root, ())):
                continue
            width = short(abs(float(root)) * share)
            series = fit_at(alone, number, root, width, dtype)
            if series is not None and not _all_smooth(terms, root, width, dtype):
                mended.setdefault(root, []).append(number)
                covers.setdefault(number, []).append(series)
    return _covered(terms, covers) if 0 < len(mended) <= MOST else None


def _all_smooth(terms: Terms, root: Fraction, width: float, dtype: str) -> bool:
    """Return whether each output has a series there."""
    return all(fit_at(terms, output, root, width, dtype) is not None for output in terms.outputs)


def _sign_changes(study: Study, number: int, failing: NDArray[np.bool_]) -> list[float]:
    """Return neighbours among the study points, one failing, between which the sign changes."""
    order = np.argsort(study.points, kind="stable")
    points, sign = study.points[order], np.sign(study.mantissa[number][order])
    bad = failing[order]
    places = np.flatnonzero((sign[:-1] * sign[1:] < 0) & (bad[:-1] | bad[1:]))
    return [float(x) for place in places for x in points[place : place + 2]]


def _covered(terms: Terms, covers: Mapping[int, Sequence[Piece]]) -> Terms:
    """Return the terms with pieces where they hold."""

    def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
        if number not in covers:
            return None
        node = terms.nodes[number]
        plain = result.add(node.op, *(place[a] for a in node.args), value=node.value)
        return patched(result, plain, covers[number])

    return terms.rebuilt(enter)


def _returning(
    terms: Terms, output: int, study: Study, here: NDArray[np.bool_], dtype: str
) -> Sequence[int]:
    """Return the operations back in range of which an argument is out of it somewhere."""
    low, high = RANGE[dtype]
    exponent = study.exponent[:, here]
    zero = study.mantissa[:, here] == 0
    out = (((exponent < low) & ~zero) | (exponent > high)).any(axis=1)
    needed = Terms(terms.nodes, (output,)).needed()
    return [
        number
        for number in needed
        if not out[number]
        and terms.nodes[number].op not in STILL
        and any(out[a] for a in terms.nodes[number].args)
    ]


def _cancelling(
    terms: Terms, output: int, study: Study, here: NDArray[np.bool_], _: str
) -> Sequence[int]:
    """Return the operations, the last first, which are far smaller than arguments and lose digits."""
    reach = study.amplification[output][:, here]
    exponent = _exponents(study)[:, here]
    found = []
    for number in reversed(Terms(terms.nodes, (output,)).needed()):
        node, arguments = terms.nodes[number], list(terms.nodes[number].args)
        if node.op in CANCELLING and number not in terms.outputs:
            smaller = exponent[number] < exponent[arguments].max(axis=0) - LOST
            lost = reach[arguments].max(axis=0) > 2.0**LOST * reach[number]
            if (smaller & lost & (reach[number] > LITTLE)).any():
                found.append(number)
    return found


def _exponents(study: Study) -> NDArray[np.int64]:
    """Return the exponents of all operations, that of 0 below all others."""
    return np.where(study.mantissa == 0, LEAST, study.exponent)
