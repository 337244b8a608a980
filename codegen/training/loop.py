"""Stochastic gradient ascent of the log-likelihood with a generated module's ``ascent_epoch``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from codegen.training.examples import Rows
from codegen.training.network import Network, Parameters

__all__ = ["MOST_HALVINGS", "DivergenceError", "Epoch", "Pass", "Plan", "Table", "ascend"]

CHUNK_ROWS = 2**16  # rows between two chances to interrupt
MOST_HALVINGS = 8
WORSE_THAN_START = 2.0  # an epoch whose mean log-likelihood is so many times the start's diverges


class DivergenceError(ArithmeticError):
    """The log-likelihood left the finite numbers; the message says in which epoch."""


@dataclass(frozen=True)
class Plan:
    """How to ascend: the rate is per mean over a batch and falls to 0 along half a cosine.

    Cosine annealing without restarts is Loshchilov and Hutter's (2017). With ``halves`` an epoch
    that diverges is taken back and repeated at half the rate.
    """

    epochs: int
    rate: float
    batch_size: int
    seed: int
    halves: bool = False

    def rate_at(self, epoch: int) -> float:
        """Return the learning rate of that epoch, counted from 1."""
        return self.rate * ((1 + np.cos(np.pi * (epoch - 1) / self.epochs)) / 2)

    def order_at(self, epoch: int, rows: int) -> np.ndarray:
        """Return the order of the rows in that epoch; it depends on nothing but the seed."""
        return np.random.default_rng([self.seed, 3, epoch]).permutation(rows)


@dataclass(frozen=True, eq=False)
class Table:
    """Standardised features (N, n), an array or CSR, and class codes (N,)."""

    X: Rows
    y: np.ndarray

    def __len__(self) -> int:
        return len(self.y)


Pass = Callable[[Network, Parameters, Table, Plan, int], float]
"""Ascend once through the rows of a table, an epoch of a plan; return the mean log-likelihood."""


@dataclass(frozen=True, eq=False)
class Epoch:
    """What an epoch reached: the mean log-likelihood on the way, the held-out accuracy at its end.

    ``parameters`` are a copy of the weights at its end; ``halvings`` counts how often the rate was
    halved so far.
    """

    number: int
    log_likelihood: float
    accuracy: float | None
    rate: float
    halvings: int
    parameters: Parameters


def ascend(
    network: Network,
    start: Parameters,
    train: Table,
    held_out: Table,
    plan: Plan,
    done: Epoch | None = None,
    one_epoch: Pass | None = None,
) -> Iterator[Epoch]:
    """Yield each epoch of plain stochastic gradient ascent, beginning at ``start``.

    After ``done``, the last epoch of a run that was cut off, the epochs are to the bit those that
    the run would have gone on with. ``one_epoch`` is how to pass through the rows, by default with
    the module's ``ascent_epoch``. Raises DivergenceError where an epoch ends at a log-likelihood
    or weights that are not finite.
    """
    one_epoch = one_epoch or _one_epoch
    floor = -np.inf
    if plan.halves:
        first = network.module.log_likelihood(*start, train.X, train.y) / len(train)
        floor = WORSE_THAN_START * first if np.isfinite(first) else -np.inf
    good, number, halvings = start, 1, 0
    if done is not None:
        good, number, halvings = done.parameters, done.number + 1, done.halvings
        plan = replace(plan, rate=plan.rate / 2**halvings)
    parameters = tuple(parameter.copy(order="K") for parameter in good)
    while number <= plan.epochs:
        reached = one_epoch(network, parameters, train, plan, number)
        if not _is_finite(reached, parameters) or reached < floor:
            if not plan.halves or halvings == MOST_HALVINGS:
                raise DivergenceError(
                    f"the log-likelihood of epoch {number} is {reached:.6g} per example"
                )
            halvings += 1
            plan = replace(plan, rate=plan.rate / 2)
            for parameter, kept in zip(parameters, good, strict=True):
                parameter[...] = kept
            continue
        good = tuple(parameter.copy(order="K") for parameter in parameters)
        accuracy = accuracy_on(network, parameters, held_out)
        yield Epoch(number, reached, accuracy, plan.rate_at(number), halvings, good)
        number += 1


def accuracy_on(network: Network, parameters: Parameters, table: Table) -> float | None:
    """Return the share of rows whose class is predicted, or None where there are no rows."""
    if not len(table):
        return None
    return float(np.mean(network.module.predict(*parameters, table.X) == table.y))


def _one_epoch(
    network: Network, parameters: Parameters, train: Table, plan: Plan, number: int
) -> float:
    """Ascend once through the rows and return the mean log-likelihood on the way.

    The module adds sums of gradients; dividing the rate by the batch size makes them means.
    """
    rate = plan.rate_at(number)
    order = plan.order_at(number, len(train))
    rows = max(CHUNK_ROWS // plan.batch_size, 1) * plan.batch_size
    total = 0.0
    for first in range(0, len(order), rows):
        total += network.module.ascent_epoch(
            *parameters,
            train.X,
            train.y,
            rate / plan.batch_size,
            batch_size=plan.batch_size,
            order=order[first : first + rows],
        )
    return total / len(train)


def _is_finite(reached: float, parameters: Parameters) -> bool:
    return bool(np.isfinite(reached)) and all(map(np.all, map(np.isfinite, parameters)))
