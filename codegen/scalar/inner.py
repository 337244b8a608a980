"""An operation inside a formula that leaves the range of floats, though the result does not: √(1 + x²).

Where an output fails in a tail and nothing covers the output itself, the operations on the way are
covered: √(1 + x²) by |x| (1 + …), a series in 1/x.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.conditioning import Study
from codegen.scalar.pieces import Piece, patched
from codegen.scalar.regimes import Interval, cover
from codegen.scalar.terms import COMPARISONS, Terms

__all__ = ["with_inner_covers"]

RANGE = {"float32": (-125, 127), "float64": (-1021, 1023)}
MOST = 4
STILL = ("select", "and", "or", "not", "sign", "neg", "abs", *COMPARISONS)


def with_inner_covers(
    terms: Terms, output: int, interval: Interval, study: Study, dtype: str
) -> Terms | None:
    """Return the terms with what leaves the range inside an interval covered there; None where nothing is."""
    here = (study.points >= interval.low) & (study.points <= interval.high)
    wanted = _returning(terms, output, study, here, dtype)
    covers: dict[int, list[Piece]] = {}
    for number in wanted[:MOST]:
        alone = Terms(terms.nodes, (number,))
        pieces = cover(alone, 0, interval, (), dtype)
        if pieces:
            covers[number] = pieces
    if not covers:
        return None

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
