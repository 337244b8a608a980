"""Which form of a formula suits JAX: of those that codegen.scalar finds, that of the fewest operations.

There is no fused multiply-add to rely on, so that pairs of floats cost ten times what they cost a
kernel. float64 has a wider bound here, within which nearly every formula does without them; float32
computes in float64 where it must, and keeps the bound of kernels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, srepr

from codegen.cache import remembered, sources_hash
from codegen.jax.stand_in import Function, by_numpy
from codegen.jax.translate import operations, translated
from codegen.scalar.certificate import CertificateError, Row, errors, rows
from codegen.scalar.code import APART, SOURCES
from codegen.scalar.domains import restricted
from codegen.scalar.endings import ended
from codegen.scalar.oracle import Truth, truth
from codegen.scalar.problem import Problem
from codegen.scalar.sample import samples
from codegen.scalar.search import Design, designs
from codegen.scalar.served import Domain
from codegen.scalar.settings import settings
from codegen.scalar.write import Writer
from derive.formula import X

__all__ = ["BOUNDS", "Designed", "Samples", "designed"]

BOUNDS = {"float32": 2.0, "float64": 8.0}  # in ULP
BUDGETS = {
    "float32": (3.4, 1.4),
    "float64": (20.0, 7.0, 3.0),
}  # of the error analysis, tried in turn
LEAST = {"float32": 2.0**-126, "float64": 2.0**-1022}  # below which XLA takes numbers for 0
# below which results may be made of such: of the lower half of a float64 split in two, times x² and more
LOST = {"float32": 2.0**-118, "float64": 2.0**-960}
SAMPLES = 20_000
MARGIN = 0.75  # of the bound, since the worst input is seldom among so few samples


@dataclass(frozen=True)
class Designed:
    """A scalar function of x, what it calls, what was measured of it as JAX, and where it holds."""

    source: str
    requires: tuple[str, ...]
    row: Row
    domain: Domain


@dataclass(frozen=True)
class Samples:
    """Inputs, values of the trainable parameters at each, and the truth there."""

    problem: Problem
    points: NDArray[np.floating]
    parameters: Mapping[str, NDArray[np.float64]]
    truths: tuple[Truth, ...]

    @classmethod
    def of(cls, problem: Problem, count: int = SAMPLES) -> Samples:
        """Return so many inputs of a problem of one quantity."""
        points = samples(problem.dtype, count, problem.marks)
        given = settings(problem.defaults, points.size, problem.dtype)
        truths = truth(problem.terms, points.astype(np.float64), given)
        return cls(problem, points, given, tuple(truths))

    def row(self, quantity: str, run: Function, domain: Domain) -> Row:
        """Return the largest error of a function, numbers below the normal range not counted."""
        dtype = self.problem.dtype
        given = (column.astype(dtype) for column in self.parameters.values())
        values = np.array(run(self.points, *given), dtype)
        exact = self.truths[0].floats()
        with np.errstate(all="ignore"):
            least = LEAST[dtype]
            near = np.abs(values.astype(np.float64) - exact) <= LOST[dtype]
            flushed = near & (np.abs(exact) <= LOST[dtype])
            flushed |= (np.abs(self.points) < least) & (self.points != 0)
            values = np.where(flushed, exact, values).astype(dtype)
        off = errors(
            dtype, self.points, (values,), self.truths, self.problem.terms, domain, self.parameters
        )
        (found,) = rows(dtype, (quantity,), self.points, (values,), self.truths, off, domain)
        return found


def designed(
    expression: Expr, name: str, words: str, dtype: str, defaults: Mapping[str, float]
) -> Designed:
    """Return a function of that name from the user's cache, searched for where it is not there.

    ``defaults`` give each trainable parameter, an argument after x, its value.
    """
    key = [name, words, dtype, sources_hash((*SOURCES, "codegen/jax"), APART), srepr(expression)]
    key += [list(defaults.items())] if defaults else []
    return remembered(
        "jax", key, _restored, lambda: _searched(expression, name, words, dtype, defaults)
    )


def _restored(stored: Any) -> Designed:
    row, domain = Row(**stored["row"]), tuple(map(tuple, stored["domain"]))
    return Designed(stored["source"], tuple(stored["requires"]), row, domain)


def _searched(
    expression: Expr, name: str, words: str, dtype: str, defaults: Mapping[str, float]
) -> Designed:
    """Return the first that keeps the bound on the samples; CertificateError if none does."""
    problem = Problem.of((expression,), X, dtype, defaults)
    measured = Samples.of(problem)
    best: Designed | None = None
    for narrowed, design in _attempts(problem):
        source, requires = _written(narrowed, design, name, words)
        run = by_numpy(translated(source, requires), name)
        row = measured.row(name, run, narrowed.domain)
        if best is None or row.max_ulp < best.row.max_ulp:
            best = Designed(source, requires, row, narrowed.domain)
        if row.max_ulp <= MARGIN * BOUNDS[dtype]:
            break
    if best is None or best.row.max_ulp > BOUNDS[dtype]:
        raise CertificateError.of(expression, (best.row,) if best else (), dtype)
    return best


def _attempts(problem: Problem) -> Iterator[tuple[Problem, Design]]:
    """Yield designs a budget at a time: those that fail nowhere, the fewest operations first."""
    for budget in BUDGETS[problem.dtype]:
        tried = designs(problem, budget)
        if _failures(problem, tried[0]):
            narrower = restricted(problem, tried[0], budget)
            if narrower is not None:
                problem = narrower
                tried = designs(problem, budget)
        right = [design for design in tried if not _failures(problem, design)] or tried[:1]
        for design in sorted(right, key=lambda d: _price(problem, d)):
            yield problem, design


def _failures(problem: Problem, design: Design) -> int:
    """Return at how many points a design fails, those apart whose truth XLA takes for 0."""
    small = np.abs(problem.truths[0].floats()) <= LOST[problem.dtype]
    return sum(int((bad & ~small).sum()) for bad in design.failing)


def _price(problem: Problem, design: Design) -> tuple[bool, int]:
    """Return whether a design makes −0 of 0, and how many operations it takes."""
    text = translated(*_written(problem, design, "g", ""))
    zero, given = np.zeros(1, problem.dtype), problem.defaults.values()
    nothing = by_numpy(text, "g")(zero, *(np.full(1, v, problem.dtype) for v in given))
    return bool((nothing == 0) & np.signbit(nothing)), operations(text, "g")


def _written(
    problem: Problem, design: Design, name: str, words: str
) -> tuple[str, tuple[str, ...]]:
    """Return a design as a function for Numba, and what it calls."""
    terms, levels = ended(
        design.terms,
        design.levels,
        problem.dtype,
        problem.terms,
        problem.defaults,
        problem.domain,
        problem.singled,
    )
    writer = Writer(terms, levels, problem.dtype)
    return writer.function(name, tuple(problem.defaults), words), writer.requires
