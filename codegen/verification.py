"""Verify a generated module before anybody sees it: its numbers against independent ones.

Gradients in float64 against central differences of L, L against the probabilities, float32 against
float64, g and g′ on sampled points against 50 digits. A module that fails is not written, and the
message names the quantity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np

from codegen.comparison import compare, compare_elementwise
from codegen.compiled import compiling
from codegen.random_problem import Problem, random_problem, with_values
from codegen.recipe import Recipe
from codegen.store import import_plain
from derive.derivation import Derivation
from derive.errors import VerificationError

__all__ = ["verify"]

STEP = np.finfo(np.float64).eps ** (1 / 3)  # the best step of a central difference
GRADIENT_TOLERANCE = 1e-6
SINGLE_TOLERANCE = 2e-4
COMPILED_ULPS = 256  # sums are taken in another order
NO_L2: Mapping[str, float] = MappingProxyType({})
RATE = 0.125  # of a step
STRENGTH = 0.75  # of an L2 term
PROBLEMS = 6  # across a kink or a fast wave differences tell nothing, and a fault shows in all
DIRECTIONS = 4  # along which each parameter's gradient is compared


@np.errstate(all="ignore")
def verify(path: Path, recipe: Recipe, seed: int = 0) -> None:
    """Raise VerificationError naming the first quantity of a file that is not what it should be.

    The mathematics is verified as plain Python, which takes no time to compile; the compiled gradients
    are held against the plain ones.
    """
    derivation = recipe.derivation()
    generator = np.random.default_rng(seed)
    plain = import_plain(path)
    compare_elementwise(plain, derivation, recipe, generator)
    problems = with_values(plain, random_problem(derivation, generator), recipe.dtypes)
    reasons = []
    for problem in islice(problems, PROBLEMS):
        try:
            _compare(path, recipe, plain, problem, generator)
        except VerificationError as error:
            reasons.append(error)
        else:
            return
    raise reasons[0]


def _compare(
    path: Path, recipe: Recipe, plain: ModuleType, problem: Problem, generator: np.random.Generator
) -> None:
    """Compare L and its gradients at one problem."""
    given = problem if "float64" in recipe.dtypes else problem.single()
    with compiling(path, recipe, given) as compiled:
        if "float64" in recipe.dtypes:
            _differences(plain, problem, generator)
            if recipe.l2:
                _penalised_differences(plain, problem, generator, {recipe.l2: STRENGTH})
            if "float32" in recipe.dtypes:
                _compare_single(plain, problem)
        else:
            _differences_of_single(plain, recipe.derivation(), given)
        _compare_compiled(compiled(), plain, given)


def _differences(module: ModuleType, problem: Problem, generator: np.random.Generator) -> None:
    """Compare the gradients with central differences of L along random directions."""
    likelihood, *gradients = module.gradients(*problem.arguments, sample_weight=problem.weights)
    alone = module.log_likelihood(*problem.arguments, sample_weight=problem.weights)
    compare("L of gradients and of log_likelihood", likelihood, alone, 1e-10)
    probabilities = module.predict_proba(*problem.parameters, problem.X)
    gold = probabilities[np.arange(problem.y.size), problem.y]
    compare("L and log P", likelihood, float(problem.weights @ np.log(gold)), 1e-8)
    for place, name in enumerate(problem.names):
        for direction in _directions(problem.parameters[place].shape, generator):
            expected = _central(module, problem, place, direction)
            found = float(np.sum(gradients[place] * direction))
            compare(f"∂L/∂{name} and finite differences", found, expected, GRADIENT_TOLERANCE)


def _directions(shape: tuple[int, ...], generator: np.random.Generator) -> Iterator[np.ndarray]:
    for _ in range(DIRECTIONS):
        direction = generator.normal(size=shape)
        yield direction / np.linalg.norm(direction)


def _penalised_differences(
    module: ModuleType, problem: Problem, generator: np.random.Generator, l2: Mapping[str, float]
) -> None:
    """Compare L_α, its gradients and a step along them with what an L2 term makes of L."""
    given = {"sample_weight": problem.weights, **l2}
    found, *gradients = module.gradients(*problem.arguments, **given)
    plain, *_ = module.gradients(*problem.arguments, sample_weight=problem.weights)
    squares = sum(float(np.sum(p**2)) for p in problem.parameters if p.ndim == 2)
    compare("L less its L2 term", found, plain - STRENGTH / 2 * squares, 1e-10)
    moved = [parameter.copy() for parameter in problem.parameters]
    module.ascent_step(*moved, problem.X, problem.y, RATE, **given)
    for place, name in enumerate(problem.names):
        for direction in _directions(problem.parameters[place].shape, generator):
            expected = _central(module, problem, place, direction, l2)
            slope = float(np.sum(gradients[place] * direction))
            what = f"∂L/∂{name} with the L2 term and"
            compare(f"{what} finite differences", slope, expected, GRADIENT_TOLERANCE)
            step = float(np.sum((moved[place] - problem.parameters[place]) * direction)) / RATE
            compare(f"{what} a step along it", step, slope, GRADIENT_TOLERANCE)


def _central(
    module: ModuleType,
    problem: Problem,
    place: int,
    direction: np.ndarray,
    l2: Mapping[str, float] = NO_L2,
) -> float:
    values = []
    for sign in (1, -1):
        moved = list(problem.arguments)
        moved[place] = moved[place] + sign * STEP * direction
        values.append(module.log_likelihood(*moved, sample_weight=problem.weights, **l2))
    return (values[0] - values[1]) / (2 * STEP)


def _compare_single(module: ModuleType, problem: Problem) -> None:
    """Compare float32 with float64 on numbers that both can hold."""
    single = problem.single()
    rounded = replace(
        single,
        parameters=tuple(array.astype(np.float64) for array in single.parameters),
        X=single.X.astype(np.float64),
        weights=single.weights.astype(np.float64),
    )
    wide = module.gradients(*rounded.arguments, sample_weight=rounded.weights)
    narrow = module.gradients(*single.arguments, sample_weight=single.weights)
    names = ("L", *(f"∂L/∂{name}" for name in problem.names))
    for name, expected, found in zip(names, wide, narrow, strict=True):
        scale = float(np.max(np.abs(expected), initial=1.0))
        error = float(np.max(np.abs(np.asarray(found, np.float64) - expected), initial=0.0))
        compare(f"{name} in float32 and in float64", error / scale, 0.0, SINGLE_TOLERANCE)


def _differences_of_single(module: ModuleType, derivation: Derivation, problem: Problem) -> None:
    """Compare a module that has only float32 with the symbolic gradients, evaluated in float64."""
    _, *gradients = module.gradients(*problem.arguments)
    values = dict(zip(problem.names, problem.parameters, strict=True))
    for name, found in zip(problem.names, gradients, strict=True):
        expected = derivation.dataset.gradient(name).evaluate(x=problem.X, y=problem.y, **values)
        scale = float(np.max(np.abs(expected), initial=1.0))
        error = float(np.max(np.abs(found - expected.reshape(found.shape)), initial=0.0))
        compare(f"∂L/∂{name} and its symbolic value", error / scale, 0.0, SINGLE_TOLERANCE)


def _compare_compiled(compiled: Sequence[Any], plain: ModuleType, problem: Problem) -> None:
    """Compare the compiled gradients with those of the same source as plain Python."""
    names = ("L", *(f"∂L/∂{name}" for name in problem.names))
    expected = plain.gradients(*problem.arguments, sample_weight=problem.weights)
    tolerance = COMPILED_ULPS * float(np.finfo(problem.X.dtype).eps)
    for name, found, wanted in zip(names, compiled, expected, strict=True):
        scale = float(np.max(np.abs(wanted), initial=1.0))
        error = float(np.max(np.abs(found - wanted), initial=0.0))
        compare(f"{name} compiled and as plain Python", error / scale, 0.0, tolerance)
