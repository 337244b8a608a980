"""Time contestants in interleaved rounds and take medians: a drift of the machine hits all.

Each library has threads of its own, which wait for its next work awake: OpenBLAS's for 2²⁶ cycles, those of
OpenMP for some milliseconds. They would have the cores of whoever is next, so that everyone begins
when they sleep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter, sleep
from typing import Any

__all__ = ["Effort", "medians", "rounds"]

REST = 0.06  # seconds, in which the threads of every library that is known fall asleep


@dataclass(frozen=True)
class Effort:
    """How long to measure: rounds, and the seconds that one contestant has in a round."""

    rounds: int = 9
    seconds: float = 0.05


def medians(runs: Mapping[str, Callable[[], Any]], effort: Effort) -> dict[str, float]:
    """Return the median seconds of one call of each."""
    return {name: median(times) for name, times in rounds(runs, effort).items()}


def rounds(runs: Mapping[str, Callable[[], Any]], effort: Effort) -> dict[str, list[float]]:
    """Return the seconds of one call of each in every round, after calls that are not counted."""
    counts = {name: _count(run, effort.seconds) for name, run in runs.items()}
    found: dict[str, list[float]] = {name: [] for name in runs}
    names = list(runs)
    for number in range(effort.rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            found[name].append(_turn(runs[name], counts[name]) / counts[name])
    return found


def _count(run: Callable[[], Any], seconds: float) -> int:
    """Return how many calls fill so many seconds."""
    sleep(REST)
    run()
    count = 1
    while (taken := _seconds(run, count)) < seconds / 4 and count < 1 << 20:
        count *= 4
    return max(1, round(count * seconds / max(taken, 1e-9)))


def _turn(run: Callable[[], Any], count: int) -> float:
    """Return the seconds of so many calls when nobody else's threads are awake."""
    sleep(REST)
    if count > 1:  # a call that takes a whole turn has time to wake its own
        run()
    return _seconds(run, count)


def _seconds(run: Callable[[], Any], count: int) -> float:
    start = perf_counter()
    for _ in range(count):
        run()
    return perf_counter() - start
