"""Load SciPy's BLAS with the kernels that are fast here, where its own choice is known not to be.

On AMD's AVX-512 processors OpenBLAS may take its Haswell kernels, of half the width. It chooses
when it is loaded and looks at one environment variable, so this sets the variable for that moment
alone: the environment is left as it was found. A choice that the user has made stands, and where
SciPy's BLAS is loaded already, nothing can be done any more, nor is.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from codegen.doctor.processor import core_types, has_avx512, is_amd
from codegen.doctor.rate import CORE_TYPE

__all__ = ["load_blas"]

BLAS = "scipy.linalg.cython_blas"  # what Numba multiplies matrices with


def load_blas() -> None:
    """Load SciPy's BLAS, once, with the widest kernels that the processor can run."""
    if BLAS in sys.modules or "scipy.linalg" in sys.modules:
        return
    if CORE_TYPE in os.environ or not (is_amd() and has_avx512()):
        return
    os.environ[CORE_TYPE] = core_types()[0]
    try:
        import_module(BLAS)
    finally:
        del os.environ[CORE_TYPE]
