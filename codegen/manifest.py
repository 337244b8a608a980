"""Record a module in pyproject.toml, keeping the comments and the order of what is there."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Table

from codegen.locks import held
from codegen.recipe import DTYPES, NUMBA, Recipe
from codegen.settings import Settings
from derive.errors import InputError
from derive.files import write_whole

__all__ = ["record"]


def record(settings: Settings, name: str, recipe: Recipe) -> None:
    """Write the recipe of a module into [tool.codegen.modules] of the settings' file.

    Whoever does so at the same time waits, so that no entry is lost.
    """
    with held(settings.path):
        _record(settings, name, recipe)


def _record(settings: Settings, name: str, recipe: Recipe) -> None:
    path = settings.path
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    document = tomlkit.parse(text)
    codegen = _table(_table(document, "tool", path, implicit=True), "codegen", path)
    if "out" not in codegen:
        codegen["out"] = settings.out
    modules = _table(codegen, "modules", path, implicit=True)
    modules[name] = _entry(recipe, settings, settings.outs.get(name))
    changed = tomlkit.dumps(document)
    if changed != text:
        write_whole(path, changed)


def _table(
    parent: MutableMapping[str, Any], name: str, path: Path, *, implicit: bool = False
) -> MutableMapping[str, Any]:
    if name not in parent:
        parent[name] = tomlkit.table(is_super_table=implicit)
    table = parent[name]
    if not isinstance(table, MutableMapping):
        raise InputError(f"{name} in {path} is not a table: make it one")
    return table


def _entry(recipe: Recipe, settings: Settings, out: str | None) -> Table:
    entry = tomlkit.table()
    entry["model"] = recipe.model
    if recipe.bindings:
        bind = tomlkit.inline_table()
        bind.update(dict(recipe.bindings))
        entry["bind"] = bind
    if recipe.l2:
        entry["l2"] = recipe.l2
    if recipe.trainable:
        entry["trainable"] = list(recipe.trainable)
    dtype = "both" if recipe.dtypes == DTYPES else recipe.dtypes[0]
    if dtype != settings.dtype:
        entry["dtype"] = dtype
    if recipe.target != NUMBA:
        entry["target"] = recipe.target
    if out is not None:
        entry["out"] = out
    return entry
