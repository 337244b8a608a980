"""How much each operation's own rounding, at a level, adds to the error of an output, in ULP.

An operation with a more precise argument is computed with it and rounded to its own level, so that its share
of the error is its own rounding alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.conditioning import SLIGHT, UNKNOWN, Study
from codegen.scalar.functions import available, error_of, takes_rounded
from codegen.scalar.levels import DIGITS, F64, FAR, FORMATS, LOOSE, PAIR, PAIRED, Level
from codegen.scalar.literals import left_over
from codegen.scalar.quarter_turns import FACTOR_LACKS, OFFSET_LACKS, is_short
from codegen.scalar.terms import ARITHMETIC, COMPARISONS, MULTIPLES, Node, Terms

__all__ = ["USUAL", "Strictness", "shares_of"]

# The error of a function that a level lacks
WITHOUT = {"f32": 1.0, "loose": F64.function, "dd": F64.function, "far": 1.0}
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


def shares_of(
    terms: Terms, study: Study, dtype: str, level: Level, strictness: Strictness, far: bool
) -> dict[int, NDArray[np.float64]]:
    """Return for each output every operation's share of its error in ULP at each point.

    ``far`` tells whether arguments may be numbers beyond the range of floats, of which sums may be subnormal.
    """
    digits, least, most = FORMATS[dtype]
    widths = _widths(terms, study, digits)
    relative = np.array(
        [_rounding(terms, k, study, level, widths, far) for k in range(len(terms.nodes))]
    )
    result = {}
    with np.errstate(all="ignore"):
        relative = relative + np.where(_beyond(terms, study, level), strictness.overflow, 0.0)
        some = np.flatnonzero(relative.any(axis=1))
        for output, reach in study.amplification.items():
            size, place = np.abs(study.mantissa[output]), study.exponent[output]
            units = np.ldexp(size, digits - np.maximum(least - (place - digits), 0))
            units = np.where((place > most) | (size == 0) | ~np.isfinite(size), 0.0, units)
            reached, lost = reach[some], relative[some]
            none = (reached <= strictness.least) | (units == 0) | (lost == 0)  # or ∞ · 0
            share = np.where(none, 0.0, reached * lost * units)
            result[output] = np.zeros_like(relative)
            result[output][some] = np.nan_to_num(share, nan=np.inf)
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
    far: bool,
) -> NDArray[np.float64]:
    """Return the relative error that an operation commits at a level, at each point, but by overflow."""
    rows = (study.keys[each] for each in (number, *terms.nodes[number].args))
    key = level.name, far, widths[number], *rows
    if key not in study.roundings:
        study.roundings[key] = _new_rounding(terms, number, study, level, widths[number], far)
    return study.roundings[key]


def _new_rounding(
    terms: Terms, number: int, study: Study, level: Level, bits: int, far: bool
) -> NDArray[np.float64]:
    node = terms.nodes[number]
    place = study.exponent[number]
    width = study.points.size
    if node.op == "constant":
        error = left_over(node.number) if DIGITS[level.name] == PAIRED else level.arithmetic
        return np.where(study.digits[number] <= DIGITS[level.name], 0.0, error)
    if node.op in EXACT:
        unit = np.zeros(width)
    elif node.op in ARITHMETIC:
        exact = _exactly(terms, number, study, level) | (bits <= DIGITS[level.name])
        unit = np.where(exact, 0.0, level.arithmetic)
        if node.op in ("mul", "div"):
            unit = np.minimum(unit, _by_power_of_two(terms, number, study, level))
        if level is LOOSE:
            unit = unit * _cancellation(node, number, study)
        if node.op in ("add", "sub"):
            unit = np.minimum(unit, _lost_of_less(node, number, study, level))
        if level is LOOSE:
            unit = np.where(_unbounded(study, number, *node.args), np.inf, unit)
            if node.op in ("div", "sqrt"):
                unit = np.where(_too_little(study, node.args[-1]), np.inf, unit)
    else:
        served = available(node.op, level.name)
        unit = np.full(width, error_of(node.op, level) if served else WITHOUT[level.name])
        if level is LOOSE and served:
            unit = np.where(_unbounded(study, number), np.inf, unit)
        if node.op in MULTIPLES:
            unit = unit + _of_turns(terms, number, study)
        elif level not in (LOOSE, PAIR, FAR) and takes_rounded(node.op):
            unit = unit + _of_argument(node, number, study)
    with np.errstate(all="ignore"):
        size = np.abs(study.mantissa[number])
        size = np.where(size > 0, size, 1.0)
        small = np.ldexp(1 / size, np.clip(level.least - place, -1080, 60))
        free = node.op in EXACT or (node.op in ("add", "sub") and not far)
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


def _unbounded(study: Study, *numbers: int) -> NDArray[np.bool_]:
    """Return where one of some operations is too large for a loose pair."""
    result = np.zeros(study.points.size, bool)
    for each in numbers:
        result |= (study.exponent[each] > LOOSE.most) | ~np.isfinite(study.mantissa[each])
    return result


def _too_little(study: Study, number: int) -> NDArray[np.bool_]:
    """Return where a loose pair cannot divide by an operation."""
    result: NDArray[np.bool_] = (study.exponent[number] < -LOOSE.most) | (
        study.mantissa[number] == 0
    )
    return result


def _exactly(terms: Terms, number: int, study: Study, level: Level) -> NDArray[np.bool_]:
    """Return where arithmetic is exact whatever the last digits: to zero, or in a pair."""
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
    return result


def _by_power_of_two(terms: Terms, number: int, study: Study, level: Level) -> NDArray[np.float64]:
    """Return what a product with a power of two, or such a quotient, loses; inf where there is none.

    That is nothing, unless the other argument may be a pair, which is rounded here.
    """
    node = terms.nodes[number]
    result = np.full(study.points.size, np.inf)
    for argument in node.args if node.op == "mul" else node.args[1:]:
        (other,) = [a for a in node.args if a != argument] or [argument]
        rounded = study.digits[other] > DIGITS[F64.name]
        if level in (LOOSE, PAIR, FAR) or (node.op == "mul" and terms.scales(argument)):
            rounded = np.zeros_like(rounded)
        lost = np.where(rounded, F64.arithmetic, 0.0)
        by_two = np.abs(study.mantissa[argument]) == 0.5
        result = np.minimum(result, np.where(by_two, lost, np.inf))
    return result
