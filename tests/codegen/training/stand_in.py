"""A NumPy module that keeps the contract of a generated one for softmax(W g(V f(x)))."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np

Elementwise = Callable[[np.ndarray], np.ndarray]

MODEL = "softmax(W g(V f(x)))"


def one_hidden_layer(value: Elementwise, derivative: Elementwise) -> ModuleType:
    """Return a module with the functions that training calls."""
    module = ModuleType("stand_in")

    def scores(W, V, X):
        a = X @ V.T
        z = value(a)
        return a, z, z @ W.T

    def log_probabilities(s):
        s = s - s.max(axis=1, keepdims=True)
        return s - np.log(np.exp(s).sum(axis=1, keepdims=True))

    def gradients(W, V, X, y):
        a, z, s = scores(W, V, X)
        log_P = log_probabilities(s)
        E = np.eye(len(W), dtype=W.dtype)[y] - np.exp(log_P)
        A = (E @ W) * derivative(a)
        return float(log_P[np.arange(len(y)), y].sum()), E.T @ z, A.T @ X

    def log_likelihood(W, V, X, y):
        return gradients(W, V, X, y)[0]

    def predict_proba(W, V, X):
        return np.exp(log_probabilities(scores(W, V, X)[2]))

    def predict(W, V, X):
        return scores(W, V, X)[2].argmax(axis=1)

    def ascent_epoch(*arguments, batch_size=1, order=None):
        W, V, X, y, learning_rate = arguments
        total = 0.0
        for first in range(0, len(order), batch_size):
            rows = order[first : first + batch_size]
            L, dW, dV = gradients(W, V, X[rows], y[rows])
            W += W.dtype.type(learning_rate) * dW
            V += V.dtype.type(learning_rate) * dV
            total += L
        return total

    for function in (gradients, log_likelihood, predict_proba, predict, ascent_epoch):
        setattr(module, function.__name__, function)
    module.value, module.derivative = value, derivative
    return module
