"""How Numba compiles here: vector width, threads, and whether compiled code is kept."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from codegen.doctor.finding import Finding
from codegen.doctor.processor import cores, vector_bits

__all__ = ["caching", "findings", "threading", "vectors"]

REGISTERS = (("zmm", 512), ("ymm", 256), ("xmm", 128), (r"v\d+\.", 128), (r"z\d+\.", 128))
LAYERS = ("tbb", "omp", "workqueue")


def findings() -> Iterator[Finding]:
    """Yield what is known of vectors, threads and the cache."""
    yield vectors()
    yield threading()
    yield caching()


def vectors() -> Finding:
    """Return how wide the vectors are that LLVM uses, read from the code of a small loop."""
    import numpy as np
    from numba import njit

    topic = "vector width"
    if _setting("DISABLE_JIT"):
        return Finding(topic, "none: kernels run as Python", "unset NUMBA_DISABLE_JIT")

    def loop(x, y):  # type: ignore[no-untyped-def]
        for k in range(x.size):
            y[k] = x[k] * x[k] + x[k]

    compiled = njit(loop)
    compiled(np.ones(8, np.float32), np.ones(8, np.float32))
    code = "\n".join(compiled.inspect_asm().values())
    used = next((bits for name, bits in REGISTERS if re.search(rf"\b{name}", code)), 0)
    widest = vector_bits()
    found = f"{used} bits by LLVM, {widest or 'unknown'} by the processor"
    remedy = ""
    if used < widest:
        chosen = [name for name in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES") if name in os.environ]
        remedy = (
            f"unset {' and '.join(chosen)}"
            if chosen
            else "none: LLVM prefers narrower vectors here, as wide ones lower the clock"
        )
    return Finding(topic, found, remedy)


def threading() -> Finding:
    """Return Numba's threading layer and how many threads it would start."""
    layer = next((name for name in LAYERS if _loads(name)), "none")
    asked = str(_setting("THREADING_LAYER"))
    named = layer if asked in ("default", "safe", "threadsafe", "forksafe") else asked
    threads = int(_setting("NUMBA_NUM_THREADS"))
    remedies = []
    if named == "workqueue":
        remedies.append(
            "pip install tbb: workqueue stops the process when two threads call kernels"
        )
    if threads < cores():
        remedies.append(f"it uses {threads} of {cores()} cores: unset NUMBA_NUM_THREADS")
    return Finding("threading layer", f"{named}, {threads} threads", "; ".join(remedies))


def _loads(layer: str) -> bool:
    name = {"tbb": "tbbpool", "omp": "omppool", "workqueue": "workqueue"}[layer]
    try:
        import_module(f"numba.np.ufunc.{name}")
    except ImportError:
        return False
    return True


def caching() -> Finding:
    """Return where compiled code is kept, and whether it can be."""
    from codegen.cache import cache_folder

    topic = "compiled code"
    chosen = str(_setting("CACHE_DIR") or "")
    if chosen:
        if _writable(Path(chosen)):
            return Finding(topic, f"kept in {chosen}, as NUMBA_CACHE_DIR says")
        return Finding(
            topic,
            f"cannot be kept in {chosen}, as NUMBA_CACHE_DIR says",
            "make that folder writable, or unset NUMBA_CACHE_DIR",
        )
    modules = cache_folder("modules")
    if modules.is_relative_to(tempfile.gettempdir()):
        return Finding(
            topic,
            "made anew by every process: the user's cache folder cannot be written",
            "set XDG_CACHE_HOME, and NUMBA_CACHE_DIR for modules in read-only folders, to a folder "
            "that can be",
        )
    return Finding(topic, f"kept beside each module, and in {modules} for codegen.compile")


def _setting(name: str) -> Any:
    """Return a setting of Numba, which reads it from the environment variable NUMBA_<name>."""
    from numba import config

    return getattr(config, name)


def _writable(path: Path) -> bool:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path.is_dir() and os.access(path, os.W_OK)
