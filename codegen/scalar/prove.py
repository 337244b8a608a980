"""The search's best design, proved on points it did not see; the next best where it misses the bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from sympy import Expr, Symbol

from codegen.scalar.candidates.build import PLAIN
from codegen.scalar.certificate import CertificateError
from codegen.scalar.choose import AFFORDABLE, AIMS, Measured, best_of, leap, price_of, share
from codegen.scalar.domains import restricted, widest
from codegen.scalar.levels import LEVELS
from codegen.scalar.problem import Problem
from codegen.scalar.proof import Proved, Tried, proof
from codegen.scalar.search import BUDGETS, Design, Search, designs, has_pairs
from codegen.scalar.settings import Place

__all__ = ["Proved", "proved"]

LARGEST = 1.4  # of the budgets, the first
TRIES = 7  # of searches, each within a share of the budget or with more to study
MARGINAL = 0.95  # of what errors may be, to aim at
MOST = 3  # designs measured of one search
CLOSE_BY = 1.1  # times the cost of the best, up to which others are measured
BISECTIONS = 2
NEARER = 2  # times that the best is made more precise
REFINEMENTS = 1  # times that errors are counted double where the bound was missed


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
    tried = Tried.sampled(problem)
    measured = list[Measured]()
    for _ in range(1 + REFINEMENTS):
        measured += Attempts(problem, names, tried, price_of(measured)).made()
        best = best_of(measured)
        if best is None or best.within(1.0) or best.astray:
            break
        problem = problem.studied_at(best.missed, doubted=True)
    best = best_of(measured)
    if best is None or not best.within(1.0):
        raise CertificateError.of(expressions[0], best.found.rows if best else (), dtype)
    return best.found


class Attempts:
    """Designs of a problem, found within one budget after another and measured.

    Attributes:
        problem: with more places to study, or on a smaller domain, as attempts ask for that.
        price: of the cheapest design that serves, beside which others are too dear.
        measured: the designs.
    """

    def __init__(
        self, problem: Problem, names: Sequence[str], tried: Tried, price: float = np.inf
    ) -> None:
        self.problem = problem
        self.price = price
        self.measured = list[Measured]()
        self._names = names
        self._tried = tried
        self._beyond = 0.0  # the budget within which only levels beyond the range of floats served

    def made(self) -> list[Measured]:
        """Return designs with what was measured of them, none much dearer than the cheapest in bounds.

        Levels beyond the range of floats, wherever they might serve, are the last resort: the error
        analysis missed what the samples show.
        """
        for far in (False, True):
            self._with_ever_smaller_budgets(far)
            self._with_budgets_between(far)
            if self.price < np.inf or any(each.within(1.0) for each in self.measured):
                break
        self._nearer_the_aim()
        return self.measured

    def _with_ever_smaller_budgets(self, far: bool) -> None:
        """Measure designs within ever smaller budgets, to one beyond the first that serves.

        Where one exceeds its budget the places are studied too, the first time within the same budget. A
        design within less may be cheaper.
        """
        budget, start, safe = LARGEST * BUDGETS[self.problem.dtype], self.problem, 0
        far_off = list[tuple[Place, float]]()
        for attempt in range(1, TRIES + 1):
            last = attempt == TRIES
            before = self.problem
            found = self._searched(budget, far)
            if self.problem is not before:
                start = self.problem
            affordable = AFFORDABLE * self.price
            here = list[Measured]()
            for design in _promising(found, last):
                if design.cost <= affordable:
                    here.append(self._measure(design, budget))
                if here and here[-1].is_safe and not last:
                    break
            safe += any(each.is_safe for each in here)
            plain = bool(here) and not has_pairs(here[0].design, self.problem.dtype)
            enough = 1 if attempt == 1 and plain else 2
            if not here or safe == enough or leap(self.measured) is not None:
                break
            if here[0].far_off and here[0].far_off == far_off:
                break  # what is as far off as before is not so by a budget
            if here[0].worst == 0:
                break  # nothing is closer
            far_off = here[0].far_off
            saw_too_little = here[0].worst > budget
            if saw_too_little:
                start = self.problem.studied_at(here[0].missed, doubted=False)
            if attempt > 1 or not saw_too_little:
                budget *= share(MARGINAL * here[0].limit / here[0].worst)
            self.problem = start

    def _with_budgets_between(self, far: bool) -> None:
        """Measure designs within budgets between two of which the lesser costs far more."""
        for _ in range(BISECTIONS):
            middle = leap(self.measured)
            if middle is None:
                break
            for design in _promising(self._searched(middle, far), last=False):
                if self._measure(design, middle).is_safe:
                    break

    def _nearer_the_aim(self) -> None:
        """Measure the best with more precise operations where that costs little."""
        best = best_of(self.measured)
        for _ in range(NEARER):
            if best is None or not best.is_safe or best.reaches_aim:
                break
            nearer = _more_precise(self.problem, best)
            if nearer is None or nearer[0].cost > AFFORDABLE * self.price:
                break
            best = self._measure(*nearer)

    def _measure(self, design: Design, budget: float) -> Measured:
        known = (
            each.found
            for each in self.measured
            if each.design.does_as(design) and each.found.domain == self.problem.domain
        )
        found = next(known, None) or proof(self.problem, design, self._names, self._tried)
        self.measured.append(Measured(design, budget, found))
        self.price = min(self.price, price_of(self.measured))
        return self.measured[-1]

    def _searched(self, budget: float, far: bool) -> Sequence[Design]:
        """Return the designs within a budget, on a smaller domain where sines ask for that."""
        if far:
            return Search(self.problem, budget, far=True).designs()[:1]
        found = self._designs(budget)
        if found[0].failures:
            narrower = restricted(self.problem, widest(self.problem, found), budget)
            if narrower is not None:
                self.problem = narrower
                found = self._designs(budget)
        return found

    def _designs(self, budget: float) -> Sequence[Design]:
        found = designs(self.problem, budget, CLOSE_BY, far_first=budget <= self._beyond)
        if not found[0].failures and max(found[0].levels) == len(LEVELS[self.problem.dtype]) - 1:
            self._beyond = max(self._beyond, budget)
        return found


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


def _more_precise(problem: Problem, best: Measured) -> tuple[Design, float] | None:
    """Return a design with more precise operations, and its budget; None where none serves."""
    design, budget = best.design, best.budget
    far = max(design.levels) == len(LEVELS[problem.dtype]) - 1
    for _ in range(TRIES):
        budget *= share(AIMS[problem.dtype] / best.worst)
        closer = Search(problem, budget, far).design(design.form, design.terms)
        if closer.failures:
            return None
        if closer.levels != design.levels:
            return closer, budget
    return None
