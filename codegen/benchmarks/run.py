"""Run the benchmarks: each work by everyone who is installed, compared and timed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from codegen.benchmarks import ours
from codegen.benchmarks.limits import Limit, limit
from codegen.benchmarks.measure import Effort, rounds
from codegen.benchmarks.peer import Peer, Task, UnservedError
from codegen.benchmarks.problem import Problem, Subject
from codegen.benchmarks.work import Work
from codegen.doctor.rate import measure
from derive.errors import VerificationError

__all__ = ["Entry", "Result", "benchmark", "installed"]

TOLERANCE = {"float32": 2e-3, "float64": 1e-8}  # of the largest entry: sums are in other orders


@dataclass(frozen=True)
class Entry:
    """One contestant's median and least seconds; ``deviation`` is the largest from ours, relative."""

    name: str
    seconds: float
    least: float
    deviation: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Result:
    """The entries of one work, ours first, who is missing and why, and the limit."""

    work: Work
    dtype: str
    entries: tuple[Entry, ...]
    missing: tuple[tuple[str, str], ...]
    limit: Limit

    def ratio(self, entry: Entry) -> float:
        """Return how many times our time an entry takes."""
        return entry.seconds / self.entries[0].seconds


def installed(peers: Iterable[Peer]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the versions of the peers that are installed, and for the others that they are not."""
    versions, missing = {}, {}
    for peer in peers:
        try:
            versions[peer.NAME] = peer.version()
        except ImportError:
            missing[peer.NAME] = "is not installed"
    return versions, missing


def benchmark(
    subject: Subject,
    works: Sequence[Work],
    dtypes: Sequence[str],
    peers: Sequence[Peer],
    effort: Effort | None = None,
) -> Iterator[Result]:
    """Yield the result of each work in each dtype.

    Raises VerificationError where a peer that does the same work gets other numbers than we do.
    """
    effort = effort or Effort()
    rate = measure(repeats=3)
    for work in works:
        for dtype in dtypes:
            problem = Problem.of(subject, work, dtype)
            tasks, missing = _tasks(problem, peers)
            deviations = _deviations(problem, tasks)
            times = rounds({name: task.run for name, task in tasks.items()}, effort)
            entries = tuple(
                Entry(name, median(times[name]), min(times[name]), deviations[name], task.note)
                for name, task in tasks.items()
            )
            yield Result(work, dtype, entries, missing, limit(problem, rate, effort))


def _tasks(
    problem: Problem, peers: Sequence[Peer]
) -> tuple[dict[str, Task], tuple[tuple[str, str], ...]]:
    tasks, missing = {ours.NAME: ours.task(problem)}, []
    for peer in peers:
        try:
            tasks[peer.NAME] = peer.task(problem)
        except UnservedError as reason:
            missing.append((peer.NAME, str(reason)))
    return tasks, tuple(missing)


def _deviations(problem: Problem, tasks: dict[str, Task]) -> dict[str, float | None]:
    """Run everyone once and compare with ours."""
    found: dict[str, float | None] = {}
    right: tuple[np.ndarray, ...] = ()
    for name, task in tasks.items():
        arrays = tuple(np.array(part, np.float64) for part in task.arrays(task.run()))
        if not found:
            right = arrays
        found[name] = _deviation(arrays, right) if task.same else None
        if (found[name] or 0.0) > TOLERANCE[problem.dtype]:
            raise VerificationError(
                f"{name} and {ours.NAME} differ by {found[name]:.1e} of the largest entry in "
                f"{problem.work.kind.value} of {problem.work} in {problem.dtype}, where "
                f"{TOLERANCE[problem.dtype]:.0e} is allowed: report it with the command typed"
            )
    return found


def _deviation(arrays: Sequence[np.ndarray], right: Sequence[np.ndarray]) -> float:
    largest = 0.0
    for found, true in zip(arrays, right, strict=True):
        scale = max(float(np.max(np.abs(true))), np.finfo(np.float64).tiny)
        difference = float(np.max(np.abs(found.reshape(true.shape) - true)))
        largest = max(largest, difference / scale)
    return largest
