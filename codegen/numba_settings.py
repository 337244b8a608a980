"""Numba takes its settings from the environment: what it cannot use there is bad input."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb

import click

from derive.errors import InputError

__all__ = ["blamed_on_settings"]

PREFIX = "NUMBA_"
PACKAGES = ("numba", "llvmlite")


@contextmanager
def blamed_on_settings() -> Iterator[None]:
    """Raise InputError for what Numba itself raises inside, where the environment has settings of it.

    A setting that Numba cannot read, for which it would warn and go on, is one of these.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=RuntimeWarning, module=r"numba\.core\.config")
        try:
            yield
        except Exception as error:
            settings = [f"{k}={v!r}" for k, v in sorted(os.environ.items()) if k.startswith(PREFIX)]
            if isinstance(error, InputError) or not settings or not _from_numba(error):
                raise
            said = click.unstyle(str(error)).partition("\n")[0] or type(error).__name__
            raise InputError(
                f"Numba says {said!r}; the environment sets {', '.join(settings)}: unset it, or "
                "give a value that Numba takes"
            ) from None


def _from_numba(error: BaseException) -> bool:
    """Return whether an error was raised in Numba, or in what it called."""
    modules = (str(frame.f_globals.get("__name__")) for frame, _ in walk_tb(error.__traceback__))
    return any(module.partition(".")[0] in PACKAGES for module in modules)
