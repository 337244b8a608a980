"""Adam: steps of nearly one size, by running means of the gradient and its square.

Kingma and Ba (2015), Algorithm 1, with the two corrections in the learning rate as in its section 2.
"""

from __future__ import annotations

import numpy as np

__all__ = ["Adam"]


class Adam:
    """Move a vector against its slope; ``mean`` and ``square`` are the running means."""

    def __init__(
        self, like: np.ndarray, rate: float, beta_1: float, beta_2: float, epsilon: float
    ) -> None:
        self.rate, self.beta_1, self.beta_2, self.epsilon = rate, beta_1, beta_2, epsilon
        self.mean, self.square = np.zeros_like(like), np.zeros_like(like)
        self._work = np.empty_like(like)
        self.steps = 0

    def step(self, vector: np.ndarray, slope: np.ndarray) -> None:
        """Take a step in place."""
        self.steps += 1
        mean, square, work = self.mean, self.square, self._work
        mean *= self.beta_1
        mean += np.multiply(slope, 1 - self.beta_1, out=work)
        square *= self.beta_2
        np.multiply(slope, slope, out=work)
        work *= 1 - self.beta_2
        square += work
        np.sqrt(square, out=work)
        work += self.epsilon
        np.divide(mean, work, out=work)
        corrected = np.sqrt(1 - self.beta_2**self.steps) / (1 - self.beta_1**self.steps)
        work *= self.rate * float(corrected)
        vector -= work

    def end_of_epoch(self, seen: int) -> None:
        """Keep the rate: Adam has no schedule."""

    def gives_up(self) -> bool:
        """Return whether a plateau ends the training: it does."""
        return True
