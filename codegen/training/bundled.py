"""The small real data sets that scikit-learn brings along."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import numpy as np

from codegen.training.examples import Examples
from derive.errors import InputError

__all__ = ["BUNDLED", "read_bundled", "scikit_learn"]

BUNDLED = ("digits", "iris", "wine", "breast_cancer")


def scikit_learn(part: str) -> ModuleType:
    """Return that module of scikit-learn; InputError if it is not installed."""
    try:
        return import_module(f"sklearn.{part}")
    except ImportError:
        raise InputError(
            "this data needs scikit-learn, which is not installed: pip install 'gradscribe[data]'"
        ) from None


def read_bundled(name: str) -> Examples:
    """Return one of the data sets of BUNDLED, its labels as whole numbers."""
    found = getattr(scikit_learn("datasets"), f"load_{name}")()
    return Examples(
        np.ascontiguousarray(found.data, np.float64), found.target.astype(np.int64), name
    )
