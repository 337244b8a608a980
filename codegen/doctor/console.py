"""Where tables are printed: a terminal as wide as it is, a pipe in lines of 100 characters."""

from __future__ import annotations

import sys

from rich.console import Console

__all__ = ["console"]

PIPE = 100


def console() -> Console:
    """Return a console on standard output without colours that a pipe would not want."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else PIPE)
