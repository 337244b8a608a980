"""A design, measured on points that the search did not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.certificate import BOUNDS, Errors, Row, errors, rows, worse
from codegen.scalar.compare import farthest
from codegen.scalar.denser import changes, filled, joined, largest, peaks, tails
from codegen.scalar.endings import ended
from codegen.scalar.oracle import Truth, truth
from codegen.scalar.problem import Problem
from codegen.scalar.run import run
from codegen.scalar.sample import samples
from codegen.scalar.search import Design
from codegen.scalar.served import Domain
from codegen.scalar.settings import Place, settings
from codegen.scalar.terms import Terms
from codegen.scalar.write import written

__all__ = ["Proved", "Tried", "proof"]

SAMPLES = 20_000
HOODS = 4  # neighbourhoods of an output in which samples show large errors
CLOSE = 1024  # more points in each
FEW = 128  # about each of some at which results are below the normal range


@dataclass(frozen=True)
class Proved:
    """Operations with their levels, and what was measured of them."""

    form: str
    terms: Terms
    levels: tuple[int, ...]
    dtype: str
    rows: tuple[Row, ...]
    domain: Domain
    worst: tuple[Place, ...] = field(default=(), compare=False)  # where the rows' errors are

    def only(self, outputs: Sequence[int]) -> tuple[Terms, tuple[int, ...]]:
        """Return the operations that these outputs need, with their levels."""
        kept = Terms(self.terms.nodes, tuple(self.terms.outputs[k] for k in outputs))
        levels = tuple(self.levels[number] for number in kept.needed())
        return kept.pruned(kept.outputs), levels


@dataclass(frozen=True)
class Tried:
    """Points at which designs are measured, parameters at each of them, and the truth."""

    points: NDArray[np.floating]
    parameters: Mapping[str, NDArray[np.float64]]
    truths: Sequence[Truth]

    @classmethod
    def sampled(cls, problem: Problem) -> Tried:
        """Return the points at which designs of a problem are measured first."""
        points = samples(problem.dtype, SAMPLES, problem.marks)
        return cls.of(problem, points, settings(problem.defaults, points.size, problem.dtype))

    @classmethod
    def of(
        cls,
        problem: Problem,
        points: NDArray[np.floating],
        parameters: Mapping[str, NDArray[np.float64]],
    ) -> Tried:
        """Return the points with the truth there."""
        return cls(points, parameters, truth(problem.terms, points.astype(np.float64), parameters))

    def place(self, number: int) -> Place:
        """Return one of the points, with the parameters there."""
        given = {name: float(column[number]) for name, column in self.parameters.items()}
        return float(self.points[number]), given


def proof(problem: Problem, design: Design, names: Sequence[str], tried: Tried) -> Proved:
    """Return the design with its errors at the points and, where it keeps the bound, where most is feared."""
    dtype, domain = problem.dtype, problem.domain
    terms, levels = ended(
        design.terms, design.levels, dtype, problem.terms, problem.defaults, domain, problem.singled
    )
    source = written(terms, levels, dtype, tuple(problem.defaults))

    def measured(here: Tried) -> tuple[list[Errors], tuple[Row, ...], tuple[Place, ...]]:
        points, given, truths = here.points, here.parameters, here.truths
        values = run(source, points, given)
        found = errors(dtype, points, values, truths, problem.terms, domain, given)
        worst = tuple(here.place(int(np.argmax(ulp))) for ulp, _ in found)
        return found, rows(dtype, names, points, values, truths, found, domain), worst

    found, result, places = measured(tried)
    if all(row.max_ulp <= BOUNDS[dtype] for row in result):
        points, given = tried.points, tried.parameters
        worst = largest(points, [ulp for ulp, _ in found], HOODS)
        turning = changes(points, _choices(terms, levels, tried, dtype))
        feared = peaks(design.predicted)
        more = joined(
            filled(points, given, [*worst, *turning], CLOSE, dtype),
            filled(problem.points, problem.parameters, feared, CLOSE, dtype),
        )
        chosen = farthest(problem, source, *more)
        if problem.defaults:  # thresholds move, and samples are around those of the defaults
            known = [each.floats() for each in problem.truths]
            low = tails(problem.points, problem.parameters, known, FEW, dtype)
            chosen = joined(chosen, low)
        _, others, beside = measured(Tried.of(problem, *chosen))
        places = tuple(
            new if other.max_ulp > row.max_ulp else old
            for row, other, old, new in zip(result, others, places, beside, strict=True)
        )
        result = worse(result, others)
    return Proved(design.form, terms, levels, dtype, result, domain, places)


def _choices(
    terms: Terms, levels: Sequence[int], tried: Tried, dtype: str
) -> tuple[NDArray[np.floating], ...]:
    """Return for each choice of the design which side it takes at the points: 1 or 0."""
    needed = (terms.nodes[number] for number in terms.needed())
    asked = tuple(dict.fromkeys(node.args[0] for node in needed if node.op == "select"))
    if not asked:
        return ()
    source = written(Terms(terms.nodes, asked), levels, dtype, tuple(tried.parameters))
    return run(source, tried.points, tried.parameters)
