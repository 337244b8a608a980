"""Random parameters and examples of a model: what a generated module is verified with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType

import numpy as np

from derive.derivation import Derivation
from derive.graph import Role

__all__ = ["Problem", "random_problem", "with_a_value"]


@dataclass(frozen=True)
class Problem:
    """Random parameters and examples of random sizes."""

    names: tuple[str, ...]
    parameters: tuple[np.ndarray, ...]
    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray

    @property
    def arguments(self) -> tuple[np.ndarray, ...]:
        return (*self.parameters, self.X, self.y)

    def of_one_sign(self, sign: int) -> Problem:
        """Return it with parameters above 0 and features of that sign."""
        parameters = tuple(map(np.abs, self.parameters))
        return replace(self, parameters=parameters, X=sign * np.abs(self.X))

    def single(self) -> Problem:
        """Return the same in float32."""
        cast = [array.astype(np.float32) for array in (*self.parameters, self.X, self.weights)]
        return Problem(self.names, tuple(cast[:-2]), cast[-2], self.y, cast[-1])


def random_problem(derivation: Derivation, generator: np.random.Generator) -> Problem:
    """Return a problem whose sizes all differ, as far as the model lets them."""
    model = derivation.model
    batch = 7
    sizes: dict[str, int] = {}

    def length(size: object) -> int:
        return sizes.setdefault(str(size), int(generator.integers(3, 5)) + 2 * len(sizes))

    parameters = []
    for quantity in model.parameters:
        shape = tuple(length(size) for size in quantity.sizes)
        if quantity.role is Role.ACTIVATION_PARAMETER:
            parameters.append(_initial(derivation, quantity.name))
        else:
            scale = 1 / np.sqrt(shape[-1])
            parameters.append(generator.normal(scale=scale, size=shape))
    X = generator.normal(size=(batch, length(model.features.sizes[-1])))
    y = generator.integers(0, length(model.scores.sizes[-1]), batch)
    names = tuple(quantity.name for quantity in model.parameters)
    return Problem(names, tuple(parameters), X, y, generator.uniform(0.5, 1.5, batch))


def with_a_value(module: ModuleType, problem: Problem, dtypes: Sequence[str]) -> Problem:
    """Return the problem, of one sign where L has no value else, as where g is the logarithm."""
    for sign in (0, 1, -1):
        tried = problem.of_one_sign(sign) if sign else problem
        given = tried if "float64" in dtypes else tried.single()
        if np.isfinite(module.log_likelihood(*given.arguments)):
            return tried
    return problem


def _initial(derivation: Derivation, name: str) -> np.ndarray:
    """Return the value that a trainable activation parameter begins with."""
    model = derivation.model
    for symbol, activation in model.activations.items():
        for parameter, quantity in model.trainable(symbol).items():
            if quantity == name and activation is not None:
                return np.array([float(activation.parameters[parameter])])
    raise KeyError(name)
