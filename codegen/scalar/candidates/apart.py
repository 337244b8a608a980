"""Far x apart: where every output is a constant or x itself, other operations need not hold there.

x³ overflows long after x·Φ(x) has become x to the last digit: operations are done of an x that goes no
further than ±2¹⁹, and neither infinities nor scaling are left in them. An output that is a constant there
is what it is at ±2¹⁹; one that is x has to be chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sympy import Integer

from codegen.scalar.flats import nearest_float
from codegen.scalar.oracle import Truth
from codegen.scalar.terms import Terms

__all__ = ["apart"]

FAR = 2**19
NEAR = 0.51  # ULP: the nearest float, or the other one half way


def apart(
    terms: Terms, points: NDArray[np.float64], truths: Sequence[Truth], dtype: str
) -> Terms | None:
    """Return the terms with an x that ends where all outputs are simple; None where none does.

    ``truths`` are those of the outputs at the points.
    """
    ends: dict[int, list[bool]] = {}
    for side in (1, -1):
        simple = [_is_x(true, points, side, dtype) for true in truths]
        tails = [is_x for is_x in simple if is_x is not None]
        if len(tails) == len(simple):
            ends[side] = tails
    if not ends:
        return None

    def enter(result: Terms, number: int, _: Mapping[int, int]) -> int | None:
        if terms.nodes[number].op != "x":
            return None
        bounded = result.add("x")
        for side in ends:
            bounded = result.add("select", *_beyond(result, side), bounded)
        return bounded

    result = terms.rebuilt(enter)
    outputs = list(result.outputs)
    for side, tails in ends.items():
        beyond, _ = _beyond(result, side)
        outputs = [
            result.add("select", beyond, result.add("x"), output) if is_x else output
            for is_x, output in zip(tails, outputs, strict=True)
        ]
    return result.pruned(outputs)


def _beyond(terms: Terms, side: int) -> tuple[int, int]:
    """Return whether x is ±2¹⁹ or farther on a side, and that number."""
    x, limit = terms.add("x"), terms.add("constant", value=Integer(side * FAR))
    return terms.add("le", *((limit, x) if side > 0 else (x, limit))), limit


def _is_x(true: Truth, points: NDArray[np.float64], side: int, dtype: str) -> bool | None:
    """Return whether an output is x beyond ±2¹⁹, False where it is a constant; None where it is neither."""
    beyond = side * points >= FAR
    if not beyond.any():
        return None
    last = int(np.argmax(side * points))
    constant = nearest_float(float(true.high[last]), int(true.exponent[last]), dtype)
    for values, is_x in ((points, True), (np.full_like(points, constant), False)):
        if (true.ulp_distance(values, dtype)[beyond] <= NEAR).all():
            return is_x
    return None
