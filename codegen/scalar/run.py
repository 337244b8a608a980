"""Run scalar code over arrays: arithmetic by NumPy, each function of vectormath by a loop kept compiled.

The results are bit for bit those of the compiled code, since nothing is contracted or reordered in
either; a candidate is measured without the seconds that compiling it takes.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from codegen.cache import cache_folder
from codegen.scalar.functions import library
from codegen.store import import_file
from codegen.vectormath import imports, sources
from derive.files import write_whole

__all__ = ["run"]

Array = NDArray[np.floating]

PARTS = {"sum": 2, "loose": 2, "dd": 2, "far": 3}  # results by the ends of names
LOOP = """

@njit(cache=True, error_model="numpy")
def loop({arguments}, {results}):
    for i in range({first}.size):
        {targets} = {name}({entries})
"""


def run(
    source: str, points: Array, parameters: Mapping[str, Array] | None = None
) -> tuple[Array, ...]:
    """Return what the one function of the source gives at the points, as a tuple of arrays."""
    tree = Elementwise().visit(ast.parse(source))
    (head,) = tree.body
    head.decorator_list = []
    names: dict[str, object] = {
        name: _over_arrays(name)
        for name in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if name in library()
    }
    names |= {"np": np, "select": np.where, "f32": np.float32}
    exec(compile(ast.fix_missing_locations(tree), "<scalar code>", "exec"), names)
    given = [column.astype(points.dtype) for column in (parameters or {}).values()]
    with np.errstate(all="ignore"):
        results = names[head.name](points, *given)  # type: ignore[operator]
    if not isinstance(results, tuple):
        results = (results,)
    return tuple(
        np.broadcast_to(np.asarray(result, points.dtype), points.shape) for result in results
    )


class Elementwise(ast.NodeTransformer):
    """Write what Python does to one truth value as NumPy does it to many."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Not):
            return node
        negation = ast.Attribute(ast.Name("np", ast.Load()), "logical_not", ast.Load())
        return ast.Call(negation, [node.operand], [])


@cache
def _over_arrays(name: str) -> Callable[..., Array | tuple[Array, ...]]:
    """Return a function of vectormath as one of arrays, which compiles when it is first called."""
    arguments = list(inspect.signature(library()[name]).parameters)  # type: ignore[arg-type]
    results = ["result", "result_low", "result_power"][: PARTS.get(name.rpartition("_")[2], 1)]
    text = "\n".join([*imports([name]), "from numba import njit\n\n", sources([name])])
    text += LOOP.format(
        arguments=", ".join(arguments),
        results=", ".join(results),
        first=results[0],
        targets=", ".join(f"{result}[i]" for result in results),
        name=name,
        entries=", ".join(f"{argument}[i]" for argument in arguments),
    )
    stem = f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    path = cache_folder("loops") / f"{stem}.py"
    dtype = np.float32 if name.endswith("_f32") else np.float64

    def over_arrays(*values: Array) -> Array | tuple[Array, ...]:
        if not path.exists():
            write_whole(path, text)
        columns = np.broadcast_arrays(*(np.asarray(value, dtype) for value in values))
        given = [np.array(column).ravel() for column in columns]
        found = [np.empty_like(given[0]) for _ in results]
        import_file(stem, path).loop(*given, *found)
        shaped = tuple(each.reshape(columns[0].shape) for each in found)
        return shaped if len(shaped) > 1 else shaped[0]

    return over_arrays
