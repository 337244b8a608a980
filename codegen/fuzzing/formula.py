"""The value of a formula over arrays of NumPy, JAX or PyTorch: a walk, written on its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import sympy

from derive.notation import Maximum, Minimum

__all__ = ["evaluate"]

MANY = {"Add": "add", "Mul": "multiply", "And": "logical_and", "Or": "logical_or"}
RELATIONS = {
    ">": "greater", ">=": "greater_equal", "<": "less", "<=": "less_equal", "==": "equal",
    "!=": "not_equal",
}  # fmt: skip
RENAMED = {"atan": "arctan", "asinh": "arcsinh", "Abs": "abs"}


def evaluate(node: Any, values: Mapping[Any, Any], np: Any) -> Any:
    """Return the value of a SymPy expression, with functions of a namespace like NumPy.

    log(1 + exp(x)), of which many formulas are made, does not overflow; others may.
    """
    if node in values:
        return values[node]
    if isinstance(node, sympy.logic.boolalg.BooleanAtom):
        return bool(node)
    if node.is_Number or isinstance(node, sympy.NumberSymbol):
        return float(node)
    if isinstance(node, sympy.Piecewise):
        result = np.nan
        for value, condition in reversed(node.args):
            result = np.where(evaluate(condition, values, np), evaluate(value, values, np), result)
        return result
    if isinstance(node, sympy.log) and isinstance(node.args[0] - 1, sympy.exp):
        return np.logaddexp(0.0, evaluate((node.args[0] - 1).args[0], values, np))
    parts = [evaluate(part, values, np) for part in node.args]
    name = type(node).__name__
    if name in MANY:
        return reduce(getattr(np, MANY[name]), parts)
    if isinstance(node, sympy.Pow):
        whole = node.exp.is_Integer and node.exp > 0
        return np.power(parts[0], int(node.exp) if whole else parts[1])
    if isinstance(node, Maximum | Minimum):
        larger = parts[0] >= parts[1] if isinstance(node, Maximum) else parts[0] <= parts[1]
        return np.where(larger, parts[0], parts[1])
    if isinstance(node, sympy.core.relational.Relational):
        return getattr(np, RELATIONS[node.rel_op])(*parts)
    return getattr(np, RENAMED.get(name, name))(*parts)
