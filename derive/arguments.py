"""Arguments as programs give them: InputError for what is no text, number, list or mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import Any

from derive.errors import InputError, quoted

__all__ = ["mapping", "text", "texts", "whole"]


def text(value: object, what: str) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise InputError(f"{what} is {_told(value)}, expected a text")
    return value


def texts(value: object, what: str) -> tuple[str, ...]:
    """Return texts; one alone may stand for a list of one."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable):
        raise InputError(f"{what} is {_told(value)}, expected a list of texts")
    return tuple(text(each, f"{what} has an entry that") for each in value)


def mapping(value: object, what: str) -> dict[Any, Any]:
    """Return a mapping as a dict; None for an empty one."""
    if value is not None and not isinstance(value, Mapping):
        raise InputError(f"{what} is {_told(value)}, expected a mapping of names to values")
    return dict(value or {})


def whole(value: object, what: str, least: int) -> int:
    """Return an integer that is at least so large."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise InputError(f"{what} is {_told(value)}, expected an integer from {least} on")
    return int(value)


def _told(value: object) -> str:
    """Return a value as a message tells it, on one line."""
    return quoted(repr(value))[1:-1]
