"""Where scalar code is measured: seeded points that crowd where it is most likely to be wrong.

Half are spread over the bit patterns of the dtype and over ordinary magnitudes; half crowd around
landmarks: 0, break points, zeros of the outputs, over- and underflow thresholds, branch boundaries.

What is generated depends on these points, so they are the same on every machine: bit patterns, exact
powers of two, and single additions and multiplications; no function of NumPy's whose last bit depends on
the processor (2.0**x, exp, normal).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from codegen.scalar.oracle import Truth, enclose, truth
from codegen.scalar.terms import Terms

__all__ = [
    "LARGEST",
    "ORDINARY",
    "SEED",
    "SPECIAL",
    "closest",
    "coarse",
    "evenly",
    "from_ordinal",
    "grid",
    "hidden",
    "landmarks",
    "nearest",
    "neighbours",
    "ordinal",
    "samples",
    "touched",
]

LARGEST = float(np.finfo(np.float64).max)
LEAST = float(np.finfo(np.float64).smallest_subnormal)
SPECIAL = (0.0, -0.0, np.inf, -np.inf, np.nan)
SEED = 20_260_401
MOST_PAIRS = 24  # of landmarks near 0, and about as many of those farther out
ORDINARY = (2.0**-20, 2.0**20)
STEPS = tuple(s * m * 2.0**-k for k in range(1, 22) for m in (1.0, 1.5) for s in (-1, 1))
WAVES = 40.0  # how far out places are looked for that are touched
THIRDS = 80
TOUCHES = 2.0**-40  # of its size a fraction of a unit away
MOST_TOUCHED = 6
MANTISSAS = tuple(1.0 + k * (math.sqrt(5) - 1) / 2 % 1 for k in range(4))  # of all digits

Points = NDArray[np.float64]


def ordinal(x: Points) -> NDArray[np.int64]:
    """Return the place of each float64 in their order; neighbours differ by 1, 0 is at 0."""
    bits = np.asarray(x, np.float64).view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def from_ordinal(place: NDArray[np.int64]) -> Points:
    """Return the float64 at each place of their order."""
    place = np.asarray(place, np.int64)
    return np.where(place < 0, np.int64(-(2**63)) - place, place).view(np.float64)


def evenly(low: float, high: float, count: int) -> Points:
    """Return points from low to high, as many in every binade."""
    ends = ordinal(np.array([low, high]))
    return from_ordinal(np.linspace(float(ends[0]), float(ends[1]), count).astype(np.int64))


def coarse() -> Points:
    """Return a few hundred fixed points in order, between which a change is looked for."""
    powers = np.ldexp(1.0, np.arange(-1074, 1024, 16))
    fine = np.concatenate([np.linspace(-40, 40, 321), np.linspace(-1100, 1100, 111)])
    return np.unique(np.concatenate([-powers, powers, fine + 0.0, [-1.7e308, 1.7e308]]))


def landmarks(terms: Terms, parameters: Mapping[str, float] | None = None) -> tuple[float, ...]:
    """Return where the outputs change sign, overflow, underflow, or begin and cease to exist.

    Found by bisection between neighbours of a fixed grid, hence to the last bit.
    """
    found = _changes(terms, coarse(), lambda kind: kind, parameters)
    pairs = sorted(found, key=lambda pair: (abs(pair[0]), pair))
    near, far = pairs[:MOST_PAIRS], pairs[MOST_PAIRS:]
    chosen = (*near, *far[:: max(1, len(far) // MOST_PAIRS)])
    return tuple(dict.fromkeys(place for pair in chosen for place in pair))


def hidden(
    terms: Terms, places: Iterable[float], parameters: Mapping[str, float] | None = None
) -> tuple[float, ...]:
    """Return where outputs change sign near to places, too near for the grid of :func:`landmarks`.

    √|x − 0.04| changes slope at 0.04, and what it is part of may be 0 close by.
    """
    ordinary = {p for p in places if ORDINARY[0] <= abs(p) <= ORDINARY[1]} | {0.0}
    grid = np.unique([p + (p or 1) * step for p in sorted(ordinary) for step in STEPS])
    found = _changes(terms, grid, lambda kind: kind[0] if kind[0] in "+-" else None, parameters)
    known = set(places)
    pairs = sorted((pair for pair in found if known.isdisjoint(pair)), key=lambda p: abs(p[0]))
    return tuple(place for pair in pairs[:MOST_PAIRS] for place in pair)


def touched(terms: Terms) -> tuple[float, ...]:
    """Return where an output is 0 between places where it has one sign, as 1 + sin x is at −π/2."""
    grid = _waves()
    found = []
    for place, true in enumerate(truth(terms, grid)):
        alone = terms.alone(place)
        for k, _ in _dips(true):
            low, middle, high = grid[k - 1 : k + 2].tolist()
            if abs(middle) >= 2 * ORDINARY[0]:
                x, size = _least_between(alone, low, high, abs)
                if size < TOUCHES * np.abs(true.floats()[[k - 1, k + 1]]).min():
                    found.append(x)
    return nearest(found)


def nearest(places: Iterable[float]) -> tuple[float, ...]:
    """Return a few of some places, the nearest to 0."""
    return tuple(sorted(places, key=lambda x: (abs(x), x))[:MOST_TOUCHED])


def closest(alone: Terms) -> tuple[float, ...]:
    """Return where an output comes closest to changing its sign, or does so twice, as 1.1 + sin x at −π/2."""
    grid = _waves()
    (true,) = truth(alone, grid)
    return tuple(
        _least_between(alone, float(grid[k - 1]), float(grid[k + 1]), sign.__mul__)[0]
        for k, sign in _dips(true)
    )


def _waves() -> Points:
    points = coarse()
    return points[np.abs(points) <= WAVES]


def _dips(true: Truth) -> list[tuple[int, float]]:
    """Return the places where an output is least in size among three of one sign, and the sign."""
    sizes, signs = np.abs(true.floats()), np.sign(true.high)
    least = (sizes[1:-1] < sizes[:-2]) & (sizes[1:-1] < sizes[2:])
    least &= (signs[:-2] == signs[1:-1]) & (signs[2:] == signs[1:-1])
    return [(int(k), float(signs[k])) for k in 1 + np.flatnonzero(least)]


def _least_between(
    alone: Terms, low: float, high: float, of: Callable[[float], float]
) -> tuple[float, float]:
    """Return about where what is told of an output is least between two places, and what it is there."""

    def told(*places: float) -> list[float]:
        (true,) = truth(alone, np.array(places))
        return [of(value) for value in true.floats().tolist()]

    for _ in range(THIRDS):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        first, second = told(one, other)
        if first < second:
            high = other
        else:
            low = one
    middle = (low + high) / 2
    return middle, told(middle)[0]


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


def _changes(
    terms: Terms,
    grid: Points,
    tell: Callable[[str], str | None],
    parameters: Mapping[str, float] | None,
) -> set[tuple[float, ...]]:
    """Return the neighbours between which what is told of an output's kind changes; None does not count."""
    told = [list(map(tell, _kinds(terms, x, parameters))) for x in grid.tolist()]
    found: set[tuple[float, ...]] = set()
    for left, right, before, after in zip(grid, grid[1:], told, told[1:], strict=False):
        for output, (one, other) in enumerate(zip(before, after, strict=True)):
            if one != other and one is not None and other is not None:
                found.add(_bisect(terms.alone(output), (left, right), one, tell, parameters))
    return found


def _bisect(
    alone: Terms,
    ends: tuple[float, float],
    first: str,
    tell: Callable[[str], str | None],
    parameters: Mapping[str, float] | None,
) -> tuple[float, ...]:
    """Return the two neighbours between which what is told at the first end changes first."""
    low, high = (int(place) for place in ordinal(np.array(ends)))
    while high - low > 1:
        middle = (low + high) // 2
        (kind,) = _kinds(alone, float(from_ordinal(np.array(middle))), parameters)
        if tell(kind) == first:
            low = middle
        else:
            high = middle
    return tuple(from_ordinal(np.array([low, high])).tolist())


def neighbours(places: Iterable[float], count: int, dtype: str, seed: int = SEED) -> Points:
    """Return about ``count`` points around each place: the next floats, then ever farther off."""
    around = []
    for place in places:
        if not np.isfinite(place):
            continue
        digits, least = (23, -149) if dtype == "float32" else (52, -1074)
        binade = math.ldexp(1.0, math.frexp(place)[1] - 1)
        size = max(binade if place else 0.0, math.ldexp(1.0, least + digits))
        farther = evenly(math.ldexp(size, 1 - digits), min(4 * size, LARGEST), count // 4)
        with np.errstate(over="ignore"):  # beyond the largest float is inf, a point as well
            steps = np.arange(1, 1 + count // 4) * size * math.ldexp(1.0, -digits)
            offsets = np.concatenate([[0.0], steps, farther])
            around.append(place + np.concatenate([-offsets, offsets]))
    return np.concatenate(around) if around else np.empty(0)


def grid(dtype: str, places: Iterable[float], roots: Iterable[float]) -> Points:
    """Return a few hundred points in order: every magnitude, the places, and all distances to roots."""
    least, most = (-149, 127) if dtype == "float32" else (-1074, 1023)
    dense = [math.ldexp(m, k) for k in range(-6, 11) for m in MANTISSAS]
    apart = [least + (most - least) * k // 9 for k in range(10)]
    seams = () if dtype == "float32" else (204, 205, 612, 613)  # of codegen.scalar.candidates.scale
    sparse = [
        math.ldexp(m, k)
        for m in (1.0, MANTISSAS[2])
        for k in (*apart, *seams, most - 1, most - 2, -60, -30, -20, 20)
    ]
    largest = [math.ldexp(1 + k / 12 - 2.0**-10, most) for k in range(1, 13)]  # twice it overflows
    sizes = np.array([*dense, *sparse, *largest])
    distances = [math.ldexp(1.0, -k) for k in range(1, 25 if dtype == "float32" else 50, 3)]
    around = [
        root + sign * max(abs(root), 2.0**-10) * distance
        for root in roots
        for distance in (*distances, 1.001 * 2.0**-24)  # the last is the nearest that counts
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
        lowest, highest = -149, 127
    else:
        anywhere = random.integers(0, 2**64, part, dtype=np.uint64).view(np.float64)
        lowest, highest = -1022, 1023
    signs = np.where(random.integers(0, 2, part) == 1, 1.0, -1.0)

    def between(low: int, high: int) -> Points:
        """Return as many points in every binade from 2^low to 2^high."""
        ends = ordinal(np.ldexp(1.0, np.array([low, high])))
        return from_ordinal(random.integers(int(ends[0]), int(ends[1]), part))

    with np.errstate(all="ignore"):
        points = np.concatenate([
            SPECIAL,
            anywhere.astype(np.float64),
            signs * between(-30, 11),
            signs * between(lowest, highest),
            16 * (random.random((4, part)).sum(axis=0) - 2),  # nearly normal
            60 * random.random(part // 2) - 30,
            2000 * random.random(part // 4) - 1000,
            neighbours(places, max(2 * part // len(places), around), dtype),
        ])  # fmt: skip
        points = points.astype(dtype)
    return points[np.isfinite(points) | (np.arange(points.size) < len(SPECIAL))]
