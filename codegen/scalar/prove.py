"""The search's best design, proved on points it did not see; the next best where it misses the bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol

from codegen.scalar.candidates.build import PLAIN
from codegen.scalar.certificate import BOUNDS, CertificateError, Row, errors, rows, worse
from codegen.scalar.denser import STAGES, changes, filled, joined, largest, peaks
from codegen.scalar.endings import ended
from codegen.scalar.oracle import Truth, truth
from codegen.scalar.problem import Problem
from codegen.scalar.run import run
from codegen.scalar.sample import samples, spread
from codegen.scalar.search import BUDGETS, Design, Search, designs, restricted
from codegen.scalar.terms import Terms
from codegen.scalar.write import written

__all__ = ["Proved", "proved"]

SAMPLES = 20_000
MARGIN = 0.85  # of the bound, since the worst input is seldom among so few samples
AIMS = {"float32": 1.5, "float64": 2.0}
AFFORDABLE = 1.3  # times the cost of a design that keeps the bound, for one that reaches the aim
TIGHTER = (1.4, 0.9, 0.7, 0.5)
TRIES = 3
REFINEMENTS = 1  # times that the places where the bound was missed are studied too


@dataclass(frozen=True)
class Proved:
    """Operations with their levels, and what was measured of them."""

    form: str
    terms: Terms
    levels: tuple[int, ...]
    dtype: str
    rows: tuple[Row, ...]
    domain: tuple[float, float]

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
    def of(
        cls,
        problem: Problem,
        points: NDArray[np.floating],
        parameters: Mapping[str, NDArray[np.float64]],
    ) -> Tried:
        """Return the points with the truth there."""
        return cls(points, parameters, truth(problem.terms, points.astype(np.float64), parameters))


def proved(
    expressions: Sequence[Expr],
    variable: Symbol,
    dtype: str,
    names: Sequence[str],
    defaults: Mapping[str, float],
) -> Proved:
    """Return the cheapest design that keeps the bound on the samples; CertificateError if none does."""
    return _proved(tuple(expressions), variable, dtype, tuple(names), tuple(defaults.items()))


@lru_cache(maxsize=256)
def _proved(
    expressions: tuple[Expr, ...],
    variable: Symbol,
    dtype: str,
    names: tuple[str, ...],
    defaults: tuple[tuple[str, float], ...],
) -> Proved:
    problem = Problem.of(expressions, variable, dtype, dict(defaults))
    points = samples(dtype, SAMPLES, problem.marks)
    parameters = {
        name: spread(value, points.size, dtype) for name, value in problem.defaults.items()
    }
    tried = Tried.of(problem, points, parameters)
    best: Proved | None = None
    for _ in range(1 + REFINEMENTS):
        best = _best(problem, names, tried, best)
        missed = () if best is None else [r.where for r in best.rows if r.max_ulp > BOUNDS[dtype]]
        if best is not None and not missed:
            return best
        problem = problem.studied_at(missed)
    raise CertificateError.of(expressions[0], best.rows if best else (), dtype)


def _best(
    problem: Problem,
    names: Sequence[str],
    tried: Tried,
    best: Proved | None,
) -> Proved | None:
    """Return the cheapest design that keeps the bound, or the one that comes nearest to it."""
    dtype, price = problem.dtype, np.inf
    for attempts in (_attempts, _far_attempts):
        if best is not None and _worst(best) <= BOUNDS[dtype]:
            break
        for narrowed, design in attempts(problem):
            if best is not None and _worst(best) <= MARGIN * BOUNDS[dtype]:
                if _worst(best) <= AIMS[dtype]:
                    break
                if design.cost > AFFORDABLE * price:
                    continue
            found = _measured(narrowed, design, names, tried)
            if _worst(found) <= MARGIN * BOUNDS[dtype]:
                price = min(price, design.cost)
            if best is None or _worst(found) < _worst(best):
                best = found
    return best


def _worst(found: Proved) -> float:
    return max(row.max_ulp for row in found.rows)


def _attempts(problem: Problem) -> Iterator[tuple[Problem, Design]]:
    for tighter in TIGHTER:
        budget = tighter * BUDGETS[problem.dtype]
        tried = designs(problem, budget)
        if tried[0].failures:
            narrower = restricted(problem, tried[0], budget)
            if narrower is not None:
                problem = narrower
                tried = designs(problem, budget)
        firm = [design for design in tried if PLAIN not in design.form]
        most = TRIES if tighter == TIGHTER[-1] else 1
        for design in [*tried[:most], *(d for d in firm[:most] if d not in tried[:most])]:
            yield problem, design


def _far_attempts(problem: Problem) -> Iterator[tuple[Problem, Design]]:
    """Yield designs beyond the range of floats, where the error analysis missed what the samples show."""
    for tighter in TIGHTER[1:]:
        yield problem, Search(problem, tighter * BUDGETS[problem.dtype], far=True).designs()[0]


def _measured(problem: Problem, design: Design, names: Sequence[str], tried: Tried) -> Proved:
    """Return the design with its errors at the points and, where it keeps the bound, at denser ones."""
    dtype, domain = problem.dtype, problem.domain
    terms, levels = ended(
        design.terms, design.levels, dtype, problem.terms, problem.defaults, domain, problem.corners
    )
    source = written(terms, levels, dtype, tuple(problem.defaults))
    measured: tuple[Row, ...] = ()
    for hoods, count in (*STAGES, (0, 0)):
        points, truths, given = tried.points, tried.truths, tried.parameters
        values = run(source, points, given)
        found = errors(dtype, points, values, truths, problem.terms, domain, given)
        measured = worse(measured, rows(dtype, names, points, values, truths, found, domain))
        if not count or any(row.max_ulp > BOUNDS[dtype] for row in measured):
            break
        here = largest(points, [ulp for ulp, _ in found], hoods)
        new = [filled(points, given, here, count, dtype)]
        if (hoods, count) == STAGES[0]:
            changing = changes(points, _choices(terms, levels, tried, dtype))
            new.append(filled(points, given, changing, count, dtype))
            feared = peaks(design.predicted)
            new.append(filled(problem.points, problem.parameters, feared, count, dtype))
        tried = Tried.of(problem, *joined(*new))
    return Proved(design.form, terms, levels, dtype, measured, domain)


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
