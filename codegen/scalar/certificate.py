"""What was measured of scalar code: the largest error of each quantity, in ULP, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from codegen.scalar.oracle import Truth
from codegen.scalar.terms import Terms
from codegen.scalar.zeros import irrational_zero_near

__all__ = ["BOUNDS", "CertificateError", "Row", "rows"]

BOUNDS = {"float32": 2.0, "float64": 4.0}
EXEMPT = 2.0**-20
MOST_ZEROS = 500
FAIR = 2.0  # ULP of float64 to which an input near a zero need not be exempt


@dataclass(frozen=True)
class Row:
    """The largest error of one quantity in one dtype over so many inputs, and what was exempt."""

    dtype: str
    quantity: str
    max_ulp: float
    where: float
    count: int
    exemptions: str = ""
    value: float = 0.0
    truth: float = 0.0


class CertificateError(ValueError):
    """Scalar code that misses its bound; the message names x, the value and the truth."""

    @classmethod
    def of(cls, expression: Expr, measured: Sequence[Row], dtype: str) -> CertificateError:
        """Return the error for the worst of the rows."""
        if not measured:
            return cls(
                f"no code was found for {expression} in {dtype}: write the formula differently"
            )
        row = max(measured, key=lambda row: row.max_ulp)
        return cls(
            f"the {row.quantity} of {expression} at x = {row.where!r} in {dtype} comes out as {row.value!r} "
            f"where the truth is {row.truth!r}, {row.max_ulp:.3g} ULP off with a bound of "
            f"{BOUNDS[dtype]:g}: write the formula differently"
        )


def rows(
    dtype: str,
    names: Sequence[str],
    points: NDArray[np.floating],
    values: Sequence[NDArray[np.floating]],
    truths: Sequence[Truth],
    truth_terms: Terms,
    domain: tuple[float, float] = (-np.inf, np.inf),
    parameters: Mapping[str, NDArray[np.float64]] | None = None,
) -> tuple[Row, ...]:
    """Return one row a quantity: its largest error and where; ``parameters`` has a value a point.

    In float64 inputs nearer than 2^−20 to an irrational zero are exempt where they miss 2 ULP; what they
    reach is said as an absolute error.
    """
    result = []
    places = points.astype(np.float64)
    outside = (places < domain[0]) | (places > domain[1])
    for k, (name, value, true) in enumerate(zip(names, values, truths, strict=True)):
        distance = true.ulp_distance(value, dtype)
        exempt = np.zeros(points.size, bool)
        if dtype == "float64":
            large = np.where(np.isfinite(places) & ~outside, distance, 0.0)
            exempt = _near_zeros(truth_terms, k, places, large, parameters or {})
        words = ""
        exact = true.floats()
        if exempt.any():
            with np.errstate(all="ignore"):
                largest = np.max(np.abs(value.astype(np.float64) - exact)[exempt])
            words = f"{int(exempt.sum())} within 2^-20 of a zero, absolute error {largest:.1e}"
        if np.isfinite(domain).any():
            words = (
                f"on [{domain[0]:.9g}, {domain[1]:.9g}], nan outside" + "; " * bool(words) + words
            )
        counted = np.where(exempt | outside, 0.0, distance)
        worst = int(np.argmax(counted))
        result.append(
            Row(
                dtype,
                name,
                float(counted[worst]),
                float(points[worst]),
                points.size,
                words,
                float(value[worst]),
                float(exact[worst]),
            )
        )
    return tuple(result)


def _near_zeros(
    truth_terms: Terms,
    output: int,
    places: NDArray[np.float64],
    distance: NDArray[np.float64],
    parameters: Mapping[str, NDArray[np.float64]],
) -> NDArray[np.bool_]:
    """Return which inputs lie within 2^−20 of an irrational zero and far from right, the worst first.

    The search ends at the first that lies near no zero, for that is what the certificate will name.
    """
    exempt = np.zeros(places.size, bool)
    distance = distance.copy()
    for _ in range(MOST_ZEROS):
        place = int(np.argmax(distance))
        if distance[place] <= FAIR:
            break
        given = {name: float(column[place]) for name, column in parameters.items()}
        zero = irrational_zero_near(truth_terms, output, float(places[place]), EXEMPT, given)
        if zero is None:
            break
        near = np.arange(places.size) == place
        if not given:  # with parameters every input has a zero of its own
            near |= (np.abs(places - zero) <= EXEMPT * abs(zero)) & (distance > FAIR)
        exempt |= near
        distance[near] = 0.0
    return exempt
