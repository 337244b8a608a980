"""A learning rate from the data: the reciprocal of the largest curvature at the start.

The curvature of a batch's mean log-likelihood is measured by Fisher's information, the mean of
∇L ∇Lᵀ over labels drawn from the model itself. Its largest eigenvalue is that of the small matrix
of inner products of the examples' gradients. Choosing the rate by the largest eigenvalue is LeCun,
Simard and Pearlmutter's idea (1993); measuring it on batches of the size to be used lets the noise
of small batches count as well.
"""

from __future__ import annotations

import numpy as np

from codegen.training.examples import Rows
from codegen.training.network import Network, Parameters

__all__ = ["largest_curvature", "suggested_rate"]

LEAST_EXAMPLES = 128  # examples that are looked at in all
MOST_EXAMPLES = 256  # examples of one batch that are looked at
MOST_NUMBERS = 2**25  # numbers that the gradients of one batch may take
HIGHEST_RATE = 100.0  # where the curvature is all but 0


def suggested_rate(
    network: Network, parameters: Parameters, X: Rows, batch_size: int, seed: int
) -> float:
    """Return a learning rate per example mean that suits batches of that size."""
    draw = np.random.default_rng([seed, 2])
    rows = X.shape[0]
    numbers = sum(parameter.size for parameter in parameters)
    size = min(batch_size, rows, MOST_EXAMPLES, max(1, MOST_NUMBERS // numbers))
    batches = max(1, min(LEAST_EXAMPLES, rows) // size)
    curvatures = [
        largest_curvature(network, parameters, X[draw.choice(rows, size, replace=False)], draw)
        for _ in range(batches)
    ]
    curvature = float(np.mean(curvatures))
    if not np.isfinite(curvature):
        return 0.0
    return min(1 / curvature, HIGHEST_RATE) if curvature > 0 else HIGHEST_RATE


def largest_curvature(
    network: Network, parameters: Parameters, X: Rows, draw: np.random.Generator
) -> float:
    """Return the largest eigenvalue of Fisher's information of the mean log-likelihood of X."""
    P = network.module.predict_proba(*parameters, X).astype(np.float64)
    labels = np.minimum((P.cumsum(axis=1) < draw.random((len(P), 1))).sum(axis=1), P.shape[1] - 1)
    slopes = np.stack(
        [_gradient(network, parameters, X[b : b + 1], labels[b : b + 1]) for b in range(len(P))]
    )
    products = slopes @ slopes.T / len(P)
    if not np.all(np.isfinite(products)):
        return float("inf")
    return float(np.linalg.eigvalsh(products)[-1])


def _gradient(network: Network, parameters: Parameters, X: Rows, y: np.ndarray) -> np.ndarray:
    _, *gradients = network.module.gradients(*parameters, X, y)
    return np.concatenate([gradient.ravel() for gradient in gradients])
