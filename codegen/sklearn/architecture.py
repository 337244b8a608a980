"""From an estimator's parameters to a generated module, made once for each topology and dtype."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np

from codegen.plan import module_of
from codegen.recipe import Recipe, recipe_of
from codegen.training.examples import counted
from codegen.training.network import Network, free_sizes, network
from derive.errors import InputError
from derive.graph import Model
from derive.model import parse_model

__all__ = ["L2", "Architecture", "architecture", "layered_model"]

L2 = "alpha"  # what the derivation calls the strength of the L2 term


@dataclass(frozen=True)
class Architecture:
    """A model's text, its bindings, its hidden sizes from the input outward, and a dtype.

    This is what a fitted estimator keeps and pickles; the module comes back by its recipe.
    """

    model: str
    bindings: tuple[tuple[str, str | float], ...]
    hidden: tuple[int, ...]
    dtype: str

    @property
    def recipe(self) -> Recipe:
        """Return the recipe of the module: with the L2 term, for this dtype alone."""
        return Recipe(self.model, dict(self.bindings), (), (self.dtype,), L2)

    @property
    def module(self) -> ModuleType:
        """Return the generated module: made, verified and cached where it is not yet."""
        return _made(self)[1]

    def network(self, features: int, classes: int) -> Network:
        """Return the network for that many features and classes."""
        model, module = _made(self)
        free = free_sizes(model)
        if len(free) != len(self.hidden):
            raise InputError(
                f"{self.model} has {counted(len(free), 'hidden size')} and hidden_layer_sizes is "
                f"{self.hidden}: give one for each, from the input outward"
            )
        dtype = np.dtype(self.dtype)
        return network(model, module, features, classes, hidden=self.hidden, dtype=dtype)


@lru_cache(maxsize=256)
def _made(found: Architecture) -> tuple[Model, ModuleType]:
    recipe = found.recipe
    return parse_model(recipe.model, recipe.bindings, recipe.trainable), module_of(recipe)


def layered_model(layers: int) -> str:
    """Return softmax(W2 g(W1 x + b1) + b2): so many hidden layers, each with biases."""
    text = "x"
    for layer in range(1, layers + 1):
        text = f"g(W{layer} {text} + b{layer})"
    return f"softmax(W{layers + 1} {text} + b{layers + 1})"


def architecture(
    activation: str | Mapping[str, str],
    parameters: Mapping[str, Any] | None,
    hidden: int | Sequence[int],
    model: str | None,
    dtype: np.dtype,
) -> Architecture:
    """Return the architecture that an estimator's parameters describe.

    Raises InputError: one sentence with what is wrong and what to give instead.
    """
    sizes = _sizes(hidden)
    text = layered_model(len(sizes)) if model is None else model
    bindings = {key: str(value) for key, value in (parameters or {}).items()}
    formula: str | None = None
    if isinstance(activation, Mapping):
        bindings = {**activation, **bindings}
    elif model is None:
        bindings = {"g": activation, **bindings} if sizes else bindings
    elif _is_unbound(model, bindings):
        formula = activation
    recipe = recipe_of(text, formula, bindings, (), (dtype.name,))
    return Architecture(text, tuple(recipe.bindings.items()), sizes, dtype.name)


def _is_unbound(model: str, bindings: Mapping[str, object]) -> bool:
    from codegen.recipe import unbound_activations

    return bool(unbound_activations(model, bindings))


def _sizes(hidden: int | Sequence[int]) -> tuple[int, ...]:
    given = np.atleast_1d(np.asarray(hidden))
    if given.ndim == 1 and not given.size:
        return ()
    if given.ndim != 1 or given.dtype.kind not in "iu" or given.min() < 1:
        raise InputError(
            f"hidden_layer_sizes is {hidden!r}: give positive whole numbers, such as (100,), one "
            "for each hidden layer"
        )
    return tuple(int(size) for size in given)
