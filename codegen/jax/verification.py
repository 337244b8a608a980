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
from derive.partials import slots_of

__all__ = ["verify", "ways"]

COUNT = 4_000


def verify(path: Path, recipe: Recipe) -> None:
    """Raise VerificationError naming the first function that exceeds its bound."""
    module = import_file(path.stem, path)
    for quantity in quantities(recipe.derivation().model):
        for dtype in recipe.dtypes:
            problem = Problem.of((quantity.expression,), X, dtype, quantity.defaults)
            samples = Samples.of(problem, COUNT)
            for how, function in ways(module, quantity):
                for wide in (False, True)[dtype == "float64" :]:
                    row = samples.row(how, _run(function, wide), quantity.designed(dtype).domain)
                    if not row.max_ulp <= BOUNDS[dtype]:
                        raise VerificationError(
                            f"the generated module was not written, as {how} in {dtype} comes out as "
                            f"{row.value!r} at x = {row.where!r}, where the truth is {row.truth!r}"
                        )


def ways(module: ModuleType, quantity: Quantity) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield how a quantity can be asked for: by its name, or by grad of what it is a derivative of."""
    if quantity.public:
        yield quantity.name, getattr(module, quantity.name)
    in_x, *in_parameters = quantity.orders
    slots = slots_of((0, *in_parameters)) or (0,) * bool(in_x)
    if slots:
        public = (in_x - slots.count(0), *(0 for _ in in_parameters))
        start = replace(quantity, orders=public).name
        function = getattr(module, start)
        for slot in slots:
            function = jax.grad(function, slot)
        yield f"the gradient of {start}", jax.vmap(function)


def _run(function: Callable[..., Any], wide: bool) -> Callable[..., NDArray[Any]]:
    def run(*values: NDArray[Any]) -> NDArray[Any]:
        with jax.enable_x64(wide):
            return np.asarray(jax.jit(function)(*values))

    return run
