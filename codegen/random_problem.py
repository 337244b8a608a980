"""Random parameters and examples of a model: what a generated module is verified with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import ModuleType

import numpy as np

from derive.derivation import Derivation
from derive.errors import VerificationError
from derive.graph import Role

__all__ = ["Problem", "random_problem", "with_values"]

NEAR = 1 / 16  # how much, relatively, weights and features differ that are close to a value
SIZES = tuple(m * 2.0**k for m in (1, 1.25, 1.5) for k in (-1, 1, 2, 3, 0, -3, 4, 6, 8, 10))
VALUES = tuple(sign * size for size in SIZES for sign in (1, -1))


@dataclass(frozen=True)
class Problem:
    """Random parameters and examples of random sizes."""

    names: tuple[str, ...]
    parameters: tuple[np.ndarray, ...]
    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    learned: frozenset[str] = frozenset()  # which parameters are those of activations

    @property
    def arguments(self) -> tuple[np.ndarray, ...]:
        return (*self.parameters, self.X, self.y)

    def of_one_sign(self, sign: int) -> Problem:
        """Return it with weights above 0 and features of that sign."""
        return replace(self, parameters=self._with(np.abs), X=sign * np.abs(self.X))

    def close_to(self, value: float) -> Problem:
        """Return it with weights and features that differ little and no biases: V x is close to a value."""

        def nearly_equal(array: np.ndarray) -> np.ndarray:
            if array.ndim < 2:
                return np.zeros_like(array)
            return (1 + NEAR * np.tanh(array)) / array.shape[-1]

        X = value * (1 + NEAR * np.tanh(self.X))
        return replace(self, parameters=self._with(nearly_equal), X=X)

    def _with(self, change: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, ...]:
        """Return the parameters with all changed but those of activations."""
        pairs = zip(self.names, self.parameters, strict=True)
        return tuple(array if name in self.learned else change(array) for name, array in pairs)

    def single(self) -> Problem:
        """Return the same in float32."""
        cast = [array.astype(np.float32) for array in (*self.parameters, self.X, self.weights)]
        return replace(self, parameters=tuple(cast[:-2]), X=cast[-2], weights=cast[-1])


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
    learned = frozenset(q.name for q in model.parameters if q.role is Role.ACTIVATION_PARAMETER)
    return Problem(names, tuple(parameters), X, y, generator.uniform(0.5, 1.5, batch), learned)


def with_values(module: ModuleType, problem: Problem, dtypes: Sequence[str]) -> Iterator[Problem]:
    """Yield the problem and some like it, those where L has a value, as g may be a logarithm or √(1 − x²).

    Raises VerificationError where there is none.
    """
    found = False
    changed = (problem.of_one_sign(sign) for sign in (1, -1))
    for tried in (problem, *changed, *map(problem.close_to, VALUES)):
        given = tried if "float64" in dtypes else tried.single()
        with np.errstate(all="ignore"):
            has_value = np.isfinite(module.log_likelihood(*given.arguments))
        if has_value:
            found = True
            yield tried
    if not found:
        raise VerificationError(
            "the generated module was not written, as L has no finite value at any parameters and "
            f"features that were tried, with V x from {min(VALUES):g} to {max(VALUES):g}: use "
            "activations that have values there"
        )


def _initial(derivation: Derivation, name: str) -> np.ndarray:
    """Return the value that a trainable activation parameter begins with."""
    model = derivation.model
    for symbol, activation in model.activations.items():
        for parameter, quantity in model.trainable(symbol).items():
            if quantity == name and activation is not None:
                return np.array([float(activation.parameters[parameter])])
    raise KeyError(name)
