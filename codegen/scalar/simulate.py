"""Run terms in plain NumPy to see where infinities and nan arise that the truth does not have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from codegen.scalar.precision import LEVELS
from codegen.scalar.terms import Terms
from codegen.scalar.write import literal

__all__ = ["simulate"]

Array = NDArray[np.floating]

FUNCTIONS: dict[str, Callable[..., Array]] = {
    "add": np.add, "sub": np.subtract, "add_exact": np.add, "sub_exact": np.subtract,
    "mul": np.multiply, "div": np.divide, "neg": np.negative,
    "sqrt": np.sqrt, "abs": np.abs,
    "sign": lambda a: np.where(a > 0, 1.0, np.where(a < 0, -1.0, 0.0)).astype(a.dtype),
    "lt": np.less, "le": np.less_equal,
    "eq": np.equal, "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
    "select": np.where, "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p,
    "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "atan": np.arctan, "asinh": np.arcsinh, "erf": special.erf, "erfc": special.erfc,
    "erfcx": special.erfcx,
}  # fmt: skip


def simulate(
    terms: Terms,
    levels: Sequence[int],
    dtype: str,
    points: Array,
    parameters: Mapping[str, Array] | None = None,
) -> tuple[Array, ...]:
    """Return the outputs at the points to about working precision."""
    values: list[Array] = []
    with np.errstate(all="ignore"):
        for node, level in zip(terms.nodes, levels, strict=True):
            name = LEVELS[dtype][level].name
            arguments = [values[argument] for argument in node.args]
            if node.op == "x":
                value = points.astype(dtype)
            elif node.op == "parameter":
                value = np.asarray((parameters or {})[str(node.value)]).astype(dtype)
            elif node.op == "constant":
                value = np.full(points.shape, _constant(node.value))
                if value.dtype == float:
                    value = value.astype("float32" if name == "f32" else "float64")
            else:
                value = FUNCTIONS[node.op](*arguments)
                if value.dtype == np.float32 and name != "f32":
                    value = FUNCTIONS[node.op](*(a.astype(float) for a in arguments))
            values.append(value)
        return tuple(values[output].astype(dtype) for output in terms.outputs)


def _constant(value: object) -> float | bool:
    return bool(value) if str(value) in ("True", "False") else literal(value)[0]
