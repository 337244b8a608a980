"""Index notation as arrays: axes, diagonals, labels, and a ∂ that still stands."""

import numpy as np
import pytest
from sympy import IndexedBase, KroneckerDelta, Sum, Symbol

from derive import derive
from derive.arithmetic import Float64
from derive.given import given_values
from derive.graph import size
from derive.notation import Partial
from derive.numeric import Evaluator
from derive.objective import GOLD
from derive.sums import index

i, j, k, p = map(index, "ijkp")
m, n = size("m"), size("n")
W, f, s = (IndexedBase(Symbol(name, real=True)) for name in "Wfs")
L = Symbol("L", real=True)
OBJECTIVE = derive("softmax(W f(x))").objective
MATRIX = np.arange(12.0).reshape(4, 3) / 7
FEATURES = np.array([0.5, -1.0, 2.0])


@pytest.fixture
def point():
    values = given_values(OBJECTIVE, FEATURES, 2, {"W": MATRIX})
    return Evaluator(OBJECTIVE, values, Float64()).forward()


def test_sums_products_and_free_indices_are_those_of_einsum(point):
    product = point.array(Sum(W[i, k] * f[k], (k, 1, n)), (i,), (m,))
    np.testing.assert_allclose(product, MATRIX @ FEATURES)
    outer = point.array(W[i, j] * f[j] * f[k], (k, i, j), (n, m, n))
    np.testing.assert_allclose(outer, np.einsum("ij,j,k->kij", MATRIX, FEATURES, FEATURES))


def test_an_index_that_a_body_lacks_counts_its_values(point):
    assert point.array(Sum(f[k], (k, 1, n), (i, 1, m)), (), ()) == pytest.approx(4 * FEATURES.sum())


def test_the_forward_pass_gives_scores_probabilities_and_L(point):
    scores = MATRIX @ FEATURES
    probabilities = np.exp(scores) / np.exp(scores).sum()
    np.testing.assert_allclose(point.values.arrays["P"], probabilities)
    assert point.values.arrays["L"] == pytest.approx(np.log(probabilities[2]))


def test_a_delta_is_one_at_the_gold_label_counted_from_one(point):
    assert point.values.gold[GOLD] == 3
    np.testing.assert_array_equal(point.array(KroneckerDelta(i, GOLD), (i,), (m,)), [0, 0, 1, 0])


def test_a_partial_of_L_feels_everything_downstream(point):
    errors = np.eye(4)[2] - point.values.arrays["P"]
    np.testing.assert_allclose(
        point.array(Partial(L, s[i]), (i,), (m,)), errors, rtol=1e-7, atol=1e-9
    )
    np.testing.assert_allclose(
        point.array(Partial(L, W[i, j]), (i, j), (m, n)),
        np.outer(errors, FEATURES),
        rtol=1e-7,
        atol=1e-9,
    )


def test_a_local_partial_holds_every_other_quantity(point):
    scores = Sum(W[k, p] * f[p], (p, 1, n))
    slope = point.array(Partial(scores, W[i, j]), (k, i, j), (m, m, n))
    assert not point.array(Partial(s[k], W[i, j]), (k, i, j), (m, m, n)).any()  # s is held
    np.testing.assert_allclose(
        slope, np.einsum("ki,j->kij", np.eye(4), FEATURES), rtol=1e-7, atol=1e-9
    )
