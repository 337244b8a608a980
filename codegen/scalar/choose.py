"""Which of the measured designs is chosen, and within which budget others are looked for next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codegen.scalar.certificate import BOUNDS
from codegen.scalar.proof import Proved
from codegen.scalar.search import Design
from codegen.scalar.settings import Place

__all__ = ["AFFORDABLE", "AIMS", "Measured", "best_of", "leap", "price_of", "share"]

MARGIN = {"float32": 0.87, "float64": 0.95}  # of the bound: the worst input may not have been seen
AIMS = {"float32": 1.5, "float64": 2.0}
AFFORDABLE = 1.1  # times the cost of a design that keeps the bound, for one that reaches the aim
ASTRAY = 2.0**60  # ULP, more than is lost where all digits cancel
FAR_OFF = 2.0**10  # ULP, from which on an error that stays the same is not one of a budget
SHARES = (0.6, 0.75)  # of a budget, to try next
LEAP = 1.1  # times the cost of what misses the bound, beyond which a budget between is tried
NARROW = 1.05  # of the ratio of two budgets, between which none is looked for


@dataclass(frozen=True)
class Measured:
    """A design, the budget within which it was found, and what was measured of it."""

    design: Design
    budget: float  # of the error analysis, in ULP
    found: Proved

    @property
    def cost(self) -> float:
        """What the design costs."""
        return self.design.cost

    @property
    def limit(self) -> float:
        """What errors may be, so that no input is likely to exceed the bound."""
        return MARGIN[self.found.dtype] * BOUNDS[self.found.dtype]

    @property
    def worst(self) -> float:
        """The largest error, in ULP."""
        return max(row.max_ulp for row in self.found.rows)

    def within(self, share: float) -> bool:
        """Return whether no error exceeds a share of the bound."""
        return self.worst <= share * BOUNDS[self.found.dtype]

    @property
    def is_safe(self) -> bool:
        """Whether errors are so far within the bound that no input is likely to exceed it."""
        return self.worst <= self.limit

    @property
    def reaches_aim(self) -> bool:
        """Whether no error exceeds the aim."""
        return self.worst <= AIMS[self.found.dtype]

    @property
    def missed(self) -> list[Place]:
        """Where the bound was missed."""
        return self._beyond(BOUNDS[self.found.dtype])

    @property
    def astray(self) -> list[Place]:
        """Where an output is infinite, NaN or 0 in the place of a number, or not near it by far."""
        return self._beyond(ASTRAY)

    @property
    def far_off(self) -> list[tuple[Place, float]]:
        """Where an output misses the bound by far, and about which power of two in ULP, to that of astray."""
        return [
            (place, np.floor(np.log2(min(ulp, ASTRAY))))
            for place, ulp in self._errors
            if ulp >= FAR_OFF
        ]

    def _beyond(self, ulp: float) -> list[Place]:
        return [place for place, error in self._errors if error > ulp]

    @property
    def _errors(self) -> list[tuple[Place, float]]:
        """Where each output is farthest off, and by how many ULP."""
        pairs = zip(self.found.worst, self.found.rows, strict=True)
        return [(place, row.max_ulp) for place, row in pairs]


def price_of(measured: Sequence[Measured]) -> float:
    """Return the least cost of those well within the bound."""
    return min((each.cost for each in measured if each.is_safe), default=np.inf)


def best_of(measured: Sequence[Measured]) -> Measured | None:
    """Return the cheapest well within the bound, or one that reaches the aim for little more."""
    price = price_of(measured)
    enough = [e for e in measured if e.is_safe and e.cost <= AFFORDABLE * price]
    if enough:
        return min(enough, key=lambda each: (not each.reaches_aim, each.cost))
    return min(measured, key=lambda each: each.worst, default=None)


def leap(measured: Sequence[Measured]) -> float | None:
    """Return a budget between that of the cheapest and a larger one, which buys far less; None without."""
    price = price_of(measured)
    served = max((e.budget for e in measured if e.is_safe and e.cost == price), default=np.inf)
    missed = [e for e in measured if e.budget > served and not e.is_safe]
    below = min(missed, key=lambda each: each.budget, default=None)
    if below is None or below.cost * LEAP > price or below.budget < NARROW * served:
        return None
    return float(np.sqrt(served * below.budget))


def share(wanted: float) -> float:
    """Return the share of a budget to try next, when errors should be so much of what they are."""
    return float(np.clip(wanted, *SHARES))
