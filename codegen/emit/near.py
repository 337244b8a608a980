"""Near 0, where most x lie: scalar functions without what only x far out need, to the same bits.

Where |x| keeps within a limit no clamp is met, no rescaling, no infinity. The limit is the farthest one that
leaves out nearly as much as any would.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from codegen.emit.counts import operations
from codegen.emit.specialise import Specialiser

__all__ = ["Near", "near"]

LIMITS = tuple(2.0**k for k in (100, 19, 10, 9, 8, 7, 6, 5, 4, 3))
ENOUGH = 1.05  # of the fewest operations: a limit further out is worth that
WORTH = 0.88  # of the operations of the function for all x, above which it has no near one
LEAST = 6  # operations fewer: about what it costs to look at x first


@dataclass(frozen=True)
class Near:
    """The near functions of a module: their text, by quantity the limit of |x|, what they call."""

    source: str = ""
    limits: Mapping[str, float] = field(default_factory=dict)
    requires: frozenset[str] = frozenset()
    by_dtype: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # their names


def near(source: str, quantities: Mapping[str, Sequence[str]]) -> Near:
    """Return near functions of those in the source: quantity → its functions, one a dtype.

    A function f_float64 becomes f_near_float64; a quantity is left out where that takes clearly fewer
    operations in no dtype.
    """
    before = operations(source)
    limits: dict[str, float] = {}
    by_dtype: dict[str, dict[str, str]] = {}
    specialised = Specialiser(source)
    for quantity, names in quantities.items():
        shorter = [name for name in names if _is_worth(specialised, name, before)]
        if shorter:
            count = partial(_count, specialised, shorter, before)
            enough = ENOUGH * count(LIMITS[-1])
            place = bisect_left(LIMITS, True, key=lambda limit: count(limit) <= enough)
            limits[quantity] = LIMITS[place]
            by_dtype[quantity] = {
                name.rpartition("_")[2]: specialised.near(name, limits[quantity]) for name in names
            }
    return Near(specialised.text(), limits, frozenset(specialised.twins), by_dtype)


def _is_worth(every: Specialiser, name: str, before: Mapping[str, int]) -> bool:
    """Return whether a function takes clearly fewer operations near 0."""
    all_x = before[name]
    return _count(every, [name], before, LIMITS[-1]) <= min(WORTH * all_x, all_x - LEAST)


def _count(
    every: Specialiser, names: Iterable[str], before: Mapping[str, int], limit: float
) -> int:
    """Return how many operations the near functions with a limit take: the fewer, the nearer it is."""
    specialised = every.anew()
    found = [specialised.near(name, limit) for name in names]
    counts = operations(specialised.text(), before)
    return sum(counts.get(name, before.get(name, 0)) for name in found)
