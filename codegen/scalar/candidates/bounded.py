"""What overflows where every output is 0, bounded: p·e^−p is 0, not ∞·0, where p = |x|^a is beyond floats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sympy import Integer

from codegen.scalar.conditioning import Study
from codegen.scalar.levels import FORMATS
from codegen.scalar.oracle import Truth
from codegen.scalar.terms import GIVEN, Terms

__all__ = ["bounded"]

LIMIT = {"float32": Integer(2) ** 60, "float64": Integer(2) ** 500}  # two of them may be multiplied


def bounded(
    terms: Terms, study_of: Callable[[Terms], Study], truths: Sequence[Truth], dtype: str
) -> Terms | None:
    """Return the terms with a limit to what first overflows where all outputs are 0; None without such.

    ``study_of`` gives the study of terms at the points where the outputs have the ``truths``. None also
    where outputs are not 0 any more with the limit: 1/(1 + x⁴) is 0 farther out than that.
    """
    study = study_of(terms)
    nothing = np.all([_is_nothing(true, dtype) for true in truths], axis=0)
    _, least, most = FORMATS[dtype]
    large = {
        number
        for number in terms.needed()
        if terms.nodes[number].op not in GIVEN
        and _only_where(study.exponent[number] > most, nothing)
    }
    first = {n for n in large if large.isdisjoint(terms.nodes[n].args)}

    def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
        if number not in first:
            return None
        node = terms.nodes[number]
        value = result.add(node.op, *(place[a] for a in node.args), value=node.value)
        signs = np.sign(study.mantissa[number][study.exponent[number] > most])
        for sign in (1, -1):
            if (signs == sign).any():
                limit = result.add("constant", value=sign * LIMIT[dtype])
                order = (limit, value) if sign > 0 else (value, limit)
                value = result.add("select", result.add("lt_either", *order), limit, value)
        return value

    changed = terms.changed(enter)
    if changed is None:
        return None
    there, rows = study_of(changed), list(changed.outputs)
    left = (np.abs(there.mantissa[rows]) > 0) & (there.exponent[rows] >= least)
    return None if left[:, nothing].any() else changed


def _is_nothing(true: Truth, dtype: str) -> NDArray[np.bool_]:
    """Return where an output is below every subnormal number."""
    _, least, _ = FORMATS[dtype]
    return (true.high == 0) | (np.isfinite(true.high) & (true.exponent < least))


def _only_where(here: NDArray[np.bool_], there: NDArray[np.bool_]) -> bool:
    return bool(here.any()) and not bool((here & ~there).any())
