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

    A function f_float64 becomes f_near_float64 where that takes clearly fewer operations; a quantity is
    left out where none of its functions does.
    """
    before = operations(source)
    limits: dict[str, float] = {}
    by_dtype: dict[str, dict[str, str]] = {}
    specialised = Specialiser(source)
    for quantity, names in quantities.items():
        count = partial(_count, specialised, names, before)
        fewest = count(LIMITS[-1])
        all_x = sum(before[name] for name in names)
        if fewest <= min(WORTH * all_x, all_x - LEAST * len(names)):
            enough = ENOUGH * fewest
            place = bisect_left(LIMITS, True, key=lambda limit: count(limit) <= enough)
            limits[quantity] = LIMITS[place]
            by_dtype[quantity] = {
                name.rpartition("_")[2]: specialised.near(name, limits[quantity]) for name in names
            }
    return Near(specialised.text(), limits, frozenset(specialised.twins), by_dtype)


def _count(
    every: Specialiser, names: Iterable[str], before: Mapping[str, int], limit: float
) -> int:
    """Return how many operations the near functions with a limit take: the fewer, the nearer it is."""
    specialised = every.anew()
    found = [specialised.near(name, limit) for name in names]
    counts = operations(specialised.text(), before)
    return sum(counts.get(name, before.get(name, 0)) for name in found)
