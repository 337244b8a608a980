"""Stochastic gradient descent with momentum and the schedules of scikit-learn's MLPClassifier."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["SGD"]

LEAST_RATE = 1e-6  # of the adaptive schedule
FALL = 5.0  # by which it divides the rate at a plateau


class SGD:
    """Move a vector against its slope, with (Nesterov's) momentum.

    ``schedule`` is constant, invscaling (the rate over the number of examples seen to the power
    ``power``) or adaptive (a fifth of the rate at each plateau).
    """

    def __init__(
        self,
        like: np.ndarray,
        rate: float,
        schedule: str,
        power: float,
        momentum: float,
        nesterov: bool,
    ) -> None:
        self.first = self.rate = rate
        self.schedule, self.power = schedule, power
        self.momentum, self.nesterov = momentum, nesterov
        self.velocity = np.zeros_like(like)

    def step(self, vector: np.ndarray, slope: np.ndarray) -> None:
        """Take a step in place; the slope is used up."""
        slope *= self.rate
        self.velocity *= self.momentum
        self.velocity -= slope
        if self.nesterov:
            vector += self.momentum * self.velocity
            vector -= slope
        else:
            vector += self.velocity

    def end_of_epoch(self, seen: int) -> None:
        """Set the rate for the next epoch, after so many examples in all."""
        if self.schedule == "invscaling":
            self.rate = self.first / _power(seen + 1, self.power)

    def gives_up(self) -> bool:
        """Return whether a plateau ends the training; the adaptive schedule lowers the rate first."""
        if self.schedule != "adaptive" or self.rate <= LEAST_RATE:
            return True
        self.rate /= FALL
        return False


def _power(base: float, exponent: float) -> float:
    """Return the power, infinity where it is beyond the floats."""
    try:
        return float(base**exponent)
    except OverflowError:
        return math.inf
