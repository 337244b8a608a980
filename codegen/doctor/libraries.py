"""The BLAS libraries in this process: whose they are, and which kernels they chose."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from threadpoolctl import threadpool_info

__all__ = ["Library", "kernel_of", "libraries"]

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Library:
    """A BLAS: of which package, its name and version, its kernels, and how many threads it uses."""

    owner: str
    name: str
    version: str
    kernel: str
    threads: int


def libraries() -> dict[str, Library]:
    """Return the BLAS of NumPy and of SciPy; wheels carry a copy each, a system's is shared."""
    import_module("numpy")
    import_module("scipy.linalg.blas")
    loaded = [info for info in threadpool_info() if info["user_api"] == "blas"]
    found = {}
    for owner in ("numpy", "scipy"):
        own = [info for info in loaded if f"{owner}.libs" in Path(info["filepath"]).parts]
        own = own or [info for info in loaded if not _in_a_wheel(info["filepath"])]
        for info in own[:1]:
            found[owner] = Library(
                owner,
                info["internal_api"],
                info.get("version") or UNKNOWN,
                info.get("architecture") or UNKNOWN,
                info["num_threads"],
            )
    return found


def _in_a_wheel(path: str) -> bool:
    return any(part.endswith(".libs") for part in Path(path).parts)


def kernel_of(owner: str) -> str:
    """Return the kernels that the BLAS of a package chose, or 'unknown'."""
    library = libraries().get(owner)
    return library.kernel if library else UNKNOWN
