"""A program as text that reads like pseudocode, each line with the number of its equation."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.derivatives import written
from codegen.program import (
    ONE,
    ZERO,
    Applied,
    Assign,
    Delta,
    Densify,
    Each,
    Entry,
    Expression,
    Further,
    Number,
    Operation,
    Product,
    Program,
    Reduction,
    Rows,
    Scalar,
    Statement,
    Tiles,
    Total,
)

__all__ = ["expression_text", "program_text", "statement_lines"]

MARGIN = 9  # columns that the equations' numbers take


def program_text(program: Program) -> str:
    """Return the program as indented lines."""
    given = ", ".join([*(array.name for array in program.inputs), *program.scalars])
    results = ", ".join(array.name for array in program.outputs)
    lines = [f"{program.name}({given}) → {results}"]
    lines += [f"{'':{MARGIN}}{name} in the memory of {first}" for name, first in program.storage]
    for statement in program.statements:
        lines += statement_lines(statement)
    if program.sums:
        lines.append(f"{'':{MARGIN}}then, over all examples:")
    for statement in program.sums:
        lines += statement_lines(statement)
    return "\n".join(lines)


def statement_lines(statement: Statement, depth: int = 0) -> Iterator[str]:
    """Yield the lines of one statement."""
    indent = "    " * depth
    if isinstance(statement, (Rows, Each)):
        yield f"{'':{MARGIN}}{indent}for {statement.index} in {statement.size}:"
        for inner in statement.body:
            yield from statement_lines(inner, depth + 1)
        return
    if isinstance(statement, Tiles):
        yield f"{'':{MARGIN}}{indent}for tiles of {statement.size}:"
        if statement.scores:
            yield f"{'':{MARGIN}}{indent}    unless they are kept:"
        for inner in statement.scores:
            yield from statement_lines(inner, depth + 2)
        for inner in statement.body:
            yield from statement_lines(inner, depth + 1)
        return
    numbers = ", ".join(f"({number})" for number in getattr(statement, "numbers", ()))
    yield f"{numbers:{MARGIN}}{indent}{_simple(statement)}"


def _simple(statement: Statement) -> str:
    if isinstance(statement, Assign):
        targets = ", ".join(map(expression_text, statement.targets))
        sign = (
            "=" if statement.target.indices or statement.target.array.role.value != "loss" else "+="
        )
        return f"{targets} {sign} {expression_text(statement.value)}"
    if isinstance(statement, Product):
        left, right = (
            array.name + ("ᵀ" if transposed else "")
            for array, transposed in zip(
                (statement.left, statement.right), statement.transposed, strict=True
            )
        )
        return _updated(statement, f"{left} {right}")
    if isinstance(statement, Total):
        ones = "1ᵀ " + statement.source.name + ("" if statement.target.sizes else " 1")
        return _updated(statement, ones)
    if isinstance(statement, Densify):
        return f"{statement.target.name} = {statement.source.name}, with its zeros"
    raise TypeError(f"no statement: {statement!r}")


def _updated(statement: Product | Total, value: str) -> str:
    name = statement.target.name
    scaled = value if statement.alpha == ONE else f"{expression_text(statement.alpha)} {value}"
    if statement.beta == ZERO:
        return f"{name} = {scaled}"
    kept = name if statement.beta == ONE else f"{expression_text(statement.beta)} {name}"
    return f"{name} = {kept} + {scaled}"


def _index_text(index: str | Entry) -> str:
    return index if isinstance(index, str) else expression_text(index)


def expression_text(node: Expression) -> str:
    """Return an expression in the notation of the field."""
    if isinstance(node, Number):
        return str(node.value)
    if isinstance(node, Scalar):
        return node.name
    if isinstance(node, Entry):
        indices = ", ".join(map(_index_text, node.indices))
        return f"{node.array.name}[{indices}]" if node.indices else node.array.name
    if isinstance(node, Delta):
        return f"δ({_index_text(node.left)}, {_index_text(node.right)})"
    if isinstance(node, Reduction):
        sign = {"sum": "Σ"}.get(node.name, node.name)
        return f"{sign}_{node.index} {_operand(node.body)}"
    if isinstance(node, Further):
        so_far = ", ".join(map(expression_text, node.so_far))
        return f"{expression_text(node.reduction)}, further than {so_far}"
    if isinstance(node, Applied):
        return _applied_text(node)
    if isinstance(node, Operation):
        return _operation_text(node)
    raise TypeError(f"no expression: {node!r}")


def _applied_text(node: Applied) -> str:
    arguments = ", ".join(map(expression_text, (node.argument, *node.parameters)))
    if node.paired:
        return f"{node.symbol}, {node.symbol}′({arguments})"
    parameters = tuple(map(expression_text, node.parameters))
    return f"{written(node.symbol, node.orders, parameters)}({arguments})"


def _operation_text(node: Operation) -> str:
    if node.name == "negate":
        return f"−{_operand(node.operands[0])}"
    if node.name == "+":
        text = " + ".join(map(_term, node.operands))
        return text.replace(" + −", " − ")
    if node.name in "*/":
        return f" {'·' if node.name == '*' else '/'} ".join(map(_operand, node.operands))
    if node.name == "lowest":
        return "−∞"
    return f"{node.name}({expression_text(node.operands[0])})"


def _term(node: Expression) -> str:
    return f"({expression_text(node)})" if _is_sum(node) else expression_text(node)


def _operand(node: Expression) -> str:
    bare = not (isinstance(node, Operation) and node.name in ("+", "*", "/", "negate"))
    return expression_text(node) if bare else f"({expression_text(node)})"


def _is_sum(node: Expression) -> bool:
    return isinstance(node, Operation) and node.name == "+"
