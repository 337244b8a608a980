"""The error of an activation's code at many points, in ULP: what a plot of a certificate shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codegen.scalar import certificate
from codegen.scalar.code import quantities, scalar_code
from codegen.scalar.measure import function, over
from codegen.scalar.oracle import truth
from codegen.scalar.sample import landmarks, samples
from codegen.scalar.stated import stated
from derive.activation import Activation
from derive.formula import X

__all__ = ["QUANTITIES", "Errors", "errors"]

QUANTITIES = ("value", "derivative")
POINTS = 6_000


@dataclass(frozen=True, eq=False)
class Errors:
    """Points in order and the errors there of the value and of the derivative, in ULP; NaN where exempt."""

    dtype: str
    x: NDArray[np.float64]
    ulp: tuple[NDArray[np.float64], ...]


def errors(activation: Activation, dtype: str, count: int = POINTS) -> Errors:
    """Return the errors of the emitted code; trainable parameters have their initial values."""
    wanted = quantities(activation)
    terms = stated((wanted.value, wanted.slope), X)
    points = np.unique(samples(dtype, count, landmarks(terms, wanted.defaults)))
    points = points[np.isfinite(points)]
    given = {name: np.full(points.size, v).astype(dtype) for name, v in wanted.defaults.items()}
    source = scalar_code("g", activation, (dtype,)).functions
    run = over(function(source, f"g_value_and_derivative_{dtype}"), 2, tuple(given))
    with np.errstate(all="ignore"):
        values = run(points, *given.values())
    places = points.astype(np.float64)
    wide = {name: column.astype(np.float64) for name, column in given.items()}
    exact = truth(terms, places, wide)
    found = certificate.errors(dtype, points, values, exact, terms, parameters=wide)
    return Errors(dtype, places, tuple(np.where(exempt, np.nan, ulp) for ulp, exempt in found))
