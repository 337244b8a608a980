"""Far x apart: where every output is a constant or x itself, other operations need not hold there.

x³ overflows long after x·Φ(x) has become x to the last digit: operations are done of an x that goes no
further than ±2¹⁹, and neither infinities nor scaling are left in them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sympy import Integer

from codegen.scalar.flats import nearest_float
from codegen.scalar.oracle import Truth
from codegen.scalar.pieces import exact
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
    result = Terms()
    x = bounded = result.add("x")
    ends: list[tuple[int, list[int]]] = []
    for side in (1, -1):
        simple = [_tail(result, x, true, points, side, dtype) for true in truths]
        tails = [tail for tail in simple if tail is not None]
        if len(tails) == len(simple):
            limit = result.add("constant", value=Integer(side * FAR))
            beyond = result.add("le", *((limit, x) if side > 0 else (x, limit)))
            bounded = result.add("select", beyond, limit, bounded)
            ends.append((beyond, tails))
    if not ends:
        return None
    place: dict[int, int] = {}
    for number in terms.needed():
        node = terms.nodes[number]
        arguments = [place[argument] for argument in node.args]
        again = result.add(node.op, *arguments, value=node.value)
        place[number] = bounded if node.op == "x" else again
    outputs = [place[output] for output in terms.outputs]
    for beyond, tails in ends:
        outputs = [
            result.add("select", beyond, tail, output)
            for tail, output in zip(tails, outputs, strict=True)
        ]
    return result.pruned(outputs)


def _tail(
    terms: Terms, x: int, true: Truth, points: NDArray[np.float64], side: int, dtype: str
) -> int | None:
    """Return the operation that an output is beyond ±2¹⁹: x, or a constant; None where it is neither."""
    beyond = side * points >= FAR
    if not beyond.any():
        return None
    last = int(np.argmax(side * points))
    constant = nearest_float(float(true.high[last]), int(true.exponent[last]), dtype)
    for values, tail in ((points, x), (np.full_like(points, constant), None)):
        if (true.ulp_distance(values, dtype)[beyond] <= NEAR).all():
            return terms.add("constant", value=exact(constant)) if tail is None else tail
    return None
