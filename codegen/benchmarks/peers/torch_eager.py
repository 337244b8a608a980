"""PyTorch as it comes: autograd for gradients, SGD that maximises for an epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from codegen.benchmarks.forward import scores_function, values
from codegen.benchmarks.peer import Task, batches, built_in
from codegen.benchmarks.peers.by_hand import derivatives
from codegen.benchmarks.problem import RATE, Problem
from codegen.benchmarks.work import Kind

__all__ = ["NAME", "task", "task_with", "version"]

NAME = "torch"


def version() -> str:
    """Return PyTorch's version; ImportError where it is not installed."""
    import torch

    return str(torch.__version__)


def task(problem: Problem) -> Task:
    """Return the task in eager mode."""
    return task_with(problem, lambda function: function)


def task_with(problem: Problem, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Task:
    """Return the task with its function of tensors wrapped, as by a compiler."""
    import torch

    activations = values(
        problem,
        _functions(),
        lambda name, right: built_in(torch.nn.functional, name, torch.from_numpy, right),
        derivatives(problem.subject),
    )
    parameters = [torch.from_numpy(p).requires_grad_() for p in problem.fresh()]
    if problem.work.kind is Kind.ELEMENTWISE:
        x = torch.from_numpy(problem.x).requires_grad_()
        ones = torch.ones_like(x)
        value = wrap(activations[problem.symbol])

        def both() -> tuple[Any, Any]:
            z = value(x, *parameters)
            return z, torch.autograd.grad(z, x, ones)[0]

        return Task(both, lambda pair: tuple(part.detach().numpy() for part in pair))
    scores = scores_function(problem, _functions(), activations)

    def log_likelihood(X: Any, y: Any) -> Any:
        return -torch.nn.functional.cross_entropy(scores(*parameters, X), y, reduction="sum")

    L_of = wrap(log_likelihood)
    X, y = torch.from_numpy(problem.X), torch.from_numpy(problem.y)
    if problem.work.kind is Kind.GRADIENTS:

        def gradients() -> tuple[Any, ...]:
            L = L_of(X, y)
            return (L, *torch.autograd.grad(L, parameters))

        return Task(gradients, lambda found: tuple(t.detach().numpy() for t in found))
    optimiser = torch.optim.SGD(parameters, lr=RATE, maximize=True)
    rows = batches(len(problem.X), problem.work.batch)

    def epoch() -> float:
        total = 0.0
        for part in rows:
            optimiser.zero_grad()
            L = L_of(X[part], y[part])
            L.backward()
            optimiser.step()
            total += L.item()
        return total

    return Task(epoch, lambda L: (np.array(L), *(p.detach().numpy() for p in parameters)))


def _functions() -> dict[str, Callable[..., Any]]:
    import torch

    names: tuple[str, ...] = (
        "exp",
        "expm1",
        "log",
        "log1p",
        "sqrt",
        "sign",
        "abs",
        "tanh",
        "sinh",
        "cosh",
        "sin",
    )
    names += ("cos", "where", "atan", "asinh", "erf", "erfc", "arange")
    return {name: getattr(torch, name) for name in names}
