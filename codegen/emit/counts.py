"""The scalar functions of a source text, and how many operations each takes."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache

__all__ = ["functions_in", "operations"]

BRANCH = 100  # operations: a loop over a function that branches is not vectorised


def functions_in(source: str) -> dict[str, ast.FunctionDef]:
    """Return the functions that are compiled as scalar code, by name."""
    return {
        f.name: f
        for f in ast.parse(source).body
        if isinstance(f, ast.FunctionDef)
        and any(ast.unparse(d) == "scalar" for d in f.decorator_list)
    }


def operations(source: str, known: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return how many operations each function takes, those of functions that it calls included.

    ``known`` are the counts of functions outside the source; any other call counts as one.
    """
    functions = functions_in(source)
    outside = known or {}

    @cache
    def count(name: str) -> int:
        nodes = list(ast.walk(functions[name]))
        called = [
            n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        ]
        own = sum(isinstance(n, ast.BinOp | ast.UnaryOp | ast.Compare) for n in nodes)
        own += BRANCH * sum(isinstance(n, ast.If) for n in nodes)
        return own + sum(count(f) if f in functions else outside.get(f, 1) for f in called)

    return {name: count(name) for name in functions}
