"""What a fit has reached, and what the next one goes on from; pickled with the estimator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from codegen.sklearn.architecture import Architecture, layered_model
from codegen.sklearn.flat import Flat
from codegen.sklearn.objective import Rows
from codegen.sklearn.solvers import Progress, Stepper
from codegen.training.initialise import initial_parameters

__all__ = ["State", "started"]


@dataclass(eq=False)
class State:
    """Weights by the names of an architecture's parameters, and where their training stands."""

    architecture: Architecture
    names: tuple[str, ...]
    weights: Flat
    progress: Progress = field(default_factory=Progress)
    stepper: Stepper | None = None

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """Return every parameter by its name in the model."""
        return dict(zip(self.names, self.weights.arrays, strict=True))

    @property
    def matrices(self) -> list[np.ndarray]:
        """Return the weight matrices: of layers from the input outward, else as they are named."""
        found = [array for array in self.weights.arrays if array.ndim == 2]
        layered = self.architecture.model == layered_model(len(self.architecture.hidden))
        return found[::-1] if layered else found  # softmax(W2 g(W1 x …)) names the last one first

    @property
    def biases(self) -> list[np.ndarray]:
        """Return the bias vectors, which a model of layers names from the input outward."""
        return [array for array in self.weights.arrays if array.ndim == 1]

    def of_each_row(self, function: str, X: Any) -> np.ndarray:
        """Return what a function of the module, predict or predict_proba, says of rows, dense or CSR."""
        found: np.ndarray = getattr(self.architecture.module, function)(*self.weights.arrays, X)
        return found


def started(architecture: Architecture, rows: Rows, classes: int, seed: int) -> State:
    """Return the state before the first step: see :mod:`codegen.training.initialise`."""
    network = architecture.network(rows.X.shape[1], classes)
    start = initial_parameters(network, seed, rows.feature_power)
    return State(architecture, network.names, Flat.of(start))
