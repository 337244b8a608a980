"""What is certified: the activations that a module, a library name, a formula or a model means."""

from __future__ import annotations

from collections.abc import Sequence

from codegen.arguments import recipe_of_name
from codegen.recipe import DEFAULT_MODEL, Recipe
from codegen.settings import Settings
from derive.activation import Activation
from derive.errors import InputError
from derive.model import parse_model

__all__ = ["subjects"]


def subjects(
    settings: Settings,
    name: str,
    arguments: Sequence[str],
    trainable: Sequence[str],
    dtype: str | None,
) -> tuple[Recipe, dict[str, Activation]]:
    """Return the recipe that NAME means and its activations by symbol; InputError for none."""
    whole = name in settings.modules or "softmax" in name
    model = None if whole else DEFAULT_MODEL  # where a formula binds the one activation
    recipe = recipe_of_name(settings, name, arguments, model, trainable, dtype)
    graph = parse_model(recipe.model, recipe.bindings, recipe.trainable)
    if not graph.activations:
        raise InputError(
            f"{name} has no activation to certify: type a formula, such as 'x*tanh(x)'"
        )
    return recipe, {symbol: graph.bound_activation(symbol) for symbol in graph.activations}
