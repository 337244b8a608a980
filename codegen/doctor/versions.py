"""The versions found against those that the distribution supports."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from codegen.doctor.finding import Finding

__all__ = ["findings", "older"]

DISTRIBUTION = "gradscribe"
SHOWN = ("numpy", "scipy", "numba", "sympy")
REQUIREMENT = re.compile(r"([\w.-]+)\s*>=\s*([\d.]+)\s*$")


def findings() -> Iterator[Finding]:
    """Yield Python with the versions that matter for speed, and each one that is too old."""
    names = [f"Python {platform.python_version()}"]
    names += [f"{name} {_installed(name) or 'missing'}" for name in SHOWN]
    wrong = []
    for name, least in _required().items():
        found = _installed(name)
        if found is None or older(found, least):
            wrong.append(f"{name}>={least}")
    remedy = "pip install " + " ".join(f"'{text}'" for text in wrong) if wrong else ""
    yield Finding("versions", ", ".join(names), remedy)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _required() -> dict[str, str]:
    """Return the least version of each ordinary dependency."""
    try:
        lines = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        lines = []
    found = (REQUIREMENT.match(line) for line in lines if ";" not in line)
    return {match[1]: match[2] for match in found if match}


def older(found: str, least: str) -> bool:
    """Return whether a version is older than another, by their leading numbers."""
    return _numbers(found) < _numbers(least)


def _numbers(text: str) -> tuple[int, ...]:
    release = re.match(r"[\d.]*", text)
    parts = [int(part) for part in (release[0] if release else "").split(".") if part]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)
