"""What the machine could do at best: products at the measured rate of BLAS, or moving memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from codegen.benchmarks.measure import Effort, medians
from codegen.benchmarks.problem import Problem
from codegen.benchmarks.work import Kind
from codegen.doctor.rate import Rate
from codegen.program import Product

__all__ = ["Limit", "limit", "operations"]


@dataclass(frozen=True)
class Limit:
    """Seconds that the work takes at least, and what they are spent on."""

    seconds: float
    by: str


def operations(problem: Problem) -> int:
    """Return the multiplications and additions in the matrix products of one batch."""
    return sum(2 * prod(terms) for terms in _products(problem))


def _products(problem: Problem) -> Iterator[tuple[int, ...]]:
    for statement in problem.subject.gradients.statements:
        if isinstance(statement, Product):
            inner = statement.left.sizes[0 if statement.transposed[0] else 1]
            yield tuple(problem.lengths[size] for size in (*statement.target.sizes, inner))


def limit(problem: Problem, rate: Rate, effort: Effort) -> Limit:
    """Return the larger of the two: products at that rate, a copy of the bytes that must move.

    Parameters and features are read once and gradients written once; g and g′ write two arrays.
    """
    work = problem.work
    if work.kind is Kind.ELEMENTWISE:
        x, first, second = problem.x, np.empty_like(problem.x), np.empty_like(problem.x)

        def two_copies() -> None:
            first[:] = x
            second[:] = x

        return Limit(medians({"copy": two_copies}, effort)["copy"], "copying x to two outputs")
    batches = -(-work.rows // work.batch)
    if work.non_zeros:
        return _limit_by_non_zeros(problem, effort)
    products = batches * operations(problem) / (rate.gflops[problem.dtype] * 1e9)
    moved = 2 * sum(parameter.nbytes for parameter in problem.parameters)
    moved += problem.X.nbytes // batches
    source = np.zeros(max(1, moved // 2), np.uint8)
    target = np.empty_like(source)
    copying = batches * medians({"copy": lambda: np.copyto(target, source)}, effort)["copy"]
    if copying > products:
        return Limit(copying, "moving parameters and gradients")
    return Limit(products, "matrix products")


def _limit_by_non_zeros(problem: Problem, effort: Effort) -> Limit:
    """Return the time to fetch what the non-zeros name, once to read and once to write it."""
    work = problem.work
    by_feature = max(problem.parameters, key=lambda parameter: parameter.size).T
    places = problem.X.indices[: work.batch * work.non_zeros]
    fetched = np.empty((len(places), by_feature.shape[1]), by_feature.dtype)

    def fetch() -> None:
        np.take(by_feature, places, axis=0, out=fetched, mode="clip")

    batches = -(-work.rows // work.batch)
    seconds = medians({"fetch": fetch}, effort)["fetch"]
    return Limit(2 * batches * seconds, "fetching what the non-zeros name, twice")
