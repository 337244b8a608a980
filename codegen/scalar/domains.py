"""The domain on which a design serves, where the argument of a sine grows beyond what two floats hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.problem import Problem
from codegen.scalar.regimes import Interval, intervals
from codegen.scalar.sample import from_ordinal, ordinal
from codegen.scalar.search import Design, Search
from codegen.scalar.served import Domain

__all__ = ["restricted", "widest"]

WILD = 30  # bits of the argument of a sine
CLOSER = 2  # times that the end of a domain is looked for between two study points
BETWEEN = 12  # points
NEAREST = {"float32": 26, "float64": 4}  # bits by which the nearest of inputs is near a zero
BOUNDLESS = 2**40  # the exponent of what is infinite


def widest(problem: Problem, tried: Sequence[Design]) -> Design:
    """Return the first of the designs that serves on the most floats, where sines are all that fails."""

    def lost(design: Design) -> int:
        holes = _holes(problem, design)
        low, high = (np.array(ends) for ends in ([h.low for h in holes], [h.high for h in holes]))
        return int((ordinal(high) - ordinal(low)).sum())

    return min(tried, key=lost)


def restricted(problem: Problem, design: Design, budget: float) -> Problem | None:
    """Return the problem on the domain without the tails and the places about poles where a design fails.

    That is granted only where the argument of a sine or cosine has grown beyond what two float64 hold;
    study points are added next to the ends, which are first known to lie between two of a few.
    """
    for _ in range(CLOSER):
        holes = _holes(problem, design)
        if not _domain(holes) or not holes:
            return None
        problem = _with_points_between(problem, holes)
        design = Search(problem, budget, far=True).design(design.form, design.terms)
    holes = _holes(problem, design)
    for _ in range(CLOSER):
        problem = _with_points_between(problem, _out_of_reach(problem, holes))
    return replace(problem, domain=_domain(_out_of_reach(problem, holes)))


def _domain(holes: Sequence[Interval]) -> Domain:
    """Return what is left of the line; 0 is, as the limit there is known."""
    found, start = list[tuple[float, float]](), -np.inf
    for hole in holes:
        if hole.before > -np.inf:
            found.append((start, hole.before))
        if hole.low < 0 < hole.high:
            found.append((0.0, 0.0))
        start = hole.after
    return (*found, (start, np.inf)) if start < np.inf else tuple(found)


def _with_points_between(problem: Problem, holes: Sequence[Interval]) -> Problem:
    """Return the problem with study points between the last in the domain and the first that is not."""
    ends = [(h.before, h.low) for h in holes] + [(h.high, h.after) for h in holes]
    pairs = [ordinal(np.array(pair)).tolist() for pair in ends if np.isfinite(pair).all()]
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


def _holes(problem: Problem, design: Design) -> list[Interval]:
    """Return where the design fails as far as arguments of sines are wild: in a tail, or about a pole.

    What passes between two failures does so by luck.
    """
    wild = _turns(problem) >= WILD
    bad = np.logical_or.reduce(list(design.failing)) & wild
    found = []
    for run in intervals(problem.points, wild):
        failing = problem.points[bad & (run.low <= problem.points) & (problem.points <= run.high)]
        if failing.size:
            low = -np.inf if run.before == -np.inf else float(failing.min())
            high = np.inf if run.after == np.inf else float(failing.max())
            found.append(_hole(problem.points, low, high))
    return found


def _hole(points: NDArray[np.float64], low: float, high: float) -> Interval:
    """Return an interval with the study points next to it; beyond ±inf there is none."""
    before, after = points[points < low], points[points > high]
    return Interval(low, high, before.max(initial=-np.inf), after.min(initial=np.inf))


def _out_of_reach(problem: Problem, holes: Sequence[Interval]) -> list[Interval]:
    """Return the holes grown until arguments of sines have so many bits less that nothing near zeros fails.

    Inputs come as near to a zero of a sine as one in so many would.
    """
    turns, points = _turns(problem), problem.points

    def first_out(passing: float, side: int, failing: float) -> float:
        """Return the first point out of reach, seen from where x is in the domain, on that side of a hole."""
        if not np.isfinite(passing):
            return failing
        most = max(int(turns[points == passing].max()) - NEAREST[problem.dtype], WILD)
        away = side * points >= side * passing
        calm = side * points[away & (turns <= most)]
        beyond = side * points[away]
        return float(side * beyond[beyond < calm.min(initial=np.inf)].max(initial=side * failing))

    return [
        _hole(points, first_out(h.before, -1, h.low), first_out(h.after, 1, h.high)) for h in holes
    ]
