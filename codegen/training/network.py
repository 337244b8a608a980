"""A network to train: a model's graph, the generated module that computes it, and its sizes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from sympy import Symbol

from codegen.training.examples import check_memory, counted
from derive.errors import InputError
from derive.graph import Model

__all__ = ["DEFAULT_HIDDEN", "Network", "Parameters", "free_sizes", "lengths_of", "network"]

DEFAULT_HIDDEN = 100
COPIES = 4  # of the parameters at once: those at work, the last good ones, two on the way

Parameters = tuple[np.ndarray, ...]
"""One array a parameter, in the order of the model's parameters; a scalar has the shape (1,)."""


@dataclass(frozen=True, eq=False)
class Network:
    """A model, its generated module, how many values each of its sizes has, and its dtype."""

    model: Model
    module: ModuleType
    lengths: dict[Symbol, int]
    dtype: np.dtype

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters, in the order in which the module takes them."""
        return tuple(parameter.name for parameter in self.model.parameters)

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Return the shape of each parameter."""
        return tuple(
            tuple(self.lengths[size] for size in parameter.sizes) or (1,)
            for parameter in self.model.parameters
        )


def free_sizes(model: Model) -> tuple[Symbol, ...]:
    """Return the sizes that data leaves open, from the features outward."""
    fixed = {model.features.sizes[0], model.scores.sizes[0]}
    sizes = [size for definition in model.definitions for size in definition.quantity.sizes]
    sizes += [size for parameter in model.parameters for size in parameter.sizes]
    return tuple(size for size in dict.fromkeys(sizes) if size not in fixed)


def network(
    model: Model,
    module: ModuleType,
    features: int,
    classes: int,
    *,
    hidden: Sequence[int] = (),
    dtype: np.dtype | None = None,
) -> Network:
    """Return the network for that many features and classes; see :func:`lengths_of`."""
    kind = np.dtype(dtype or np.float64)
    return Network(model, module, lengths_of(model, features, classes, kind, hidden), kind)


def lengths_of(
    model: Model,
    features: int,
    classes: int,
    dtype: np.dtype,
    hidden: Sequence[int] = (),
    smaller: str = "a smaller --hidden",
) -> dict[Symbol, int]:
    """Return how many values each size of a model has; ``hidden`` fills the free ones, 100 without it.

    Raises InputError where the numbers do not fit, or the parameters not into memory: give ``smaller``.
    """
    free = free_sizes(model)
    hidden = tuple(hidden) or (DEFAULT_HIDDEN,) * len(free)
    if hidden and not free:
        raise InputError(f"{model.text} has no hidden sizes: leave --hidden out")
    if len(hidden) != len(free):
        raise InputError(
            f"{model.text} has {counted(len(free), 'hidden size')} ({', '.join(map(str, free))}, "
            f"from the input outward) and --hidden gives {len(hidden)}: give one for each"
        )
    if min(hidden, default=1) < 1:
        raise InputError(f"a hidden size is {min(hidden)}, expected 1 or more, such as 100")
    inputs, outputs = model.features.sizes[0], model.scores.sizes[0]
    lengths = {**dict(zip(free, hidden, strict=True)), inputs: features, outputs: classes}
    numbers = sum(
        math.prod(lengths[size] for size in parameter.sizes) for parameter in model.parameters
    )
    check_memory(COPIES * numbers * dtype.itemsize, model.text, f"give {smaller}")
    return lengths
