"""The user's cache folder, what is kept there, and the hash of the sources that it depends on."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Collection
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from derive.budget import limited
from derive.files import write_whole

__all__ = ["cache_folder", "remembered", "sources_hash"]

Found = TypeVar("Found")

SEARCHING = 180.0  # seconds of processor time; the slowest search known takes 50
SUFFIXES = (".py", ".jinja", ".toml")


@cache
def cache_folder(name: str) -> Path:
    """Return the folder of that name in the user's cache; a temporary one where that cannot be."""
    path = Path(platformdirs.user_cache_dir("gradscribe")) / name
    try:
        path.mkdir(parents=True, exist_ok=True)
        if os.access(path, os.W_OK):
            return path
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="gradscribe-"))


def remembered(
    folder: str, key: object, restored: Callable[[Any], Found], make: Callable[[], Found]
) -> Found:
    """Return the dataclass that is kept under a key of JSON, made and kept where it is not there.

    ``restored`` makes it of what :func:`dataclasses.asdict` made of it; what it cannot read is made anew.
    Raises OutOfTimeError where making it takes more than :data:`SEARCHING` seconds.
    """
    name = hashlib.sha256(json.dumps(key).encode()).hexdigest()
    path = cache_folder(folder) / f"{name}.json"
    try:
        return restored(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        with limited(SEARCHING):
            found = make()
        write_whole(path, json.dumps(asdict(found)))  # type: ignore[call-overload]
        return found


@cache
def sources_hash(folders: tuple[str, ...], apart: frozenset[str]) -> str:
    """Return the SHA-256 of the sources below these folders, leaving out paths with a part in ``apart``."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            parts: Collection[str] = path.relative_to(root).parts
            if path.suffix in SUFFIXES and not apart.intersection(parts):
                digest.update(path.relative_to(root).as_posix().encode() + b"\0")
                digest.update(path.read_bytes())
    return digest.hexdigest()
