"""Initial parameters: values of the size of one wherever they flow, in any graph."""

import numpy as np
import pytest

from codegen.training.initialise import initial_parameters
from codegen.training.network import free_sizes, network
from derive.errors import InputError
from derive.model import parse_model
from tests.codegen.training.stand_in import MODEL, one_hidden_layer

N, D, M = 200, 300, 250
X = np.random.default_rng(5).standard_normal((400, N))

ACTIVATIONS = {
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sine": (lambda x: np.sin(30 * x), lambda x: 30 * np.cos(30 * x)),
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "flat": (lambda x: 0.1 * x, lambda x: 0.1 + 0 * x),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
}


def start(text, value=np.tanh, derivative=lambda x: 1 - np.tanh(x) ** 2, **bindings):
    model = parse_model(text, bindings or {"g": "tanh"})
    module = one_hidden_layer(value, derivative)
    for name in model.activations:
        setattr(module, f"value_{name}", value)
        setattr(module, f"derivative_{name}", derivative)
    net = network(model, module, N, M, hidden=[D] * len(free_sizes(model)))
    return net, dict(zip(net.names, initial_parameters(net, seed=3), strict=True))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_arguments_suit_the_slope_and_scores_are_of_size_one_half(name):
    g, slope = ACTIVATIONS[name]
    _, p = start(MODEL, g, slope)
    a = X @ p["V"].T
    s = g(a) @ p["W"].T
    t = np.random.default_rng(0).standard_normal(100_000)
    assert np.std(a) == pytest.approx(min(1, 1 / np.sqrt(np.mean(slope(t) ** 2))), rel=0.1)
    assert np.sqrt(np.mean(s**2)) == pytest.approx(0.5, rel=0.25)
    assert {k: v.shape for k, v in p.items()} == {"W": (M, D), "V": (D, N)}


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("softmax(W f(x) + c)", lambda p: X @ p["W"].T + p["c"]),
        ("softmax(0.01*W f(x))", lambda p: 0.01 * X @ p["W"].T),
        ("softmax(W V f(x))", lambda p: X @ p["V"].T @ p["W"].T),
        (
            "softmax(W (g(U f(x)) * (V f(x))))",
            lambda p: (np.tanh(X @ p["U"].T) * (X @ p["V"].T)) @ p["W"].T,
        ),
        (
            "z = g(V f(x)); softmax(W (z + g(U z)))",
            lambda p: (z := np.tanh(X @ p["V"].T)) @ p["W"].T + np.tanh(z @ p["U"].T) @ p["W"].T,
        ),
        (
            "softmax(W g(V^T g(V f(x))))",
            lambda p: np.tanh(np.tanh(X @ p["V"].T) @ p["V"]) @ p["W"].T,
        ),
        (
            "softmax(W g(A g(B g(C f(x) + b))))",
            lambda p: np.tanh(np.tanh(np.tanh(X @ p["C"].T) @ p["B"].T) @ p["A"].T) @ p["W"].T,
        ),
    ],
)
def test_scores_are_of_size_one_half_in_any_graph(text, scores):
    bindings = {"g": "tanh"} if "g(" in text else {}
    model = parse_model(text, bindings)
    module = one_hidden_layer(np.tanh, lambda x: 1 - np.tanh(x) ** 2)
    net = network(model, module, N, M, hidden=[D] * len(free_sizes(model)))
    p = dict(zip(net.names, initial_parameters(net, seed=3), strict=True))
    assert np.sqrt(np.mean(scores(p) ** 2)) == pytest.approx(0.5, rel=0.3)
    assert all(not array.any() for name, array in p.items() if name.islower())


def test_a_learned_activation_parameter_starts_at_its_declared_value():
    model = parse_model(MODEL, {"g": "swish", "g.beta": "1.5"}, ["g.beta"])
    module = one_hidden_layer(
        lambda x, b: x / (1 + np.exp(-b * x)), lambda x, b: 1 / (1 + np.exp(-b * x))
    )
    net = network(model, module, 8, 3, hidden=[5], dtype=np.dtype(np.float32))
    parameters = initial_parameters(net, seed=0)
    assert net.names == ("W", "V", "beta")
    assert parameters[2].shape == (1,)
    assert parameters[2][0] == np.float32(1.5)
    assert {array.dtype for array in parameters} == {np.dtype(np.float32)}


def test_parameters_depend_on_the_seed_alone():
    net, _ = start(MODEL)
    first, again, other = (initial_parameters(net, seed) for seed in (1, 1, 2))
    assert all(map(np.array_equal, first, again))
    assert not np.array_equal(first[0], other[0])


def test_hidden_fills_the_free_sizes_from_the_input_outward():
    model = parse_model("softmax(U g(W g(V f(x))))", {"g": "tanh"})
    net = network(model, one_hidden_layer(np.tanh, np.cos), 8, 3, hidden=[7, 5])
    assert dict(zip(net.names, net.shapes, strict=True)) == {"U": (3, 5), "W": (5, 7), "V": (7, 8)}


@pytest.mark.parametrize(
    ("text", "hidden", "part"),
    [
        (MODEL, [7, 5], "give one for each"),
        (MODEL, [0], "expected 1 or more"),
        (MODEL, [10**12], "GiB of memory.*smaller --hidden"),
        ("softmax(W f(x))", [7], "leave --hidden out"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(text, hidden, part):
    model = parse_model(text, {"g": "tanh"} if "g(" in text else {})
    with pytest.raises(InputError, match=part):
        network(model, one_hidden_layer(np.tanh, np.cos), 8, 3, hidden=hidden)
