"""NumPy in the place of JAX: translated functions run operation by operation, each rounded once.

What comes out is the same on every machine, whatever XLA would fuse, so that generated text can say it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Function", "by_numpy"]

Function = Callable[..., NDArray[np.floating]]  # of x and of trainable parameters

LAX = SimpleNamespace(
    reduce_precision=lambda x, exponent_bits, mantissa_bits: x,
    convert_element_type=lambda x, dtype: np.asarray(x, dtype)[()],
    bitcast_convert_type=lambda x, dtype: np.asarray(x).view(dtype)[()],
    cond=lambda condition, chosen, otherwise: chosen() if condition else otherwise(),
)


def by_numpy(source: str, name: str) -> Function:
    """Return a function of translated source as one of NumPy's arrays."""
    names: dict[str, Any] = {"np": np, "jnp": np, "lax": LAX}
    exec(compile(source, "<translated code>", "exec"), names)

    def run(x: NDArray[np.floating], *given: NDArray[np.floating]) -> NDArray[np.floating]:
        with np.errstate(all="ignore"):
            return np.broadcast_to(np.asarray(names[name](x, *given), x.dtype), x.shape)

    return run
