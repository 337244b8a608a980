"""Verify a JAX module before anybody sees it: what XLA makes of each function, against the truth.

Every function is jitted, and every derivative also asked for through grad and vmap, with float64 on
and, for float32, off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from codegen.jax.design import BOUNDS, Samples
from codegen.jax.emit import Quantity, quantities
from codegen.recipe import Recipe
from codegen.scalar.problem import Problem
from codegen.store import import_file
from derive.errors import VerificationError
from derive.formula import X

__all__ = ["verify"]

COUNT = 4_000


def verify(path: Path, recipe: Recipe) -> None:
    """Raise VerificationError naming the first function that exceeds its bound."""
    module = import_file(path.stem, path)
    for quantity in quantities(recipe.derivation().model):
        for dtype in recipe.dtypes:
            problem = Problem.of((quantity.expression,), X, dtype)
            samples = Samples.of(problem, COUNT)
            for how, function in _ways(module, quantity):
                for wide in (False, True)[dtype == "float64" :]:
                    row = samples.row(how, _run(function, wide), quantity.designed(dtype).domain)
                    if not row.max_ulp <= BOUNDS[dtype]:
                        raise VerificationError(
                            f"the generated module was not written, as {how} in {dtype} comes out as "
                            f"{row.value!r} at x = {row.where!r}, where the truth is {row.truth!r}"
                        )


def _ways(module: ModuleType, quantity: Quantity) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Yield how a quantity can be asked for: by its name, and as the derivative of the one before."""
    yield quantity.name, getattr(module, quantity.name)
    if quantity.order:
        before = replace(quantity, order=quantity.order - 1).name
        yield f"the gradient of {before}", jax.vmap(jax.grad(getattr(module, before)))


def _run(function: Callable[[Any], Any], wide: bool) -> Callable[[NDArray[Any]], NDArray[Any]]:
    def run(x: NDArray[Any]) -> NDArray[Any]:
        with jax.enable_x64(wide):
            return np.asarray(jax.jit(function)(x))

    return run
