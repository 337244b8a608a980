"""Values of operations at study points as rows of numbers, each made once for all terms that have it.

Forms of one problem share most of their operations: a series put around a zero leaves the rest as it is.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from codegen.scalar.oracle import NOWHERE, ORDINARY, parts
from codegen.scalar.terms import TRUTHS, Terms

__all__ = ["UNKNOWN", "Row", "Rows"]

UNKNOWN = 9999  # bits of what is not exactly known

# mantissas, exponents of 2, and how many bits there are
Row = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]


class Rows:
    """The rows of operations at some points, and what others keep of them.

    An operation is known by what it is made of, down to x. Its ball depends on the precision of each point,
    which the outputs of the terms ask for: a key stands for an operation and the precisions.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[int, int], Row] = {}
        self.roundings: dict[Hashable, NDArray[np.float64]] = {}
        self._operations: dict[Hashable, int] = {}
        self._precisions: dict[tuple[int, ...], int] = {}

    def entered(
        self, terms: Terms, values: Sequence[Sequence[Any]], precisions: tuple[int, ...]
    ) -> tuple[tuple[int, int], ...]:
        """Return the key of each operation; ``values`` are by point and operation."""
        version = self._precisions.setdefault(precisions, len(self._precisions))
        keys = list[tuple[int, int]]()
        for number, node in enumerate(terms.nodes):
            made_of = node.op, node.value, tuple(keys[argument][0] for argument in node.args)
            key = self._operations.setdefault(made_of, len(self._operations)), version
            keys.append(key)
            if key not in self.known:
                self.known[key] = _row(node.op, [column[number] for column in values])
        return tuple(keys)


def _row(op: str, values: Sequence[Any]) -> Row:
    if op in TRUTHS or isinstance(values[0], bool):
        holds = np.array([value is True for value in values], np.int64)
        return holds / 2, np.where(holds, 1, NOWHERE), holds
    if op == "constant":
        values = values[:1]
    near = np.array([float(ball) for ball in values])
    mantissa, place = np.frexp(near)
    exponent = place.astype(np.int64)
    size = np.abs(near)
    for point in np.flatnonzero(~((ORDINARY[0] < size) & (size < ORDINARY[1]))).tolist():
        mantissa[point], _, exponent[point] = parts(values[point])
    digits = [_digits(ball) if ball.is_exact() else UNKNOWN for ball in values]
    return mantissa, exponent, np.array(digits, np.int64)


def _digits(exact: arb) -> int:
    """Return how many bits an exactly known value has; many for one that is infinite or NaN."""
    return exact.man_exp()[0].bit_length() if exact.is_finite() else UNKNOWN
