"""Choose arguments at which a function is measured."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["around", "low_parts", "points"]

INTEGERS: dict[str, Any] = {"float32": np.uint32, "float64": np.uint64}
SPECIAL = (0.0, 1.0, 0.5, 0.75, 2.0, 3.0, np.inf, np.nan)


def points(count: int, dtype: str, generator: np.random.Generator) -> np.ndarray:
    """Return about `count` arguments: random bits, several scales, exact and extreme values."""
    kind = np.dtype(dtype).type
    word = INTEGERS[dtype]
    limits = np.finfo(dtype)
    top = float(np.log(limits.max)) * 1.05
    bits = generator.integers(0, np.iinfo(word).max, count // 3, dtype=word, endpoint=True)
    small = np.exp2(generator.uniform(-limits.nmant - 6, 3, count // 6))
    extreme = [limits.smallest_subnormal, limits.smallest_normal, limits.max, limits.eps]
    powers = np.exp2(np.arange(limits.minexp - limits.nmant, limits.maxexp, dtype=np.float64))
    multiples = np.arange(1, 64) * (np.pi / 4)
    positive = np.concatenate(
        [
            small,
            generator.uniform(0.0, top, count // 6),
            generator.uniform(0.0, 6.0, count // 6),
            np.abs(generator.normal(size=count // 6)),
            np.arange(1, 64) * np.log(2) / 2,
            multiples,
            powers,
            np.array(SPECIAL),
            np.array(extreme, dtype=np.float64),
        ]
    ).astype(kind)
    signs = generator.choice(np.array([-1.0, 1.0], dtype=kind), positive.size)
    exact = np.array(SPECIAL, dtype=kind)
    return np.concatenate([bits.view(kind), signs * positive, exact, -exact])


def around(x: float, count: int, dtype: str, generator: np.random.Generator) -> np.ndarray:
    """Return random neighbours of x, at distances from one to 2²⁰ units in the last place."""
    word = INTEGERS[dtype]
    centre = np.array([x], dtype=dtype).view(word)[0]
    steps = np.exp2(generator.uniform(0, 20, count)).astype(word)
    near = np.where(generator.random(count) < 0.5, centre + steps, centre - steps)
    return near.astype(word).view(dtype)


def low_parts(high: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return a low part for every high part, at most half its last place."""
    finite = np.isfinite(high)
    half = np.spacing(np.where(finite, np.abs(high), 1.0)) / 2
    low = half * generator.uniform(-1.0, 1.0, high.size).astype(high.dtype)
    return np.where(finite, low, high.dtype.type(0))
