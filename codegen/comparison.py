"""Compare a module's numbers with independent ones; its activations with their formulas."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from codegen.recipe import Recipe
from derive.activation_value import by_differences
from derive.arithmetic import HighPrecision
from derive.derivation import Derivation
from derive.errors import VerificationError
from derive.graph import Model

__all__ = ["compare", "compare_elementwise", "module_function"]

POINTS = 40
ULPS = 16  # of the value, or of 1 where that is more; the certificate says more


def compare_elementwise(
    module: ModuleType, derivation: Derivation, recipe: Recipe, generator: np.random.Generator
) -> None:
    """Compare g and g′ of each activation with its formula and central differences in 50 digits.

    That is done where the formula has a value: the logarithm has none below 0, although 1/x has.
    """
    model = derivation.model
    points = generator.normal(scale=3, size=POINTS)
    arithmetic = HighPrecision()
    for symbol in model.activations:
        activation = model.bound_activation(symbol)
        function = module_function(module, model, symbol)
        learned = [float(activation.parameters[parameter]) for parameter in activation.trainable]
        oracle = by_differences(activation, arithmetic)
        for dtype in recipe.dtypes:
            single = np.dtype(dtype).type
            x = points.astype(dtype)
            columns = (x, *(np.full(POINTS, single(value)) for value in learned))
            exact = tuple(
                np.array([arithmetic.context.mpf(float(v)) for v in column], object)
                for column in columns
            )
            undefined = np.isnan(oracle((0, *(0 for _ in learned)), exact).astype(np.float64))
            for order, found in enumerate(function(x, *learned)):
                expected = oracle((order, *(0 for _ in learned)), exact).astype(np.float64)
                what = f"{symbol}{'′' * order} in {dtype} and in 50 digits"
                tolerance = ULPS * float(np.finfo(dtype).eps)
                for one, other in zip(found[~undefined], expected[~undefined], strict=True):
                    compare(what, float(one), float(other), tolerance)


def module_function(module: ModuleType, model: Model, symbol: str) -> Callable[..., Any]:
    """Return the function of a module for an activation and its derivative."""
    name = "value_and_derivative" + (f"_{symbol}" if len(model.activations) > 1 else "")
    found: Callable[..., Any] = getattr(module, name)
    return found


def compare(what: str, found: float, expected: float, tolerance: float) -> None:
    """Raise VerificationError where two numbers differ by more than the tolerance."""
    if not abs(found - expected) <= tolerance * max(1.0, abs(expected)):
        raise VerificationError(
            f"the generated module was not written, as {what} differ: "
            f"{found:.9g} against {expected:.9g}"
        )
