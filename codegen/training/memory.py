"""How much memory there is: the machine's, less where a container or a limit allows less."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

__all__ = ["available_memory", "used_memory"]

CONTAINER = (  # where Linux says what a control group may take, versions 2 and 1
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def available_memory() -> int | None:
    """Return the bytes that this process may take, or None where no system says."""
    found = [_machine(), *map(_container, CONTAINER), _limit()]
    return min((size for size in found if size is not None), default=None)


def used_memory() -> int:
    """Return the bytes that this process has in memory, or 0 where the system does not say."""
    with suppress(OSError, ValueError, AttributeError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def _machine() -> int | None:
    with suppress(AttributeError, OSError, ValueError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None


def _container(path: Path) -> int | None:
    with suppress(OSError, ValueError):  # no such file, or the word max
        return int(path.read_text(encoding="ascii"))
    return None


def _limit() -> int | None:
    if find_spec("resource") is None:
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft
