"""L-BFGS on all rows at once, by SciPy: few and exact steps, for data that is not large."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning

from codegen.sklearn.flat import Flat
from codegen.sklearn.objective import Objective, Rows

__all__ = ["minimise"]


def minimise(
    objective: Objective,
    weights: Flat,
    rows: Rows,
    *,
    max_iter: int,
    max_fun: int,
    tol: float,
    verbose: bool,
) -> tuple[float, int]:
    """Move the weights to a minimum; return the loss there and the number of iterations."""
    slope = weights.like()

    def loss(vector: np.ndarray) -> tuple[float, np.ndarray]:
        weights.vector[:] = vector
        found = objective(weights, slope, rows)
        return found, slope.vector.astype(np.float64)

    def tell(intermediate_result: object) -> None:
        print(f"loss {getattr(intermediate_result, 'fun', float('nan')):.8f}")

    result = minimize(
        loss,
        weights.vector.astype(np.float64),
        method="L-BFGS-B",
        jac=True,
        callback=tell if verbose else None,
        options={"maxfun": max_fun, "maxiter": max_iter, "gtol": tol},
    )
    weights.vector[:] = result.x
    if result.status == 1:
        warnings.warn(
            f"L-BFGS reached {result.nit} iterations and {result.nfev} evaluations before it "
            "converged: raise max_iter or max_fun, or scale the features",
            ConvergenceWarning,
            stacklevel=6,
        )
    return float(result.fun), int(result.nit)
