"""Statements on whole arrays as Python text: what one writes by hand in NumPy, PyTorch or JAX."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codegen.program import (
    ZERO,
    Applied,
    Assign,
    Delta,
    Entry,
    Expression,
    Number,
    Operation,
    Product,
    Reduction,
    Role,
    Statement,
    Total,
)

__all__ = ["array_lines", "function_of"]

INFIX = {"+": " + ", "*": " * ", "/": " / "}


def array_lines(statements: Iterable[Statement], lengths: Mapping[str, int]) -> list[str]:
    """Return a line of Python for each statement, without the examples' weights.

    The text calls exp, log, sum_of, max_of and arange, and an activation by :func:`function_of`.
    """
    return [_line(statement, lengths) for statement in statements]


def function_of(symbol: str, orders: tuple[int, ...]) -> str:
    """Return the name by which the text calls an activation or a derivative of it."""
    return f"{symbol}_{'_'.join(map(str, orders))}"


def _line(statement: Statement, lengths: Mapping[str, int]) -> str:
    if isinstance(statement, Assign):
        target = statement.target
        axes = tuple(str(index) for index in target.indices)
        lengths = {axis: lengths[size] for axis, size in zip(axes, target.array.sizes, strict=True)}
        if target.array.role is Role.LOSS:
            return f"{target.array.name} = sum_of({_text(statement.value, ('b',), lengths)}, -1)"
        return f"{target.array.name} = {_text(statement.value, axes, lengths)}"
    if isinstance(statement, Product):
        left, right = (
            array.name + (".T" if turned else "")
            for array, turned in zip(
                (statement.left, statement.right), statement.transposed, strict=True
            )
        )
        return _added(statement, f"{left} @ {right}")
    if isinstance(statement, Total):
        name = statement.source.name
        whole = f"sum_of({name}, 0)" if statement.target.sizes else f"sum_of({name}.ravel(), 0)"
        return _added(statement, whole)
    raise TypeError(f"no whole-array statement: {statement}")


def _added(statement: Product | Total, value: str) -> str:
    name = statement.target.name
    return f"{name} = {value}" if statement.beta == ZERO else f"{name} = {name} + {value}"


def _text(node: Expression, axes: tuple[str, ...], lengths: Mapping[str, int]) -> str:
    """Return the expression with its axes in that order."""
    if isinstance(node, Number):
        return repr(float(node.value)) if node.value.denominator != 1 else str(node.value)
    if isinstance(node, Entry):
        return _entry(node, axes)
    if isinstance(node, Delta):
        index, label = (node.left, node.right)
        if isinstance(index, Entry):
            index, label = label, index
        return f"({_along(str(index), axes, lengths)} == {_text_of_index(label, axes, lengths)})"
    if isinstance(node, Applied):
        arguments = (node.argument, *node.parameters)
        inside = ", ".join(_text(argument, axes, lengths) for argument in arguments)
        return f"{function_of(node.symbol, node.orders)}({inside})"
    if isinstance(node, Reduction):
        return f"{node.name}_of({_text(node.body, (*axes, node.index), lengths)}, -1)"
    if isinstance(node, Operation):
        parts = [_text(part, axes, lengths) for part in node.operands if not _is_weight(part)]
        if node.name == "negate":
            return f"(-{parts[0]})"
        if node.name in INFIX:
            return f"({INFIX[node.name].join(parts)})" if len(parts) > 1 else parts[0]
        return f"{node.name}({', '.join(parts)})"
    raise TypeError(f"no whole-array expression: {node}")


def _is_weight(node: Expression) -> bool:
    return isinstance(node, Entry) and node.array.role is Role.WEIGHTS


def _entry(node: Entry, axes: tuple[str, ...]) -> str:
    name = node.array.name
    if any(isinstance(index, Entry) for index in node.indices):
        picked = ", ".join(
            index.array.name if isinstance(index, Entry) else f"arange({name}.shape[{k}])"
            for k, index in enumerate(node.indices)
        )
        return f"{name}[{picked}]"
    own = tuple(str(index) for index in node.indices)
    if own != tuple(axis for axis in axes if axis in own):
        name, own = f"{name}.T", own[::-1]
    return name + _spread(own, axes)


def _spread(own: tuple[str, ...], axes: tuple[str, ...]) -> str:
    """Return the subscript that gives an array with these axes a place among all of them."""
    places = ["None" if axis not in own else ":" for axis in axes]
    while places and places[0] == "None":
        places.pop(0)
    return "" if "None" not in places else f"[{', '.join(places)}]"


def _along(index: str, axes: tuple[str, ...], lengths: Mapping[str, int]) -> str:
    return f"arange({lengths[index]}){_spread((index,), axes)}"


def _text_of_index(index: str | Entry, axes: tuple[str, ...], lengths: Mapping[str, int]) -> str:
    if isinstance(index, str):
        return _along(index, axes, lengths)
    return _entry(index, axes)
