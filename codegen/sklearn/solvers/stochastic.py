"""Epochs of batches, until the loss or the accuracy on held-out rows no longer improves."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from codegen.sklearn.flat import Flat
from codegen.sklearn.objective import Objective, Rows

__all__ = ["Progress", "Schedule", "Stepper", "descend"]


class Stepper(Protocol):
    """A solver of the stochastic kind."""

    def step(self, vector: np.ndarray, slope: np.ndarray) -> None:
        """Take a step in place."""

    def end_of_epoch(self, seen: int) -> None:
        """Set what changes from epoch to epoch."""

    def gives_up(self) -> bool:
        """Return whether a plateau ends the training."""


@dataclass(frozen=True)
class Schedule:
    """How many epochs, in batches of what size, and what counts as no improvement."""

    epochs: int
    batch_size: int
    shuffle: bool
    tol: float
    patience: float
    verbose: bool
    to_the_end: bool = False  # one call of partial_fit: no plateau, and no word on convergence


@dataclass
class Progress:
    """What was reached, kept from one call to the next: MLPClassifier's attributes of that kind."""

    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    best_loss: float = np.inf
    best_score: float = -np.inf
    plateau: int = 0
    seen: int = 0


def descend(
    objective: Objective,
    weights: Flat,
    rows: Rows,
    stepper: Stepper,
    schedule: Schedule,
    progress: Progress,
    generator: np.random.RandomState,
    score: Callable[[], float] | None = None,
) -> tuple[float, int]:
    """Train in place and return the last loss and the number of epochs.

    With ``score``, the weights of the best score are kept.

    Ctrl-C ends the training with a warning and keeps what was reached.
    """
    slope = weights.like()
    best = weights.vector.copy() if score is not None else None
    loss, epochs = np.inf, 0
    try:
        for _ in range(schedule.epochs):
            loss = _epoch(objective, weights, slope, rows, stepper, schedule, generator)
            epochs += 1
            progress.losses.append(loss)
            progress.seen += len(rows)
            if schedule.verbose:
                print(f"epoch {epochs}: loss {loss:.8f}")
            if not np.isfinite(loss):
                break
            if score is None:
                _note_loss(progress, loss, schedule.tol)
            elif _note_score(progress, score(), schedule):
                best = weights.vector.copy()
            stepper.end_of_epoch(progress.seen)
            if progress.plateau > schedule.patience:
                if stepper.gives_up():
                    break
                progress.plateau = 0
        else:
            _warn_of_the_end(schedule)
    except KeyboardInterrupt:
        warnings.warn("training was interrupted; the weights so far are kept", stacklevel=6)
    if best is not None:
        weights.vector[:] = best
    return loss, epochs


def _epoch(
    objective: Objective,
    weights: Flat,
    slope: Flat,
    rows: Rows,
    stepper: Stepper,
    schedule: Schedule,
    generator: np.random.RandomState,
) -> float:
    """Step for each batch; return the mean of the losses on the way."""
    total = 0.0
    for batch in _batches(rows, schedule, generator):
        if batch.total > 0:
            total += len(batch) * objective(weights, slope, batch)
            stepper.step(weights.vector, slope.vector)
    return total / len(rows)


def _batches(rows: Rows, schedule: Schedule, generator: np.random.RandomState) -> Iterator[Rows]:
    order = generator.permutation(len(rows)) if schedule.shuffle else None
    for start in range(0, len(rows), schedule.batch_size):
        part = slice(start, start + schedule.batch_size)
        yield rows[part] if order is None else rows[order[part]]


def _note_loss(progress: Progress, loss: float, tol: float) -> None:
    progress.plateau = progress.plateau + 1 if loss > progress.best_loss - tol else 0
    progress.best_loss = min(progress.best_loss, loss)


def _note_score(progress: Progress, score: float, schedule: Schedule) -> bool:
    """Enter a score and return whether it is the best so far."""
    progress.scores.append(score)
    if schedule.verbose:
        print(f"accuracy on held-out rows {score:.6f}")
    improves = score >= progress.best_score + schedule.tol
    progress.plateau = 0 if improves else progress.plateau + 1
    is_best = score > progress.best_score
    progress.best_score = max(progress.best_score, score)
    return is_best


def _warn_of_the_end(schedule: Schedule) -> None:
    if not schedule.to_the_end:
        warnings.warn(
            f"the training still improves after {schedule.epochs} epochs: raise max_iter",
            ConvergenceWarning,
            stacklevel=7,
        )
