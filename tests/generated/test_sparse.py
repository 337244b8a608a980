"""A committed module takes CSR arrays of every kind, compiled and as plain Python, and refuses others."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.sparse import csr_array, csr_matrix

from codegen.store import import_file, import_plain

FOLDER = Path(__file__).parents[2] / "generated"
N, D, M = 7, 5, 3


@pytest.fixture(scope="module")
def plain() -> ModuleType:
    return import_plain(FOLDER / "silu.py")


def parameters(dtype=np.float64, order="F"):
    random = np.random.default_rng(2)
    W, V = random.normal(size=(M, D)), random.normal(size=(D, N))
    return W.astype(dtype), np.array(V, dtype, order=order)


@st.composite
def csr_arrays(draw) -> csr_array:
    """Rows as SciPy lets them be: empty, in any order of columns, a column named several times."""
    row = st.lists(st.tuples(st.integers(0, N - 1), st.floats(-4, 4, width=32)), max_size=6)
    rows = draw(st.lists(row, min_size=1, max_size=4))
    index = draw(st.sampled_from([np.int32, np.int64]))
    indptr = np.cumsum([0, *map(len, rows)]).astype(index)
    columns = np.array([column for row in rows for column, _ in row], index)
    values = np.array([value for row in rows for _, value in row], np.float64)
    X = csr_array((len(rows), N), dtype=np.float64)
    X.data, X.indices, X.indptr = values, columns, indptr
    return X


@settings(max_examples=40, deadline=None)
@given(X=csr_arrays())
def test_any_rows_give_what_the_same_rows_as_an_array_do(plain: ModuleType, X: csr_array) -> None:
    y = np.arange(X.shape[0]) % M
    W, V = parameters()
    dense = X.toarray()
    for found, expected in zip(
        plain.gradients(W, V, X, y), plain.gradients(W, V, dense, y), strict=True
    ):
        assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    moved, wanted = parameters(), parameters()
    plain.ascent_epoch(*moved, X, y, 0.1, 2)
    plain.ascent_epoch(*wanted, dense, y, 0.1, 2)
    for found, expected in zip(moved, wanted, strict=True):
        assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.fixture
def X() -> csr_array:
    table = np.random.default_rng(4).normal(size=(9, N))
    table[np.abs(table) < 0.7] = 0
    return csr_array(table)


@pytest.mark.parametrize("order", ["F", "C"])
@pytest.mark.parametrize("kind", [csr_array, csr_matrix])
def test_compiled(X: csr_array, kind, order: str) -> None:
    """With rows that several threads share, in batches with a column that several rows name."""
    module = import_file("generated_silu", FOLDER / "silu.py")
    y = np.arange(9) % M
    W, V = parameters(np.float32, order)
    rows, table = kind(X.astype(np.float32)), X.toarray().astype(np.float32)
    dense = parameters(np.float32, "C")  # the kernels of an array are compared elsewhere
    close = {"rtol": 1e-4, "atol": 1e-5}
    assert_allclose(module.predict_proba(W, V, rows), module.predict_proba(*dense, table), **close)
    L, *gradients = module.gradients(W, V, rows, y)
    assert_allclose(L, module.log_likelihood(W, V, rows, y), rtol=1e-6)
    for found, expected in zip(gradients, module.gradients(*dense, table, y)[1:], strict=True):
        assert_allclose(found, expected, **close)
    assert gradients[1].flags.f_contiguous == (order == "F")
    moved, wanted = parameters(np.float32, order), parameters(np.float32, "C")
    module.ascent_epoch(*moved, rows, y, 0.1, 4, np.array([3, 3, 0, 8, 1]))
    module.ascent_epoch(*wanted, table, y, 0.1, 4, np.array([3, 3, 0, 8, 1]))
    for found, expected in zip(moved, wanted, strict=True):
        assert_allclose(found, expected, **close)


@pytest.mark.skipif(
    tuple(map(int, scipy.__version__.split(".")[:2])) < (1, 15),
    reason="before 1.15 SciPy had no CSR array of one dimension",
)
def test_one_example_is_a_row_without_a_batch(plain: ModuleType, X: csr_array) -> None:
    W, V = parameters()
    x = csr_array(X.toarray()[0])
    assert x.ndim == 1
    assert type(plain.predict(W, V, x)) is int
    assert_allclose(plain.predict_proba(W, V, x), plain.predict_proba(W, V, X)[0])


def test_a_step_reads_and_writes_no_other_columns(plain: ModuleType, X: csr_array) -> None:
    W, V = parameters()
    X = csr_array(X.toarray() * (np.arange(N) % 2))
    V[:, ::2] = np.nan
    before = V.copy()
    plain.ascent_step(W, V, X, np.zeros(9, int), 0.1)
    assert np.isnan(V[:, ::2]).all()
    assert not np.array_equal(V[:, 1::2], before[:, 1::2])
    assert np.isfinite(V[:, 1::2]).all()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda X: X.tocsc(), TypeError, r"X is a csc_array; expected it by rows: X.tocsr\(\)"),
        (lambda X: X.astype(int), TypeError, "X has dtype int64; expected float32 or float64"),
        (
            lambda X: X[:, :3],
            ValueError,
            r"X has shape \(9, 3\); expected \(9, 7\)|expected \(batch, 7\)",
        ),
        (lambda X: X.astype(np.float32), TypeError, "W has dtype float64; expected float32"),
    ],
)
def test_what_does_not_fit_is_named(plain: ModuleType, X, change, error, message) -> None:
    W, V = parameters()
    with pytest.raises(error, match=message):
        plain.ascent_step(W, V, change(X), np.zeros(9, int), 0.1)
    assert_allclose(V, parameters()[1])


@pytest.mark.parametrize("column", [-1, N])
def test_a_column_outside_is_found_before_anything_is_written(plain, X, column: int) -> None:
    W, V = parameters()
    X.indices[-1] = column
    with pytest.raises(ValueError, match=r"damaged in row 8; expected .* X\.check_format\(\)"):
        plain.ascent_epoch(W, V, X, np.zeros(9, int), 0.1)
    assert_allclose(V, parameters()[1])


@pytest.mark.parametrize(
    ("part", "damaged", "error", "message"),
    [
        ("indptr", lambda places: places[:-1], ValueError, "X.indptr has 9 entries; expected 10"),
        ("indptr", lambda places: places[:0], ValueError, "X.indptr has 0 entries; expected 10"),
        ("indices", lambda places: places + 0.5, TypeError, "X.indices has dtype float64"),
    ],
)
def test_rows_that_do_not_add_up_are_found_before_anything_is_written(
    plain, X, part, damaged, error, message
) -> None:
    W, V = parameters()
    setattr(X, part, damaged(getattr(X, part)))
    with pytest.raises(error, match=message):
        plain.ascent_epoch(W, V, X, np.zeros(9, int), 0.1)
    with pytest.raises(error, match=message):
        plain.predict(W, V, X)
    assert_allclose(V, parameters()[1])
