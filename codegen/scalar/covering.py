"""What covers the failures of a design: series, constants, and other ways to the tails."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.candidates.series import fit_at
from codegen.scalar.inner import with_inner_covers
from codegen.scalar.pieces import patched
from codegen.scalar.problem import Problem
from codegen.scalar.regimes import Interval, cover, intervals, short
from codegen.scalar.terms import Terms

__all__ = ["covered", "with_windows"]

MOST_INTERVALS = 6
MOST_ZEROS = 4  # of an output that get a series


def with_windows(
    problem: Problem, terms: Terms, failing: Sequence[NDArray[np.bool_]], share: float
) -> Terms | None:
    """Return the terms with series as wide as a share of it about each irrational zero next to failures.

    None where there are no such zeros, or so many that series cost more than they save.
    """
    result = terms.copied()
    outputs = list(terms.outputs)
    for k, zeros_here in enumerate(problem.zeros):
        irrational = [zero for zero in zeros_here if float(zero) != zero]
        with np.errstate(over="ignore"):
            near = [
                zero
                for zero in irrational
                if (np.abs(problem.points[failing[k]] - float(zero)) < share * abs(zero)).any()
            ]
        if len(near) > MOST_ZEROS:
            return None
        for zero in near:
            width = short(abs(float(zero)) * share)
            series = fit_at(problem.terms, problem.terms.outputs[k], zero, width, problem.dtype)
            if series is not None:
                outputs[k] = patched(result, outputs[k], [series])
    return None if tuple(outputs) == terms.outputs else result.pruned(outputs)


def covered(
    problem: Problem,
    terms: Terms,
    failing: Sequence[NDArray[np.bool_]],
    only_zeros: bool = False,
) -> Terms | None:
    """Return the terms with series and constants where an output fails; None where nothing covers.

    With trainable parameters that is done of outputs which are one function of one variable; others have
    series at 0 and far out.
    """
    result = terms.copied()
    outputs, any_piece, inner = [], False, list[tuple[int, Interval]]()
    for k, (output, bad) in enumerate(zip(terms.outputs, failing, strict=True)):
        here, subject = output, problem.subjects[k]
        found = list[Interval]()
        if subject is not None:
            finite = np.isfinite(subject.places)  # x p^q may be infinite where x is not
            found = intervals(subject.places[finite], bad[finite])
        if subject is None:
            for series in problem.expanded(k):
                if bad[series.holds(problem.points)].any():
                    any_piece = True
                    here = series.chosen(result, here)
        if subject is None or not found:
            outputs.append(here)
            continue
        if only_zeros:
            places = (Fraction(0), *subject.zeros)  # 0, where removable singularities are
            found = [i for i in found if any(i.before < z < i.after for z in places)]
            if len(found) > MOST_ZEROS:
                return None
        elif len(found) > MOST_INTERVALS:
            found = [
                i for i in found if i.before < 0 < i.after or not np.isfinite(i.before + i.after)
            ]
        for interval in found:
            pieces = cover(subject.terms, subject.output, interval, subject.zeros, problem.dtype)
            if pieces:
                any_piece = True
                here = patched(result, here, pieces, subject.similarity)
            else:
                inner.append((k, interval))
        outputs.append(here)
    if not only_zeros and not problem.defaults:
        for k, interval in inner:
            if any_piece and not np.isfinite(interval.before + interval.after):
                continue  # others may serve there once that is covered
            found_inside = with_inner_covers(
                terms, terms.outputs[k], interval, problem.study(terms), problem.dtype
            )
            if found_inside is not None:
                return found_inside
    return result.pruned(outputs) if any_piece else None
