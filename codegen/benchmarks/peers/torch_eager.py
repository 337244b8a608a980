"""PyTorch as it comes: autograd for gradients, SGD that maximises for an epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    if problem.work.non_zeros:
        return _by_non_zeros(problem, activations)
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


def _by_non_zeros(problem: Problem, activations: Mapping[str, Callable[..., Any]]) -> Task:
    """Return the task in the form that is fastest for sparse X: EmbeddingBag and its sparse gradient.

    It has the weights of a feature side by side; whatever X is multiplied with is such a matrix.
    """
    import torch

    scores = scores_function(problem, _functions(), activations)
    features = str(problem.subject.derivation.model.features.sizes[-1])
    model = problem.subject.derivation.model
    turned = [str(quantity.sizes[-1]) == features for quantity in model.parameters]
    leaves = [
        torch.from_numpy(p.T if turn else np.ascontiguousarray(p)).requires_grad_()
        for p, turn in zip(problem.fresh(), turned, strict=True)
    ]
    named = [_Turned(leaf) if turn else leaf for leaf, turn in zip(leaves, turned, strict=True)]
    X, y = problem.X, torch.from_numpy(problem.y)
    values, places = torch.from_numpy(X.data), torch.from_numpy(X.indices.astype(np.int64))
    non_zeros = problem.work.non_zeros

    def log_likelihood(part: slice) -> Any:
        inside = slice(part.start * non_zeros, part.stop * non_zeros)
        rows = _Rows(values[inside], places[inside], non_zeros)
        found = scores(*named, rows)
        return -torch.nn.functional.cross_entropy(found, y[part], reduction="sum")

    def arrays(L: Any, found: Sequence[Any]) -> tuple[np.ndarray, ...]:
        dense = [t.detach().to_dense().numpy() for t in found]
        return (np.array(L), *(t.T if turn else t for t, turn in zip(dense, turned, strict=True)))

    if problem.work.kind is Kind.GRADIENTS:
        whole = slice(0, problem.work.rows)

        def gradients() -> tuple[Any, ...]:
            L = log_likelihood(whole)
            return (L, *torch.autograd.grad(L, leaves))

        note = "with EmbeddingBag, its gradient not made dense"
        return Task(gradients, lambda found: arrays(found[0].detach(), found[1:]), note)
    optimiser = torch.optim.SGD(leaves, lr=RATE, maximize=True)
    rows = batches(problem.work.rows, problem.work.batch)

    def epoch() -> float:
        total = 0.0
        for part in rows:
            optimiser.zero_grad()
            L = log_likelihood(part)
            L.backward()
            optimiser.step()
            total += L.item()
        return total

    return Task(epoch, lambda L: arrays(L, leaves), "with EmbeddingBag(sparse=True)")


@dataclass(frozen=True, eq=False)
class _Turned:
    """A matrix whose transpose is kept."""

    T: Any


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows of so many non-zeros each, to be multiplied by a matrix with a row for each feature."""

    values: Any
    places: Any
    non_zeros: int

    def __matmul__(self, by_feature: Any) -> Any:
        import torch

        starts = torch.arange(0, len(self.places), self.non_zeros)
        return torch.nn.functional.embedding_bag(
            self.places,
            by_feature,
            starts,
            mode="sum",
            sparse=True,
            per_sample_weights=self.values,
        )


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
