"""Values of trainable parameters at points, and the points that move with them.

A parameter is looked at from an eighth of its default to eight times it. Where it moves what matters of a
function, its zeros and the thresholds of its results, points go with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, pairwise, product

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.denser import joined
from codegen.scalar.levels import FORMATS
from codegen.scalar.sample import ORDINARY, SEED, from_ordinal, landmarks, ordinal
from codegen.scalar.terms import Terms
from codegen.scalar.zeros import zeros

__all__ = ["Pairs", "Place", "ends", "extreme", "in_order", "moving", "settings", "spread"]

MOVED = 6  # values of a trainable parameter for which zeros are looked for, its default first
NEARLY = 2.0**-10  # of a range, by which parameters that are nearly one differ
MOST_EXTREMES = 8  # choices of the ends of parameters
MOST_MOVING = 3  # of these zeros of an output
MOST_MARKS = 24  # of landmarks

Place = tuple[float, Mapping[str, float]]  # x, and the parameters there
Points = NDArray[np.float64]
Pairs = tuple[NDArray[np.float64], Mapping[str, NDArray[np.float64]]]  # points and their parameters


def ends(default: float) -> tuple[float, float]:
    """Return the range of a trainable parameter: from an eighth of its default to eight times it.

    That of 0 is [−1, 1].
    """
    return (default / 8, default * 8) if default else (-1.0, 1.0)


def spread(default: float, count: int, dtype: str, seed: int = SEED) -> Points:
    """Return values of a trainable parameter between its :func:`ends`, its default first."""
    random = np.random.default_rng(seed)
    if default:
        places = ordinal(np.array(ends(default)))
        values = from_ordinal(random.integers(places.min(), places.max(), count))
    else:
        values = 2 * random.random(count) - 1
    values[0] = default
    return values.astype(dtype).astype(np.float64)


def settings(defaults: Mapping[str, float], count: int, dtype: str) -> dict[str, Points]:
    """Return for each trainable parameter so many values, its default first, whatever the others are."""
    return {
        name: spread(default, count, dtype, SEED + place)
        for place, (name, default) in enumerate(defaults.items())
    }


def moving(terms: Terms, defaults: Mapping[str, float], dtype: str) -> Iterator[Pairs]:
    """Yield points that move with the parameters, for some values of these.

    They are the ordinary landmarks, what lies between them, and places at all distances from zeros.
    """
    values = {name: v.tolist() for name, v in settings(defaults, MOVED, dtype).items()}
    distances = np.ldexp(1.0, -np.arange(1, 25 if dtype == "float32" else 20, 3))
    chosen = [{name: column[place] for name, column in values.items()} for place in range(MOVED)]
    for given in (*chosen, *_together(defaults, dtype)):
        marks = landmarks(terms, given)
        ordinary = [x for x in sorted(marks) if ORDINARY[0] <= abs(x) <= ORDINARY[1]]
        ordinary = ordinary[:: 1 + len(ordinary) // MOST_MARKS]
        found = [np.array([*ordinary, *(a / 2 + b / 2 for a, b in pairwise(ordinary))])]
        for output in range(len(terms.outputs)):
            roots = zeros(terms, output, marks, given)
            for root in sorted((float(root) for root in roots if root), key=abs)[:MOST_MOVING]:
                found.append(root * (1 + np.concatenate([-distances, distances])))
        points = np.unique(np.concatenate(found).astype(dtype)).astype(np.float64)
        yield points, {name: np.full(points.size, value) for name, value in given.items()}


def _together(defaults: Mapping[str, float], dtype: str) -> Iterator[dict[str, float]]:
    """Yield values of several parameters that are nearly one, at both ends of what all of them may be."""
    ranges = [sorted(ends(default)) for default in defaults.values()]
    low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
    if len(ranges) < 2 or low >= high:
        return
    for end, other in ((low, high), (high, low)):
        steps = (end + (other - end) * NEARLY * place for place in range(len(ranges)))
        rounded = np.array(list(steps)).astype(dtype).astype(np.float64).tolist()
        yield dict(zip(defaults, rounded, strict=True))


def extreme(defaults: Mapping[str, float], dtype: str) -> Iterator[Pairs]:
    """Yield the largest and the least numbers, and ±2¹⁹, with parameters next to the ends of their ranges.

    The ends themselves may be powers of two, by which products are exact, unlike by what lies between.
    """
    _, least, most = FORMATS[dtype]
    powers = (least, least + 3, 19, most - 9, most - 5, most - 3, most - 2, most - 1)
    sizes = np.array([*np.ldexp(1.0, powers), np.finfo(dtype).max], np.float64)
    points = np.concatenate([-sizes, sizes])
    nearly = [
        np.nextafter(np.array(pair, dtype), 0).tolist() for pair in map(ends, defaults.values())
    ]
    for values in islice(product(*nearly), MOST_EXTREMES):
        given = zip(defaults, values, strict=True)
        yield points, {name: np.full(points.size, value) for name, value in given}


def in_order(*parts: Pairs) -> Pairs:
    """Return all points in order with their parameters."""
    found, parameters = joined(*parts)
    points = found.astype(np.float64)
    order = np.argsort(points, kind="stable")
    return points[order], {name: column[order] for name, column in parameters.items()}
