"""The cheapest candidate that is right everywhere: forms, precisions and regimes tried in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.candidates.build import PLAIN
from codegen.scalar.costs import cost, least_cost
from codegen.scalar.covering import covered, with_windows
from codegen.scalar.inner import irrational_zeros, with_inner_windows
from codegen.scalar.levels import FORMATS, LEVELS, PAIR, Level
from codegen.scalar.precision import Assignment, assign, with_differences
from codegen.scalar.problem import Problem
from codegen.scalar.run import run
from codegen.scalar.shares import USUAL, Strictness
from codegen.scalar.terms import Terms
from codegen.scalar.write import written

__all__ = ["BUDGETS", "Design", "Search", "designs", "has_pairs"]

BUDGETS = {"float32": 3.4, "float64": 7.0}
ROUNDS = 3
RIVAL = 0.9  # of the best cost: what a design that fails somewhere must be below to be mended
# of an irrational zero; float32 is computed with 42 bits, which serve but in the closest neighbourhood
WINDOWS = {"float32": (2.0**-11, 0.25, 0.5), "float64": (0.25, 0.5)}
# ULP of the difference of what is compared: its sign is right
SIGNS = {dtype: 2.0 ** (digits - 2) for dtype, (digits, *_) in FORMATS.items()}
ASTRAY = {"float32": 2.0**11, "float64": 2.0**40}  # ULP, less than any number's from infinity or 0
# In turn, for designs whose run is far from the truth where the analysis did not foresee it
STRICTER = (
    Strictness(loose=False),
    Strictness(overflow=np.inf),
    Strictness(overflow=np.inf, loose=False),
    Strictness(overflow=np.inf, least=0.0),
)


@dataclass(frozen=True)
class Design:
    """Operations with a level each, what they cost, and at how many study points they fail."""

    form: str
    terms: Terms
    levels: tuple[int, ...]
    cost: float
    failing: tuple[NDArray[np.bool_], ...] = field(compare=False)
    predicted: tuple[NDArray[np.float64], ...] = field(compare=False)  # in ULP
    lost: bool = False  # whether it is far from the truth somewhere, and no failure was foreseen

    @property
    def failures(self) -> int:
        """The number of study points at which an output fails."""
        return sum(int(bad.sum()) for bad in self.failing)

    def does_as(self, other: Design) -> bool:
        """Return whether another design has the same operations with the same levels."""
        return (self.terms.content, self.levels) == (other.terms.content, other.levels)


@dataclass(frozen=True)
class Search:
    """Designs of a problem within a budget of the error analysis, in ULP.

    Levels beyond the range of floats are used only where ``far`` says so. What costs more than ``dearest``
    times a design that fails nowhere is not looked at further: terms that cannot but do so are left out.
    """

    problem: Problem
    budget: float
    far: bool = False
    dearest: float = np.inf

    @property
    def ladder(self) -> Sequence[Level]:
        """The levels that may be used."""
        levels = LEVELS[self.problem.dtype]
        return levels if self.far else levels[:-1]

    def designs(self) -> list[Design]:
        """Return all designs tried, the best first: fewest failures, then the lowest cost."""
        problem = self.problem
        tried = self._affordable(problem.forms, ())
        best = min(tried, key=_rank)
        if best.failures or has_pairs(best, problem.dtype):
            tried += self._affordable(problem.parted_forms, tried)
        if min(design.failures for design in tried):
            tried += self._affordable(problem.far_forms, tried)
        coverings = (
            covering
            for design in tried
            if PLAIN in design.form
            for covering in self.around_zeros(design)
        )
        tried += self._affordable(tuple(coverings), tried)
        best = min(tried, key=_rank)
        for design in (best, *self._rivals(best, tried)):
            more = (*self.around_zeros(design), *self.with_windows(design))
            for start in (design, *self._affordable(more, tried)):
                tried.extend(self.mended(start))
        return sorted(tried, key=_rank)

    def _rivals(self, best: Design, tried: Sequence[Design]) -> list[Design]:
        """Return designs that fail somewhere, or cost more than series would, to be mended beside the best.

        One costs clearly less; where the best has pairs in normal form, one is what would cost least without.
        """
        others = [
            design
            for design in tried
            if design is not best and design.failures < self.problem.points.size // 3
        ]
        cheap = [design for design in others if design.cost < RIVAL * best.cost]
        found = sorted(cheap, key=lambda design: design.cost)[:1]
        if has_pairs(best, self.problem.dtype):
            plain = [level.name for level in self.ladder[:1]]
            least = min(others, key=lambda design: least_cost(design.terms, plain), default=best)
            found += [least] if least is not best and least not in found else []
        return found

    def _affordable(
        self, forms: Sequence[tuple[str, Terms]], before: Sequence[Design]
    ) -> list[Design]:
        """Return designs of the forms but of those too dear beside another or one of those before.

        What computes differences as they are typed is no measure for forms that do not: it may turn out
        to lose digits.
        """
        tried = list[Design]()
        for least, _, (form, terms) in sorted(
            (self._least_cost(terms), number, (form, terms))
            for number, (form, terms) in enumerate(forms)
        ):
            serving = [
                design.cost
                for design in (*before, *tried)
                if not design.failures and (PLAIN in form or PLAIN not in design.form)
            ]
            most = self.dearest * min(serving, default=np.inf)
            if least <= most:
                design = self.design(form, terms, most)
                tried.append(design)
                if not design.failures:
                    self._costs(self.problem, terms)[self.budget] = design.cost
        return tried

    def _least_cost(self, terms: Terms) -> float:
        """Return what terms cannot but cost: no less than within a larger budget, at fewer points."""
        costs = [least_cost(terms, [level.name for level in self.ladder])]
        problem = self.problem
        while True:
            known = self._costs(problem, terms)
            costs += [cost for budget, cost in known.items() if budget >= self.budget]
            if problem.fewer is None:
                return max(costs)
            problem, _ = problem.fewer

    def _costs(self, problem: Problem, terms: Terms) -> dict[float, float]:
        """Return the costs of the terms in searches so far, each with its budget."""
        found: dict[float, float] = problem.once(("costs", terms.content, self.far), dict)
        return found

    def design(self, form: str, terms: Terms, most: float = np.inf) -> Design:
        """Return the terms with the levels that the error analysis gives them.

        Where a run is far from the truth and it foresaw no failure, pairs are brought to normal form, or
        nothing may overflow, if that helps; others are to be mended first. What costs more than ``most``
        is not run.
        """
        design = self._design(form, terms, USUAL, most)
        for strictness in STRICTER:
            if design.lost:
                design = min(design, self._design(form, terms, strictness, most), key=_rank)
        return design

    def _design(self, form: str, terms: Terms, strictness: Strictness, most: float) -> Design:
        problem = self.problem
        assignment = self.assignment(terms, self.ladder, strictness)
        price = cost(terms, assignment.levels, [level.name for level in LEVELS[problem.dtype]])
        missed = [assignment.missed[output] for output in terms.outputs]
        lost = missed
        if price <= most:
            lost = problem.once(
                ("lost", terms.content, assignment.levels),
                lambda: _lost(problem, terms, assignment.levels),
            )
        failing = tuple(a | b for a, b in zip(missed, lost, strict=True))
        foreseen = any(bad.any() for bad in missed)
        unforeseen = not foreseen and any(bad.any() for bad in lost)
        predicted = tuple(assignment.predicted[output] for output in terms.outputs)
        return Design(form, terms, assignment.levels, price, failing, predicted, unforeseen)

    def assignment(
        self,
        terms: Terms,
        ladder: Sequence[Level] | None = None,
        strictness: Strictness = USUAL,
    ) -> Assignment:
        """Return the levels of the operations, and where they do not serve.

        What is compared is precise enough to tell which of the two is the larger one.
        """
        problem = self.problem
        inside = problem.inside(problem.points)
        whole = problem.once(
            ("with differences", terms.content),
            lambda: with_differences(terms, problem.study(terms), problem.dtype, inside),
        )
        counted = dict.fromkeys(whole.outputs, inside)
        counted |= {output: problem.counted(k) for k, output in enumerate(terms.outputs)}
        budgets = dict.fromkeys(whole.outputs, SIGNS[problem.dtype])
        budgets |= dict.fromkeys(terms.outputs, self.budget)
        study, ladder = problem.study(whole), ladder or self.ladder
        found = assign(whole, study, problem.dtype, budgets, counted, ladder, strictness)
        return replace(found, levels=found.levels[: len(terms.nodes)])

    def around_zeros(self, design: Design) -> list[tuple[str, Terms]]:
        """Return the design with a series around each zero where the first level, or the next, fails.

        Series serve all outputs that fail, or one, so that another takes a better level instead. A short
        series beside the second level may cost less than a long one beside the first.
        """
        problem = self.problem
        if not any(design.levels):
            return []
        found = list[Terms]()
        for count in (1, 2):
            failing = self._failing(design, count)
            for bad in (failing, *_each_alone(failing)):
                changed = covered(problem, design.terms, bad, only_zeros=True)
                if changed is not None and all(changed.content != t.content for t in found):
                    found.append(changed)
        return [(f"{design.form}, series at zeros", terms) for terms in found]

    def with_windows(self, design: Design) -> list[tuple[str, Terms]]:
        """Return the design with series about irrational zeros, as wide as a share of them.

        They are of outputs, or of what is 0 inside of them.
        """
        problem, terms = self.problem, design.terms
        if not any(design.levels) or problem.defaults:
            return []
        bad = self._failing(design, 1)
        inside = irrational_zeros(terms, problem.study(terms), np.logical_or.reduce(bad))
        found = list[Terms | None]()
        for share in WINDOWS[problem.dtype]:
            found.append(with_windows(problem, terms, bad, share))
            found.append(with_inner_windows(terms, inside, share, problem.dtype))
        return [(f"{design.form}, windows", terms) for terms in found if terms is not None]

    def _failing(self, design: Design, count: int) -> list[NDArray[np.bool_]]:
        """Return where outputs fail at the first levels, so many of them, or do not count."""
        assignment = self.assignment(design.terms, self.ladder[:count])
        return [
            assignment.missed[output] | ~self.problem.counted(k)
            for k, output in enumerate(design.terms.outputs)
        ]

    def mended(self, design: Design) -> Iterator[Design]:
        """Yield the design with ever more of its failures covered."""
        yield design
        for _ in range(ROUNDS):
            if not design.failures:
                return
            changed = covered(self.problem, design.terms, design.failing)
            if changed is None:
                return
            before = design.failures
            design = self.design(f"{design.form}, mended", changed)
            yield design
            if design.failures >= before:
                return


def designs(
    problem: Problem, budget: float, dearest: float = np.inf, far_first: bool = False
) -> list[Design]:
    """Return all designs tried, the best first, those beyond the range of floats where others fail.

    ``far_first`` tells that others are known to fail.
    """
    tried = list[Design]()
    for far in (far_first, not far_first):
        tried = sorted([*tried, *Search(problem, budget, far, dearest).designs()], key=_rank)
        if not tried[0].failures:
            break
    return tried


def has_pairs(design: Design, dtype: str) -> bool:
    """Return whether a design has pairs in normal form, which others may do without."""
    return max(design.levels) >= LEVELS[dtype].index(PAIR)


def _each_alone(failing: Sequence[NDArray[np.bool_]]) -> Iterator[list[NDArray[np.bool_]]]:
    """Yield where designs fail as if only one of the outputs did, for each of several that do."""
    marked = [k for k, bad in enumerate(failing) if bad.any()]
    for k in marked if len(marked) > 1 else []:
        yield [bad if j == k else np.zeros_like(bad) for j, bad in enumerate(failing)]


def _rank(design: Design) -> tuple[int, float]:
    return design.failures, design.cost


def _lost(problem: Problem, terms: Terms, levels: Sequence[int]) -> list[NDArray[np.bool_]]:
    """Return where a run of the operations gives infinity, 0, NaN or another number far from the truth.

    Next to an irrational zero, where no digit may be right, a number is to be finite.
    """
    source = written(terms, levels, problem.dtype, tuple(problem.defaults))
    values = run(source, problem.points.astype(problem.dtype), problem.parameters)
    found = []
    for k, (value, true) in enumerate(zip(values, problem.truths, strict=True)):
        lost = ~(true.ulp_distance(value, problem.dtype) < ASTRAY[problem.dtype])
        counted = problem.counted(k)
        infinite = ~np.isfinite(value) & np.isfinite(true.floats()) & ~counted
        found.append(lost & counted | infinite & problem.inside(problem.points))
    return found
