"""A lock among the processes of a user, for a file that is read, changed and written again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from codegen.cache import cache_folder

__all__ = ["held"]


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock that belongs to a file, once nobody else does.

    It lies in the user's cache, so that nothing is left beside the file, and ends with its process.
    Without POSIX's locks nothing is held.
    """
    if find_spec("fcntl") is None:
        yield
        return
    import fcntl

    name = hashlib.sha256(os.path.realpath(path).encode()).hexdigest()[:20]
    with (cache_folder("locks") / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
