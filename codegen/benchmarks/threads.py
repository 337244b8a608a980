"""Give every library the same number of threads, before any of them is loaded."""

from __future__ import annotations

import os

__all__ = ["VARIABLES", "keep_to"]

VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def keep_to(threads: int) -> None:
    """Set each library's variable and, where the system can, bind this process to as many cores.

    The binding holds libraries, such as XLA, that have no variable of their own.
    """
    for name in VARIABLES:
        os.environ[name] = str(threads)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
