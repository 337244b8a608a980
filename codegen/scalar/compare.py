"""Where code errs most among far more inputs than Arb can be asked about: beside a more precise design.

The rarest errors show among hundreds of thousands of inputs only. So the code is run beside another
design of the same problem, for which the error analysis promises a small part of an ULP, and which
returns its outputs less those of the code. Arb is asked only where the two are farthest apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sympy import Symbol

from codegen.scalar.denser import Parameters, Points, filled, joined, largest
from codegen.scalar.levels import F64, LEVELS, PAIR
from codegen.scalar.problem import Problem
from codegen.scalar.run import run
from codegen.scalar.sample import LARGEST, SEED, from_ordinal, ordinal
from codegen.scalar.search import Search
from codegen.scalar.settings import settings
from codegen.scalar.write import written

__all__ = ["farthest"]

PRECISE = 2.0**-5  # ULP, the budget of the more precise design
MAGNITUDES = np.ldexp(1.0, [-14, 7])
COUNT = {"float32": 2**18, "float64": 2**17}
HOOD = 256  # points that are next to each other and are judged together
STAGES = {"float32": ((16, 2**13), (4, 2**14)), "float64": ((16, 2**12), (4, 2**13))}
BLOCK = 2**14  # points run at a time, so that what is on the way stays in the cache
ASKED = 64  # points of an output and a stage at which the truth is asked for
LEAST = {"float32": 0.0, "float64": 2.0**-960}  # of outputs: lesser pairs have no low parts


def farthest(
    problem: Problem, source: str, points: Points, parameters: Parameters
) -> tuple[Points, Parameters]:
    """Return where the code's outputs are farthest from more precise ones.

    Looked for among the points, among many of ordinary magnitudes, then ever closer to the farthest.
    Outputs next to the subnormal numbers are left out, and points where the more precise design fails: it
    is not so there, and what it seems to find would be asked about in the place of what there is.
    """
    precise = problem.once("precise", lambda: Precise.of(problem))
    points, parameters = joined((points, parameters), _ordinary(problem))
    chosen = list[tuple[Points, Parameters]]()
    for hoods, count in (*STAGES[problem.dtype], (0, 0)):
        apart = _apart(problem, source, precise, points, parameters)
        most = np.unique(
            np.concatenate([np.argsort(-each, kind="stable")[:ASKED] for each in apart])
        )
        chosen.append((points[most], {name: column[most] for name, column in parameters.items()}))
        near = largest(points, apart, hoods, HOOD)
        points, parameters = filled(points, parameters, near, count, problem.dtype)
    return joined(*chosen)


def _ordinary(problem: Problem) -> tuple[Points, Parameters]:
    """Return points of ordinary magnitudes, as many in every binade, and of any where parameters vary.

    Where there are none the samples are enough for what does not depend on the magnitude.
    """
    count = COUNT[problem.dtype]
    low, high = ordinal(MAGNITUDES).tolist()
    random = np.random.default_rng(SEED)
    places = random.integers(low, high, count)
    if problem.defaults:
        least, most = ordinal(np.array([np.finfo(problem.dtype).tiny, LARGEST])).tolist()
        places[::4] = random.integers(least, most, places[::4].size)
    points = np.where(np.arange(count) % 2, 1, -1) * from_ordinal(places)
    with np.errstate(over="ignore"):
        rounded = points.astype(problem.dtype)
    return rounded, settings(problem.defaults, count, problem.dtype)


@dataclass(frozen=True)
class Precise:
    """A precise design: the source of its outputs less what follows x and the parameters, and where it fails.

    That is of each output, at the study points.
    """

    source: str
    failing: Sequence[NDArray[np.bool_]]

    @classmethod
    def of(cls, problem: Problem) -> Precise:
        """Return the one of a problem that fails least."""
        search = Search(problem, PRECISE)
        tried = [search.design(form, terms) for form, terms in problem.forms]
        best = min(tried, key=lambda design: (design.failures, design.cost))
        terms = best.terms.copied()
        names = _names(problem)
        known = [terms.add("parameter", value=Symbol(name)) for name in names]
        terms.outputs = tuple(
            terms.add("sub", output, value)
            for output, value in zip(terms.outputs, known, strict=True)
        )
        level = LEVELS[problem.dtype].index(F64 if problem.dtype == "float32" else PAIR)
        levels = [*best.levels, *[level] * (len(terms.nodes) - len(best.levels))]
        source = written(terms, levels, problem.dtype, (*problem.defaults, *names))
        return cls(source, best.failing)

    def fails_beside(self, k: int, problem: Problem, points: Points) -> NDArray[np.bool_]:
        """Return whether an output fails at the study point before or after each of the points.

        Where parameters vary it does at both: next to each other are points of other parameters.
        """
        study_points, failing = problem.points, self.failing[k]
        after = np.searchsorted(study_points, points)
        ends = (np.maximum(after - 1, 0), np.minimum(after, study_points.size - 1))
        both = np.logical_and if problem.defaults else np.logical_or
        return both(*(failing[end] for end in ends))


def _names(problem: Problem) -> list[str]:
    """Return names for the values of the code, which no parameter may have."""
    return [f"_known_{k}" for k in range(len(problem.truths))]


def _apart(
    problem: Problem, source: str, precise: Precise, points: Points, parameters: Parameters
) -> list[NDArray[np.float64]]:
    """Return for each output its distance from the precise one in ULP, 0 where that does not count."""
    found = []
    for start in range(0, points.size, BLOCK):
        block = slice(start, start + BLOCK)
        given = {name: column[block] for name, column in parameters.items()}
        values = run(source, points[block], given)
        beside = given | dict(zip(_names(problem), values, strict=True))
        with np.errstate(all="ignore"):
            found.append(
                [
                    np.where(
                        np.abs(value) < LEAST[problem.dtype],
                        0.0,
                        np.abs(difference / np.spacing(np.abs(value))),
                    )
                    for value, difference in zip(
                        values, run(precise.source, points[block], beside), strict=True
                    )
                ]
            )
    whole = [np.concatenate(parts).astype(np.float64) for parts in zip(*found, strict=True)]
    return [
        np.where(
            np.isfinite(each)
            & problem.counts(k, points)
            & ~precise.fails_beside(k, problem, points),
            each,
            0.0,
        )
        for k, each in enumerate(whole)
    ]
