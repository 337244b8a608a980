"""The loop learns real data, is deterministic, divides by the batch and survives divergence."""

import numpy as np
import pytest

from codegen.training.data import read_examples
from codegen.training.initialise import initial_parameters
from codegen.training.loop import DivergenceError, Plan, Table, ascend
from codegen.training.network import network
from codegen.training.prepare import prepare
from codegen.training.rate import largest_curvature, suggested_rate
from derive.model import parse_model
from tests.codegen.training.stand_in import MODEL, one_hidden_layer

DIGITS = prepare(read_examples("digits"), 0.2, np.dtype(np.float64))
TANH = one_hidden_layer(np.tanh, lambda x: 1 - np.tanh(x) ** 2)


def begin(module=TANH, hidden=100, seed=0):
    net = network(parse_model(MODEL, {"g": "tanh"}), module, 64, 10, hidden=[hidden])
    return net, initial_parameters(net, seed, DIGITS.feature_power)


def epochs(net, start, **changes):
    plan = Plan(**{"epochs": 3, "rate": 0.1, "batch_size": 32, "seed": 0, **changes})
    return list(ascend(net, start, DIGITS.train, DIGITS.held_out, plan))


def test_digits_are_learnt_with_the_suggested_rate():
    net, start = begin()
    rate = suggested_rate(net, start, DIGITS.train.X, 32, seed=0)
    reached = epochs(net, start, epochs=30, rate=rate)
    assert reached[-1].accuracy >= 0.96
    assert reached[0].log_likelihood > np.log(1 / 10)
    assert reached[-1].log_likelihood > -0.05


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    net, start = begin(hidden=8)
    first, again, other = (epochs(net, start, seed=seed) for seed in (1, 1, 2))
    assert all(map(np.array_equal, first[-1].parameters, again[-1].parameters))
    assert [e.log_likelihood for e in first] == [e.log_likelihood for e in again]
    assert not np.array_equal(first[-1].parameters[0], other[-1].parameters[0])


def test_one_step_on_everything_adds_the_rate_times_the_mean_gradient():
    net, start = begin(hidden=8)
    (reached,) = epochs(net, start, epochs=1, rate=0.5, batch_size=len(DIGITS.train))
    L, *gradients = TANH.gradients(*start, DIGITS.train.X, DIGITS.train.y)
    assert reached.log_likelihood == pytest.approx(L / len(DIGITS.train))
    for after, before, gradient in zip(reached.parameters, start, gradients, strict=True):
        np.testing.assert_allclose(after - before, 0.5 * gradient / len(DIGITS.train), atol=1e-12)


def test_rows_are_visited_once_an_epoch_in_whole_batches_though_the_table_is_cut(monkeypatch):
    seen = []

    def recorded(*arguments, batch_size, order):
        seen.append((len(order), batch_size))
        return TANH.ascent_epoch(*arguments, batch_size=batch_size, order=order)

    module = one_hidden_layer(np.tanh, TANH.derivative)
    module.ascent_epoch = recorded
    net, start = begin(module, hidden=4)
    whole = epochs(net, start, epochs=1)
    monkeypatch.setattr("codegen.training.loop.CHUNK_ROWS", 100)
    cut = epochs(net, start, epochs=1)
    assert len(seen) > 2
    assert all(rows % batch == 0 for rows, batch in seen[1:-1])
    assert sum(rows for rows, _ in seen[1:]) == len(DIGITS.train)
    assert all(map(np.array_equal, whole[-1].parameters, cut[-1].parameters))


def test_the_rate_falls_from_its_value_to_near_0_along_half_a_cosine():
    plan = Plan(epochs=10, rate=0.3, batch_size=1, seed=0)
    rates = [plan.rate_at(epoch) for epoch in range(1, 11)]
    assert rates[0] == 0.3
    assert rates[5] == pytest.approx(0.15)
    assert all(np.diff(rates) < 0)
    assert 0 < rates[-1] < 0.01
    assert Plan(epochs=10, rate=1.7e308, batch_size=1, seed=0).rate_at(1) == 1.7e308


def cube():
    return one_hidden_layer(lambda x: x**3, lambda x: 3 * x**2)


def test_a_rate_of_the_users_that_diverges_is_reported_and_no_epoch_of_it_is_kept():
    net, start = begin(cube())
    with np.errstate(all="ignore"), pytest.raises(DivergenceError, match="epoch 1 is"):
        epochs(net, start, rate=1e3)


def test_a_suggested_rate_that_diverges_is_halved_from_the_last_good_weights():
    net, start = begin(cube())
    with np.errstate(all="ignore"):
        reached = epochs(net, start, rate=4.0, halves=True, epochs=10)
    assert reached[-1].halvings > 0
    assert [epoch.number for epoch in reached] == list(range(1, 11))
    assert all(np.isfinite(p).all() for epoch in reached for p in epoch.parameters)
    assert reached[-1].log_likelihood > reached[0].log_likelihood > 2 * np.log(1 / 10)


def test_the_curvature_of_logistic_regression_is_that_of_its_hessian():
    """Identity activation, V fixed at I: Fisher's information in W is Σ P(1−P) ⊗ f fᵀ."""
    draw = np.random.default_rng(0)
    X = draw.standard_normal((500, 3))
    net = network(
        parse_model(MODEL, {"g": "x"}),
        one_hidden_layer(lambda x: x, np.ones_like),
        3,
        2,
        hidden=[3],
    )
    W, V = draw.standard_normal((2, 3)), np.eye(3)
    net.module.gradients = lambda W, V, X, y: (0.0, TANH_W(W, X, y))
    P = net.module.predict_proba(W, V, X)
    hessian = np.einsum("bij,bk,bl->ikjl", P[:, :, None] * (np.eye(2) - P[:, None]), X, X)
    expected = np.linalg.eigvalsh(hessian.reshape(6, 6) / len(X))[-1]
    assert largest_curvature(net, (W, V), X, draw) == pytest.approx(expected, rel=0.25)


def TANH_W(W, X, y):
    s = X @ W.T
    P = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    return (np.eye(len(W))[y] - P).T @ X


def test_the_suggested_rate_falls_with_the_square_of_the_features_scale():
    net, start = begin(one_hidden_layer(lambda x: x, np.ones_like))
    one = suggested_rate(net, start, DIGITS.train.X, 32, seed=0)
    ten = suggested_rate(net, start, 10 * DIGITS.train.X, 32, seed=0)
    assert 20 < one / ten < 1000


def test_without_held_out_rows_there_is_no_accuracy():
    net, start = begin(hidden=4)
    nothing = Table(DIGITS.train.X[:0], DIGITS.train.y[:0])
    plan = Plan(epochs=1, rate=0.1, batch_size=32, seed=0)
    assert next(ascend(net, start, DIGITS.train, nothing, plan)).accuracy is None
