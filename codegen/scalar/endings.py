"""What is right at ±inf, 0, nan and single floats: the limit where there is one, 0 as chosen, nan for nan.

Single floats are those at which an output is not finite, as the slope of max(x − 1, 0)^0.7 is not at 1, or 0,
as 1 − x/3 − x/3 is at 3/2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, S

from codegen.scalar.flats import nearest_float
from codegen.scalar.oracle import Truth, truth
from codegen.scalar.pieces import exact
from codegen.scalar.run import run
from codegen.scalar.settings import settings
from codegen.scalar.terms import Terms
from codegen.scalar.write import written

__all__ = ["ended"]

ENDS = np.array([np.inf, -np.inf, 0.0, -0.0, np.nan])
SETTINGS = 5  # values of the trainable parameters
FAR_OUT = {"float32": (2.0**40, 2.0**90), "float64": (2.0**70, 2.0**500)}
CLOSE_TO_0 = {"float32": (2.0**-40, 2.0**-90), "float64": (2.0**-70, 2.0**-500)}


def _same(limit: float, value: float, inside: bool) -> bool:
    """Return whether a value is the truth at an end; at 0 rounding is the error analysis's business."""
    finite = bool(np.isfinite(limit))
    return bool(
        limit == value
        or (inside and finite and abs(limit - value) <= 1e-6 * abs(limit))
        or (np.isnan(limit) and np.isnan(value))
    )


def ended(
    terms: Terms,
    levels: Sequence[int],
    dtype: str,
    truth_terms: Terms,
    parameters: Mapping[str, float],
    domain: tuple[float, float] = (-np.inf, np.inf),
    singled: Sequence[float] = (),
) -> tuple[Terms, tuple[int, ...]]:
    """Return the terms with limits selected where plain arithmetic misses them, and their levels."""
    draft = terms.copied()
    grown = _Grown(draft, list(levels))
    ends = np.array([*ENDS, *singled])
    given = _settings(parameters, dtype)
    count = SETTINGS if given else 1
    at = np.repeat(ends, count)
    each = {name: np.tile(values, ends.size) for name, values in given.items()}
    values = run(written(terms, levels, dtype, tuple(parameters)), at.astype(dtype), each)
    limits = _rounded(truth(truth_terms, at, each), dtype, count)
    result, x = grown.terms, grown.add("x")
    outputs = []
    for k, output in enumerate(terms.outputs):
        here = output
        rows = zip(ends, limits[k], values[k].reshape(-1, count), strict=True)
        for place, (end, wanted, found) in enumerate(rows):
            if np.isnan(end) or all(map(_same, wanted, found, [place >= 2] * count)):
                continue
            if place >= ENDS.size and not all(_same(each, wanted[0], False) for each in wanted):
                continue  # it was one for some parameters only
            instead = _limit(grown, terms, k, float(end), wanted, dtype, truth_terms, given)
            at_end = grown.add("eq", x, grown.constant(float(end)))
            here = grown.add("select", at_end, instead, here)
        for border, sign in zip(domain, (-1, 1), strict=True):
            if np.isfinite(border):
                edge = grown.constant(border)
                order = (edge, x) if sign < 0 else (x, edge)
                nothing = grown.add("constant", value=S.NaN)
                here = grown.add("select", grown.add("le", *order), here, nothing)
        if not np.isnan(values[k][4 * count]):
            here = grown.add("select", grown.add("eq", x, x), here, x)
        outputs.append(here)
    result.outputs = tuple(outputs)
    return result, tuple(grown.levels)


@dataclass
class _Grown:
    """Terms that are added to, with the level of each; that of an addition is 0 unless said."""

    terms: Terms
    levels: list[int]

    def add(self, op: str, *args: int, value: Expr | None = None, level: int = 0) -> int:
        number = self.terms.add(op, *args, value=value)
        self.levels += [level] * (len(self.terms.nodes) - len(self.levels))
        return number

    def constant(self, number: float) -> int:
        return self.add("constant", value=exact(number))

    def at(self, terms: Terms, levels: Sequence[int], output: int, x: float) -> int:
        """Return what an output of the terms is at an x: a loop over x computes it once."""
        place: dict[int, int] = {}
        for number in Terms(terms.nodes, (output,)).needed():
            node, level = terms.nodes[number], levels[number]
            arguments = [place[argument] for argument in node.args]
            if node.op == "x":
                place[number] = self.constant(x)
            else:
                place[number] = self.add(node.op, *arguments, value=node.value, level=level)
        return place[output]


def _settings(parameters: Mapping[str, float], dtype: str) -> dict[str, NDArray[np.float64]]:
    """Return values of the trainable parameters for which ends are looked at, their defaults first."""
    values = settings(parameters, SETTINGS, dtype)
    return {name: np.r_[v[0], np.roll(v[1:], k)] for k, (name, v) in enumerate(values.items())}


def _rounded(truths: Sequence[Truth], dtype: str, count: int) -> list[NDArray[np.float64]]:
    """Return the truths as floats of the dtype, so many in a row for each end."""
    return [
        np.array(
            [nearest_float(*pair, dtype) for pair in zip(true.high, true.exponent, strict=True)]
        ).reshape(-1, count)
        for true in truths
    ]


def _limit(
    grown: _Grown,
    terms: Terms,
    output: int,
    end: float,
    wanted: NDArray[np.float64],
    dtype: str,
    truth_terms: Terms,
    given: Mapping[str, NDArray[np.float64]],
) -> int:
    """Return the operation of an output's limit at an end, which is ``wanted`` by the settings.

    Where it depends on trainable parameters it is what the output is close by, or far out for ±inf.
    """
    if (wanted == wanted[0]).all() or np.isnan(wanted).all():
        return grown.constant(float(wanted[0]))
    for x in CLOSE_TO_0[dtype] if end == 0 else [np.copysign(far, end) for far in FAR_OUT[dtype]]:
        close = truth(truth_terms, np.full(SETTINGS, x), given)[output]
        if np.array_equal(_rounded([close], dtype, SETTINGS)[0][0], wanted):
            return grown.at(terms, grown.levels, terms.outputs[output], float(x))
    return grown.constant(float(wanted[0]))
