"""Prove every line numerically: both sides at random sizes, points and labels, in 50 digits.

Three opinions that share nothing must agree: the line before and the line after each step, where
any ∂ that still stands is a central difference; SymPy's own ``diff`` of L written out entry by entry;
and the matrix form, computed with matrices. A residual is |difference| over the larger side.

Where an activation is steep, central differences lose digits. So sides that differ are compared
again in more, the last time in so many that they cannot be to blame, nor can a number such as 1e300.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from sympy import Dummy, Expr, Indexed, Integer, MatrixExpr, Rational

from derive.activation import Activation, random_smooth
from derive.activation_value import by_differences
from derive.arithmetic import Arithmetic, HighPrecision
from derive.backprop import CHAIN, DEFINITION, instantiate
from derive.budget import PROVING, limited
from derive.errors import VerificationError
from derive.formula import X
from derive.limits import MAGNITUDE
from derive.matrix_value import matrix_value
from derive.notation import Partial
from derive.numeric import Evaluator, Values
from derive.objective import Objective
from derive.points import is_nan, random_arguments, random_point
from derive.second_opinion import SecondOpinion, relative_difference
from derive.steps import Equation, Kind, Step
from derive.trees import replaced

__all__ = ["TOLERANCE", "Check", "checks", "verify"]

TOLERANCE = 1e-15
BESIDE = Rational(1, 1024)  # of a trainable parameter's value, how far from it it is tried
FINER = 250  # digits in which sides that differ are compared again
FAR = 80  # decimal exponent of a number from which those are too few
POINT = Dummy("point")  # the axis of the arguments at which an activation is looked at


@dataclass(frozen=True)
class Check:
    """One comparison: which equation, what was compared, and the largest residual seen."""

    equation: Equation
    what: str
    residual: float

    @property
    def passed(self) -> bool:
        return self.residual <= TOLERANCE

    def require(self) -> None:
        """Raise VerificationError naming the step if it does not hold."""
        if not self.passed:
            raise VerificationError(f"{self} exceeds {TOLERANCE:.0e}; this step does not hold")

    def __str__(self) -> str:
        return f"equation ({self.equation.number}), {self.what}: residual {self.residual:.1e}"


def verify(objective: Objective, equations: tuple[Equation, ...], trials: int, seed: int) -> None:
    """Raise VerificationError naming the first step that does not hold."""
    with limited(PROVING):
        for check in checks(objective, equations, trials, seed):
            check.require()


@dataclass(frozen=True)
class _Comparison:
    """A comparison to be made: which equation, what is compared, and how its residual is measured."""

    equation: Equation
    what: str
    residual: Callable[[], float]


def checks(
    objective: Objective,
    equations: tuple[Equation, ...],
    trials: int = 1,
    seed: int = 0,
    *,
    quick: bool = False,
    turned: Callable[[Equation], MatrixExpr | None] | None = None,
) -> Iterator[Check]:
    """Yield every comparison, its residual the worst of the trials.

    ``quick`` keeps every size at 2 and leaves SymPy's ``diff`` out. ``turned`` gives the matrix
    form that is shown transposed, as a Jacobian, for it to be compared too.
    """
    objective = _with_activations_to_try(objective, seed)

    def compared(arithmetic: Arithmetic) -> Iterator[_Comparison]:
        return _comparisons(objective, equations, arithmetic, (trials, seed), quick, turned)

    finer: list[list[_Comparison]] = []
    for place, comparison in enumerate(compared(HighPrecision())):
        check = Check(comparison.equation, comparison.what, comparison.residual())
        if not check.passed and not finer:
            finer = [
                list(compared(HighPrecision(digits))) for digits in _finer(objective, trials, seed)
            ]
        for again in finer:
            if not check.passed:
                check = replace(check, residual=again[place].residual())
        yield check


def _finer(objective: Objective, trials: int, seed: int) -> Iterator[int]:
    """Yield in how many digits sides that differ are compared again.

    Where numbers are huge or tiny a central difference needs three times as many digits as their
    exponents have: its step must be as small, and the square of that is its error.
    """
    yield FINER
    bound = (found.valued for found in objective.model.activations.values() if found)
    written = [number for formula in bound for number in formula.atoms(Rational)]
    reach = max((len(str(max(abs(n.p), n.q))) for n in written), default=0)
    arithmetic = HighPrecision()
    for trial in range(trials):
        arrays = random_point(objective, arithmetic, (seed, trial), 2).values.arrays
        sizes = (arithmetic.reach(arrays[d.quantity.name]) for d in objective.definitions)
        reach = max(reach, *sizes)
    if reach > FAR:
        yield FINER + 3 * min(reach, MAGNITUDE)


def _comparisons(
    objective: Objective,
    equations: tuple[Equation, ...],
    arithmetic: Arithmetic,
    draws: tuple[int, int],
    quick: bool,
    turned: Callable[[Equation], MatrixExpr | None] | None,
) -> Iterator[_Comparison]:
    """Yield what is to be compared, at the same points whatever the arithmetic."""
    trials, seed = draws
    widest = 2 if quick else 4
    points = [random_point(objective, arithmetic, (seed, trial), widest) for trial in range(trials)]
    second_opinion = (
        None if quick else SecondOpinion(objective, random_point(objective, arithmetic, (seed,), 2))
    )

    def worst(measure: Callable[..., float], *of: Any, **how: Any) -> Callable[[], float]:
        return lambda: max(_or_infinite(measure, point, *of, **how) for point in points)

    for equation in equations:
        if equation.kind is Kind.UPDATE:
            continue  # a rule of procedure: nothing in it is derived
        if equation.kind is Kind.ACTIVATION:
            yield from _activation_comparisons(objective, equation, arithmetic, draws)
            continue
        for what, before, after in _claims(objective, equation):
            yield _Comparison(equation, what, worst(_between, equation, before, after))
        derived = equation.kind is Kind.GRADIENT or (
            equation.kind is Kind.PENALISED and bool(equation.steps)
        )
        if derived and second_opinion is not None:
            opinion = partial(_or_infinite, second_opinion.residual, equation)
            yield _Comparison(equation, "SymPy's diff of L", opinion)
        if equation.matrix is not None:
            yield _Comparison(
                equation, "matrix form", worst(_difference, equation, equation.matrix)
            )
        if turned is not None and (jacobian := turned(equation)) is not None:
            measure = worst(_difference, equation, jacobian, turned=True)
            yield _Comparison(equation, "Jacobian", measure)


def _between(point: Evaluator, equation: Equation, before: Expr, after: Expr) -> float:
    """Compare the two sides of a step, entry by entry."""
    sizes = equation.quantity.sizes
    one, other = (point.array(side, equation.indices, sizes) for side in (before, after))
    return relative_difference(one, other)


def _or_infinite(residual: Callable[..., float], *of: Any, **how: Any) -> float:
    """Return a residual, infinite where the indices of a side do not even fit its shapes."""
    try:
        return residual(*of, **how)
    except (KeyError, ValueError):
        return float("inf")


def _with_activations_to_try(objective: Objective, seed: int) -> Objective:
    """Bind abstract activations to random smooth functions, trainable parameters beside their values.

    At the value itself x^a may be a square, and min(max(x, ½), b) a tie for many x.
    """
    bound = {
        name: _beside(activation) if activation else random_smooth(seed + k)
        for k, (name, activation) in enumerate(objective.model.activations.items())
    }
    return replace(objective, model=replace(objective.model, activations=bound))


def _beside(activation: Activation) -> Activation:
    values = {
        name: value * (1 - BESIDE) if name in activation.trainable else value
        for name, value in activation.parameters.items()
    }
    return replace(activation, parameters=values) if activation.trainable else activation


def _claims(objective: Objective, equation: Equation) -> Iterator[tuple[str, Expr, Expr]]:
    """Yield what an equation claims: (name, one side, the other side)."""
    for number, step in enumerate(_atoms(equation.steps), 1):
        before, after = step.before, step.after
        if step.rule == CHAIN:
            after = _with_definitions(objective, after)
        elif step.rule == DEFINITION:
            before = _with_definitions(objective, before)
        yield f"step {number}: {step.rule.name}", before, after
    yield "left = right", _with_definitions(objective, equation.left), equation.right


def _with_definitions(objective: Objective, line: Expr) -> Expr:
    """Return a line of the chain rule with ∂z_k/∂b_i as that of what z_k is defined to be.

    There it is the local derivative. In every later line the named quantities are held, so that a z_k
    left alone under a ∂ by the sum rule does not change with b_i, although its definition may.
    """
    loss = objective.loss.quantity.at()
    place = {}
    for node in line.atoms(Partial):
        named = node.expression
        label = named.base.label if isinstance(named, Indexed) else named
        if named != loss and label in objective.defined:
            indices = tuple(getattr(named, "indices", ()))
            place[node] = Partial(instantiate(objective.defined[label], indices), node.variable)
    return replaced(line, place)


def _atoms(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield from _atoms(step.substeps) if step.substeps else (step,)


def _difference(
    point: Evaluator, equation: Equation, matrix: MatrixExpr, *, turned: bool = False
) -> float:
    """Compare a matrix form with the entries of the index form."""
    entries = point.array(equation.right, equation.indices, equation.quantity.sizes)
    value = matrix_value(matrix, point)
    return relative_difference((value.T if turned else value).reshape(entries.shape), entries)


def _activation_comparisons(
    objective: Objective, equation: Equation, arithmetic: Arithmetic, draws: tuple[int, int]
) -> Iterator[_Comparison]:
    """Compare the steps from g to g′ at random arguments, parameters at their values."""
    node = equation.left
    activation = objective.model.bound_activation(node.symbol.name)
    trials, seed = draws
    drawn = random_arguments(activation, arithmetic, seed, 4 * trials)
    arrays = {X.name: drawn}
    for own, label in objective.model.labels[node.symbol.name].items():
        arrays[label] = np.asarray(arithmetic.number(activation.parameters[own]))
    given = {node.symbol: by_differences(activation, arithmetic)}
    values = Values({}, arrays, {}, given)
    points = Evaluator(objective, values, arithmetic, {X.name: (POINT,)})

    def residual(before: Expr, after: Expr) -> float:
        one, other = (
            points.array(side, (POINT,), (Integer(len(drawn)),)) for side in (before, after)
        )
        residuals = [
            relative_difference(left, right)
            for left, right in zip(one, other, strict=True)
            if not (is_nan(left) and is_nan(right))  # undefined there: nothing to compare
        ]
        return max(residuals, default=float("inf"))

    for what, before, after in _claims(objective, equation):
        yield _Comparison(equation, what, partial(residual, before, after))
