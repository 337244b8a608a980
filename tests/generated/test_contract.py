"""The contract of a generated module, held against a committed one as plain Python."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from codegen.store import import_plain

FOLDER = Path(__file__).parents[2] / "generated"
BATCH, N, D, M = 5, 4, 3, 6


@pytest.fixture(scope="module")
def net() -> ModuleType:
    return import_plain(FOLDER / "silu.py")


@pytest.fixture
def given() -> dict[str, Any]:
    generator = np.random.default_rng(3)
    return {
        "W": generator.normal(size=(M, D)),
        "V": generator.normal(size=(D, N)),
        "X": generator.normal(size=(BATCH, N)),
        "y": generator.integers(0, M, BATCH),
    }


def close(found, expected) -> bool:
    return all(np.allclose(a, b, rtol=1e-12) for a, b in zip(found, expected, strict=True))


def test_the_public_names(net: ModuleType) -> None:
    elementwise = ["value", "derivative", "value_and_derivative"]
    training = ["ascent_epoch", "ascent_step", "gradients", "log_likelihood"]
    assert sorted(net.__all__) == sorted([*elementwise, *training, "predict", "predict_proba"])
    assert all(getattr(net, name).__doc__ for name in net.__all__)


def test_scores_of_the_worked_example_give_its_class_probabilities() -> None:
    net = import_plain(FOLDER / "logistic_regression.py")
    W = np.array([[-1.1], [2.1], [-0.4]])
    assert np.round(net.predict_proba(W, np.ones(1)), 3).tolist() == [0.036, 0.891, 0.073]


def test_one_example_is_a_batch_of_one(net, given) -> None:
    W, V, x, y = given["W"], given["V"], given["X"][0], int(given["y"][0])
    batch = given["X"][:1], given["y"][:1]
    assert net.log_likelihood(W, V, x, y) == net.log_likelihood(W, V, *batch)
    assert isinstance(net.log_likelihood(W, V, x, y), float)
    assert close(net.gradients(W, V, x, y), net.gradients(W, V, *batch))
    assert net.predict_proba(W, V, x).shape == (M,)
    assert type(net.predict(W, V, x)) is int


def test_shards_add_up(net, given) -> None:
    W, V, X, y = given.values()
    whole = net.gradients(W, V, X, y)
    first, second = net.gradients(W, V, X[:2], y[:2]), net.gradients(W, V, X[2:], y[2:])
    assert close(whole, [a + b for a, b in zip(first, second, strict=True)])


def test_weights_multiply_each_example(net, given) -> None:
    W, V, X, y = given.values()
    weights = np.array([2.0, 0.0, 1.0, 1.0, 0.5])
    rows = [net.gradients(W, V, X[b], int(y[b])) for b in range(BATCH)]
    expected = [sum(w * row[k] for w, row in zip(weights, rows, strict=True)) for k in range(3)]
    assert close(net.gradients(W, V, X, y, sample_weight=weights), expected)


def test_an_empty_batch_has_no_gradient(net, given) -> None:
    W, V = given["W"], given["V"]
    L, dW, dV = net.gradients(W, V, np.empty((0, N)), np.empty(0, np.int64))
    assert L == 0.0
    assert not dW.any()
    assert not dV.any()
    assert net.predict(W, V, np.empty((0, N))).shape == (0,)
    assert net.ascent_epoch(W, V, np.empty((0, N)), np.empty(0, np.int64), 0.1) == 0.0


def test_out_is_filled_and_returned(net, given) -> None:
    expected = net.gradients(**given)
    out = np.full((M, D), np.nan), np.full((D, N), np.nan)
    _, dW, dV = net.gradients(**given, out=out)
    assert dW is out[0]
    assert dV is out[1]
    assert close((dW, dV), expected[1:])


def test_what_is_not_contiguous_works(net, given) -> None:
    expected = net.gradients(**given)
    wide = np.zeros((2 * D, 3 * N))
    wide[::2, ::3] = given["V"]
    out = np.empty((D, M)).T, np.empty((2 * D, N))[::2]
    found = net.gradients(
        np.asfortranarray(given["W"]), wide[::2, ::3], given["X"][::-1][::-1], given["y"], out=out
    )
    assert close(found, expected)
    assert found[1] is out[0]


def test_a_step_on_parameters_that_are_not_contiguous_writes_them(net, given) -> None:
    W, V, X, y = given.values()
    wide = np.zeros((D, 2 * N))
    wide[:, ::2] = V
    moved = np.asfortranarray(W.copy())
    net.ascent_step(moved, wide[:, ::2], X, y, 0.5)
    net.ascent_step(W, V, X, y, 0.5)
    assert close((moved, wide[:, ::2]), (W, V))
    assert not wide[:, 1::2].any()


def test_labels_of_any_integer_type(net, given) -> None:
    expected = net.log_likelihood(**given)
    for dtype in (np.int8, np.uint8, np.int32, np.uint64):
        assert net.log_likelihood(**{**given, "y": given["y"].astype(dtype)}) == expected


def test_the_last_partial_batch_is_kept(net, given) -> None:
    stepped = {key: value.copy() for key, value in given.items()}
    total = 0.0
    for start in (0, 2, 4):
        rows = slice(start, start + 2)
        batch = {**stepped, "X": given["X"][rows], "y": given["y"][rows]}
        total += net.ascent_step(**batch, learning_rate=0.1)
    found = net.ascent_epoch(**given, learning_rate=0.1, batch_size=2)
    assert np.isclose(found, total, rtol=1e-12)
    assert close((given["W"], given["V"]), (stepped["W"], stepped["V"]))


def test_batches_larger_than_a_tile_are_the_same_step(net, given, monkeypatch) -> None:
    stepped = {key: value.copy() for key, value in given.items()}
    expected = net.ascent_step(**stepped, learning_rate=0.1)
    whole = net.gradients(**given)
    for name, value in {"_TILE_BYTES": 2 * 8 * (3 * D + M), "_TILE_ROWS": 1}.items():
        monkeypatch.setattr(net, name, value)
    monkeypatch.setattr(net, "_BATCH_BYTES", net._TILE_BYTES)
    assert close(net.gradients(**given), whole)
    assert np.isclose(net.ascent_step(**given, learning_rate=0.1), expected)
    assert close((given["W"], given["V"]), (stepped["W"], stepped["V"]))


WRONG = {
    "W a list": ({"W": [[1.0]]}, TypeError, r"W is a list; .* of float64 with shape \(m, d\)$"),
    "W integers": ({"W": np.ones((M, D), int)}, TypeError, "W has dtype int64"),
    "mixed floats": ({"V": np.ones((D, N), np.float32)}, TypeError, "V has dtype float32"),
    "V too wide": ({"V": np.ones((D, N + 1))}, ValueError, "X has shape"),
    "V too high": ({"V": np.ones((D + 1, N))}, ValueError, "V has shape"),
    "W a vector": ({"W": np.ones(D)}, ValueError, "W has shape"),
    "X too wide": ({"X": np.ones((BATCH, N + 1))}, ValueError, "X has shape"),
    "X of three axes": ({"X": np.ones((1, BATCH, N))}, ValueError, "X has shape"),
    "X half": ({"X": np.ones((BATCH, N), np.float16)}, TypeError, "X has dtype float16"),
    "X of bytes swapped": ({"X": np.ones((BATCH, N), ">f8")}, TypeError, "X has dtype >f8"),
    "y too long": ({"y": np.zeros(BATCH + 1, int)}, ValueError, "y has shape"),
    "y floats": ({"y": np.zeros(BATCH)}, TypeError, "y is an array of float64"),
    "y booleans": ({"y": np.zeros(BATCH, bool)}, TypeError, "y is an array of bool"),
    "y a list": ({"y": [0] * BATCH}, TypeError, "y is a list"),
    "y an int": ({"y": 0}, ValueError, "y has shape"),
    "label too large": ({"y": np.array([0, 1, M, 0, 0])}, ValueError, r"y\[2\] is 6"),
    "label negative": ({"y": np.array([0, -1, 0, 0, 0])}, ValueError, r"y\[1\] is -1"),
    "weights too few": ({"sample_weight": np.ones(2)}, ValueError, "sample_weight has shape"),
    "weights mixed": ({"sample_weight": np.ones(BATCH, "f4")}, TypeError, "sample_weight has"),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("function", ["log_likelihood", "gradients", "ascent_step", "ascent_epoch"])
def test_a_wrong_argument_is_named_before_anything_is_written(net, given, function, case) -> None:
    changes, error, message = WRONG[case]
    arguments = {**given, **changes}
    if function.startswith("ascent"):
        arguments["learning_rate"] = 0.1
    before = {key: np.copy(value) for key, value in arguments.items()}
    with pytest.raises(error, match=message):
        getattr(net, function)(**arguments)
    for key, value in arguments.items():
        assert np.array_equal(value, before[key]), key


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"learning_rate": "fast"}, TypeError, "learning_rate is a str"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate is nan"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"batch_size": 1.5}, TypeError, "batch_size is a float"),
        ({"order": np.array([0, BATCH])}, ValueError, "order names row 5"),
        ({"order": np.array([-1])}, ValueError, "order names row -1"),
        ({"order": np.broadcast_to(0, 2**55)}, MemoryError, "."),
        ({"order": [0, 1]}, TypeError, "order is a list"),
        ({"order": np.array([0.0])}, TypeError, "order is an array of float64"),
    ],
)
def test_a_wrong_way_to_step_is_named(net, given, changes, error, message) -> None:
    W = given["W"].copy()
    with pytest.raises(error, match=message):
        net.ascent_epoch(**{**given, "learning_rate": 0.1, **changes})
    assert np.array_equal(W, given["W"])


def test_a_read_only_parameter_is_refused_where_it_would_be_written(net, given) -> None:
    given["V"].flags.writeable = False
    net.gradients(**given)
    with pytest.raises(ValueError, match="V is read-only"):
        net.ascent_step(**given, learning_rate=0.1)


@pytest.mark.parametrize(
    ("out", "error", "message"),
    [
        (lambda g: np.empty((M, D)), TypeError, "out is an array"),
        (lambda g: (np.empty((M, D)),), TypeError, "out is a tuple"),
        (lambda g: (np.empty((D, M)), np.empty((D, N))), ValueError, r"out\[0\] has shape"),
        (lambda g: (np.empty((M, D), "f4"), np.empty((D, N))), TypeError, r"out\[0\] has dtype"),
        (lambda g: (g["W"], np.empty((D, N))), ValueError, r"out\[0\] overlaps"),
        (lambda g: (np.empty((M, D)), g["V"][:]), ValueError, r"out\[1\] overlaps"),
    ],
)
def test_a_wrong_out_is_named(net, given, out, error, message) -> None:
    with pytest.raises(error, match=message):
        net.gradients(**given, out=out(given))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_elementwise_functions_take_any_shape_and_fill_out(net, dtype) -> None:
    x = np.linspace(-3, 3, 24, dtype=dtype).reshape(2, 3, 4)
    value, derivative = net.value_and_derivative(x)
    assert value.shape == derivative.shape == x.shape
    assert value.dtype == derivative.dtype == dtype
    assert np.array_equal(net.value(x), value)
    assert np.array_equal(net.derivative(x), derivative)
    out = np.empty_like(x), np.empty((2, 3, 8), dtype)[..., ::2]
    assert net.value_and_derivative(x, out=out) is out
    assert np.array_equal(out[0], value)
    assert np.array_equal(out[1], derivative)
    assert np.array_equal(net.value(x[:, ::2]), value[:, ::2])
    assert np.array_equal(net.value(x.copy(), out=x), value)


def test_an_out_that_overlaps_its_input_is_as_if_it_did_not(net) -> None:
    x = np.linspace(-1, 1, 9)
    expected = net.value(x[:-1].copy())
    net.value(x[:-1], out=x[1:])
    assert np.array_equal(x[1:], expected)


def test_wrong_elementwise_arguments_are_named(net) -> None:
    x = np.ones(3)
    with pytest.raises(TypeError, match="x has dtype int64"):
        net.value(np.ones(3, int))
    with pytest.raises(TypeError, match="x is a list"):
        net.value([1.0])
    with pytest.raises(ValueError, match="out has shape"):
        net.value(x, out=np.empty(4))
    with pytest.raises(TypeError, match="out has dtype float32; expected float64, the dtype of x"):
        net.value(x, out=np.empty(3, np.float32))
    with pytest.raises(TypeError, match="x is an int;"):
        net.value(1)
