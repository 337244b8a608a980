"""Whether the BLAS behind the kernels runs as fast as this processor can, measured."""

from __future__ import annotations

import os
from collections.abc import Iterator

from codegen.doctor.finding import Finding
from codegen.doctor.libraries import libraries
from codegen.doctor.processor import core_types, cores
from codegen.doctor.rate import CORE_TYPE, Rate, rate_with

__all__ = ["findings", "kernels", "products"]

WORTHWHILE = 1.1  # a ratio of rates below this is noise


def findings() -> Iterator[Finding]:
    """Yield what is known of NumPy's and SciPy's BLAS and of the rate of matrix products."""
    yield from kernels()
    yield from products(rate_with(), _alternatives())


def kernels() -> Iterator[Finding]:
    """Yield the libraries, their kernels and their threads."""
    found = libraries()
    for owner, label in (("scipy", "SciPy's BLAS"), ("numpy", "NumPy's BLAS")):
        if owner not in found:
            yield Finding(label, "one that threadpoolctl does not know")
            continue
        library = found[owner]
        text = (
            f"{library.name} {library.version}, {library.kernel} kernels, {library.threads} threads"
        )
        remedy = ""
        if library.threads < cores():
            remedy = (
                f"it uses {library.threads} of {cores()} cores: unset OPENBLAS_NUM_THREADS and "
                "OMP_NUM_THREADS, unless that is meant"
            )
        yield Finding(label, text, remedy)


def _alternatives() -> tuple[str, ...]:
    """Return the core types that would widen the vectors of SciPy's OpenBLAS."""
    library = libraries().get("scipy")
    if library is None or library.name != "openblas":
        return ()
    return tuple(name for name in core_types() if name.lower() != library.kernel.lower())


def products(usual: Rate | None, alternatives: tuple[str, ...]) -> Iterator[Finding]:
    """Yield the rate as it comes, with the remedy where other kernels are measurably faster."""
    topic = "matrix products"
    if usual is None:
        yield Finding(
            topic, "could not be measured", "run python -m codegen.doctor.rate to see why"
        )
        return
    best, name = usual, ""
    for core_type in alternatives:
        rate = rate_with(core_type)
        if rate is not None and _gain(rate, best) > WORTHWHILE:
            best, name = rate, core_type
    if not name:
        yield Finding(topic, str(usual))
        return
    set_by = f" (chosen by {CORE_TYPE})" if CORE_TYPE in os.environ else ""
    yield Finding(
        topic,
        f"{usual} with the {usual.kernel} kernels{set_by}; {best} with {name}",
        f"nothing for codegen's commands and codegen.compile, which choose {name} where SciPy is "
        f"not loaded before; for a generated module that is imported alone set {CORE_TYPE}={name} "
        f"before Python starts, as in {CORE_TYPE}={name} python train.py: OpenBLAS chooses when "
        "SciPy loads it",
    )


def _gain(rate: Rate, other: Rate) -> float:
    return max(rate.gflops[dtype] / other.gflops[dtype] for dtype in rate.gflops)
