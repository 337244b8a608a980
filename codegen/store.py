"""The user's cache of generated modules: by recipe and by a hash of the generator.

What is here was verified when it was put here. ``codegen.compile`` imports from it, and
``generate`` and ``check`` read from it what a file should be, so that they cannot disagree.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from importlib.abc import Loader
from pathlib import Path
from types import ModuleType

from codegen.cache import cache_folder, sources_hash
from codegen.recipe import Recipe
from derive.errors import InputError
from derive.files import read_whole, write_whole

__all__ = [
    "import_file",
    "import_plain",
    "load",
    "path_of",
    "read",
    "write",
]

PACKAGES = ("derive", "codegen")
SEAL = "\n# sha256: "
# What no module's text depends on:
APART = frozenset(
    {
        "benchmarks",
        "certification",
        "commands",
        "doctor",
        "fuzzing",
        "sklearn",
        "training",
        "__pycache__",
    }
)


def path_of(recipe: Recipe, suffix: str = ".py") -> Path:
    """Return where what belongs to a recipe is stored."""
    key = _hash(f"{recipe.hash} {sources_hash(PACKAGES, APART)}")
    return cache_folder("modules") / f"gradscribe_{key[:20]}{suffix}"


def read(recipe: Recipe, suffix: str = ".py") -> str | None:
    """Return the body that was stored for a recipe; None where there is none, or it is damaged."""
    try:
        stored = read_whole(path_of(recipe, suffix))
    except (OSError, UnicodeDecodeError):
        return None
    body, _, seal = stored.rpartition(SEAL)
    return body if seal == _hash(body) else None


def write(recipe: Recipe, body: str, suffix: str = ".py") -> None:
    """Store a body, with its hash in a comment at the end; InputError where no file can be."""
    path = path_of(recipe, suffix)
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise InputError(f"{path} is in the way of a module that is to be stored there: remove it")
    write_whole(path, f"{body}{SEAL}{_hash(body)}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def load(recipe: Recipe) -> ModuleType:
    """Import the stored module of a recipe."""
    path = path_of(recipe, ".py")
    return import_file(path.stem, path)


def import_file(name: str, path: Path) -> ModuleType:
    """Import a file as a module of that name, once."""
    if name in sys.modules:
        return sys.modules[name]
    loader, module = _specified(name, path)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def import_plain(path: Path) -> ModuleType:
    """Import a file anew with Numba's compiler off, as NUMBA_DISABLE_JIT=1 does.

    What it chooses is a number of NumPy, by whose 0 one may divide, where a literal of Python is chosen too.
    """
    import numba
    import numpy as np

    loader, module = _specified(f"{path.stem}_as_plain_Python", path)
    before, numba.config.DISABLE_JIT = numba.config.DISABLE_JIT, True
    try:
        loader.exec_module(module)
    finally:
        numba.config.DISABLE_JIT = before
    select = getattr(module, "select", None)
    if select is not None:

        def chosen(condition: bool, one: object, other: object) -> object:
            found: object = select(condition, one, other)
            return np.float64(found) if type(found) is float else found

        module.__dict__["select"] = chosen
    return module


def _specified(name: str, path: Path) -> tuple[Loader, ModuleType]:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    return spec.loader, importlib.util.module_from_spec(spec)
