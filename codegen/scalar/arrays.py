"""Give the functions of vectormath over arrays, to the bit: by NumPy, for which nothing is compiled.

Compiled, and kept, are fma, which NumPy lacks, and what branches: sine and cosine far from 0.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codegen import vectormath
from codegen.cache import cache_folder
from codegen.scalar.functions import library
from codegen.store import import_file
from codegen.vectormath import imports, sources
from codegen.vectormath.extract import MODULES
from derive.files import write_whole

__all__ = ["over_arrays"]

Array = NDArray[np.floating]
Function = Callable[..., Any]  # from arrays to an array, or to a tuple of them

PARTS = {"sum": 2, "loose": 2, "dd": 2, "far": 3}  # results by the ends of names
LOOP = """

@njit(cache=True, error_model="numpy")
def loop({arguments}, {results}):
    for i in range({first}.size):
        {targets} = {name}({entries})
"""
FMA = """

@vectorize(["f4(f4, f4, f4)", "f8(f8, f8, f8)"], cache=True)
def over_arrays(a, b, c):
    return fma(a, b, c)
"""


@cache
def over_arrays(name: str) -> Function:
    """Return a function of vectormath as one of arrays."""
    if name in ("fma", "select"):
        return _by_numpy()[name]
    by = _by_loop(name) if _branches(name) else _by_numpy()[name]
    dtype = np.float32 if name.endswith("_f32") else np.float64
    return lambda *values: by(*(np.asarray(value, dtype) for value in values))


def _branches(name: str) -> bool:
    """Return whether a function or one that it calls has an ``if``."""
    return any(
        isinstance(part, ast.If)
        for definition in ast.parse(sources([name])).body
        if isinstance(definition, ast.FunctionDef) and definition.decorator_list
        for part in definition.body
    )


@cache
def _by_numpy() -> Mapping[str, Function]:
    """Return the functions of vectormath with NumPy's operations in the place of those of one float."""
    names: dict[str, Function] = {}
    for module in MODULES:
        for name, value in vars(import_module(f"{vectormath.__name__}.{module}")).items():
            ours = isinstance(value, FunctionType) and value.__module__.startswith(
                vectormath.__name__
            )
            names[name] = FunctionType(value.__code__, names) if ours else value
    names["fma"], names["select"] = _fma, np.where
    return names


def _fma(a: Array, b: Array, c: Array) -> Array:
    return _compiled("fma", FMA).over_arrays(a, b, c)


def _by_loop(name: str) -> Function:
    """Return a function of vectormath as a compiled loop."""
    arguments = list(inspect.signature(library()[name]).parameters)  # type: ignore[arg-type]
    results = ["result", "result_low", "result_power"][: PARTS.get(name.rpartition("_")[2], 1)]
    text = LOOP.format(
        arguments=", ".join(arguments),
        results=", ".join(results),
        first=results[0],
        targets=", ".join(f"{result}[i]" for result in results),
        name=name,
        entries=", ".join(f"{argument}[i]" for argument in arguments),
    )

    def looped(*values: Array) -> Array | tuple[Array, ...]:
        columns = np.broadcast_arrays(*values)
        given = [np.array(column).ravel() for column in columns]
        found = [np.empty_like(given[0]) for _ in results]
        _compiled(name, text).loop(*given, *found)
        shaped = tuple(each.reshape(columns[0].shape) for each in found)
        return shaped if len(shaped) > 1 else shaped[0]

    return looped


@cache
def _compiled(name: str, text: str) -> ModuleType:
    """Return a module of the cache folder: a function of vectormath and the text that compiles it."""
    header = "\n".join([*imports([name]), "from numba import njit, vectorize\n\n"])
    whole = header + sources([name]) + text
    stem = f"{name}_{hashlib.sha256(whole.encode()).hexdigest()[:16]}"
    path = cache_folder("loops") / f"{stem}.py"
    if not path.exists():
        write_whole(path, whole)
    return import_file(stem, path)
