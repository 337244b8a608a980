"""Scalar functions as text: one statement a line, without parentheses that say nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

__all__ = ["function_text", "line", "tidied"]

POWER = re.compile(r"(?<=\de)\+(?=\d)")  # of a large number, as Python writes it: 1e+300


def tidied(source: str) -> str:
    """Return functions of scalar code with the same operations in the same order."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return "\n\n\n".join(map(_text, functions))


def _text(function: ast.FunctionDef) -> str:
    docstring = ast.get_docstring(function)
    body = function.body if docstring is None else function.body[1:]
    return function_text(function.name, function.args, docstring, body)


def function_text(
    name: str, arguments: ast.arguments, docstring: str | None, body: Sequence[ast.stmt]
) -> str:
    """Return a scalar function with a docstring of one line, or without."""
    given = ", ".join(a.arg for a in arguments.args)
    said = [] if docstring is None else [f'"""{docstring}"""']
    lines = [*said, *map(line, body)]
    return "\n    ".join([f"@scalar\ndef {name}({given}):", *lines])


def line(statement: ast.stmt) -> str:
    """Return a statement as text, several results without parentheses."""
    match statement:
        case ast.Return(ast.Tuple([_, _, *_] as results)):
            text = f"return {', '.join(map(ast.unparse, results))}"
        case ast.Assign([ast.Tuple(names)], value):
            text = f"{', '.join(map(ast.unparse, names))} = {ast.unparse(value)}"
        case _:
            text = ast.unparse(statement)
    return POWER.sub("", text)
