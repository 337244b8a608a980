"""From an estimator's parameters to a solver at work on its state, and the attributes it leaves."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from sklearn.model_selection import train_test_split

from codegen.sklearn.objective import Objective, Rows
from codegen.sklearn.solvers import SGD, Adam, Schedule, Stepper, descend, minimise
from codegen.sklearn.state import State

if TYPE_CHECKING:
    from codegen.sklearn.estimator import SoftmaxNetwork

__all__ = ["train"]

AUTOMATIC_BATCH = 200


def train(
    estimator: SoftmaxNetwork,
    state: State,
    rows: Rows,
    generator: np.random.RandomState,
    epochs: int | None,
) -> None:
    """Move the state's weights; ``epochs`` goes on with the solver that the last call left.

    Raises ValueError where the weights leave the finite numbers.
    """
    objective = Objective(state.architecture.module, float(estimator.alpha))
    with np.errstate(over="ignore", invalid="ignore"):
        if estimator.solver == "lbfgs":
            _by_lbfgs(estimator, state, rows, objective)
        else:
            _by_epochs(estimator, state, rows, objective, generator, epochs)
    if not np.all(np.isfinite(state.weights.vector)):
        raise ValueError(
            "the weights left the finite numbers: scale the features, as by StandardScaler, or "
            "lower learning_rate_init"
        )
    estimator.n_layers_ = len(state.architecture.hidden) + 2
    estimator.n_outputs_ = len(estimator.classes_)
    estimator.out_activation_ = "softmax"
    estimator.t_ = state.progress.seen


def _by_lbfgs(estimator: SoftmaxNetwork, state: State, rows: Rows, objective: Objective) -> None:
    estimator.loss_, estimator.n_iter_ = minimise(
        objective,
        state.weights,
        rows,
        max_iter=estimator.max_iter,
        max_fun=estimator.max_fun,
        tol=estimator.tol,
        verbose=bool(estimator.verbose),
    )


def _by_epochs(
    estimator: SoftmaxNetwork,
    state: State,
    rows: Rows,
    objective: Objective,
    generator: np.random.RandomState,
    epochs: int | None,
) -> None:
    if epochs is None or state.stepper is None:
        state.stepper = _stepper(estimator, state.weights.vector)
    score = None
    if estimator.early_stopping:
        rows, held_out = _split(rows, estimator.validation_fraction, generator)
        score = _accuracy(state, held_out)
    schedule = Schedule(
        epochs=epochs or estimator.max_iter,
        batch_size=_batch_size(estimator.batch_size, len(rows)),
        shuffle=estimator.shuffle,
        tol=estimator.tol,
        patience=estimator.n_iter_no_change,
        verbose=bool(estimator.verbose),
        to_the_end=epochs is not None,
    )
    progress = state.progress
    estimator.loss_, estimator.n_iter_ = descend(
        objective, state.weights, rows, state.stepper, schedule, progress, generator, score
    )
    estimator.loss_curve_ = progress.losses
    estimator.best_loss_ = None if score else progress.best_loss
    estimator.validation_scores_ = progress.scores if score else None
    estimator.best_validation_score_ = progress.best_score if score else None


def _stepper(estimator: SoftmaxNetwork, like: np.ndarray) -> Stepper:
    rate = estimator.learning_rate_init
    if estimator.solver == "adam":
        return Adam(like, rate, estimator.beta_1, estimator.beta_2, estimator.epsilon)
    return SGD(
        like,
        rate,
        estimator.learning_rate,
        estimator.power_t,
        estimator.momentum,
        estimator.nesterovs_momentum,
    )


def _batch_size(wanted: int | str, rows: int) -> int:
    if isinstance(wanted, str):
        return min(AUTOMATIC_BATCH, rows)
    if wanted > rows:
        warnings.warn(
            f"batch_size is {wanted} and there are {rows} rows: all are one batch", stacklevel=6
        )
    return min(int(wanted), rows)


def _split(rows: Rows, fraction: float, generator: np.random.RandomState) -> tuple[Rows, Rows]:
    """Hold a fraction of every class out."""
    places = np.arange(len(rows))
    kept, held_out = train_test_split(
        places, random_state=generator, test_size=fraction, stratify=rows.y
    )
    if len(held_out) < 2:
        raise ValueError(
            f"validation_fraction {fraction} of {len(rows)} rows holds out {len(held_out)}: raise it"
        )
    return rows[kept], rows[held_out]


def _accuracy(state: State, rows: Rows) -> Callable[[], float]:
    def accuracy() -> float:
        return float(
            np.average(state.of_each_row("predict", rows.X) == rows.y, weights=rows.weight)
        )

    return accuracy
