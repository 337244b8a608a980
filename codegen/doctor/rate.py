"""Measure how fast SciPy's BLAS multiplies: ``python -m codegen.doctor.rate`` prints JSON.

OpenBLAS chooses its kernels when it is loaded: another choice is measured in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

__all__ = ["Rate", "measure", "rate_with"]

SIZE = 1024  # rows and columns: 2·1024³ operations outweigh every overhead
REPEATS = 7
PATIENCE = 120  # seconds
CORE_TYPE = "OPENBLAS_CORETYPE"


@dataclass(frozen=True)
class Rate:
    """Operations a second, in 10⁹, by dtype, and the kernels that reached them."""

    kernel: str
    gflops: Mapping[str, float]

    def __str__(self) -> str:
        return ", ".join(f"{rate:,.0f} GFLOP/s in {dtype}" for dtype, rate in self.gflops.items())


def measure(size: int = SIZE, repeats: int = REPEATS) -> Rate:
    """Return the best rate of several products of square matrices in this process."""
    import numpy as np
    from scipy.linalg import blas

    from codegen.doctor.libraries import kernel_of

    found = {}
    for dtype, product in (("float32", blas.sgemm), ("float64", blas.dgemm)):
        A = np.asfortranarray(np.random.default_rng(0).normal(size=(size, size)), dtype)
        C = np.zeros_like(A, order="F")
        seconds = []
        for _ in range(repeats):
            start = perf_counter()
            product(1.0, A, A, c=C, overwrite_c=1)
            seconds.append(perf_counter() - start)
        found[dtype] = 2 * size**3 / min(seconds) / 1e9
    return Rate(kernel_of("scipy"), found)


def rate_with(core_type: str | None = None) -> Rate | None:
    """Return the rate in a new process with those kernels, or as it comes; None if it fails."""
    environment = dict(os.environ)
    if core_type is not None:
        environment[CORE_TYPE] = core_type
    command = [sys.executable, "-m", "codegen.doctor.rate"]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Rate(found["kernel"], found["gflops"])


if __name__ == "__main__":
    result = measure()
    print(json.dumps({"kernel": result.kernel, "gflops": dict(result.gflops)}))
