"""Refuse, before the work, a file that could not be written after it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from derive.errors import InputError
from derive.files import followed

__all__ = ["check_output"]


def check_output(
    path: Path, suffixes: tuple[str, ...], option: str, read: Iterable[str | Path] = ()
) -> None:
    """Raise InputError if the path ends in none of the suffixes or its folder cannot be written.

    So too if it is one of the files that are ``read``, which would be lost.
    """
    if suffixes and path.suffix.lower() not in suffixes:
        raise InputError(
            f"{option} {path} ends in '{path.suffix}', expected {' or '.join(suffixes)}: rename it"
        )
    if path.is_dir():
        raise InputError(f"{option} {path} is a folder, expected a file: add a file name")
    try:
        target = followed(path)
    except OSError as error:
        raise InputError(f"{option} {path} is {error.strerror}: give another file") from None
    if any(os.path.exists(other) and target == followed(Path(other)) for other in read):
        raise InputError(
            f"{option} {path} is a file that is read, which would be lost: give another"
        )
    folder = target.parent
    if not folder.is_dir():
        raise InputError(f"the folder {folder} of {option} {path} does not exist: make it")
    if target.exists() and not os.access(target, os.W_OK):
        raise InputError(f"{option} {path} is read-only: give another file")
    if not os.access(folder, os.W_OK):
        raise InputError(f"the folder {folder} of {option} {path} is not writable: give another")
