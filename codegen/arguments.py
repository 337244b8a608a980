"""What a command line means: NAME, FORMULA, MODEL and bindings as a recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codegen.recipe import NUMBA, Recipe, dtypes_of, recipe_of
from codegen.settings import Settings
from derive.bindings import split_arguments
from derive.errors import InputError
from derive.library import entry

__all__ = ["recipe_of_arguments", "recipe_of_name"]


def recipe_of_arguments(
    settings: Settings,
    name: str,
    arguments: Sequence[str],
    model: str | None,
    trainable: Sequence[str],
    dtype: str | None,
    l2: str | None = None,
    target: str = NUMBA,
) -> Recipe:
    """Return the recipe of ``new NAME [FORMULA] [BINDING ...]``.

    Without a formula the name itself binds the unbound activation, where the library has it.
    """
    formula, bindings = split_arguments(arguments)
    if formula is not None and "softmax" in formula:
        if model is not None:
            raise InputError(f"{formula!r} and --model {model!r} are both models: give one of them")
        model, formula = formula, None
    chosen = model or settings.model
    if formula is None and name and _unbound(chosen, bindings):
        if not entry(name):
            raise _abstract(name, chosen)
        formula = name
    dtypes = dtypes_of(dtype or settings.dtype)
    return recipe_of(chosen, formula, bindings, trainable, dtypes, l2, target)


def recipe_of_name(
    settings: Settings,
    name: str,
    arguments: Sequence[str],
    model: str | None,
    trainable: Sequence[str],
    dtype: str | None,
) -> Recipe:
    """Return the recipe NAME means: a module, else a library activation, a model, a formula."""
    if name in settings.modules and model is None:
        known = settings.modules[name]
        _, bindings = split_arguments(arguments)
        return Recipe(
            known.model,
            {**known.bindings, **bindings},
            tuple(trainable) or known.trainable,
            dtypes_of(dtype) if dtype else known.dtypes,
            known.l2,
            known.target,
        )
    if entry(name) or "(" in name:
        return recipe_of_arguments(settings, "", (name, *arguments), model, trainable, dtype)
    from derive.activation import library
    from derive.spelling import did_you_mean

    raise InputError(
        f"{name!r} is neither a module{did_you_mean(name, [*settings.modules, *library()])} nor an "
        "activation of the library: codegen list shows the modules; a formula or a model has a ("
    )


def _abstract(name: str, model: str) -> InputError:
    """Return the error for a module that has no activation, perhaps as its name is misspelt."""
    from derive.activation import library
    from derive.spelling import did_you_mean

    return InputError(
        f"{model} has an abstract activation, {name!r} is none of the library"
        f"{did_you_mean(name, library())}, and a kernel needs numbers: bind it, as in g=tanh"
    )


def _unbound(model: str, bindings: Mapping[str, str]) -> bool:
    from codegen.recipe import unbound_activations

    return bool(unbound_activations(model, bindings))
