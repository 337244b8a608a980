"""A formula as a user types it into an array library: one line an operation, text for ``def``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Expr

from codegen.scalar.lower import lower
from derive.formula import X

__all__ = ["INFIX", "array_function"]

INFIX = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "div": "{} / {}",
    "neg": "-{}",
    "lt": "{} < {}",
    "le": "{} <= {}",
    "eq": "{} == {}",
    "and": "{} & {}",
    "or": "{} | {}",
    "not": "~{}",
}


def array_function(
    expression: Expr, parameters: tuple[str, ...], functions: Mapping[str, Callable[..., Any]]
) -> Callable[..., Any]:
    """Return the function of x and the parameters, computed by an array library's functions.

    ``functions`` maps the names of operations (exp, where, …) to those of the library. KeyError
    names one that it lacks.
    """
    terms = lower([expression], X)
    names: dict[int, str] = {}
    lines = []
    for number in terms.needed():
        node = terms.nodes[number]
        arguments = [names[argument] for argument in node.args]
        if node.op == "x":
            names[number] = "x"
        elif node.op == "parameter":
            names[number] = str(node.value)
        elif isinstance(node.value, Expr):
            names[number] = f"({float(node.value)!r})"
        else:
            names[number] = f"{node.op}_{number}"
            lines.append(f"    {names[number]} = {_operation(node.op, arguments, functions)}")
    body = "\n".join([*lines, f"    return {names[terms.outputs[0]]} + 0 * x"])
    if lines:
        body = "\n".join([*lines, f"    return {names[terms.outputs[0]]}"])
    text = f"def function({', '.join(('x', *parameters))}):\n{body}\n"
    scope: dict[str, Any] = {**functions, "inf": float("inf"), "nan": float("nan")}
    exec(compile(text, "<formula>", "exec"), scope)
    found: Callable[..., Any] = scope["function"]
    return found


def _operation(op: str, arguments: list[str], functions: Mapping[str, Callable[..., Any]]) -> str:
    if op in INFIX:
        return INFIX[op].format(*arguments)
    name = "where" if op == "select" else op
    if name not in functions:
        raise KeyError(name)
    return f"{name}({', '.join(arguments)})"
