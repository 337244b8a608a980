"""The generated module itself, as its user runs it: arrays to fill are given."""

from __future__ import annotations

import numpy as np

from codegen.benchmarks.peer import Task
from codegen.benchmarks.problem import RATE, Problem
from codegen.benchmarks.work import Kind

__all__ = ["NAME", "task"]

NAME = "gradscribe"


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
