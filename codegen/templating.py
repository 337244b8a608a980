"""The templates of :mod:`codegen`: layout only; a name that is not given is an error."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

__all__ = ["environment"]


@cache
def environment() -> Environment:
    """Return the one environment of all templates."""
    return Environment(
        loader=PackageLoader("codegen"), undefined=StrictUndefined, keep_trailing_newline=True
    )
