"""Standardised features: finite, bounded, and pixels in one unit stay in one unit."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

from codegen.training.standardise import FARTHEST, Standardisation, standardisation

DOUBLE = np.dtype(np.float64)


def test_features_in_different_units_each_get_deviation_1():
    X = np.random.default_rng(0).normal([3, 1e6, 0], [1, 1e4, 1e-5], (500, 3))
    found = standardisation(X)
    Z = found.applied(X, DOUBLE)
    np.testing.assert_allclose(found.mean, X.mean(axis=0))
    np.testing.assert_allclose(Z.std(axis=0), 1)


def test_features_in_one_unit_share_a_scale_and_have_mean_square_1():
    X = np.random.default_rng(0).uniform(0, [16, 16, 10, 8], (500, 4))
    found = standardisation(X)
    assert len(set(found.scale)) == 1
    assert np.mean(found.applied(X, DOUBLE) ** 2) == pytest.approx(1)


def test_a_pixel_that_is_almost_always_blank_is_not_blown_up():
    X = np.random.default_rng(0).uniform(0, 16, (500, 4))
    X[:, 2] = 0
    X[7, 2] = 1
    assert np.abs(standardisation(X).applied(X, DOUBLE)[:, 2]).max() < 1


def test_a_constant_feature_becomes_0():
    X = np.array([[0.1, 1.0, 5], [0.1, 2.0, 5], [0.1, 4.0, 5]])
    assert np.all(standardisation(X).applied(X, DOUBLE)[:, [0, 2]] == 0)
    assert np.all(standardisation(X[:, :1]).applied(X[:, :1], DOUBLE) == 0)


finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=200, deadline=None)
@given(arrays(np.float64, st.tuples(st.integers(1, 9), st.integers(1, 5)), elements=finite))
@example(np.array([[5e-324], [0.0]]))
@example(np.array([[5e-324], [0.0], [0.0]]))
@example(np.array([[5e-324, 1.0], [0.0, 2.0], [0.0, 4.0]]))
def test_any_finite_table_becomes_finite_and_bounded(X):
    X = np.clip(X, -1e300, 1e300)
    found = standardisation(X)
    assert np.all(np.isfinite(found.mean))
    assert np.all(np.isfinite(found.scale))
    assert np.all(found.scale > 0)
    bound = FARTHEST * (1 + 1e-6) * np.sqrt(X.shape[1])
    assert np.abs(found.applied(X, DOUBLE)).max() <= max(bound, np.sqrt(X.size))


def test_non_zeros_are_scaled_and_not_shifted():
    counts = csr_array(np.array([[1.0, 0, 2], [0, 0, 1], [2, 0, 0]]))
    found = standardisation(counts)
    assert not found.mean.any()
    assert len(set(found.scale)) == 1  # one unit, one scale
    applied = found.applied(counts, np.dtype(np.float32))
    assert applied.nnz == counts.nnz
    np.testing.assert_allclose(applied.toarray(), counts.toarray() / found.scale, rtol=1e-6)
    other = standardisation(csr_array(np.array([[1.0, 1, 200], [0, 0, 100], [2, 0, 0]])))
    np.testing.assert_array_equal(other.scale, [2, 1, 200])


def test_sparse_rows_are_shifted_as_a_table_where_the_weights_want_it():
    table = np.array([[1.0, 0, 2], [0, 0, 1]])
    shifted = Standardisation(np.ones(3), np.full(3, 2.0))
    dtype = np.dtype(np.float64)
    np.testing.assert_array_equal(
        shifted.applied(csr_array(table), dtype), shifted.applied(table, dtype)
    )


def test_numbers_near_the_largest_float_overflow_nothing():
    largest = np.finfo(np.float64).max
    X = np.array([[largest, largest], [-largest, largest], [largest, -largest], [0, 0]])
    with np.errstate(over="raise"):
        found = standardisation(X)
    assert np.all(np.isfinite(found.mean))
    assert np.all((found.scale > 0) & np.isfinite(found.scale))
    assert np.all(np.isfinite(found.applied(X, np.dtype("f4"))))
