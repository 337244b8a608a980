"""The libraries that a module can be for: a row each, what makes its text, what searches
for the code of its activations, and what verifies it.

All take their mathematics from one derivation, and their scalar functions from one search.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from codegen.recipe import JAX, NUMBA, TORCH, Recipe
from derive.errors import InputError

__all__ = ["load", "search", "source", "verify"]

TABLE = {
    NUMBA: ("codegen:generate", "codegen.functions:search", "codegen.verification:verify"),
    TORCH: ("codegen:generate", "codegen.functions:search", "codegen.torch.verification:verify"),
    JAX: (
        "codegen.jax.emit:emit_jax",
        "codegen.jax.emit:search",
        "codegen.jax.verification:verify",
    ),
}


def source(recipe: Recipe) -> str:
    """Return the text of the module of a recipe, without its header."""
    return str(_function(TABLE[recipe.target][0])(recipe))


def search(recipe: Recipe) -> None:
    """Search for the code of a recipe's activations, so that :func:`source` finds it in the cache."""
    _function(TABLE[recipe.target][1])(recipe)


def load(recipe: Recipe) -> None:
    """Import what makes and verifies the module of a recipe, which takes a second or more."""
    if find_spec(recipe.target) is not None:
        for place in TABLE[recipe.target]:
            _function(place)


def verify(path: Path, recipe: Recipe) -> None:
    """Raise VerificationError where a file is not what it should be, InputError without its library."""
    if find_spec(recipe.target) is None:
        raise InputError(
            f"a module for {recipe.target} is verified with it, and it is not installed: "
            f'type pip install "gradscribe[{recipe.target}]"'
        )
    _function(TABLE[recipe.target][2])(path, recipe)


def _function(place: str) -> Callable[..., object]:
    module, name = place.split(":")
    found: Callable[..., object] = getattr(import_module(module), name)
    return found
