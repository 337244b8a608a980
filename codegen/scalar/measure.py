"""Compile scalar code as a kernel does and run it over points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numba
import numpy as np
from numpy.typing import NDArray

from codegen.scalar.functions import library

__all__ = ["function", "over"]

LOOP = """
def kernel(x, {parameters}{results}):
    for i in range(x.size):
        {targets} = function(x[i]{arguments})
"""


def function(source: str, name: str) -> Callable[..., object]:
    """Return the named scalar function of the source."""
    names: dict[str, object] = {**library(), "np": np}
    exec(compile(source, "<scalar code>", "exec"), names)
    return names[name]  # type: ignore[return-value]


def over(
    scalar: Callable[..., object], outputs: int, parameters: Sequence[str] = ()
) -> Callable[..., tuple[NDArray[np.floating], ...]]:
    """Return a function of arrays that runs a scalar function of several outputs on each entry.

    Compiled with LLVM's vectoriser and without any fast-math flag, as in a generated module.
    """
    results = [f"y{k}" for k in range(outputs)]
    text = LOOP.format(
        parameters="".join(f"{parameter}, " for parameter in parameters),
        results=", ".join(results),
        targets=", ".join(f"{y}[i]" for y in results),
        arguments="".join(f", {parameter}[i]" for parameter in parameters),
    )
    scope: dict[str, object] = {"function": scalar}
    exec(compile(text, "<loop>", "exec"), scope)
    kernel = numba.njit(error_model="numpy")(scope["kernel"])

    def run(
        x: NDArray[np.floating], *values: NDArray[np.floating]
    ) -> tuple[NDArray[np.floating], ...]:
        arrays = tuple(np.empty_like(x) for _ in results)
        kernel(x, *values, *arrays)
        return arrays

    return run
