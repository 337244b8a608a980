"""Where a design errs most: samples close together where its errors are large, or are feared to be.

Rounding errors look random, but how large they may become varies with x. Few of the samples fall where
that is most, and it takes many there to meet the rare worst case. So ever more are taken in ever fewer
neighbourhoods: at first where few samples show large errors, where the error analysis predicts them, and
where a choice of the design changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.sample import SEED, from_ordinal, ordinal

__all__ = ["Parameters", "Points", "changes", "filled", "joined", "largest", "peaks", "tails"]

HOOD = 16  # samples that are next to each other and are judged together
PEAKS = 6  # of the predicted error of each output
FALL = 0.06  # of v, in which e^−v falls from the least normal number to 0
TAILS = 16  # of the points of an output below the normal range
CHANGES = 24  # of choices, at most

Points = NDArray[np.floating]
Hoods = Sequence[NDArray[np.int64]]
Parameters = Mapping[str, NDArray[np.float64]]


def filled(
    points: Points, parameters: Parameters, hoods: Hoods, count: int, dtype: str
) -> tuple[Points, Parameters]:
    """Return so many new points in each neighbourhood, with the parameters of points in it."""
    random = np.random.default_rng(SEED)
    ends = ordinal(points.astype(np.float64))
    chosen, new = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for hood in hoods:
        chosen.append(hood[np.arange(count) % hood.size])
        new.append(random.integers(ends[hood[0]], ends[hood[-1]], count, endpoint=True))
    members = np.concatenate(chosen)
    found = from_ordinal(np.concatenate(new)).astype(dtype)
    return found, {name: column[members] for name, column in parameters.items()}


def joined(*parts: tuple[Points, Parameters]) -> tuple[Points, Parameters]:
    """Return the points and parameters of all parts together."""
    points = np.concatenate([points for points, _ in parts])
    return points, {name: np.concatenate([p[name] for _, p in parts]) for name in parts[0][1]}


def _in_order(points: Points) -> NDArray[np.int64]:
    """Return the numbers of the finite points in order."""
    places = np.flatnonzero(np.isfinite(points))
    return places[np.argsort(points[places], kind="stable")]


def largest(
    points: Points, errors: Sequence[NDArray[np.float64]], count: int, size: int = HOOD
) -> Hoods:
    """Return for each output the neighbourhoods, of so many points, in which its errors are largest."""
    chosen: set[int] = set()
    order = _in_order(points)
    hoods = order[: order.size - order.size % size].reshape(-1, size)
    for each in errors:
        here = np.where(np.isfinite(each), each, 0.0)[hoods]
        with np.errstate(over="ignore"):
            most = (here**4).sum(axis=1)
        for score in (here.max(axis=1), most):
            chosen.update(np.argsort(-score, kind="stable")[:count].tolist())
    return list(hoods[sorted(chosen)])


def peaks(predicted: Sequence[NDArray[np.float64]]) -> Hoods:
    """Return the neighbourhoods of the study points, which are in order, where most error is predicted."""
    chosen: set[int] = set()
    for each in predicted:
        inner = each[1:-1]
        found = 1 + np.flatnonzero((inner > 0) & (inner >= each[:-2]) & (inner >= each[2:]))
        chosen.update(found[np.argsort(-each[found], kind="stable")[:PEAKS]].tolist())
    return [np.arange(place - 1, place + 2) for place in sorted(chosen)]


def tails(
    points: Points,
    parameters: Parameters,
    truths: Sequence[NDArray[np.float64]],
    count: int,
    dtype: str,
) -> tuple[Points, Parameters]:
    """Return so many points about each of some at which an output is below the normal range.

    They are as far off as a power e^−v takes to fall through all subnormal numbers.
    """
    chosen: set[int] = set()
    for truth in truths:
        size = np.abs(truth)
        found = np.flatnonzero((size > 0) & (size < np.finfo(dtype).tiny))
        chosen.update(found[:: 1 + found.size // TAILS].tolist())
    members = np.repeat(np.array(sorted(chosen), np.int64), count)
    apart = np.random.default_rng(SEED).uniform(-FALL, FALL, members.size)
    with np.errstate(over="ignore"):
        around = (points[members] * (1 + apart)).astype(dtype)
    return around, {name: column[members] for name, column in parameters.items()}


def changes(points: Points, choices: Sequence[Points]) -> Hoods:
    """Return the neighbourhoods on both sides of the places where a choice changes, unless it often does."""
    order = _in_order(points)
    found: set[int] = set()
    for choice in choices:
        sides = choice[order]
        here = np.flatnonzero(sides[1:] != sides[:-1])
        if here.size <= CHANGES // 4:
            found.update(here.tolist())
    places = [place + 1 for place in sorted(found)[:CHANGES]]
    pairs = [(order[max(p - HOOD, 0) : p], order[p : p + HOOD]) for p in places]
    return [hood for pair in pairs for hood in pair]
