"""The peers, one a file; adding one is adding a file with NAME, version() and task()."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from codegen.benchmarks.peer import Peer

__all__ = ["peers"]


def peers() -> dict[str, Peer]:
    """Return the peers by the names that ``--against`` knows, installed or not."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    found: dict[str, Peer] = {module.NAME: module for module in modules}
    return dict(sorted(found.items()))
