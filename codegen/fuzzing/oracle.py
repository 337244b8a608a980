"""L of a model's own forward pass, and its gradients by JAX or by central differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from codegen.fuzzing.models import Model
from derive.errors import InputError

__all__ = ["ORACLES", "Arrays", "Oracle", "log_likelihood", "oracle_of"]

Arrays = dict[str, NDArray[np.float64]]
Gradients = Callable[[Model, Arrays, NDArray[np.float64], int], Arrays]
ORACLES = ("jax", "differences")
STEP = 1e-5


@dataclass(frozen=True)
class Oracle:
    """∂L/∂ every array of a model at one example, and how far from the truth it may be.

    Relative to the largest entry of an array, or to 10⁻³ where that is larger.
    """

    gradients: Gradients
    tolerance: float


_numpy = SimpleNamespace(**{**vars(np), "erf": special.erf, "erfc": special.erfc})


def log_likelihood(model: Model, arrays: dict[str, Any], x: Any, y: int, np: Any = _numpy) -> Any:
    """Return log P(y | x), computed in a namespace like NumPy's."""
    known = {**arrays, "x": x}
    for name, value in model.lines:
        known[name] = value(known, np)
    scores = known["scores"]
    top = np.max(scores)
    return scores[y] - top - np.log(np.sum(np.exp(scores - top)))


def oracle_of(name: str) -> Oracle:
    """Return the oracle of that name; InputError where it is not installed."""
    if name == "differences":
        return Oracle(differences, 1e-5)
    try:
        import jax
    except ImportError:
        raise InputError(
            "the oracle jax is not installed: pip install jax, or type --against differences"
        ) from None
    jax.config.update("jax_enable_x64", True)
    space = SimpleNamespace(
        **{**vars(jax.numpy), "erf": jax.scipy.special.erf, "erfc": jax.scipy.special.erfc}
    )

    def automatic(model: Model, arrays: Arrays, x: NDArray[np.float64], y: int) -> Arrays:
        found = jax.grad(lambda a: log_likelihood(model, a, x, y, space))(arrays)
        result = {name: np.asarray(value) for name, value in found.items()}
        if all(np.isfinite(value).all() for value in result.values()):
            return result
        return differences(model, arrays, x, y)  # a branch not taken, times 0, is nan in JAX

    return Oracle(automatic, 1e-5)


def differences(model: Model, arrays: Arrays, x: NDArray[np.float64], y: int) -> Arrays:
    """Return ∂L/∂ every array by central differences."""
    found = {}
    for name, array in arrays.items():
        slopes = np.empty_like(array)
        for place in np.ndindex(array.shape):
            ends = []
            for step in (STEP, -STEP):
                moved = array.copy()
                moved[place] += step
                ends.append(log_likelihood(model, {**arrays, name: moved}, x, y))
            slopes[place] = (ends[0] - ends[1]) / (2 * STEP)
        found[name] = slopes
    return found
