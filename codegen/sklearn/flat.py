"""Parameters of any shapes as parts of one vector, so that a solver moves one array."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["Flat"]


class Flat:
    """A vector and its parts in these shapes; writing one writes the other, pickled or not."""

    def __init__(self, vector: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> None:
        self.vector = vector
        self.shapes = tuple(shapes)
        ends = np.cumsum([math.prod(shape) for shape in self.shapes])
        self.arrays = tuple(
            part.reshape(shape)
            for part, shape in zip(np.split(vector, ends[:-1]), self.shapes, strict=True)
        )

    @classmethod
    def of(cls, arrays: Sequence[np.ndarray]) -> Flat:
        """Return a copy of these arrays as parts of one vector."""
        return cls(np.concatenate([a.ravel() for a in arrays]), [a.shape for a in arrays])

    def like(self) -> Flat:
        """Return as many numbers in the same shapes, not set to anything."""
        return Flat(np.empty_like(self.vector), self.shapes)

    def __reduce__(self) -> tuple[Any, ...]:
        return Flat, (self.vector, self.shapes)
