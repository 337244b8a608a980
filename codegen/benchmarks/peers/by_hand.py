"""NumPy as written by hand: the equations in whole matrices, formulas as typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from codegen.benchmarks.arrays import array_lines, function_of
from codegen.benchmarks.formulas import array_function
from codegen.benchmarks.peer import Task, batches
from codegen.benchmarks.problem import RATE, Problem, Subject
from codegen.benchmarks.work import Kind
from codegen.scalar.code import quantities

__all__ = ["NAME", "derivatives", "task", "version"]

NAME = "numpy"
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("exp", "expm1", "log", "log1p", "sqrt", "sign", "abs")},
    **{name: getattr(np, name) for name in ("tanh", "sinh", "cosh", "sin", "cos", "where")},
    "atan": np.arctan,
    "asinh": np.arcsinh,
    "erf": special.erf,
    "erfc": special.erfc,
    "arange": np.arange,
    "sum_of": np.sum,
    "max_of": np.max,
    "sum_beyond_1_of": lambda e, axis: np.sum(e, axis) - 1,  # as one writes log Σ by hand
}


def version() -> str:
    """Return NumPy's version."""
    return np.__version__


def task(problem: Problem) -> Task:
    """Return the task in NumPy."""
    functions = derivatives(problem.subject)
    if problem.work.kind is Kind.ELEMENTWISE:
        value, slope = (
            functions[function_of(problem.symbol, (k, *_zeros(problem)))] for k in (0, 1)
        )
        x, learned = problem.x, problem.parameters
        return Task(
            lambda: (_quiet(value, x, *learned), _quiet(slope, x, *learned)), lambda pair: pair
        )
    gradients = _gradients(problem, functions)
    parameters, X, y = problem.fresh(), problem.X, problem.y
    if problem.work.kind is Kind.GRADIENTS:
        return Task(
            lambda: gradients(*parameters, X, y), lambda found: tuple(map(np.asarray, found))
        )
    rows = batches(problem.work.rows, problem.work.batch)
    rate = np.dtype(problem.dtype).type(RATE)

    def epoch() -> float:
        total = 0.0
        for part in rows:
            L, *slopes = gradients(*parameters, X[part], y[part])
            for parameter, slope in zip(parameters, slopes, strict=True):
                np.add(parameter, rate * slope, out=parameter)
            total += float(L)
        return total

    return Task(epoch, lambda L: (np.array(L), *parameters))


def _zeros(problem: Problem) -> tuple[int, ...]:
    return (0,) * len(problem.subject.activations[problem.symbol].trainable)


def _quiet(function: Callable[..., Any], *arguments: Any) -> Any:
    with np.errstate(all="ignore"):
        return function(*arguments)


def derivatives(subject: Subject) -> dict[str, Callable[..., Any]]:
    """Return g, g′ and each ∂g/∂β of every activation, by the names that the text calls them."""
    found = {}
    for symbol, activation in subject.activations.items():
        wanted = quantities(activation)
        count = len(activation.trainable)
        orders = [(0,) * (count + 1), (1, *(0,) * count)]
        orders += [(0, *(int(j == k) for j in range(count))) for k in range(count)]
        for order, formula in zip(
            orders, (wanted.value, wanted.slope, *wanted.partials), strict=True
        ):
            function = array_function(formula, tuple(activation.trainable), FUNCTIONS)
            found[function_of(symbol, order)] = function
    return found


def _gradients(
    problem: Problem, functions: dict[str, Callable[..., Any]]
) -> Callable[..., tuple[Any, ...]]:
    """Return the function of the parameters, X and y that gives L and the gradients."""
    program = problem.subject.gradients
    inputs = ", ".join(array.name for array in program.inputs[:-1])
    outputs = ", ".join(array.name for array in program.outputs)
    lines = array_lines(program.statements, problem.lengths)
    text = "\n    ".join([f"def gradients({inputs}):", *lines, f"return {outputs},"])
    scope: dict[str, Any] = {**FUNCTIONS, **functions}
    exec(compile(text, "<by hand>", "exec"), scope)
    found: Callable[..., tuple[Any, ...]] = scope["gradients"]
    return found
