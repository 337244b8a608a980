"""Which operations of terms are to blame where an output fails, by the error analysis.

They come back to the range of floats from outside, or are far smaller than what they are made of; or they
are 0 close by.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.conditioning import Study
from codegen.scalar.terms import COMPARISONS, Terms

__all__ = ["STILL", "cancelling", "exponents", "returning", "sign_changes"]

RANGE = {"float32": (-125, 127), "float64": (-1021, 1023)}
STILL = ("select", "and", "or", "not", "sign", "neg", "abs", *COMPARISONS)
CANCELLING = ("add", "sub", "log")
LOST = 8  # bits
LITTLE = 2.0**-LOST  # times by which an output amplifies a relative error that does not matter
LEAST = -(2**40)  # an exponent, of 0


def returning(
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


def cancelling(terms: Terms, output: int, study: Study, here: NDArray[np.bool_]) -> Sequence[int]:
    """Return the operations, the last first, which are far smaller than arguments and lose digits."""
    reach = study.amplification[output][:, here]
    exponent = exponents(study)[:, here]
    found = []
    for number in reversed(Terms(terms.nodes, (output,)).needed()):
        node, arguments = terms.nodes[number], list(terms.nodes[number].args)
        if node.op in CANCELLING and number not in terms.outputs:
            smaller = exponent[number] < exponent[arguments].max(axis=0) - LOST
            lost = 2.0**-LOST * reach[arguments].max(axis=0) > reach[number]
            if (smaller & lost & (reach[number] > LITTLE)).any():
                found.append(number)
    return found


def exponents(study: Study) -> NDArray[np.int64]:
    """Return the exponents of all operations, that of 0 below all others."""
    return np.where(study.mantissa == 0, LEAST, study.exponent)


def sign_changes(study: Study, number: int, failing: NDArray[np.bool_]) -> list[float]:
    """Return neighbours among the study points, one failing, between which the sign changes."""
    sign = np.sign(study.mantissa[number])
    places = np.flatnonzero((sign[:-1] * sign[1:] < 0) & (failing[:-1] | failing[1:]))
    return [float(x) for place in places for x in study.points[place : place + 2]]
