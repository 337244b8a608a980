"""Record a module in pyproject.toml, keeping the comments and the order of what is there.

A new entry is a few lines of text below the tables of [tool.codegen] that are there, an old one
is changed key by key. What comes of it is read again before it is written: it must differ from
what was there by this entry alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import tomlkit

from codegen.locks import held
from codegen.recipe import DTYPES, NUMBA, Recipe
from codegen.settings import Settings, find_settings
from derive.errors import InputError
from derive.files import check_writable, read_whole, write_whole

__all__ = ["check_record", "record"]

HEADING = re.compile(r"[ \t]*\[+[ \t]*([^\]\n]*?)[ \t]*\]+[ \t]*(#.*)?")


def check_record(settings: Settings, name: str, recipe: Recipe) -> None:
    """Raise InputError, before the work, where the settings' file is read-only and would change."""
    if not _is_recorded(settings, name, recipe):
        check_writable(settings.path)


def _is_recorded(settings: Settings, name: str, recipe: Recipe) -> bool:
    known = find_settings(settings.path.parent)
    return known.modules.get(name) == recipe and known.folder(name) == settings.folder(name)


def record(settings: Settings, name: str, recipe: Recipe) -> None:
    """Write the recipe of a module into [tool.codegen.modules] of the settings' file, if it is new.

    Whoever does so at the same time waits, so that no entry is lost. Raises InputError where the
    file has [tool.codegen] in a form that nothing can be added to.
    """
    if _is_recorded(settings, name, recipe):
        return
    with held(settings.path):
        path = settings.path
        found = read_whole(path) if path.exists() else ""
        text = found.replace("\r\n", "\n")
        entry = _entry(recipe, settings, settings.outs.get(name))
        if name in _modules(tomllib.loads(text), path):
            changed = _with_changed(text, name, entry)
        else:
            changed = _with_new(text, name, entry, settings.out)
        _check(text, changed, name, entry, path)
        if changed != text:
            write_whole(path, changed.replace("\n", "\r\n") if "\r\n" in found else changed)


def _entry(recipe: Recipe, settings: Settings, out: str | None) -> dict[str, Any]:
    """Return the table of a module, with what the settings do not say already."""
    dtype = "both" if recipe.dtypes == DTYPES else recipe.dtypes[0]
    entry = {
        "model": recipe.model,
        "bind": dict(recipe.bindings),
        "l2": recipe.l2,
        "trainable": list(recipe.trainable),
        "dtype": dtype if dtype != settings.dtype else None,
        "target": recipe.target if recipe.target != NUMBA else None,
        "out": out,
    }
    return {key: value for key, value in entry.items() if value}


def _with_new(text: str, name: str, entry: dict[str, Any], out: str) -> str:
    """Return the text with an entry of its own below all that [tool.codegen] has."""
    lines = _lines(text)
    end = _end_of(lines, r"tool\.codegen\b.*")
    begin = [] if end is not None else _beginning(text, out)
    end = len(lines) if end is None else end
    block = [f"[tool.codegen.modules.{name}]", *(f"{key} = {_toml(entry[key])}" for key in entry)]
    above = [""] if end and lines[end - 1].strip() else []
    below = [""] if end < len(lines) and lines[end].strip() else []
    return _text([*lines[:end], *above, *begin, *block, *below, *lines[end:]])


def _beginning(text: str, out: str) -> list[str]:
    """Return the lines that begin [tool.codegen], none where it stands in another form."""
    tools = tomllib.loads(text).get("tool", {})
    return [] if "codegen" in tools else ["[tool.codegen]", f"out = {_toml(out)}", ""]


def _end_of(lines: list[str], tables: str) -> int | None:
    """Return the line after the last of the tables; comments on the next table stay with it."""
    headings = [(k, found) for k, line in enumerate(lines) if (found := HEADING.fullmatch(line))]
    keys = [re.sub(r"[\s\"']", "", found.group(1)) for _, found in headings]
    ours = [k for k, key in enumerate(keys) if re.fullmatch(tables, key)]
    if not ours:
        return None
    following = ours[-1] + 1
    end = headings[following][0] if following < len(headings) else len(lines)
    while following < len(headings) and lines[end - 1].lstrip().startswith("#"):
        end -= 1
    while not lines[end - 1].strip():
        end -= 1
    return end


def _with_changed(text: str, name: str, entry: dict[str, Any]) -> str:
    """Return the text with the entry that it has under this name changed key by key."""
    known = _modules(tomllib.loads(text), Path())[name]
    text = _with_keys(text, name, entry, known)
    text = _with_keys(text, f"{name}.bind", entry.get("bind", {}), known.get("bind", {}))
    document = tomlkit.parse(text)
    found: Any = document
    for key in ("tool", "codegen", "modules", name):
        found = found[key]
    _update(found, entry)
    return tomlkit.dumps(document)


def _with_keys(text: str, table: str, wanted: dict[str, Any], known: dict[str, Any]) -> str:
    """Return the text with the keys that a table of its own lacks.

    TOML Kit would add them below the comments of the next table.
    """
    lines = _lines(text)
    end = _end_of(lines, rf"tool\.codegen\.modules\.{table}")
    if end is not None:
        lines[end:end] = [
            f"{tomlkit.key(key).as_string()} = {_toml(wanted[key])}"
            for key in wanted
            if key not in known
        ]
    return _text(lines)


def _update(table: MutableMapping[str, Any], wanted: dict[str, Any]) -> None:
    """Make a table of TOML Kit what is wanted, in its own form."""
    for key in [key for key in table if key not in wanted]:
        del table[key]
    for key, value in wanted.items():
        if isinstance(value, dict) and isinstance(table.get(key), MutableMapping):
            _update(table[key], value)
        elif table.get(key) != value:
            table[key] = tomlkit.value(_toml(value))


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def _check(text: str, changed: str, name: str, entry: dict[str, Any], path: Path) -> None:
    """Raise InputError unless the changed text differs by the entry alone."""
    before = tomllib.loads(text)
    try:
        after = tomllib.loads(changed)
        same = _modules(after, path).pop(name) == entry
    except (ValueError, LookupError):
        same = False
    if same:
        _modules(before, path).pop(name, None)
        if "out" not in before["tool"]["codegen"]:
            after["tool"]["codegen"].pop("out", None)
        same = before == after
    if not same:
        raise InputError(
            f"{path} has [tool.codegen] in a form that no module can be added to: write it as tables "
            f"of their own, [tool.codegen] and [tool.codegen.modules.{name}]"
        )


def _modules(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the modules of a document, which has them from then on."""
    table: Any = document
    for key in ("tool", "codegen", "modules"):
        table = table.setdefault(key, {})
        if not isinstance(table, dict):
            raise InputError(f"{key} in {path} is not a table: make it one")
    return table


def _toml(value: Any) -> str:
    """Return a text, a list of texts or a table as TOML has it in one line."""
    if isinstance(value, dict):
        pairs = (f"{tomlkit.key(key).as_string()} = {_toml(item)}" for key, item in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return tomlkit.item(value).as_string()
