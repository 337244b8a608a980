"""What overflows where outputs do not, bounded: p·e^−p is 0, not ∞·0, where p = |x|^a is beyond floats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sympy import Integer

from codegen.scalar.conditioning import Study
from codegen.scalar.levels import FORMATS
from codegen.scalar.oracle import Truth
from codegen.scalar.terms import GIVEN, GROWING, Terms

__all__ = ["bounded"]

CLOSE = 2.0**-50  # of its size, from the truth
# exponents of 2: the largest there is, and of a limit, two of which may be multiplied
SINGLE, DOUBLE = (128, 60), (1024, 500)
RANGES = {"float32": (SINGLE, DOUBLE), "float64": (DOUBLE,)}  # float32 may be computed in float64


def bounded(
    terms: Terms, study_of: Callable[[Terms], Study], truths: Sequence[Truth], dtype: str
) -> Terms | None:
    """Return the terms with a limit to what first overflows where outputs do not; None without such.

    ``study_of`` gives the study of terms at the points where the outputs have the ``truths``. Where all
    outputs are 0 is tried first, then wherever something overflows, then what exponentials are of, at last
    there alone. None also where outputs are others with the limit: 1/(1 + x⁴) is 0 farther out than that.
    """
    study = study_of(terms)
    nothing = np.all([_is_nothing(true, dtype) for true in truths], axis=0)
    for most, limit in RANGES[dtype]:
        for changed in Limits(terms, study, most, Integer(2) ** limit).attempts(nothing):
            if changed is not None and _unchanged(study_of(changed), changed, truths, dtype):
                return changed
    return None


@dataclass(frozen=True)
class Limits:
    """Terms of which some get a limit where they are beyond an exponent of 2 in a study."""

    terms: Terms
    study: Study
    most: int
    largest: Integer

    def attempts(self, nothing: NDArray[np.bool_]) -> Iterator[Terms | None]:
        """Yield the terms with limits to ever other operations; None where none overflows."""
        every, anywhere = set(self.terms.needed()), np.ones_like(nothing)
        yield self.first(every, nothing)
        yield self.first(every, anywhere)
        yield self.first(every & self.terms.below(GROWING), anywhere)
        yield self.arguments()

    def first(self, which: Set[int], here: NDArray[np.bool_]) -> Terms | None:
        """Return the terms with a limit to which overflow before their arguments do, if only here."""
        large = self.study.exponent > self.most
        found = {
            number
            for number in which
            if self.terms.nodes[number].op not in GIVEN
            and _only_where(large[number], here)
            and (large[number] & ~large[list(self.terms.nodes[number].args)].any(axis=0)).any()
        }

        def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
            if number not in found:
                return None
            node = self.terms.nodes[number]
            value = result.add(node.op, *(place[a] for a in node.args), value=node.value)
            return self._limited(result, number, value)

        return self.terms.changed(enter)

    def arguments(self) -> Terms | None:
        """Return the terms with a limit to what overflows in exponentials, where these are computed."""

        def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
            node = self.terms.nodes[number]
            if node.op not in GROWING:
                return None
            (argument,) = node.args
            return result.add(node.op, self._limited(result, argument, place[argument]))

        return self.terms.changed(enter)

    def _limited(self, result: Terms, number: int, value: int) -> int:
        """Return the operation for the value of that number, limited on the sides where it overflows."""
        signs = np.sign(self.study.mantissa[number][self.study.exponent[number] > self.most])
        for sign in (1, -1):
            if (signs == sign).any():
                limit = result.add("constant", value=sign * self.largest)
                order = (limit, value) if sign > 0 else (value, limit)
                value = result.add("select", result.add("lt_either", *order), limit, value)
        return value


def _unchanged(study: Study, terms: Terms, truths: Sequence[Truth], dtype: str) -> bool:
    """Return whether outputs are what they are in truth, or 0 as that is."""
    _, least, _ = FORMATS[dtype]
    for output, true in zip(terms.outputs, truths, strict=True):
        mantissa, exponent = study.mantissa[output], study.exponent[output]
        is_nothing = (mantissa == 0) | (exponent < least)
        with np.errstate(all="ignore"):
            value = np.ldexp(mantissa, np.clip(exponent - true.exponent, -2000, 2000))
            same = np.abs(value - true.high) <= CLOSE * np.abs(true.high)
        same |= (is_nothing & _is_nothing(true, dtype)) | np.isnan(mantissa)
        if not same.all():
            return False
    return True


def _is_nothing(true: Truth, dtype: str) -> NDArray[np.bool_]:
    """Return where an output is below every subnormal number."""
    _, least, _ = FORMATS[dtype]
    return (true.high == 0) | (np.isfinite(true.high) & (true.exponent < least))


def _only_where(here: NDArray[np.bool_], there: NDArray[np.bool_]) -> bool:
    return bool(here.any()) and not bool((here & ~there).any())
