"""The scalar code of every activation of a model."""

from __future__ import annotations

from collections.abc import Sequence

from codegen.scalar import ScalarCode, scalar_code
from derive.graph import Model

__all__ = ["scalar_functions"]


def scalar_functions(model: Model, dtypes: Sequence[str]) -> dict[str, ScalarCode]:
    """Map each activation symbol to its code; InputError where one is abstract."""
    return {
        symbol: scalar_code(symbol, model.bound_activation(symbol), dtypes)
        for symbol in model.activations
    }
