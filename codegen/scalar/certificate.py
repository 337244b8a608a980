"""What was measured of scalar code: the largest error of each quantity, in ULP, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from codegen.scalar.oracle import Truth
from codegen.scalar.served import EVERYWHERE, Domain, in_words, inside
from codegen.scalar.terms import Terms
from codegen.scalar.zeros import irrational_zero_near

__all__ = ["BOUNDS", "CertificateError", "Errors", "Row", "errors", "rows", "worse"]

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


Errors = tuple[NDArray[np.float64], NDArray[np.bool_]]  # in ULP, and which inputs are exempt


def rows(
    dtype: str,
    names: Sequence[str],
    points: NDArray[np.floating],
    values: Sequence[NDArray[np.floating]],
    truths: Sequence[Truth],
    found: Sequence[Errors],
    domain: Domain = EVERYWHERE,
) -> tuple[Row, ...]:
    """Return one row a quantity: the largest of the :func:`errors` found, and what is exempt."""
    result = []
    for name, value, true, (ulp, exempt) in zip(names, values, truths, found, strict=True):
        exact = true.floats()
        worst = int(np.argmax(ulp))
        with np.errstate(all="ignore"):
            apart = np.abs(value.astype(np.float64) - exact)[exempt]
        result.append(
            Row(
                dtype,
                name,
                float(ulp[worst]),
                float(points[worst]),
                points.size,
                _exemptions(apart, domain),
                float(value[worst]),
                float(exact[worst]),
            )
        )
    return tuple(result)


def worse(before: Sequence[Row], here: Sequence[Row]) -> tuple[Row, ...]:
    """Return the worse of each pair of rows, with the counts added up."""
    if not before:
        return tuple(here)
    joined = []
    for old, new in zip(before, here, strict=True):
        row = new if new.max_ulp > old.max_ulp else old
        words = old.exemptions or new.exemptions
        joined.append(replace(row, count=old.count + new.count, exemptions=words))
    return tuple(joined)


def errors(
    dtype: str,
    points: NDArray[np.floating],
    values: Sequence[NDArray[np.floating]],
    truths: Sequence[Truth],
    truth_terms: Terms,
    domain: Domain = EVERYWHERE,
    parameters: Mapping[str, NDArray[np.float64]] | None = None,
) -> list[Errors]:
    """Return the errors of each quantity, 0 where exempt or outside the domain; ``parameters`` by point.

    In float64 inputs nearer than 2^−20 to an irrational zero are exempt where they miss 2 ULP.
    """
    result = []
    places = points.astype(np.float64)
    outside = ~inside(domain, places)
    for k, (value, true) in enumerate(zip(values, truths, strict=True)):
        distance = true.ulp_distance(value, dtype)
        exempt = np.zeros(points.size, bool)
        if dtype == "float64":
            large = np.where(np.isfinite(places) & ~outside, distance, 0.0)
            exempt = _near_zeros(truth_terms, k, places, large, parameters or {})
            exempt &= np.isfinite(value)  # what is near a zero is near it, but not infinite
        result.append((np.where(exempt | outside, 0.0, distance), exempt))
    return result


def _exemptions(absolute: NDArray[np.float64], domain: Domain) -> str:
    """Return in words where nothing is asked, and what the absolute errors near zeros come to."""
    near = f"{absolute.size} within 2^-20 of a zero, absolute error {absolute.max(initial=0):.1e}"
    return "; ".join(filter(None, (in_words(domain), near if absolute.size else "")))


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
