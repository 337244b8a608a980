"""Prove every line numerically: both sides at random sizes, points and labels, in 50 digits.

Three opinions that share nothing must agree: the line before and the line after each step, where
any ∂ that still stands is a central difference; SymPy's own ``diff`` of the fully substituted L;
and the matrix form, computed with matrices. A residual is |difference| over the larger side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sympy import Dummy, Expr, Integer, MatrixExpr, Rational, Symbol

from derive.activation import random_smooth
from derive.activation_value import by_differences
from derive.arithmetic import Arithmetic, HighPrecision
from derive.errors import VerificationError
from derive.formula import X
from derive.matrix_value import matrix_value
from derive.notation import Partial
from derive.numeric import Evaluator, Values
from derive.objective import GOLD, LABELS, WEIGHTS, Objective
from derive.second_opinion import SecondOpinion, relative_difference
from derive.steps import Equation, Kind, Step
from derive.sums import EXAMPLES

__all__ = ["TOLERANCE", "Check", "checks", "verify"]

TOLERANCE = 1e-15
ATTEMPTS = 20
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
    for check in checks(objective, equations, trials, seed):
        check.require()


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
    arithmetic = HighPrecision()
    objective = _with_smooth_activations(objective, seed)
    widest = 2 if quick else 4
    points = [_point(objective, arithmetic, (seed, trial), widest) for trial in range(trials)]
    second_opinion = (
        None if quick else SecondOpinion(objective, _point(objective, arithmetic, (seed,), 2))
    )
    for equation in equations:
        if equation.kind is Kind.UPDATE:
            continue  # a rule of procedure: nothing in it is derived
        if equation.kind is Kind.ACTIVATION:
            yield from _activation_checks(objective, equation, arithmetic, (trials, seed))
            continue
        for what, before, after in _claims(objective, equation):
            residual = max(
                _or_infinite(_between, point, equation, before, after) for point in points
            )
            yield Check(equation, what, residual)
        derived = equation.kind is Kind.GRADIENT or (
            equation.kind is Kind.PENALISED and bool(equation.steps)
        )
        if derived and second_opinion is not None:
            yield Check(
                equation, "SymPy's diff of L", _or_infinite(second_opinion.residual, equation)
            )
        if equation.matrix is not None:
            residual = max(
                _or_infinite(_difference, point, equation, equation.matrix) for point in points
            )
            yield Check(equation, "matrix form", residual)
        if turned is not None and (jacobian := turned(equation)) is not None:
            residual = max(
                _or_infinite(_difference, point, equation, jacobian, turned=True)
                for point in points
            )
            yield Check(equation, "Jacobian", residual)


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


def _with_smooth_activations(objective: Objective, seed: int) -> Objective:
    """Bind each abstract activation to a random smooth function."""
    bound = {
        name: activation or random_smooth(seed + k)
        for k, (name, activation) in enumerate(objective.model.activations.items())
    }
    return replace(objective, model=replace(objective.model, activations=bound))


def _claims(objective: Objective, equation: Equation) -> Iterator[tuple[str, Expr, Expr]]:
    """Yield what an equation claims: (name, one side, the other side)."""
    for number, step in enumerate(_atoms(equation.steps), 1):
        yield f"step {number}: {step.rule.name}", step.before, step.after
    yield "left = right", equation.left, equation.right


def _atoms(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield from _atoms(step.substeps) if step.substeps else (step,)


def _is_nan(value: Any) -> bool:
    return bool(np.isnan(float(value)))


def _difference(
    point: Evaluator, equation: Equation, matrix: MatrixExpr, *, turned: bool = False
) -> float:
    """Compare a matrix form with the entries of the index form."""
    entries = point.array(equation.right, equation.indices, equation.quantity.sizes)
    value = matrix_value(matrix, point)
    return relative_difference((value.T if turned else value).reshape(entries.shape), entries)


def _point(
    objective: Objective, arithmetic: Arithmetic, seed: tuple[int, ...], widest: int
) -> Evaluator:
    """Return an evaluator at random sizes, values and labels where L is a number.

    Errors are entered as central differences of L, so that no equation leans on another.
    """
    for attempt in range(ATTEMPTS):
        rng = np.random.default_rng([*seed, attempt])
        evaluator = Evaluator(
            objective, _random_values(objective, arithmetic, rng, widest), arithmetic
        )
        evaluator = evaluator.forward()
        loss = evaluator.values.arrays[objective.loss.quantity.name]
        if not _is_nan(loss):
            return evaluator.knowing(_errors(objective, evaluator))
    raise VerificationError(
        f"L of {objective.model.text!r} is not a number at any of {ATTEMPTS} random points; "
        "is an activation undefined on most of the real line?"
    )


def _errors(objective: Objective, evaluator: Evaluator) -> dict[str, np.ndarray]:
    loss = objective.loss.quantity.at()
    arrays = {}
    for definition in objective.model.definitions:
        quantity = definition.quantity
        slope = Partial(loss, quantity.at(*definition.indices))
        array = evaluator.array(slope, definition.indices, quantity.sizes)
        arrays[f"err_{quantity.name}"] = array
    return arrays


def _random_values(
    objective: Objective, arithmetic: Arithmetic, rng: np.random.Generator, widest: int
) -> Values:
    quantities = [*objective.inputs, *(d.quantity for d in objective.definitions)]
    symbols = {s for q in quantities for s in q.sizes if isinstance(s, Symbol)}
    sizes = {s: int(rng.integers(2, widest + 1)) for s in sorted(symbols, key=str)}
    sizes[EXAMPLES] = 2
    numbers = np.vectorize(lambda value: arithmetic.number(_exact(value)), otypes=[object])
    arrays = {
        quantity.name: numbers(rng.normal(size=[sizes.get(s, s) for s in quantity.sizes]))
        for quantity in objective.inputs
    }
    if objective.weighted:
        arrays[WEIGHTS.name] = numbers(rng.uniform(0.5, 2, size=sizes[EXAMPLES]))
    classes = sizes[objective.model.scores.sizes[-1]]
    arrays[LABELS.name] = rng.integers(1, classes + 1, size=sizes[EXAMPLES])
    activations = {}
    for name in objective.model.activations:
        activation = objective.model.bound_activation(name)
        activations[Symbol(name)] = by_differences(activation, arithmetic)
        for parameter, quantity in objective.model.trainable(name).items():
            arrays[quantity] = np.asarray(arithmetic.number(activation.parameters[parameter]))
    gold = {GOLD: int(rng.integers(1, classes + 1))}
    return Values(sizes, arrays, gold, activations)


def _exact(value: float) -> Expr:
    return Rational(*float(value).as_integer_ratio())


def _activation_checks(
    objective: Objective, equation: Equation, arithmetic: Arithmetic, trials: tuple[int, int]
) -> Iterator[Check]:
    """Check the steps from g to g′ at random arguments, parameters at their values."""
    node = equation.left
    activation = objective.model.bound_activation(node.symbol.name)
    count, seed = trials
    alone = replace(objective, definitions=objective.definitions[-1:])  # `a` is a parameter here
    numbers = np.random.default_rng(seed).normal(scale=2, size=4 * count)
    arrays = {X.name: np.array([arithmetic.number(_exact(x)) for x in numbers])}
    for name, number in activation.parameters.items():
        arrays[name] = np.asarray(arithmetic.number(number))
    for part, number in zip(node.parameters, activation.trainable, strict=True):
        arrays[part.name] = arrays[number]
    given = {node.symbol: by_differences(activation, arithmetic)}
    values = Values({}, arrays, {}, given)
    points = Evaluator(alone, values, arithmetic, {X.name: (POINT,)})
    for what, before, after in _claims(objective, equation):
        sides = [points.array(side, (POINT,), (Integer(len(numbers)),)) for side in (before, after)]
        residuals = [
            relative_difference(one, other)
            for one, other in zip(*sides, strict=True)
            if not (_is_nan(one) and _is_nan(other))  # undefined there: nothing to compare
        ]
        yield Check(equation, what, max(residuals, default=float("inf")))
