"""Run scalar code over arrays by NumPy.

The results are bit for bit those of the compiled code, since nothing is contracted or reordered in
either; a candidate is measured without the seconds that compiling it takes.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType, FunctionType

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.arrays import over_arrays
from codegen.scalar.functions import library

__all__ = ["run"]

Array = NDArray[np.floating]


def run(
    source: str, points: Array, parameters: Mapping[str, Array] | None = None
) -> tuple[Array, ...]:
    """Return what the one function of the source gives at the points, as a tuple of arrays."""
    (head,) = (part for part in _compiled(source).co_consts if isinstance(part, CodeType))
    names: dict[str, object] = {"np": np, "f32": np.float32}
    names |= {name: over_arrays(name) for name in head.co_names if name in library()}
    function = FunctionType(head, names)
    given = [column.astype(points.dtype) for column in (parameters or {}).values()]
    with np.errstate(all="ignore"):
        results = function(points, *given)
    if not isinstance(results, tuple):
        results = (results,)
    return tuple(
        np.broadcast_to(np.asarray(result, points.dtype), points.shape) for result in results
    )


@lru_cache(maxsize=4)  # some are run block by block
def _compiled(source: str) -> CodeType:
    if "not " not in source:
        return compile(source, "<scalar code>", "exec")
    return compile(Elementwise().visit(ast.parse(source)), "<scalar code>", "exec")


class Elementwise(ast.NodeTransformer):
    """Write what Python does to one truth value as NumPy does it to many."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Not):
            return node
        negation = ast.parse("np.logical_not(0)", mode="eval").body
        negation.args[0] = node.operand  # type: ignore[attr-defined]
        return ast.copy_location(negation, node)
