"""``[tool.codegen]`` of the nearest pyproject.toml: where modules go, and what they are generated
from.

[tool.codegen]
out = "generated"
dtype = "both"

[tool.codegen.modules.tish]
model = "softmax(W g(V f(x)))"
bind = { g = "x*tanh(log(1 + exp(b*x))/b)", "g.b" = "2" }
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from codegen.recipe import BOTH, DEFAULT_MODEL, NUMBA, Recipe, check_name, check_target, dtypes_of
from derive.errors import InputError
from derive.files import followed, read_whole

__all__ = ["Settings", "find_settings"]

FILE = "pyproject.toml"
KEYS: dict[str, type] = {"out": str, "model": str, "dtype": str, "modules": dict}
MODULE_KEYS: dict[str, type] = {
    "model": str,
    "bind": dict,
    "trainable": list,
    "dtype": str,
    "out": str,
    "l2": str,
    "target": str,
}


@dataclass(frozen=True)
class Settings:
    """The settings and the file that they are in; ``path`` may not exist yet."""

    path: Path
    out: str = "generated"
    model: str = DEFAULT_MODEL
    dtype: str = BOTH
    modules: Mapping[str, Recipe] = field(default_factory=dict)
    outs: Mapping[str, str] = field(default_factory=dict)  # of modules with a folder of their own
    begun: bool = False  # whether there is a [tool.codegen]

    def folder(self, name: str) -> Path:
        """Return the folder that a module is written to."""
        return self.path.parent / self.outs.get(name, self.out)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Return every folder that modules are written to."""
        return tuple(
            dict.fromkeys(self.path.parent / out for out in (self.out, *self.outs.values()))
        )

    @property
    def of_nothing(self) -> str:
        """Say that no module is named, where that was looked for, and what names one."""
        if self.begun:
            return f"{self.path} names no modules: codegen new NAME adds one"
        return (
            f"no {FILE} in {self.path.parent} or above has [tool.codegen]: change to the folder of a "
            "project that has, or codegen new NAME begins one"
        )

    def with_folder(self, name: str, out: str | None) -> Settings:
        """Return the settings with a folder for one module, as typed on a command line."""
        if out is None:
            return self
        root = self.path.parent
        try:
            out.encode()
            folder = followed(Path(out))
        except (OSError, UnicodeEncodeError) as error:
            reason = getattr(error, "strerror", "it is no text in UTF-8")
            raise InputError(f"--out {out} cannot be used ({reason}): give another") from None
        given = folder.relative_to(root) if folder.is_relative_to(root) else folder
        if not given.as_posix().isprintable():  # it would be refused when it is read again
            raise InputError(f"--out {out!r} holds what is not printable: give another")
        outs = {key: value for key, value in self.outs.items() if key != name}
        if given.as_posix() != self.out:
            outs[name] = given.as_posix()
        return replace(self, outs=outs)


def find_settings(start: Path | None = None) -> Settings:
    """Return the settings of the nearest pyproject.toml that has any, else defaults for this
    folder.

    Without any [tool.codegen] the nearest pyproject.toml is the one that ``codegen new`` adds it
    to.
    """
    folder = (start or Path.cwd()).resolve()
    nearest: Path | None = None
    for candidate in (folder, *folder.parents):
        path = candidate / FILE
        if path.exists():
            nearest = nearest or path
            tools = _read(path).get("tool", {})
            if isinstance(tools, dict) and "codegen" in tools:
                return _settings(path, tools["codegen"])
    return Settings(nearest or folder / FILE)


def _read(path: Path) -> dict[str, Any]:
    try:
        text = read_whole(path)
        if text.startswith("\ufeff"):
            raise ValueError(
                "it begins with a byte-order mark, which TOML has not: save it without"
            )
        return tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read ({error}): mend it or move it away") from None
    except (ValueError, RecursionError) as error:  # of a number too, and of brackets without end
        raise InputError(f"{path} is not TOML ({error}): mend that place") from None


def _settings(path: Path, table: Any) -> Settings:
    checked = _checked(table, KEYS, f"[tool.codegen] of {path}")
    modules = checked.pop("modules", {})
    settings = Settings(path, **checked)
    dtypes_of(settings.dtype)
    recipes = {
        check_name(name, modules): _recipe(name, entry, settings) for name, entry in modules.items()
    }
    outs = {name: entry["out"] for name, entry in modules.items() if "out" in entry}
    return Settings(path, **checked, modules=recipes, outs=outs, begun=True)


def _recipe(name: str, entry: Any, settings: Settings) -> Recipe:
    where = f"[tool.codegen.modules.{name}] of {settings.path}"
    given = _checked(entry, MODULE_KEYS, where)
    bindings = given.get("bind", {})
    for key, value in bindings.items():
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise InputError(f"{where} binds {key} to {value!r}: write a text or a number")
    trainable = given.get("trainable", [])
    if not all(isinstance(each, str) for each in trainable):
        raise InputError(f"trainable in {where} is {trainable!r}: write a list of texts")
    try:
        dtypes = dtypes_of(given.get("dtype", settings.dtype))
        target = check_target(given.get("target", NUMBA))
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    model = given.get("model", settings.model)
    return Recipe(model, bindings, tuple(trainable), dtypes, given.get("l2"), target)


def _checked(table: Any, keys: Mapping[str, type], where: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise InputError(f"{where} is {table!r}: make it a table")
    for key, value in table.items():
        if key not in keys:
            raise InputError(
                f"{where} has the key {key!r}, and knows only {', '.join(keys)}: rename it"
            )
        if not isinstance(value, keys[key]):
            wanted = {"str": "a text", "dict": "a table", "list": "a list"}[keys[key].__name__]
            raise InputError(f"{key} in {where} is {value!r}: write {wanted}")
        if key == "out" and not (value and str(value).isprintable()):
            raise InputError(f"{key} in {where} is {value!r}: write the name of a folder")
    return dict(table)
