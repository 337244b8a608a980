"""What a solver minimises: −L_α over the weight of the rows, by the module's derived gradients.

L_α = Σ_b ω_b L_b − (α/2) Σ ‖W‖² over the weight matrices, so that ``alpha`` means what it means to
scikit-learn's MLPClassifier. Nothing is differentiated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from scipy import sparse

from codegen.sklearn.flat import Flat

__all__ = ["Objective", "Rows"]


@dataclass(frozen=True, eq=False)
class Rows:
    """Examples: X (n, features) dense or CSR, class codes y (n,), weights (n,) or None: all 1."""

    X: Any
    y: np.ndarray
    weight: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, rows: Any) -> Rows:
        weight = None if self.weight is None else self.weight[rows]
        return Rows(self.X[rows], self.y[rows], weight)

    @property
    def total(self) -> float:
        """Return the sum of the weights."""
        return float(len(self) if self.weight is None else self.weight.sum(dtype=np.float64))

    @property
    def feature_power(self) -> float:
        """Return the weighted mean square of the features, or 1 where all are 0."""
        square = self.X.multiply(self.X) if sparse.issparse(self.X) else np.square(self.X)
        by_row = np.asarray(square.mean(axis=1), np.float64).ravel()
        return float(np.average(by_row, weights=self.weight)) or 1.0


@dataclass(frozen=True, eq=False)
class Objective:
    """The loss of a generated module with an L2 term of strength alpha."""

    module: ModuleType
    alpha: float

    def __call__(self, weights: Flat, slope: Flat, rows: Rows) -> float:
        """Fill slope with the gradient of the loss and return the loss."""
        L, *_ = self.module.gradients(
            *weights.arrays,
            rows.X,
            rows.y,
            out=slope.arrays,
            sample_weight=rows.weight,
            alpha=self.alpha,
        )
        total = rows.total
        slope.vector /= -total
        return -L / total
