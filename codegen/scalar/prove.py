"""The search's best design, proved on points it did not see; the next best where it misses the bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol

from codegen.scalar.candidates.build import PLAIN
from codegen.scalar.certificate import (
    BOUNDS,
    CertificateError,
    Errors,
    Row,
    errors,
    rows,
    worse,
)
from codegen.scalar.compare import farthest
from codegen.scalar.denser import changes, filled, joined, largest, peaks
from codegen.scalar.endings import ended
from codegen.scalar.levels import LEVELS
from codegen.scalar.oracle import Truth, truth
from codegen.scalar.problem import Problem
from codegen.scalar.run import run
from codegen.scalar.sample import samples
from codegen.scalar.search import BUDGETS, Design, Search, designs, restricted, widest
from codegen.scalar.settings import Place, settings
from codegen.scalar.terms import Terms
from codegen.scalar.write import written

__all__ = ["Proved", "proved"]

SAMPLES = 20_000
MARGIN = {"float32": 0.87, "float64": 0.95}  # of the bound: the worst input may not have been seen
HOODS = 4  # neighbourhoods of an output in which samples show large errors
CLOSE = 1024  # more points in each
AIMS = {"float32": 1.5, "float64": 2.0}
AFFORDABLE = 1.1  # times the cost of a design that keeps the bound, for one that reaches the aim
LARGEST = 1.4  # of the budgets, the first
TRIES = 7  # of searches, each within a share of the budget or with more to study
SHARES = (0.6, 0.75)  # of the one before
MARGINAL = 0.95  # of what errors may be, to aim at
MOST = 3  # designs measured of one search
CLOSE_BY = 1.1  # times the cost of the best, up to which others are measured
LEAP = 1.1  # times the cost of what misses the bound, beyond which a budget between is tried
NARROW = 1.05  # of the ratio of two budgets, between which none is looked for
BISECTIONS = 2
NEARER = 2  # times that the best is made more precise
REFINEMENTS = 1  # times that errors are counted double where the bound was missed


@dataclass(frozen=True)
class Proved:
    """Operations with their levels, and what was measured of them."""

    form: str
    terms: Terms
    levels: tuple[int, ...]
    dtype: str
    rows: tuple[Row, ...]
    domain: tuple[float, float]
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
    parameters = settings(problem.defaults, points.size, dtype)
    tried = Tried.of(problem, points, parameters)
    measured = list[Measured]()
    for _ in range(1 + REFINEMENTS):
        measured += _measured_designs(problem, names, tried, _price(measured))
        best = _best(measured)
        if best is None or best.within(1.0):
            break
        problem = problem.studied_at(best.missed, doubted=True)
    best = _best(measured)
    if best is None or not best.within(1.0):
        raise CertificateError.of(expressions[0], best.found.rows if best else (), dtype)
    return best.found


@dataclass(frozen=True)
class Measured:
    """A design, the budget within which it was found, and what was measured of it."""

    design: Design
    budget: float  # of the error analysis, in ULP
    found: Proved

    @property
    def cost(self) -> float:
        """What the design costs."""
        return self.design.cost

    @property
    def limit(self) -> float:
        """What errors may be, so that no input is likely to exceed the bound."""
        return MARGIN[self.found.dtype] * BOUNDS[self.found.dtype]

    @property
    def worst(self) -> float:
        """The largest error, in ULP."""
        return max(row.max_ulp for row in self.found.rows)

    def within(self, share: float) -> bool:
        """Return whether no error exceeds a share of the bound."""
        return self.worst <= share * BOUNDS[self.found.dtype]

    @property
    def is_safe(self) -> bool:
        """Whether errors are so far within the bound that no input is likely to exceed it."""
        return self.worst <= self.limit

    @property
    def reaches_aim(self) -> bool:
        """Whether no error exceeds the aim."""
        return self.worst <= AIMS[self.found.dtype]

    @property
    def missed(self) -> list[Place]:
        """Where the bound was missed."""
        pairs = zip(self.found.rows, self.found.worst, strict=True)
        return [place for row, place in pairs if row.max_ulp > BOUNDS[self.found.dtype]]


def _price(measured: Sequence[Measured]) -> float:
    """Return the least cost of those well within the bound."""
    return min((each.cost for each in measured if each.is_safe), default=np.inf)


def _best(measured: Sequence[Measured]) -> Measured | None:
    """Return the cheapest well within the bound, or one that reaches the aim for little more."""
    price = _price(measured)
    enough = [e for e in measured if e.is_safe and e.cost <= AFFORDABLE * price]
    if enough:
        return min(enough, key=lambda each: (not each.reaches_aim, each.cost))
    return min(measured, key=lambda each: each.worst, default=None)


def _measured_designs(
    problem: Problem, names: Sequence[str], tried: Tried, price: float
) -> list[Measured]:
    """Return designs with what was measured of them, none much dearer than the cheapest in bounds.

    Where the first misses the bound the places are studied too; then budgets become smaller, to one beyond
    the first that serves, since a design within less may be cheaper.
    """
    result = list[Measured]()

    def measure(design: Design, budget: float) -> Measured:
        known = (each.found for each in result if each.design.does_as(design))
        found = next(known, None) or _proof(problem, design, names, tried)
        result.append(Measured(design, budget, found))
        return result[-1]

    for far in (False, True):
        budget, start, safe = LARGEST * BUDGETS[problem.dtype], problem, 0
        for attempt in range(1, TRIES + 1):
            narrowed, found = _searched(problem, budget, far)
            if narrowed is not problem:
                problem = start = narrowed
            affordable = AFFORDABLE * price
            promising = _promising(found, last=attempt == TRIES)
            here = list[Measured]()
            for design in promising:
                if design.cost <= affordable:
                    here.append(measure(design, budget))
                if here and here[-1].is_safe and attempt < TRIES:
                    break
            price = min(price, _price(here))
            safe += any(each.is_safe for each in here)
            if not here or safe == (1 if attempt == 1 else 2) or _leap(result) is not None:
                break
            studied = problem.studied_at(here[0].missed, doubted=False)
            if here[0].worst > budget:  # the analysis saw too little
                start = studied
            if attempt == 1:
                problem = studied
            else:
                problem = start
                budget *= _share(MARGINAL * here[0].limit / here[0].worst)
        for _ in range(BISECTIONS):
            middle = _leap(result)
            if middle is None:
                break
            problem, found = _searched(problem, middle, far)
            for design in _promising(found, last=False):
                if measure(design, middle).is_safe:
                    break
            price = _price(result)
        if price < np.inf or any(each.within(1.0) for each in result):
            break
    best = _best(result)
    for _ in range(NEARER):
        if best is None or not best.is_safe or best.reaches_aim:
            break
        nearer = _nearer_the_aim(problem, best)
        if nearer is None or nearer[0].cost > AFFORDABLE * price:
            break
        best = measure(*nearer)
    return result


def _leap(measured: Sequence[Measured]) -> float | None:
    """Return a budget between that of the cheapest and a larger one, which buys far less; None without."""
    price = _price(measured)
    served = max((e.budget for e in measured if e.is_safe and e.cost == price), default=np.inf)
    missed = [e for e in measured if e.budget > served and not e.is_safe]
    below = min(missed, key=lambda each: each.budget, default=None)
    if below is None or below.cost * LEAP > price or below.budget < NARROW * served:
        return None
    return float(np.sqrt(served * below.budget))


def _searched(problem: Problem, budget: float, far: bool) -> tuple[Problem, Sequence[Design]]:
    """Return the designs within a budget, and the problem, on a smaller domain where sines ask for that."""
    if far:  # the error analysis missed what the samples show
        return problem, Search(problem, budget, far=True).designs()[:1]
    found = designs(problem, budget)
    if found[0].failures:
        narrower = restricted(problem, widest(problem, found), budget)
        if narrower is not None:
            return narrower, designs(narrower, budget)
    return problem, found


def _promising(found: Sequence[Design], last: bool) -> Sequence[Design]:
    """Return which designs to measure until one serves: the best and those that cost little more.

    At the last these are a few, also of those whose form is not plain.
    """
    if not last:
        most = CLOSE_BY * found[0].cost
        close = [d for d in found[1:] if d.failures <= found[0].failures and d.cost <= most]
        return [found[0], *close][:MOST]
    firm = [design for design in found if PLAIN not in design.form]
    return [*found[:MOST], *(design for design in firm[:MOST] if design not in found[:MOST])]


def _nearer_the_aim(problem: Problem, best: Measured) -> tuple[Design, float] | None:
    """Return a design with more precise operations, and its budget; None where none serves."""
    design, budget = best.design, best.budget
    far = max(design.levels) == len(LEVELS[problem.dtype]) - 1
    for _ in range(TRIES):
        budget *= _share(AIMS[problem.dtype] / best.worst)
        closer = Search(problem, budget, far).design(design.form, design.terms)
        if closer.failures:
            return None
        if closer.levels != design.levels:
            return closer, budget
    return None


def _share(wanted: float) -> float:
    """Return the share of a budget to try next, when errors should be so much of what they are."""
    return float(np.clip(wanted, *SHARES))


def _proof(problem: Problem, design: Design, names: Sequence[str], tried: Tried) -> Proved:
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
        _, others, beside = measured(Tried.of(problem, *farthest(problem, source, *more)))
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
