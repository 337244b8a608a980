"""The generated module itself, as its user runs it: arrays to fill are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codegen import generate
from codegen.benchmarks.peer import Task
from codegen.benchmarks.problem import RATE, Problem
from codegen.benchmarks.work import Kind
from codegen.recipe import dtypes_of, recipe_of
from codegen.store import import_file, path_of, read, write

__all__ = ["NAME", "both_of", "task"]

NAME = "gradscribe"
MODEL = "softmax(W g(V x))"  # of which the elementwise functions are measured
MEASURED = ".measured.py"  # how such modules end in the cache
Array = NDArray[Any]
Both = Callable[[Array], Sequence[Array]]


def both_of(name: str) -> Both:
    """Return g and g′ of arrays with one axis by the loop of a module of an activation of the library.

    The module is what ``codegen new`` verifies, here only measured.
    """
    recipe = recipe_of(MODEL, None, {"g": name}, (), dtypes_of("both"))
    path = path_of(recipe, MEASURED)
    if read(recipe, MEASURED) is None:
        write(recipe, generate(recipe), MEASURED)
    fill = import_file(path.stem, path)._fill_g_value_and_derivative

    def run(x: Array) -> Sequence[Array]:
        results = np.empty_like(x), np.empty_like(x)
        fill(x, *results)
        return results

    return run


def task(problem: Problem) -> Task:
    """Return the task of the generated module."""
    module, X, y = problem.subject.module, problem.X, problem.y
    if problem.work.kind is Kind.ELEMENTWISE:
        several = len(problem.subject.activations) > 1
        name = f"value_and_derivative_{problem.symbol}" if several else "value_and_derivative"
        out = np.empty_like(problem.x), np.empty_like(problem.x)
        both = getattr(module, name)
        learned = problem.parameters if problem.parameters else ()
        return Task(lambda: both(problem.x, *learned, out=out), lambda _: out)
    parameters = problem.fresh()
    if problem.work.kind is Kind.GRADIENTS:
        filled = tuple(np.empty_like(parameter) for parameter in parameters)
        return Task(
            lambda: module.gradients(*parameters, X, y, out=filled),
            lambda found: (np.array(found[0]), *filled),
        )
    return Task(
        lambda: module.ascent_epoch(*parameters, X, y, RATE, batch_size=problem.work.batch),
        lambda L: (np.array(L), *parameters),
    )
