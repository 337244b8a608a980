"""Which operations need more than the working precision: those whose share of the error is too large.

float32 works in float32, then in float64 with functions good to 2^−38, then in float64 throughout; float64
works in float64, then in pairs (double-double), first loose ones of what is finite, then in normal form;
where what lies on the way leaves the range of floats, both may work in pairs with an exponent apart (far).
An operation with a more precise argument is computed with it and rounded to its own level, so that its share
of the error is its own rounding alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.conditioning import SLIGHT, UNKNOWN, Study
from codegen.scalar.costs import price
from codegen.scalar.functions import available, takes_rounded
from codegen.scalar.literals import left_over
from codegen.scalar.quarter_turns import FACTOR_LACKS, OFFSET_LACKS, is_short
from codegen.scalar.terms import ARITHMETIC, COMPARISONS, FUNCTIONS, MULTIPLES, Node, Terms

__all__ = [
    "FORMATS",
    "LEVELS",
    "LOOSE",
    "PAIR",
    "USUAL",
    "Assignment",
    "Level",
    "Strictness",
    "assign",
]


@dataclass(frozen=True)
class Level:
    """A precision: relative errors of arithmetic and of functions, range, and smallest unit."""

    name: str
    arithmetic: float
    function: float
    least: int
    most: int


F32 = Level("f32", 2.0**-24, 2.0**-23.5, -150, 128)
WIDE = Level("wide", 2.0**-53, 2.0**-38, -1075, 1024)
F64 = Level("f64", 2.0**-53, 2.0**-52.5, -1075, 1024)
LOOSE = Level("loose", 2.0**-96, 2.0**-52.5, -1075, 1000)
PAIR = Level("dd", 2.0**-102, 2.0**-91, -1075, 1024)
FAR = Level("far", 2.0**-102, 2.0**-91, -(2**39), 2**39)
LEVELS = {"float32": (F32, WIDE, F64, LOOSE, PAIR, FAR), "float64": (F64, LOOSE, PAIR, FAR)}
PAIRED = 106
DIGITS = {"f32": 24, "wide": 53, "f64": 53, "loose": PAIRED, "dd": PAIRED, "far": PAIRED}
# The error of a function that a level lacks
WITHOUT = {"f32": 1.0, "loose": F64.function, "dd": F64.function, "far": 1.0}
FORMATS = {"float32": (24, -149, 128), "float64": (53, -1074, 1024)}
EXACT = {
    "add_exact",
    "sub_exact",
    "x",
    "parameter",
    "neg",
    "abs",
    "sign",
    "select",
    "and",
    "or",
    "not",
    *COMPARISONS,
}


@dataclass(frozen=True)
class Strictness:
    """What the error analysis takes for lost.

    Attributes:
        overflow: the relative error of what is beyond a level's range: 1 where infinity stands for
            something large that one divides by, infinite where nothing may overflow.
        loose: whether loose pairs are allowed.
        least: amplifications up to it count as none; infinity may matter even so, as ∞ · 0 does.
    """

    overflow: float = 1.0
    loose: bool = True
    least: float = SLIGHT


USUAL = Strictness()


@dataclass(frozen=True)
class Assignment:
    """The level of each operation, where an output's predicted error exceeds the budget, and that error."""

    levels: tuple[int, ...]
    missed: dict[int, NDArray[np.bool_]]
    predicted: dict[int, NDArray[np.float64]]


def assign(
    terms: Terms,
    study: Study,
    dtype: str,
    budget: float,
    counted: Mapping[int, NDArray[np.bool_]],
    ladder: Sequence[Level],
    strictness: Strictness = USUAL,
) -> Assignment:
    """Raise operations, the largest share first, until the sum of shares is within the budget in ULP.

    ``counted`` marks the points that count. Where even the last level does not serve, an output is missed.
    """
    used = [
        ladder[k - 1] if level is LOOSE and not strictness.loose else level
        for k, level in enumerate(ladder)
    ]
    table = [_shares(terms, study, dtype, level, strictness) for level in used]
    with np.errstate(over="ignore"):
        missed = {
            output: ~(share.sum(axis=0) <= budget) & counted[output]
            for output, share in table[-1].items()
        }
    levels = np.array([_lowest(node, ladder) for node in terms.nodes])
    prices = np.array([[price(node, level.name) for node in terms.nodes] for level in ladder])
    with np.errstate(all="ignore"):
        predicted = _raise_levels(levels, table, missed, counted, budget, prices)
    return Assignment(tuple(int(level) for level in levels), missed, predicted)


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
    budget: float,
    prices: NDArray[np.float64],
) -> dict[int, NDArray[np.float64]]:
    """Raise levels until each output's sum of shares is within the budget where it can be; return the sums.

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
            if total[point] <= budget:
                break
            step = _step(levels, shares[:, :, point], prices)
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
    levels: NDArray[np.int64], shares: NDArray[np.float64], prices: NDArray[np.float64]
) -> tuple[int, int] | None:
    """Return the operation to raise and its new level; None where no operation would help.

    ``shares`` are by level and operation. Each operation may go to the next level that helps it; of those
    that help most the one is taken that costs least for what it helps.
    """
    numbers = np.arange(levels.size)
    present = shares[levels, numbers]
    better = (np.arange(len(shares))[:, None] > levels) & (shares < present)
    able = np.flatnonzero(better.any(axis=0))
    if not able.size:
        return None
    higher = better.argmax(axis=0)
    gain = present - shares[higher, numbers]
    able = able[gain[able] >= gain[able].max() / 2]
    extra = prices[higher, numbers] - prices[levels, numbers]
    first = np.lexsort((-gain[able], (extra / gain)[able]))[0]
    return int(able[first]), int(higher[able[first]])


def _shares(
    terms: Terms, study: Study, dtype: str, level: Level, strictness: Strictness
) -> dict[int, NDArray[np.float64]]:
    """Return for each output every operation's share of its error in ULP at each point."""
    digits, least, most = FORMATS[dtype]
    if level.name not in study.roundings:
        widths = _widths(terms, study, digits)
        study.roundings[level.name] = np.array(
            [_rounding(terms, k, study, level, widths) for k in range(len(terms.nodes))]
        )
    relative = study.roundings[level.name]
    result = {}
    with np.errstate(all="ignore"):
        relative = relative + np.where(_beyond(terms, study, level), strictness.overflow, 0.0)
        for output, reach in study.amplification.items():
            size, place = np.abs(study.mantissa[output]), study.exponent[output]
            units = np.ldexp(size, digits - np.maximum(least - (place - digits), 0))
            units = np.where((place > most) | (size == 0) | ~np.isfinite(size), 0.0, units)
            none = (
                (reach <= strictness.least) | (units == 0) | (relative == 0)
            )  # reach may be infinite
            share = np.where(none, 0.0, reach * relative * units)
            result[output] = np.nan_to_num(share, nan=np.inf)
    return result


def _widths(terms: Terms, study: Study, digits: int) -> list[int]:
    """Return how many bits hold each operation whatever x, a product of x and short constants."""
    widths: list[int] = []
    for number, node in enumerate(terms.nodes):
        if node.op in ("x", "parameter"):
            width = digits
        elif node.op == "constant":
            width = int(study.digits[number].max())
        elif node.op in ("neg", "abs"):
            width = widths[node.args[0]]
        elif node.op == "select":
            width = max(widths[argument] for argument in node.args[1:])
        elif node.op == "mul":
            width = widths[node.args[0]] + widths[node.args[1]]
        else:
            width = UNKNOWN
        widths.append(width)
    return widths


def _rounding(
    terms: Terms,
    number: int,
    study: Study,
    level: Level,
    widths: Sequence[int],
) -> NDArray[np.float64]:
    """Return the relative error that an operation commits at a level, at each point, but by overflow."""
    node = terms.nodes[number]
    place = study.exponent[number]
    width = study.points.size
    if node.op == "constant":
        error = left_over(node.number) if DIGITS[level.name] == PAIRED else level.arithmetic
        return np.where(study.digits[number] <= DIGITS[level.name], 0.0, error)
    if node.op in EXACT:
        unit = np.zeros(width)
    elif node.op in ARITHMETIC:
        exact = _exactly(terms, number, study, level) | (widths[number] <= DIGITS[level.name])
        unit = np.where(exact, 0.0, level.arithmetic)
        if level is LOOSE:
            unit = unit * _cancellation(node, number, study)
        if node.op in ("add", "sub"):
            unit = np.minimum(unit, _lost_of_less(node, number, study, level))
        if level is LOOSE:
            unit = np.where(_unbounded(node, number, study), np.inf, unit)
    else:
        served = available(node.op, level.name)
        unit = np.full(width, level.function if served else WITHOUT[level.name])
        if node.op in MULTIPLES:
            unit = unit + _of_turns(terms, number, study)
        elif level not in (LOOSE, PAIR, FAR) and takes_rounded(node.op):
            unit = unit + _of_argument(node, number, study)
    with np.errstate(all="ignore"):
        size = np.abs(study.mantissa[number])
        size = np.where(size > 0, size, 1.0)
        small = np.ldexp(1 / size, np.clip(level.least - place, -1080, 60))
        free = node.op in (
            "add",
            "sub",
            "add_exact",
            "sub_exact",
            "x",
            "parameter",
            "neg",
            "abs",
            "select",
            "sign",
        )
        small = np.where(free | (small < unit / 2), 0.0, small)
    return unit + small


def _of_argument(node: Node, number: int, study: Study) -> NDArray[np.float64]:
    """Return the relative error of a function by its argument, which may be a pair and is rounded.

    What is of so few bits that a float64 holds it is not rounded.
    """
    rounded = study.digits[node.args[0]] > DIGITS[F64.name]
    return np.where(rounded, study.condition(node, number) * F64.arithmetic, 0.0)


def _of_turns(terms: Terms, number: int, study: Study) -> NDArray[np.float64]:
    """Return the relative error of a sine or cosine by what the words of quarter turns lack."""
    x, *constants = terms.nodes[number].args
    result = np.zeros(study.points.size)
    sizes = (study.exponent[x], 0)
    for argument, size, lacking in zip(constants, sizes, (FACTOR_LACKS, OFFSET_LACKS), strict=True):
        if not is_short(terms.nodes[argument].number):
            lost = size + study.exponent[argument] - study.exponent[number]
            result += np.ldexp(lacking, np.clip(lost, -1000, 1000))
    return result


def _beyond(terms: Terms, study: Study, level: Level) -> NDArray[np.bool_]:
    """Return which operations are at which points beyond the range of a level."""
    constant = np.array([[node.op == "constant"] for node in terms.nodes])
    return ~constant & (study.exponent > level.most)


def _lost_of_less(node: Node, number: int, study: Study, level: Level) -> NDArray[np.float64]:
    """Return what a sum of much and little loses at most: the little, if the other is a number of the level.

    A pair that begins with a number of 53 bits loses but the last bits of the little, however small.
    """
    a, b = node.args
    much = np.where(study.exponent[a] > study.exponent[b], a, b)
    here = np.arange(study.points.size)
    digits = study.digits[much, here]
    less = np.minimum(study.exponent[a], study.exponent[b]) - study.exponent[number]
    with np.errstate(all="ignore"):
        lost = np.ldexp(2.0, np.clip(less, -1080, 60))
    lost = np.where(digits <= DIGITS[level.name], lost, np.inf)
    return np.where(digits <= DIGITS["f64"], lost * 2.0**-52, lost) if level is PAIR else lost


def _cancellation(node: Node, number: int, study: Study) -> NDArray[np.float64]:
    """Return by how much the larger term of a sum exceeds it, 1 for other operations."""
    if node.op not in ("add", "sub"):
        return np.ones(study.points.size)
    most = np.maximum(*(study.exponent[argument] for argument in node.args))
    return np.ldexp(1.0, np.clip(most - study.exponent[number], 0, 1000))


def _unbounded(node: Node, number: int, study: Study) -> NDArray[np.bool_]:
    """Return where an operation or an argument is too large, or a divisor too small, for a loose pair."""
    result = np.zeros(study.points.size, bool)
    for each in (number, *node.args):
        result |= (study.exponent[each] > LOOSE.most) | ~np.isfinite(study.mantissa[each])
    if node.op in ("div", "sqrt"):
        divisor = node.args[-1]
        result |= (study.exponent[divisor] < -LOOSE.most) | (study.mantissa[divisor] == 0)
    return result


def _exactly(terms: Terms, number: int, study: Study, level: Level) -> NDArray[np.bool_]:
    """Return where arithmetic is exact whatever the last digits: by two, to zero, or in a pair."""
    node, limit = terms.nodes[number], DIGITS[level.name]
    if level in (LOOSE, PAIR, FAR):
        result = study.digits[number] <= limit
    elif node.op in ("add", "sub"):
        a, b = node.args
        lowest = np.minimum(study.exponent[a], study.exponent[b])
        known = (study.digits[a] <= limit) & (study.digits[b] <= limit)
        result = known & (study.exponent[number] <= lowest)
        result |= (study.mantissa[a] == 0) | (study.mantissa[b] == 0)
    else:
        result = np.zeros(study.points.size, bool)
    if node.op in ("mul", "div"):
        for argument in node.args if node.op == "mul" else node.args[1:]:
            (other,) = [a for a in node.args if a != argument] or [argument]
            exact = np.abs(study.mantissa[argument]) == 0.5
            if level is F64 and not (node.op == "mul" and terms.scales(argument)):
                exact &= study.digits[other] <= limit  # else a pair would be rounded here
            result |= exact
    return result
