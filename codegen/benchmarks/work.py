"""What is measured: gradients, an epoch of ascent, or g and g′ of an array, with their sizes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from derive.errors import InputError

__all__ = ["Kind", "Work", "parse_work"]

NUMBER = r"\d[\d_]{0,40}"  # more digits Python may not read, and no memory holds so much
NUMBERS = re.compile(f"{NUMBER}(-{NUMBER}(:{NUMBER})?(-{NUMBER})*)?")
EXPECTED = (
    "such as 128-784-256-10, 1797x1-64-100-10 for an epoch, 256-100000:100-128-20 for 100 non-zeros "
    "a row, or 100000 for g and g′"
)


class Kind(Enum):
    """What is computed."""

    GRADIENTS = "gradients"
    EPOCH = "ascent_epoch"
    ELEMENTWISE = "value_and_derivative"


@dataclass(frozen=True)
class Work:
    """One thing to measure; ``rows`` examples in batches of ``batch``, or so many elements.

    Each example has so many ``non_zeros``, or with 0 is a row of a table.
    """

    kind: Kind
    rows: int
    batch: int = 0
    features: int = 0
    hidden: tuple[int, ...] = ()
    classes: int = 0
    non_zeros: int = 0

    def __str__(self) -> str:
        if self.kind is Kind.ELEMENTWISE:
            return f"{self.rows:,} element{'s' if self.rows > 1 else ''}"
        features = f"{self.features}:{self.non_zeros}" if self.non_zeros else self.features
        sizes = "–".join(map(str, (features, *self.hidden, self.classes)))
        if self.kind is Kind.EPOCH:
            return f"{self.rows} rows by {self.batch}, {sizes}"
        return f"{self.batch}–{sizes}"


def parse_work(text: str, hidden: int) -> Work:
    """Return what a size means for a model with so many hidden sizes.

    B-n-d-m is a gradient, RxB-n-d-m an epoch over R rows in batches of B, N alone an array of N;
    n:z for n means rows of z non-zeros, as CSR.
    """
    rows, cross, rest = text.strip().rpartition("x")
    if not NUMBERS.fullmatch(rest) or (cross and not re.fullmatch(NUMBER, rows)):
        raise InputError(f"the size is {text!r}, expected numbers {EXPECTED}")
    rest, colon, non_zeros = _without_non_zeros(rest)
    batch, *sizes = (int(part) for part in rest.split("-"))
    if colon and not 0 < non_zeros <= sizes[0]:
        raise InputError(f"the size {text!r} has {non_zeros} non-zeros of {sizes[0]} features")
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
        return Work(Kind.EPOCH, int(rows), min(batch, int(rows)), *layers, non_zeros)
    return Work(Kind.GRADIENTS, batch, batch, *layers, non_zeros)


def _without_non_zeros(text: str) -> tuple[str, bool, int]:
    """Return B-n:z-d-m as B-n-d-m, whether it has a z, and z."""
    before, colon, after = text.partition(":")
    number, *rest = after.split("-")
    return "-".join([before, *rest]), bool(colon), int(number or 0)
