"""Random points at which a derivation is evaluated: sizes, arrays and labels where L is a number.

Points are tried until one is found at which every quantity is of moderate size and no class is out
of reach, so that a steep activation does not drown central differences in rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sympy import Expr, Rational, Symbol

from derive.activation import Activation
from derive.activation_value import by_differences
from derive.arithmetic import Arithmetic
from derive.errors import InputError
from derive.formula import X
from derive.notation import Partial
from derive.numeric import Evaluator, Values
from derive.objective import GOLD, LABELS, WEIGHTS, Objective
from derive.sums import EXAMPLES

__all__ = ["is_nan", "random_arguments", "random_point"]

POWERS = (0, -1, 1, -3, 3, -5, 5, -8, 8, -12, 12, -18, -27, -40, -60, -90, -135, -200, -300)
SPREADS = tuple(2.0**power for power in POWERS)  # of the numbers drawn, attempt by attempt
LARGEST = 1e9  # a quantity of moderate size
NEAR = 1 / 32  # how much, relatively, numbers differ that are close to each other
RAREST = 1e-12  # a class within reach
WIDE = 4  # attempts at sizes above 2: the fewer numbers, the likelier are all in the domain of log
ROUNDS = 3  # over the spreads, until L is a number; after the first every quantity is of one sign
CLOSE = (
    9  # more of them, in which numbers differ little, as g may have values on a short interval only
)


def _of_any_sign(rng: np.random.Generator, spread: float, shape: list[int]) -> np.ndarray:
    return rng.normal(scale=spread, size=shape)


def _of_one_sign(rng: np.random.Generator, spread: float, shape: list[int]) -> np.ndarray:
    found = rng.normal(scale=spread, size=shape)
    return rng.choice((-1, 1)) * abs(found)


def _close_to_each_other(rng: np.random.Generator, spread: float, shape: list[int]) -> np.ndarray:
    centre = rng.choice((-1, 1)) * rng.uniform(1, 2) * np.sqrt(spread)
    return centre * (1 + rng.uniform(-NEAR, NEAR, size=shape))


DRAWS = (_of_any_sign, *(ROUNDS - 1) * (_of_one_sign,), _close_to_each_other)  # round by round


def random_point(
    objective: Objective, arithmetic: Arithmetic, seed: tuple[int, ...], widest: int
) -> Evaluator:
    """Return an evaluator at random sizes, values and labels where L is a number.

    The first of moderate numbers is taken, else the first. Errors are entered as central
    differences of L, so that no equation leans on another.
    """
    found = None
    for attempt, spread in enumerate((ROUNDS + CLOSE) * SPREADS):
        if attempt >= len(SPREADS) and found:
            break
        rng = np.random.default_rng([*seed, attempt])
        largest = widest if attempt < WIDE else 2
        draw = DRAWS[min(attempt // len(SPREADS), len(DRAWS) - 1)]
        values = _random_values(objective, arithmetic, rng, largest, partial(draw, rng, spread))
        evaluator = Evaluator(objective, values, arithmetic).forward()
        if not is_finite(evaluator.values.arrays[objective.loss.quantity.name]):
            continue
        errors = _errors(objective, evaluator)
        if any(is_nan(error) for array in errors.values() for error in array.flat):
            continue  # a step away there is no L
        moderate = _is_moderate(objective, evaluator)
        if moderate or not found:
            found = evaluator.knowing(errors)
        if moderate:
            break
    if found is None:
        raise InputError(
            f"L of {objective.model.text} is no number at any of {(ROUNDS + CLOSE) * len(SPREADS)} random "
            "points: give activations that have values on more of the real line"
        )
    return found


def random_arguments(
    activation: Activation, arithmetic: Arithmetic, seed: int, count: int
) -> np.ndarray:
    """Return random arguments at which g has a value: at and below 0, log has none, though 1/x has one."""
    rng = np.random.default_rng(seed)
    found = np.array([], object)
    for spread in SPREADS:
        numbers = rng.normal(scale=2 * spread, size=ROUNDS * len(SPREADS) * count)
        drawn = np.array([arithmetic.number(_exact(x)) for x in numbers])
        values = arithmetic.scalar(activation.valued, {X: drawn})
        found = np.append(found, drawn[[is_finite(value) for value in values]])
        if found.size >= count:
            break
    return found[:count]


def _is_moderate(objective: Objective, point: Evaluator) -> bool:
    """Return whether central differences keep enough digits at a point."""
    arrays = point.values.arrays
    sizes = (np.max(abs(arrays[d.quantity.name]), initial=0) for d in objective.definitions)
    rarest = np.min(arrays[objective.probabilities.quantity.name])
    return all(size <= LARGEST for size in sizes) and bool(rarest >= RAREST)


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
    objective: Objective,
    arithmetic: Arithmetic,
    rng: np.random.Generator,
    widest: int,
    draw: Callable[[list[int]], np.ndarray],
) -> Values:
    quantities = [*objective.inputs, *(d.quantity for d in objective.definitions)]
    symbols = {s for q in quantities for s in q.sizes if isinstance(s, Symbol)}
    sizes = {s: int(rng.integers(2, widest + 1)) for s in sorted(symbols, key=str)}
    sizes[EXAMPLES] = 2
    numbers = np.vectorize(lambda value: arithmetic.number(_exact(value)), otypes=[object])

    arrays = {
        quantity.name: numbers(draw([sizes.get(s, s) for s in quantity.sizes]))
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
    """Return the rational number that a float is."""
    return Rational(*float(value).as_integer_ratio())


def is_finite(value: Any) -> bool:
    """Return whether a number of any arithmetic is one, neither NaN nor infinite."""
    return bool(value - value == 0)


def is_nan(value: Any) -> bool:
    """Return whether a number of any arithmetic is NaN."""
    return bool(np.isnan(float(value)))
