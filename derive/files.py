"""Write a file whole or not at all."""

from __future__ import annotations

import glob
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, EFBIG, EINVAL, EISDIR, ELOOP, ENAMETOOLONG, ENOSPC
from pathlib import Path

from derive.errors import InputError

__all__ = ["check_writable", "followed", "read_whole", "write_whole"]

MENDS = {
    ENOSPC: "free some of the disk, or give a file on another",
    EDQUOT: "free some of what you may use of the disk, or give a file on another",
    EFBIG: "raise the limit of a file's size (ulimit -f), or write less",
    ENAMETOOLONG: "give a shorter name",
    EISDIR: "move that folder away, or give a file",
}
PART = ".part"  # how the name ends of what is being written
LONGEST = 2**26  # bytes of a text that a person or this package wrote
LEFT_BEHIND = 3600.0  # seconds after which nobody is writing it any more


def read_whole(path: str | Path, errors: str = "strict") -> str:
    """Return the text of a file in UTF-8, with its line ends as they are.

    Raises OSError also for what is no regular file, and would never end, and for more than 64 MiB.
    """
    with open(path, "rb", opener=_opened_at_once) as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(EINVAL, "it is no regular file", str(path))
        if status.st_size > LONGEST:
            raise OSError(EFBIG, f"it has more than {LONGEST >> 20} MiB", str(path))
        return stream.read().decode("utf-8", errors)


def _opened_at_once(path: str, flags: int) -> int:
    """Open a file without waiting for who writes into a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def write_whole(path: str | Path, content: str | bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part of it.

    A text is written as UTF-8. What is not a regular file (a pipe, /dev/stdout) is written
    directly. Raises InputError where the file cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    target = Path(path)
    with _refused_in_a_sentence(target):
        place = _place(target)
        if place is None:
            _write_directly(target, data)
        else:
            _replace(place, data)


def check_writable(path: str | Path) -> None:
    """Raise the InputError of :func:`write_whole` if what stands there already cannot be replaced."""
    target = Path(path)
    with _refused_in_a_sentence(target):
        _place(target)


@contextmanager
def _refused_in_a_sentence(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        mend = MENDS.get(error.errno or 0, "give a file in a folder that exists and is writable")
        mend = "remove that link, or give a file" if target.is_symlink() else mend
        raise InputError(f"{target} cannot be written ({reason}): {mend}") from None


def _place(target: Path) -> Path | None:
    """Return which file is to be replaced; None for what is written directly, as a pipe is."""
    if target.is_dir():
        raise IsADirectoryError(EISDIR, "is a directory", str(target))
    if target.exists() and (not target.is_file() or target.is_relative_to("/dev")):
        return None
    place = followed(target)
    if place.exists() and not os.access(place, os.W_OK):
        raise PermissionError("it is read-only")
    return place


def followed(target: Path) -> Path:
    """Return the path without symbolic links, so that the file is replaced and no link to it.

    Raises OSError where links lead to each other.
    """
    try:
        return target.resolve()
    except RuntimeError:  # so says Python before 3.13
        raise OSError(ELOOP, "a loop of symbolic links", str(target)) from None


def _write_directly(target: Path, data: bytes) -> None:
    with target.open("wb") as stream:
        stream.write(data)


def _replace(target: Path, data: bytes) -> None:
    """Write beside the target, then put it in its place in one step."""
    prefix = f".{target.name[:40]}."
    _sweep(target.parent, prefix)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=prefix, suffix=PART)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(name, _mode(target))
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _sweep(folder: Path, prefix: str) -> None:
    """Remove what a run that was killed left there an hour ago or more."""
    for path in folder.glob(f"{glob.escape(prefix)}*{PART}"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > LEFT_BEHIND:
                path.unlink()


def _mode(target: Path) -> int:
    """Return the permissions of the file that is replaced, else those of a new file."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
