"""The scalar code of every activation of a model."""

from __future__ import annotations

from collections.abc import Sequence

from codegen.recipe import TORCH, Recipe
from codegen.scalar import ScalarCode, scalar_code
from codegen.second_derivative import with_second_derivative
from derive.graph import Model

__all__ = ["scalar_functions", "search"]


def scalar_functions(
    model: Model, dtypes: Sequence[str], *, second: bool = False
) -> dict[str, ScalarCode]:
    """Map each activation symbol to its code, with ``second`` g″ too; InputError if one is abstract."""
    found = {}
    for symbol in model.activations:
        activation = model.bound_activation(symbol)
        code = scalar_code(symbol, activation, dtypes)
        found[symbol] = with_second_derivative(code, symbol, activation, dtypes) if second else code
    return found


def search(recipe: Recipe) -> None:
    """Search for the scalar code of a recipe, which is kept in the user's cache."""
    model = recipe.derivation().model
    scalar_functions(model, recipe.dtypes, second=recipe.target == TORCH)
