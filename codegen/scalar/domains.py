"""The domain on which a design serves, where the argument of a sine grows beyond what two floats hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.problem import Problem
from codegen.scalar.regimes import intervals
from codegen.scalar.sample import from_ordinal, ordinal
from codegen.scalar.search import Design, Search

__all__ = ["restricted", "widest"]

WILD = 30  # bits of the argument of a sine
CLOSER = 2  # times that the end of a domain is looked for between two study points
BETWEEN = 12  # points
NEAREST = {"float32": 26, "float64": 4}  # bits by which the nearest of inputs is near a zero
BOUNDLESS = 2**40  # the exponent of what is infinite


def widest(problem: Problem, tried: Sequence[Design]) -> Design:
    """Return the first of the designs that serves farthest from 0, where sines are all that fails."""

    def reach(design: Design) -> float:
        (low, _), (high, _) = _between_tails(problem, design)
        return min(-low, high)

    return max(tried, key=reach)


def restricted(problem: Problem, design: Design, budget: float) -> Problem | None:
    """Return the problem on the domain between the tails in which the design fails.

    That is granted only where the argument of a sine or cosine has grown beyond what two float64 hold;
    study points are added next to the ends, which are first known to lie between two of a few.
    """
    for _ in range(CLOSER):
        ends = _between_tails(problem, design)
        if all(passing == failing for passing, failing in ends):
            return None
        problem = _with_points_between(problem, ends)
        design = Search(problem, budget, far=True).design(design.form, design.terms)
    ends = _between_tails(problem, design)
    for _ in range(CLOSER):
        nearer = _within_reach(problem, ends)
        problem = _with_points_between(problem, nearer)
    (low, _), (high, _) = _within_reach(problem, ends)
    return replace(problem, domain=(low, high))


# Of a domain: the last point that is in, and the first that is not
Ends = list[tuple[float, float]]


def _with_points_between(problem: Problem, ends: Ends) -> Problem:
    pairs = [ordinal(np.array(pair)).tolist() for pair in ends if pair[0] != pair[1]]
    places = [low + (high - low) * k // BETWEEN for low, high in pairs for k in range(1 + BETWEEN)]
    return problem.with_points(from_ordinal(np.array(places)))


def _turns(problem: Problem) -> NDArray[np.int64]:
    """Return at each study point the exponent of the largest argument of a sine or cosine."""
    result = problem.study(problem.terms)
    nodes = problem.terms.nodes
    arguments = [node.args[0] for node in nodes if node.op in ("sin", "cos")]
    largest = np.full(problem.points.size, -WILD, np.int64)
    for argument in arguments:
        known = np.isfinite(result.mantissa[argument])
        largest = np.maximum(largest, np.where(known, result.exponent[argument], BOUNDLESS))
    return largest


def _between_tails(problem: Problem, design: Design) -> Ends:
    """Return for each end of the domain the last point where the design serves, and the first where not."""
    wild = _turns(problem) >= WILD
    low, high = ((end, end) for end in problem.domain)
    for bad in design.failing:
        for interval in intervals(problem.points, bad & wild):
            if interval.low > 0:
                high = min(high, (interval.before, interval.low))
            else:
                low = max(low, (interval.after, interval.high))
    return [low, high]


def _within_reach(problem: Problem, ends: Ends) -> Ends:
    """Return the ends drawn in until arguments of sines have so many bits less that nothing near zeros fails.

    Inputs come as near to a zero of a sine as one in so many would.
    """
    turns, points = _turns(problem), problem.points
    drawn = []
    for (passing, failing), side in zip(ends, (-1, 1), strict=True):
        if passing == failing:
            drawn.append((passing, failing))
            continue
        most = max(int(turns[points == passing].max()) - NEAREST[problem.dtype], WILD)
        inside = (side * points <= side * passing) & (side * points > 0)
        beyond = points[inside & (turns > most)]
        first = side * (side * beyond).min() if beyond.size else failing
        before = points[side * points < side * first]
        drawn.append((float(side * (side * before).max()), float(first)))
    return drawn
