"""NumPy in the place of JAX: translated functions run operation by operation, each rounded once.

What comes out is the same on every machine, whatever XLA would fuse, so that generated text can say it.
As under XLA, numbers below the normal range are 0, those that an operation is given and those that it makes.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Function", "by_numpy"]

Function = Callable[..., NDArray[np.floating]]  # of x and of trainable parameters


class Flushed(np.ndarray):
    """An array whose operations take numbers below the normal range for 0."""

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **how: Any) -> Any:
        least = float(np.finfo(self.dtype).tiny) if self.dtype.kind == "f" else 0.0
        given = (_without_small(each, least) for each in inputs)
        return _flushed(getattr(ufunc, method)(*given, **how))


def _without_small(value: Any, least: float) -> Any:
    """Return an operand as an array of NumPy, or the number that it is, with 0 for what is too small."""
    if isinstance(value, float):
        return value if abs(value) >= least else 0.0 * value
    if not isinstance(value, np.ndarray):
        return value
    array = value.view(np.ndarray)
    if array.dtype.kind != "f":
        return array
    return np.where(np.abs(array) < np.finfo(array.dtype).tiny, array * array.dtype.type(0), array)


def _flushed(value: Any) -> Any:
    return _without_small(value, 0.0).view(Flushed) if isinstance(value, np.ndarray) else value


def _where(condition: Any, chosen: Any, otherwise: Any) -> Any:
    """Choose, without an operation on what is chosen."""
    return np.where(condition, chosen, otherwise).view(Flushed)


LAX = SimpleNamespace(
    reduce_precision=lambda x, exponent_bits, mantissa_bits: x,
    convert_element_type=lambda x, dtype: _flushed(np.asarray(x, dtype)[()]),
    bitcast_convert_type=lambda x, dtype: _flushed(np.asarray(x).view(dtype)[()]),
    cond=lambda condition, chosen, otherwise: chosen() if condition else otherwise(),
)
JNP = SimpleNamespace(**{**vars(np), "where": _where})


def by_numpy(source: str, name: str) -> Function:
    """Return a function of translated source as one of NumPy's arrays."""
    names: dict[str, Any] = {"np": np, "jnp": JNP, "lax": LAX}
    exec(compile(source, "<translated code>", "exec"), names)

    def run(x: NDArray[np.floating], *given: NDArray[np.floating]) -> NDArray[np.floating]:
        with np.errstate(all="ignore"):
            found = names[name](*(each.view(Flushed) for each in (x, *given)))
            return np.broadcast_to(np.asarray(found, x.dtype), x.shape)

    return run
