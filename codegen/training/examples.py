"""Examples: the features of a data set, one row an example, and their labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy.sparse import csr_array

from codegen.training.memory import available_memory
from derive.errors import InputError

__all__ = ["Examples", "Rows", "check_memory", "compact", "counted"]

MEMORY_SHARE = 0.5  # of the machine's memory that one thing may take


Rows: TypeAlias = Any  # of SciPy, which has no types, or of NumPy
"""Features, a row an example: a table, or where most of it is 0 a CSR array of SciPy."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Features (N, n) in float64, all finite, and labels (N,) of int64 or text, or None.

    ``names`` are the features' where the source has a header, else there are none.
    """

    features: Rows
    labels: np.ndarray | None
    source: str
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return int(self.features.shape[0])


def compact(X: csr_array, what: str) -> Rows:
    """Return non-zeros as they are, or as a table where that takes less memory."""
    stored = X.data.nbytes + X.indices.nbytes + X.indptr.nbytes
    table = X.shape[0] * X.shape[1] * X.data.itemsize
    if stored < table:
        return X
    check_memory(table, what)
    return X.toarray()


def counted(number: int, noun: str) -> str:
    """Return the number with its noun: 1 row, 2 rows, 3 classes."""
    plural = noun + ("es" if noun.endswith("s") else "s")
    return f"{number:,} {noun if number == 1 else plural}"


def check_memory(size: int, what: str, way: str = "train on a part of it") -> None:
    """Refuse what takes so many bytes if that is more than half of the memory there is."""
    memory = available_memory()
    if memory is not None and size > MEMORY_SHARE * memory:
        raise InputError(
            f"{what} needs {size / 2**30:.1f} GiB of memory and there are "
            f"{memory / 2**30:.1f}: {way}"
        )
