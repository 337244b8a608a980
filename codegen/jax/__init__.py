"""JAX as a target: an activation as generated JAX, differentiable twice, stable and certified.

    from codegen.jax import activation
    mish = activation("mish")                 # a function of an array, for jit, vmap and grad

Reading order: :mod:`~codegen.jax.design` (which of the forms that :mod:`codegen.scalar` finds takes
the fewest operations), :mod:`~codegen.jax.translate` (its Python as JAX),
:mod:`~codegen.jax.arithmetic` (what XLA must leave whole), :mod:`~codegen.jax.emit` (the module),
:mod:`~codegen.jax.verification` (what XLA makes of it). JAX is needed to verify a module and to
use it, not to make its text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["activation"]


def activation(
    name: str,
    parameters: Mapping[str, float | str] | None = None,
    /,
    *,
    trainable: Sequence[str] = (),
) -> Callable[..., Any]:
    """Return g as a JAX function of an array of any shape, differentiable twice.

    ``name`` is a library name or a formula in x, ``parameters`` gives values to its parameters. Those
    named in ``trainable`` are arguments of the function instead, after x and in that order: arrays that
    broadcast against x. Their values say where it is measured. The module is made, verified and cached
    at its first use, by ``codegen.compile`` with the target jax.
    """
    from codegen.plan import module_of
    from codegen.recipe import DTYPES, JAX, activation_recipe

    recipe = activation_recipe(name, parameters, trainable, DTYPES, JAX)
    found: Callable[..., Any] = module_of(recipe).value
    return found
