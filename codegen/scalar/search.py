"""The cheapest candidate that is right everywhere: forms, precisions and regimes tried in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol

from codegen.scalar.candidates.build import candidates
from codegen.scalar.candidates.divide import divided
from codegen.scalar.candidates.rescale import rescaled
from codegen.scalar.candidates.scale import scaled_down
from codegen.scalar.candidates.series import fit_at
from codegen.scalar.candidates.turns import scaled_turns
from codegen.scalar.conditioning import Study, study
from codegen.scalar.costs import cost
from codegen.scalar.inner import with_inner_covers
from codegen.scalar.lower import lower
from codegen.scalar.oracle import Truth, truth
from codegen.scalar.pieces import patched
from codegen.scalar.precision import LEVELS, Assignment, Level, assign
from codegen.scalar.regimes import Interval, cover, intervals, short
from codegen.scalar.run import run
from codegen.scalar.sample import grid, landmarks, spread
from codegen.scalar.terms import Terms
from codegen.scalar.write import written
from codegen.scalar.zeros import zeros

__all__ = ["BUDGETS", "Design", "Problem", "designs", "restricted"]

BUDGETS = {"float32": 3.4, "float64": 7.0}
EXEMPT = 2.0**-24  # nearer to an irrational zero than this nothing is asked of float64
ROUNDS = 3
MOST_ZEROS = 3
WILD = 30  # bits of the argument of a sine
MOST_INTERVALS = 6
SCALED = ("huge turns scaled", scaled_turns)
FAR: Mapping[str, tuple[tuple[str, Callable[[Terms], Terms | None]], ...]] = {
    "float32": (("divided in turn", divided), SCALED),
    "float64": (
        ("divided in turn", divided),
        SCALED,
        ("huge x scaled", scaled_down),
        ("divided in turn, huge x scaled", lambda terms: scaled_down(divided(terms) or Terms())),
    ),
}


@dataclass(frozen=True)
class Design:
    """Operations with a level each, what they cost, and at how many study points they fail."""

    form: str
    terms: Terms
    levels: tuple[int, ...]
    cost: float
    failing: tuple[NDArray[np.bool_], ...] = field(compare=False)

    @property
    def failures(self) -> int:
        """The number of study points at which an output fails."""
        return sum(int(bad.sum()) for bad in self.failing)


@dataclass(frozen=True)
class Problem:
    """Expressions to be computed in a dtype, where to look, and the truth there."""

    expressions: tuple[Expr, ...]
    variable: Symbol
    dtype: str
    terms: Terms
    marks: tuple[float, ...]
    zeros: tuple[tuple[Fraction, ...], ...]
    points: NDArray[np.float64]
    truths: tuple[Truth, ...]
    defaults: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    domain: tuple[float, float] = (-np.inf, np.inf)
    studies: dict[int, tuple[Terms, Study]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        expressions: Sequence[Expr],
        variable: Symbol,
        dtype: str,
        defaults: Mapping[str, float] | None = None,
    ) -> Problem:
        """Return the problem with its landmarks, zeros and study points worked out.

        ``defaults`` give each trainable parameter its value; it is studied in :func:`spread` around it.
        """
        terms = lower(expressions, variable)
        defaults = dict(defaults or {})
        marks = landmarks(terms, defaults)
        roots: tuple[tuple[Fraction, ...], ...] = ((),) * len(expressions)
        if not defaults:
            roots = tuple(tuple(zeros(terms, k, marks)) for k in range(len(expressions)))
        points = grid(dtype, marks, [float(root) for each in roots for root in each])
        parameters = {name: spread(v, points.size, dtype) for name, v in defaults.items()}
        found = truth(terms, points, parameters)
        return cls(
            tuple(expressions), variable, dtype, terms, marks, roots, points, found, defaults,
            parameters,
        )  # fmt: skip

    @cached_property
    def forms(self) -> tuple[tuple[str, Terms], ...]:
        """The forms in which the expressions may be computed, each with its name."""
        return tuple(_forms(self))

    @cached_property
    def far_forms(self) -> tuple[tuple[str, Terms], ...]:
        """The forms again with less that leaves the range of floats, tried where all others fail."""
        found = []
        for form, terms in self.forms:
            for words, change in FAR[self.dtype]:
                changed = change(terms)
                if changed is not None:
                    found.append((f"{form}, {words}", changed))
        return tuple(found)

    def study(self, terms: Terms) -> Study:
        """Return the error analysis of terms at the study points, made once."""
        if id(terms) not in self.studies:
            self.studies[id(terms)] = terms, study(terms, self.points, self.parameters)
        return self.studies[id(terms)][1]

    def counted(self, output: int) -> NDArray[np.bool_]:
        """Return which study points count: in float64 not those next to an irrational zero."""
        low, high = self.domain
        result = (low <= self.points) & (self.points <= high)
        if self.dtype == "float64":
            for root in self.zeros[output]:
                if float(root) != root:
                    result &= np.abs(self.points - float(root)) > EXEMPT * abs(float(root))
        return result


def designs(problem: Problem, budget: float) -> list[Design]:
    """Return all designs tried, the best first: fewest failures, then the lowest cost."""
    tried = [_design(problem, form, terms, budget) for form, terms in problem.forms]
    if min(design.failures for design in tried):
        tried += [_design(problem, form, terms, budget) for form, terms in problem.far_forms]
    best = min(tried, key=_rank)
    rivals = [
        d
        for d in tried
        if d is not best and d.cost < 0.7 * best.cost and d.failures < problem.points.size // 3
    ]
    for design in (best, *sorted(rivals, key=lambda d: d.cost)[:1]):
        with_zeros = _around_zeros(problem, design, budget)
        for start in (design, with_zeros, _with_windows(problem, design, budget)):
            if start is not None:
                tried.extend(_mended(problem, start, budget))
    return sorted(tried, key=_rank)


def restricted(problem: Problem, design: Design) -> Problem | None:
    """Return the problem on the domain between the tails in which the design fails.

    That is granted only where the argument of a sine or cosine has grown beyond what two float64 hold.
    """
    result = problem.study(problem.terms)
    periodic = [
        node.args[0] for node in problem.terms.nodes if node.op in ("sin", "cos") and node.args
    ]
    wild = np.zeros(problem.points.size, bool)
    for argument in periodic:
        wild |= ~(result.exponent[argument] < WILD) | ~np.isfinite(result.mantissa[argument])
    low, high = problem.domain
    for bad in design.failing:
        for interval in intervals(problem.points, bad & wild):
            if interval.low > 0:
                high = min(high, interval.before)
            else:
                low = max(low, interval.after)
    if (low, high) == problem.domain or not wild.any():
        return None
    return replace(problem, domain=(low, high))


def _rank(design: Design) -> tuple[int, float]:
    return design.failures, design.cost


def _forms(problem: Problem) -> Iterator[tuple[str, Terms]]:
    for form, terms in candidates(problem.expressions, problem.variable):
        yield form, terms
        if problem.dtype == "float64":
            other = rescaled(terms)
            if other is not None:
                yield f"{form}, rescaled", other


def _design(problem: Problem, form: str, terms: Terms, budget: float) -> Design:
    """Return the terms with the levels that the error analysis gives them."""
    result = problem.study(terms)
    assignment = _assignment(problem, terms, result, budget)
    failing = _failing(problem, terms, assignment)
    price = cost(terms, assignment.levels, [level.name for level in LEVELS[problem.dtype]])
    return Design(form, terms, assignment.levels, price, tuple(failing))


def _around_zeros(problem: Problem, design: Design, budget: float) -> Design | None:
    """Return the design with a series around each zero where the first level does not serve."""
    if not any(design.levels) or sum(map(len, problem.zeros)) > MOST_ZEROS:
        return None
    result = problem.study(design.terms)
    first = _assignment(problem, design.terms, result, budget, LEVELS[problem.dtype][:1])
    failing = [
        first.missed[output] | ~problem.counted(k) for k, output in enumerate(design.terms.outputs)
    ]
    covered = _covered(problem, design.terms, failing, only_zeros=True)
    if covered is None:
        return None
    return _design(problem, f"{design.form}, series at zeros", covered, budget)


def _with_windows(problem: Problem, design: Design, budget: float) -> Design | None:
    """Return the design with a series about each irrational zero as wide as a quarter of it."""
    if not any(design.levels) or not 0 < sum(map(len, problem.zeros)) <= MOST_ZEROS:
        return None
    result = Terms(list(design.terms.nodes), design.terms.outputs, dict(design.terms._known))
    outputs = list(design.terms.outputs)
    for k, zeros_here in enumerate(problem.zeros):
        for zero in zeros_here:
            if float(zero) == zero:
                continue
            width = short(abs(float(zero)) / 4)
            series = fit_at(problem.terms, problem.terms.outputs[k], zero, width)
            if series is not None:
                outputs[k] = patched(result, outputs[k], [series])
    if tuple(outputs) == design.terms.outputs:
        return None
    return _design(problem, f"{design.form}, windows", result.pruned(outputs), budget)


def _mended(problem: Problem, design: Design, budget: float) -> Iterator[Design]:
    """Yield the design with ever more of its failures covered."""
    yield design
    for _ in range(ROUNDS):
        if not design.failures:
            return
        covered = _covered(problem, design.terms, design.failing)
        if covered is None:
            return
        before = design.failures
        design = _design(problem, f"{design.form}, mended", covered, budget)
        yield design
        if design.failures >= before:
            return


def _assignment(
    problem: Problem,
    terms: Terms,
    result: Study,
    budget: float,
    ladder: Sequence[Level] | None = None,
) -> Assignment:
    counted = {output: problem.counted(k) for k, output in enumerate(terms.outputs)}
    ladder = LEVELS[problem.dtype] if ladder is None else ladder
    return assign(terms, result, problem.dtype, budget, counted, ladder)


def _failing(problem: Problem, terms: Terms, assignment: Assignment) -> list[NDArray[np.bool_]]:
    source = written(terms, assignment.levels, problem.dtype, tuple(problem.defaults))
    values = run(source, problem.points.astype(problem.dtype), problem.parameters)
    failing = []
    for k, (output, value, true) in enumerate(
        zip(terms.outputs, values, problem.truths, strict=True)
    ):
        wrong = ~(true.ulp_distance(value, problem.dtype) < 2.0**40)
        lost = wrong & (~np.isfinite(value) | (value == 0) | (true.high == 0))
        lost &= ~((true.high == 0) & (np.abs(value) < 1e-12) & np.isfinite(value))
        failing.append((assignment.missed[output] | lost) & problem.counted(k))
    return failing


def _covered(
    problem: Problem,
    terms: Terms,
    failing: Sequence[NDArray[np.bool_]],
    only_zeros: bool = False,
) -> Terms | None:
    """Return the terms with series and constants where an output fails; None where nothing covers.

    With trainable parameters nothing does: a series' coefficients are numbers.
    """
    if problem.defaults:
        return None
    result = Terms(list(terms.nodes), terms.outputs, dict(terms._known))
    outputs, any_piece, inner = [], False, list[tuple[int, Interval]]()
    for k, (output, bad) in enumerate(zip(terms.outputs, failing, strict=True)):
        here = output
        found = intervals(problem.points, bad)
        if only_zeros:
            places = (Fraction(0), *problem.zeros[k])  # 0, where removable singularities are
            found = [i for i in found if any(i.before < z < i.after for z in places)]
        elif len(found) > MOST_INTERVALS:
            found = [
                i for i in found if i.before < 0 < i.after or not np.isfinite(i.before + i.after)
            ]
        for interval in found:
            pieces = cover(problem.terms, k, interval, problem.zeros[k], problem.dtype)
            if pieces:
                any_piece = True
                here = patched(result, here, pieces)
            elif not np.isfinite(interval.before + interval.after):
                inner.append((k, interval))
        outputs.append(here)
    if inner and not only_zeros and not any_piece:
        for k, interval in inner:
            found_inside = with_inner_covers(
                terms, terms.outputs[k], interval, problem.study(terms), problem.dtype
            )
            if found_inside is not None:
                return found_inside
    return result.pruned(outputs) if any_piece else None
