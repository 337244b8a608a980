"""The log-likelihood, probabilities and gradients against an mpmath network, at the extremes.

With one feature that is 1 the weights are the scores, so that any scores can be asked for exactly.
"""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

import codegen

DTYPES = ("float32", "float64")
ROUNDING = {"float32": 1e-6, "float64": 1e-14}
SCORES = (
    (-1.1, 2.1, -0.4),
    (1e30, -1e30, 0.0),
    (-1e30, -1e30, -1e30, -1e30),
    (1e30, 1e30),
    (3e38, -3e38, 1.0),
    (88.0, -104.0, 0.0),
    (750.0, -750.0, 749.0),
    (1e-30, -1e-30, 0.0),
    (-1e-40, 1e-40),
    (16777216.0, 16777217.0),
    (30.0, 0.0, 1.0),
    (0.0, -90.0),
    (5.0,),
    (0.0, float("-inf"), 1.0),
)


@pytest.fixture(scope="module")
def regression():
    return codegen.compile("softmax(W f(x))")


@pytest.fixture(scope="module")
def network():
    return codegen.compile("softmax(W g(V f(x)))", g="relu")


def log_probabilities(scores):
    """Return log softmax of numbers, with 60 digits or more."""
    with mpmath.workdps(60):
        numbers = [mpmath.mpf(float(s)) for s in scores]
        top = max(numbers)
        total = mpmath.log(sum(mpmath.exp(s - top) for s in numbers))
        return [(s - top) - total for s in numbers]


def probabilities(scores):
    with mpmath.workdps(60):
        return [mpmath.exp(value) for value in log_probabilities(scores)]


def errors(scores, gold):
    """Return δ − P: of the gold class what the others have, also where that is next to nothing."""
    P = probabilities(scores)
    P[gold] = -mpmath.fsum(p for i, p in enumerate(P) if i != gold)
    return [-float(p) for p in P]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scores", SCORES)
def test_one_example_at_extreme_scores(regression, scores, dtype):
    W = np.array(scores, dtype)[:, None]
    X = np.ones((1, 1), dtype)
    exact_P = np.array([float(p) for p in probabilities(W[:, 0])])
    P = regression.predict_proba(W, X)[0]
    smallest = np.finfo(dtype).tiny
    np.testing.assert_allclose(P, exact_P, rtol=20 * ROUNDING[dtype], atol=smallest)
    for gold, exact in enumerate(log_probabilities(W[:, 0])):
        y = np.array([gold])
        found = regression.log_likelihood(W, X, y)
        if not np.isfinite(float(exact)) or abs(exact) > np.finfo(dtype).max:
            assert found == float("-inf")
            continue
        assert found == pytest.approx(float(exact), rel=2 * ROUNDING[dtype], abs=float(smallest))
        L, dW = regression.gradients(W, X, y)
        assert found == L
        np.testing.assert_allclose(
            dW[:, 0], errors(W[:, 0], gold), rtol=20 * ROUNDING[dtype], atol=smallest
        )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("classes", [1, 2, 3, 10, 1000])
@pytest.mark.parametrize("score", [0.0, 1e30, -1e30])
def test_equal_scores_of_any_size_give_minus_log_of_their_number(regression, classes, score, dtype):
    W = np.full((classes, 1), score, dtype)
    found = regression.log_likelihood(W, np.ones((1, 1), dtype), np.array([0]))
    exact = np.dtype(dtype).type(-math.log(classes))
    assert abs(found - exact) <= np.spacing(abs(exact))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_single_class_is_certain_and_teaches_nothing(network, dtype):
    random = np.random.default_rng(0)
    W, V, X = (random.normal(size=size).astype(dtype) for size in ((1, 3), (3, 4), (5, 4)))
    L, dW, dV = network.gradients(W, V, X, np.zeros(5, int))
    assert L == 0
    assert not dW.any()
    assert not dV.any()
    assert np.all(network.predict_proba(W, V, X) == 1)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("in_W", "in_V"), [(1.0, 1.0), (1e-30, 1.0), (1e15, 1e15), (1e-18, 1e18)])
def test_a_hidden_layer_of_tiny_and_huge_weights(network, in_W, in_V, dtype):
    random = np.random.default_rng(3)
    W = (in_W * random.normal(size=(3, 4))).astype(dtype)
    V = (in_V * random.normal(size=(4, 2))).astype(dtype)
    X = random.normal(size=(2, 2)).astype(dtype)
    y = np.array([2, 0])
    L, dW, dV = network.gradients(W, V, X, y)
    exact_L, exact_W, exact_V = exact_network(W, V, X, y)
    tolerance = 100 * ROUNDING[dtype]
    assert pytest.approx(exact_L, rel=tolerance) == L
    for found, exact in ((dW, exact_W), (dV, exact_V)):
        np.testing.assert_allclose(found, exact, rtol=0, atol=tolerance * np.abs(exact).max())


def exact_network(W, V, X, y):
    """Return L, ∂L/∂W and ∂L/∂V of softmax(W relu(V x)) with 60 digits, rounded to float64."""
    with mpmath.workdps(60):
        W, V, X = (mpmath.matrix(array.astype(float).tolist()) for array in (W, V, X))
        L, dW, dV = mpmath.mpf(0), W * 0, V * 0
        for b, gold in enumerate(y):
            x = X[b, :].T
            a = V * x
            z = a.apply(lambda entry: max(entry, mpmath.mpf(0)))
            scores = W * z
            top = max(scores)
            e = scores.apply(lambda s, top=top: mpmath.exp(s - top))
            L += scores[int(gold)] - top - mpmath.log(sum(e))
            error = -e / sum(e)
            error[int(gold)] += 1
            dW += error * z.T
            back = W.T * error
            for k in range(len(back)):
                back[k] *= a[k] > 0
            dV += back * x.T
        return float(L), *(np.array(m.tolist(), dtype=float) for m in (dW, dV))


def test_a_million_rows_of_float32_lose_no_digits(regression):
    rows = 1_000_000
    random = np.random.default_rng(1)
    W = random.normal(size=(3, 2)).astype(np.float32)
    X = random.normal(size=(rows, 2)).astype(np.float32) + np.float32(1)
    y = random.integers(0, 3, rows)
    L, dW = regression.gradients(W, X, y)
    wide = X.astype(np.float64)
    scores = wide @ W.astype(np.float64).T
    scores -= scores.max(axis=1, keepdims=True)
    log_P = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    terms = log_P[np.arange(rows), y]
    assert abs(L - math.fsum(terms)) <= 1e-6 * abs(L)
    assert regression.log_likelihood(W, X, y) == pytest.approx(L, rel=1e-7)
    error = np.eye(3)[y] - np.exp(log_P)
    size = np.abs(error).T @ np.abs(wide)
    np.testing.assert_array_less(np.abs(dW - error.T @ wide), 2e-6 * size)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_weight_of_0_leaves_an_example_out(regression, dtype):
    random = np.random.default_rng(2)
    W, X = random.normal(size=(3, 2)).astype(dtype), random.normal(size=(6, 2)).astype(dtype)
    X[4] *= 1e30  # log P of this one is about −1e30
    y = random.integers(0, 3, 6)
    kept = np.array([1, 0, 1, 1, 0, 1], dtype)
    L, dW = regression.gradients(W, X, y, sample_weight=kept)
    alone, of_kept = regression.gradients(W, X[kept > 0], y[kept > 0])
    assert abs(L - alone) <= ROUNDING[dtype] * abs(alone)
    np.testing.assert_allclose(dW, of_kept, atol=8 * ROUNDING[dtype])
    assert regression.gradients(W, X, y, sample_weight=np.zeros(6, dtype))[0] == 0
