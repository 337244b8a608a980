"""What a shell completes for NAME: modules of the project, then activations of the library."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import click

__all__ = ["modules", "names"]


def modules(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Return the project's modules whose name begins so; none where there are no settings."""
    from codegen.settings import find_settings
    from derive.errors import InputError

    try:
        return [name for name in find_settings().modules if name.startswith(begun)]
    except InputError:
        return []


def names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Return the modules and activations whose name begins so, without importing SymPy."""
    table = files("derive").joinpath("activations.toml").read_text(encoding="utf-8")
    known = [*modules(context, parameter, begun), *tomllib.loads(table)]
    return list(dict.fromkeys(name for name in known if name.startswith(begun)))
