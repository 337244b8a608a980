"""Where scalar code is measured: seeded points that crowd where it is most likely to be wrong.

Half are spread over the bit patterns of the dtype and over ordinary magnitudes; half crowd around
landmarks: 0, break points, zeros of the outputs, over- and underflow thresholds, branch boundaries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.oracle import enclose
from codegen.scalar.terms import Terms

__all__ = ["SPECIAL", "grid", "landmarks", "neighbours", "samples", "spread"]

SPECIAL = (0.0, -0.0, np.inf, -np.inf, np.nan)
SEED = 20_260_401
MOST_LANDMARKS = 48
MANTISSAS = tuple(1.0 + k * (5**0.5 - 1) / 2 % 1 for k in range(4))  # of all digits

Points = NDArray[np.float64]


def ordinal(x: Points) -> NDArray[np.int64]:
    """Return the place of each float64 in their order; neighbours differ by 1, 0 is at 0."""
    bits = np.asarray(x, np.float64).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def from_ordinal(place: NDArray[np.int64]) -> Points:
    """Return the float64 at each place of their order."""
    place = np.asarray(place, np.int64)
    return np.where(place < 0, np.int64(-(2**63)) - place, place).view(np.float64)


def landmarks(terms: Terms, parameters: Mapping[str, float] | None = None) -> tuple[float, ...]:
    """Return where the outputs change sign, overflow, underflow, or begin and cease to exist.

    Found by bisection between neighbours of a fixed grid, hence to the last bit.
    """
    grid = np.concatenate(
        [-(2.0 ** np.arange(-1074, 1024, 16.0)), 2.0 ** np.arange(-1074, 1024, 16.0)]
    )
    fine = np.concatenate([np.linspace(-40, 40, 321), np.linspace(-1100, 1100, 111)])
    grid = np.unique(np.concatenate([grid, fine + 0.0, [-1.7e308, 1.7e308]]))
    kinds = [_kinds(terms, x, parameters) for x in grid.tolist()]
    found: list[float] = []
    for left, right, before, after in zip(grid, grid[1:], kinds, kinds[1:], strict=False):
        for output, (one, other) in enumerate(zip(before, after, strict=True)):
            if one != other:
                found.extend(_bisect(terms, output, (left, right), (one, other), parameters))
    found = sorted(set(found), key=abs)
    return tuple(found[:: max(1, len(found) // MOST_LANDMARKS)])


def _kinds(terms: Terms, x: float, parameters: Mapping[str, float] | None) -> tuple[str, ...]:
    kinds = []
    for ball in enclose(terms, x, parameters):
        if ball.is_nan():
            kinds.append("nan")
            continue
        size = abs(ball)
        sign = "+" if ball > 0 else "-" if ball < 0 else "0"
        for name, limit in LIMITS.items():
            if size < limit:
                kinds.append(sign + name)
                break
        else:
            kinds.append(sign + "inf")
    return tuple(kinds)


LIMITS = {
    "nothing": 2.0**-1074,
    "subnormal": 2.0**-1022,
    "nothing in float32": 2.0**-149,
    "subnormal in float32": 2.0**-126,
    "normal": 2.0**128,
    "inf in float32": 1.7976931348623157e308,
}


def _bisect(
    terms: Terms,
    output: int,
    ends: tuple[float, float],
    kinds: tuple[str, str],
    parameters: Mapping[str, float] | None,
) -> list[float]:
    """Return the two neighbours between which the kind of an output changes first."""
    alone = Terms(terms.nodes, (terms.outputs[output],))
    low, high = (int(place) for place in ordinal(np.array(ends)))
    while high - low > 1:
        middle = (low + high) // 2
        kind = _kinds(alone, float(from_ordinal(np.array(middle))), parameters)[0]
        if kind == kinds[0]:
            low = middle
        else:
            high = middle
    return [float(x) for x in from_ordinal(np.array([low, high]))]


def neighbours(places: Iterable[float], count: int, dtype: str, seed: int = SEED) -> Points:
    """Return about ``count`` points around each place: the next floats, then ever farther off."""
    around = []
    for place in places:
        if not np.isfinite(place):
            continue
        digits, least = (23, -149) if dtype == "float32" else (52, -1074)
        size = max(abs(place), 2.0 ** (least + digits))
        steps = np.arange(1, 1 + count // 4) * size * 2.0**-digits
        powers = size * 2.0 ** np.linspace(1 - digits, 2, count // 4)
        offsets = np.concatenate([[0.0], steps, powers])
        around.append(place + np.concatenate([-offsets, offsets]))
    if not around:
        return np.empty(0)
    with np.errstate(over="ignore"):
        return np.concatenate(around)


def spread(default: float, count: int, dtype: str) -> Points:
    """Return values of a trainable parameter, from an eighth of its default to eight times it.

    The first is the default; 0 is spread over [−1, 1].
    """
    turns = np.random.default_rng(SEED).uniform(-1, 1, count)
    turns[0] = 0.0
    values = default * 8.0**turns if default else turns
    return values.astype(dtype).astype(np.float64)


def grid(dtype: str, places: Iterable[float], roots: Iterable[float]) -> Points:
    """Return a few hundred points in order: every magnitude, the places, and all distances to roots."""
    least, most = (-149, 127) if dtype == "float32" else (-1074, 1023)
    dense = [m * 2.0**k for k in range(-6, 11) for m in MANTISSAS]
    sparse = [
        m * 2.0 ** float(k)
        for m in (1.0, MANTISSAS[2])
        for k in (*np.linspace(least, most, 10).round(), most - 1, most - 2, -60, -30, -20, 20)
    ]
    sizes = np.array([*dense, *sparse, 1.75 * 2.0**most, 1.999 * 2.0**most])
    around = [
        root + sign * max(abs(root), 2.0**-10) * 2.0**-distance
        for root in roots
        for distance in range(1, 25 if dtype == "float32" else 50, 3)
        for sign in (-1.0, 1.0)
    ]
    ordered = np.sort(np.array([*places, 0.0]))
    with np.errstate(over="ignore", invalid="ignore"):
        means = np.sign(ordered[1:]) * np.sqrt(np.abs(ordered[1:])) * np.sqrt(np.abs(ordered[:-1]))
        middles = ordered[1:] / 2 + ordered[:-1] / 2
    points = np.concatenate([sizes, -sizes, [0.0], around, list(places), means, middles])
    with np.errstate(over="ignore"):
        points = points.astype(dtype).astype(np.float64)
    return np.unique(points[np.isfinite(points)])


def samples(
    dtype: str, count: int, places: Iterable[float] = (), seed: int = SEED, around: int = 16
) -> NDArray[np.floating]:
    """Return about ``count`` seeded points of the dtype, the special ones first."""
    random = np.random.default_rng(seed)
    places = [0.0, *places]
    part = max(count // 6, 8)
    if dtype == "float32":
        anywhere = random.integers(0, 2**32, part, dtype=np.uint32).view(np.float32)
        lowest, highest = -149.0, 128.0
    else:
        anywhere = random.integers(0, 2**64, part, dtype=np.uint64).view(np.float64)
        lowest, highest = -1074.0, 1024.0
    signs = np.where(random.integers(0, 2, part) == 1, 1.0, -1.0)
    with np.errstate(all="ignore"):
        points = np.concatenate([
            SPECIAL,
            anywhere.astype(np.float64),
            signs * 2.0 ** random.uniform(-30, 11, part),
            signs * 2.0 ** random.uniform(lowest, highest - 1e-9, part),
            random.normal(size=part) * 4,
            random.uniform(-30, 30, part // 2),
            random.uniform(-1000, 1000, part // 4),
            neighbours(places, max(2 * part // len(places), around), dtype),
        ])  # fmt: skip
        points = points.astype(dtype)
    return points[np.isfinite(points) | (np.arange(points.size) < len(SPECIAL))]
