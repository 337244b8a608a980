"""What Numba makes of a module's gradients, by two processes that share the compiling.

One compiles the activations and what else the errors of a batch call; the other the checks and the
sums over the batch. The gradients, which call them all, come last and find them in Numba's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from codegen.beside import LostError, Worker
from codegen.comparison import module_function
from codegen.random_problem import Problem
from codegen.recipe import Recipe
from codegen.store import import_file

__all__ = ["compile_functions", "compile_sums", "compiled_gradients", "compiling"]

PRODUCTS = ("_gemm_nn", "_gemm_nt")  # of which the errors are made, in most models
REDUCTIONS = ("_maximum", "_sum_beyond_1")  # of a row of scores


@contextmanager
def compiling(
    path: Path, recipe: Recipe, problem: Problem
) -> Iterator[Callable[[], tuple[Any, ...]]]:
    """Compile beside what stands in the context; give what waits for :func:`compiled_gradients`."""
    with ThreadPoolExecutor(1) as waiting, Worker() as first, Worker() as second:
        compiled = waiting.submit(_by_both, first, second, path, recipe, problem)

        def found() -> tuple[Any, ...]:
            try:
                return compiled.result()
            except LostError:
                return compiled_gradients(path, problem)

        yield found


def _by_both(
    first: Worker, second: Worker, path: Path, recipe: Recipe, problem: Problem
) -> tuple[Any, ...]:
    first.start(compile_sums, path, problem)
    second.start(compile_functions, path, recipe, problem.X.dtype)
    for worker in (first, second):
        with suppress(LostError):  # the gradients compile what is missing
            worker.result()
    first.start(compiled_gradients, path, problem)
    found: tuple[Any, ...] = first.result()
    return found


def compiled_gradients(path: Path, problem: Problem) -> tuple[Any, ...]:
    """Return L and its gradients as a file has them when Numba has compiled it."""
    module = import_file(path.stem, path)
    found: tuple[Any, ...] = module.gradients(*problem.arguments, sample_weight=problem.weights)
    return found


def compile_functions(path: Path, recipe: Recipe, dtype: np.dtype[Any]) -> None:
    """Compile the value and derivative of each activation, products and reductions."""
    module, model = import_file(path.stem, path), recipe.derivation().model
    for symbol in model.activations:
        learned = model.bound_activation(symbol).trainable
        module_function(module, model, symbol)(
            np.zeros(1, dtype), *(np.ones(1, dtype) for _ in learned)
        )
    names, one, matrix = vars(module), dtype.type(1), np.zeros((2, 2), dtype)
    for name in names.keys() & set(PRODUCTS):
        names[name](one, matrix, matrix, one, matrix.copy())
    for name in names.keys() & set(REDUCTIONS):
        names[name](matrix[0])


def compile_sums(path: Path, problem: Problem) -> None:
    """Compile the checks of the gradients, and their sums, but no errors: the driver is not compiled."""
    module = import_file(path.stem, path)
    names = vars(module)
    module._targets_fit(*problem.arguments, *map(np.empty_like, problem.parameters))
    driver = getattr(module._gradients, "py_func", module._gradients)
    form = names["_FORMS"][np.ndarray]._replace(gradients=driver)
    instead = {"_FORMS": {np.ndarray: form}, "_errors_by": _no_errors}
    before = {name: names[name] for name in instead}
    names.update(instead)
    try:
        compiled_gradients(path, problem)
    finally:
        names.update(before)


def _no_errors(*arguments: Any) -> float:
    return 0.0
