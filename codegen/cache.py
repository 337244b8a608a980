"""The user's cache folder, and the hash of the sources that what is kept there depends on."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Collection
from functools import cache
from pathlib import Path

import platformdirs

__all__ = ["cache_folder", "sources_hash"]

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
