"""Which operations need more than the working precision: those whose share of the error is too large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.conditioning import Study
from codegen.scalar.costs import price
from codegen.scalar.functions import available
from codegen.scalar.levels import F32, FAR, FORMATS, LOOSE, Level
from codegen.scalar.shares import USUAL, Strictness, shares_of
from codegen.scalar.terms import FUNCTIONS, GIVEN, Node, Terms
from codegen.scalar.widen import widened

__all__ = ["Assignment", "assign", "with_differences"]


NEAR = 2.0**-10  # of the larger one of two that are compared


@dataclass(frozen=True)
class Assignment:
    """The level of each operation, where an output's predicted error exceeds the budget, and that error."""

    levels: tuple[int, ...]
    missed: dict[int, NDArray[np.bool_]]
    predicted: dict[int, NDArray[np.float64]]


def with_differences(terms: Terms, study: Study, dtype: str, counted: NDArray[np.bool_]) -> Terms:
    """Return the terms with the differences of what comparisons compare, and what has a sign, as outputs.

    Differences are those whose sides come near each other at a point that counts, where not both are exact.
    """
    result = terms.copied()
    compared = [terms.nodes[n].args for n in terms.needed() if terms.nodes[n].op in ("lt", "le")]
    computed = [pair for pair in compared if any(terms.nodes[a].op not in GIVEN for a in pair)]
    digits, *_ = FORMATS[dtype]
    close = [pair for pair in computed if (_near(study, pair, digits) & counted).any()]
    found = [result.add("sub", *pair) for pair in close]
    signed = [terms.nodes[n].args[0] for n in terms.needed() if terms.nodes[n].op == "sign"]
    found += [argument for argument in signed if terms.nodes[argument].op not in GIVEN]
    result.outputs = tuple(dict.fromkeys((*terms.outputs, *found)))
    return result


def _near(study: Study, pair: tuple[int, ...], digits: int) -> NDArray[np.bool_]:
    """Return where two operations, not both of so few digits, differ by little beside their size."""
    rows = list(pair)
    exponent = study.exponent[rows]
    first, second = np.ldexp(study.mantissa[rows], np.maximum(exponent - exponent.max(axis=0), -60))
    with np.errstate(invalid="ignore"):
        near = np.abs(first - second) < NEAR * np.maximum(np.abs(first), np.abs(second))
    result: NDArray[np.bool_] = near & (study.digits[rows] > digits).any(axis=0)
    return result


def assign(
    terms: Terms,
    study: Study,
    dtype: str,
    budgets: Mapping[int, float],
    counted: Mapping[int, NDArray[np.bool_]],
    ladder: Sequence[Level],
    strictness: Strictness = USUAL,
) -> Assignment:
    """Raise operations, the largest share first, until outputs are within their budgets in ULP.

    ``counted`` marks the points that count. Where even the last level does not serve, an output is missed.
    """
    used = [
        ladder[k - 1] if level is LOOSE and not strictness.loose else level
        for k, level in enumerate(ladder)
    ]
    far = FAR in ladder
    table = [shares_of(terms, study, dtype, level, strictness, far) for level in used]
    with np.errstate(over="ignore"):
        missed = {
            output: ~(share.sum(axis=0) <= budgets[output]) & counted[output]
            for output, share in table[-1].items()
        }
    levels = np.array([_lowest(node, ladder) for node in terms.nodes])
    prices = np.array([[price(node, level.name) for node in terms.nodes] for level in ladder])
    with np.errstate(all="ignore"):
        predicted = _raise_levels(levels, table, missed, counted, budgets, prices)
    found = tuple(int(level) for level in levels)
    return Assignment(widened(terms, found) if ladder[0] is F32 else found, missed, predicted)


def _lowest(node: Node, ladder: Sequence[Level]) -> int:
    """Return the first level that has an operation."""
    if node.op not in FUNCTIONS or node.op == "sign":
        return 0
    return next((k for k, level in enumerate(ladder) if available(node.op, level.name)), 0)


def _raise_levels(
    levels: NDArray[np.int64],
    table: Sequence[Mapping[int, NDArray[np.float64]]],
    missed: Mapping[int, NDArray[np.bool_]],
    counted: Mapping[int, NDArray[np.bool_]],
    budgets: Mapping[int, float],
    prices: NDArray[np.float64],
) -> dict[int, NDArray[np.float64]]:
    """Raise levels until sums of shares are within the budgets where they can be; return the sums.

    They are 0 at points that do not count and where no level serves.
    """
    numbers = np.arange(levels.size)
    for output, floor in missed.items():
        active = counted[output] & ~floor
        shares = np.array([each[output][:, active] for each in table])
        current = shares[levels, numbers]
        while active.any():
            total = np.nan_to_num(current.sum(axis=0), nan=np.inf)
            point = int(np.argmax(total))
            if total[point] <= budgets[output]:
                break
            step = _step(levels, shares[:, :, point], prices, total[point] - budgets[output])
            if step is None:
                break
            number, level = step
            levels[number] = level
            current[number] = shares[level, number]
    sums = {
        output: sum(table[level][output][k] for k, level in enumerate(levels)) for output in missed
    }
    return {
        output: np.where(counted[output] & ~floor, np.nan_to_num(sums[output]), 0.0)
        for output, floor in missed.items()
    }


def _step(
    levels: NDArray[np.int64],
    shares: NDArray[np.float64],
    prices: NDArray[np.float64],
    wanted: float,
) -> tuple[int, int] | None:
    """Return the operation to raise and its new level; None where no operation would help.

    ``shares`` are by level and operation. Each operation may go to the next level that helps it; of those
    that help most the one is taken that costs least for what it helps; more than ``wanted`` is no help.
    """
    numbers = np.arange(levels.size)
    present = shares[levels, numbers]
    better = (np.arange(len(shares))[:, None] > levels) & (shares < present)
    able = np.flatnonzero(better.any(axis=0))
    if not able.size:
        return None
    higher = better.argmax(axis=0)
    gain = present - shares[higher, numbers]
    gain = np.minimum(gain, wanted)
    able = able[gain[able] >= gain[able].max() / 8]
    extra = prices[higher, numbers] - prices[levels, numbers]
    first = np.lexsort((-gain[able], (extra / gain)[able]))[0]
    return int(able[first]), int(higher[able[first]])
