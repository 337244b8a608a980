"""What the processor offers: vector instructions as LLVM sees them, and cores that may be used."""

from __future__ import annotations

import os
from functools import cache

__all__ = ["core_types", "cores", "has_avx512", "is_amd", "vector_bits"]

AVX512 = ("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl")
AVX2 = ("avx2", "fma")


@cache
def features() -> frozenset[str]:
    """Return the names of the instruction sets that this processor has."""
    from llvmlite import binding

    try:
        return frozenset(name for name, has in binding.get_host_cpu_features().items() if has)
    except RuntimeError:  # LLVM does not know how to ask this processor
        return frozenset()


def has_avx512() -> bool:
    """Return whether OpenBLAS's AVX-512 kernels can run here."""
    return features().issuperset(AVX512)


def is_amd() -> bool:
    """Return whether this is one of AMD's Zen processors, by LLVM's name for it."""
    from llvmlite import binding

    return str(binding.get_host_cpu_name()).startswith("znver")


def vector_bits() -> int:
    """Return the widest vector registers of the processor, in bits; 0 where that is unknown."""
    if has_avx512():
        return 512
    if features().issuperset(AVX2):
        return 256
    return 128 if features() else 0


def core_types() -> tuple[str, ...]:
    """Return the values of OPENBLAS_CORETYPE for this processor's widest vectors, best first.

    The names are those of OpenBLAS's TargetList.txt; elsewhere than on x86-64 its choice stands.
    """
    if has_avx512():
        return ("SkylakeX",)
    return ("Haswell",) if features().issuperset(AVX2) else ()


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
