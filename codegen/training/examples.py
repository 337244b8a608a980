"""Examples: the features of a data set, one row an example, and their labels."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from derive.errors import InputError

__all__ = ["Examples", "check_memory", "counted"]

MEMORY_SHARE = 0.5  # of the machine's memory that one thing may take


@dataclass(frozen=True, eq=False)
class Examples:
    """Features (N, n) in float64, all finite, and labels (N,) of int64 or text, or None."""

    features: np.ndarray
    labels: np.ndarray | None
    source: str

    def __len__(self) -> int:
        return len(self.features)


def counted(number: int, noun: str) -> str:
    """Return the number with its noun: 1 row, 2 rows, 3 classes."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{number:,} {noun if number == 1 else plural}"


def check_memory(size: int, what: str, way: str = "train on a part of it") -> None:
    """Refuse what takes so many bytes if that is more than half of the machine's memory."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not every system says
        return
    if size > MEMORY_SHARE * memory:
        raise InputError(
            f"{what} needs {size / 2**30:.1f} GiB of memory and this machine has "
            f"{memory / 2**30:.1f}: {way}"
        )
