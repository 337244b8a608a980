"""PyTorch and JAX, which only some tests need: where CI is set, a missing one is a failure."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

__all__ = ["peer"]


def peer(name: str) -> Any:
    """Return the library, or skip the module that asks for it."""
    if find_spec(name) is None:
        reason = f'{name} is not installed: pip install -e ".[{name}]"'
        if "CI" in os.environ:
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason, allow_module_level=True)
    return import_module(name)
