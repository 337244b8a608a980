"""What is measured: gradients, an epoch of ascent, or g and g′ of an array, with their sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from derive.errors import InputError

__all__ = ["Kind", "Work", "parse_work"]

NUMBERS = re.compile(r"[\d_]+(-[\d_]+)*")
EXPECTED = "such as 128-784-256-10, 1797x1-64-100-10 for an epoch, or 100000 for g and g′"


class Kind(Enum):
    """What is computed."""

    GRADIENTS = "gradients"
    EPOCH = "ascent_epoch"
    ELEMENTWISE = "value_and_derivative"


@dataclass(frozen=True)
class Work:
    """One thing to measure; ``rows`` examples in batches of ``batch``, or so many elements."""

    kind: Kind
    rows: int
    batch: int = 0
    features: int = 0
    hidden: tuple[int, ...] = ()
    classes: int = 0

    def __str__(self) -> str:
        if self.kind is Kind.ELEMENTWISE:
            return f"{self.rows:,} elements"
        sizes = "–".join(map(str, (self.features, *self.hidden, self.classes)))
        if self.kind is Kind.EPOCH:
            return f"{self.rows} rows by {self.batch}, {sizes}"
        return f"{self.batch}–{sizes}"


def parse_work(text: str, hidden: int) -> Work:
    """Return what a size means for a model with so many hidden sizes.

    B-n-d-m is a gradient, RxB-n-d-m an epoch over R rows in batches of B, N alone an array of N.
    """
    rows, cross, rest = text.strip().rpartition("x")
    if not NUMBERS.fullmatch(rest) or (cross and not rows.isdigit()):
        raise InputError(f"the size is {text!r}, expected numbers {EXPECTED}")
    batch, *sizes = (int(part) for part in rest.split("-"))
    if min(batch, int(rows or 1), *sizes, 10**9) < 1:
        raise InputError(f"the size {text!r} has a 0, expected positive numbers")
    if not sizes and not cross:
        return Work(Kind.ELEMENTWISE, batch)
    if len(sizes) != hidden + 2:
        shape = "-".join(["batch", "features", *["hidden"] * hidden, "classes"])
        raise InputError(
            f"the size {text!r} has {len(sizes) + 1} numbers, and this model has {hidden + 3}: "
            f"give {shape}"
        )
    layers = (sizes[0], tuple(sizes[1:-1]), sizes[-1])
    if cross:
        return Work(Kind.EPOCH, int(rows), min(batch, int(rows)), *layers)
    return Work(Kind.GRADIENTS, batch, batch, *layers)
