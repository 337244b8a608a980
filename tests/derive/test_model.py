"""A model's definitions are what its text says: compared with NumPy at random sizes, and read."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np
import pytest
from sympy import Add, Expr, Float, Indexed, Mul, Pow, Rational, Sum, Symbol

from derive import InputError
from derive.graph import Model, Role
from derive.model import DEFAULT_MODEL, parse_model
from derive.notation import Activated

FUNCTIONS = {
    "g": np.tanh,
    "h": np.sin,
    "phi": np.arctan,
    "silu": lambda x: x / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}
g, h, silu, tanh, sigmoid = (FUNCTIONS[name] for name in ("g", "h", "silu", "tanh", "sigmoid"))

Arrays = dict[str, np.ndarray]

MODELS: dict[str, Callable[..., np.ndarray]] = {
    "softmax(W f(x))": lambda f, W: W @ f,
    "log softmax(W x)": lambda f, W: W @ f,
    "softmax(W f(x) + b)": lambda f, W, b: W @ f + b,
    "softmax(W g(V f(x)))": lambda f, W, V: W @ g(V @ f),
    "softmax(W @ g(V @ f(x)))": lambda f, W, V: W @ g(V @ f),
    "softmax(W φ(V₁ x))": lambda f, W, V1: W @ np.arctan(V1 @ f),
    "softmax(W g(V f(x) + b) + c)": lambda f, W, V, b, c: W @ g(V @ f + b) + c,
    "softmax(U h(W g(V f(x))))": lambda f, U, W, V: U @ h(W @ g(V @ f)),
    "softmax(A g(B h(C tanh(D silu(E x + e) - c))) + a)": lambda f, A, B, C, D, E, e, c, a: (
        A @ g(B @ h(C @ tanh(D @ silu(E @ f + e) - c))) + a
    ),
    "softmax(W (silu(U f(x)) * (V f(x))))": lambda f, W, U, V: W @ (silu(U @ f) * (V @ f)),
    "z = g(V f(x)); softmax(W (z + h(U z)))": lambda f, V, W, U: (
        W @ (g(V @ f) + h(U @ g(V @ f)))
    ),
    "softmax(W g(V^T g(V f(x))))": lambda f, W, V: W @ g(V.T @ g(V @ f)),
    "softmax(W g(V' g(V f(x))))": lambda f, W, V: W @ g(V.T @ g(V @ f)),
    "softmax(W g(Vᵀ g(V f(x))))": lambda f, W, V: W @ g(V.T @ g(V @ f)),
    "softmax(W g(V^⊤ g(V.T^{\\top} f(x))))": lambda f, W, V: W @ g(V.T @ g(V @ f)),
    "softmax(0.5 W x)": lambda f, W: W @ f / 2,
    "softmax(W x / 4 * 2 - -c)": lambda f, W, c: W @ f / 2 + c,
    "softmax((1/3) W (-x))": lambda f, W: -W @ f / 3,
    "softmax((W + 2 U) f(x))": lambda f, W, U: (W + 2 * U) @ f,
    "softmax((W - U)^T g(x))": lambda f, W, U: (W - U).T @ g(f),
    "softmax(W V f(x))": lambda f, W, V: W @ V @ f,
    "softmax((W V)^T x)": lambda f, W, V: (W @ V).T @ f,
    "softmax(W V^T U x)": lambda f, W, V, U: W @ V.T @ U @ f,
    "softmax(W (U + V T) g(x))": lambda f, W, U, V, T: W @ (U + V @ T) @ g(f),
    "softmax(g(V f(x)))": lambda f, V: g(V @ f),
    "softmax(g(W x) * h(U x) - (V x) * (V x))": lambda f, W, U, V: (
        g(W @ f) * h(U @ f) - (V @ f) ** 2
    ),
    "t = sigmoid(T x + c); softmax(W (t * tanh(V x) + (1 - t) * u))": lambda f, T, c, W, V, u: (
        W @ (sigmoid(T @ f + c) * tanh(V @ f) + (1 - sigmoid(T @ f + c)) * u)
    ),
    "a = V x; z = g(a) * a; s = W z; softmax(s)": lambda f, V, W: W @ (g(V @ f) * (V @ f)),
    "softmax(k * (W x) + i + l)": lambda f, k, W, i, l: k * (W @ f) + i + l,
    "softmax(d * (W x) + m + n + U g(V x))": lambda f, d, W, m, n, U, V: (
        d * (W @ f) + m + n + U @ g(V @ f)
    ),
    "softmax(W g(U g(U g(U g(V x)))))": lambda f, W, U, V: (
        W @ g(U @ g(U @ g(U @ g(V @ f))))
    ),
}  # fmt: skip


def entry(
    expression: Expr, at: dict[Symbol, int], arrays: Arrays, sizes: dict[Symbol, int]
) -> float:
    """Evaluate index notation by its definition, indices counted from 1."""

    def part(inner: Expr) -> float:
        return entry(inner, at, arrays, sizes)

    match expression:
        case Indexed():
            array = arrays[expression.base.label.name]
            return float(array[tuple(at[k] - 1 for k in expression.indices)])
        case Sum():
            ((k, first, last),) = expression.limits
            assert k not in at
            return sum(
                entry(expression.function, at | {k: value}, arrays, sizes)
                for value in range(int(first), sizes[last] + 1)
            )
        case Activated():
            assert isinstance(expression.argument, Indexed)
            return float(FUNCTIONS[expression.symbol.name](part(expression.argument)))
        case Add():
            return sum(map(part, expression.args))
        case Mul():
            return reduce(lambda u, v: u * v, map(part, expression.args))
        case Pow():
            return part(expression.base) ** part(expression.exp)
    return float(expression)


def evaluate(model: Model, arrays: Arrays, sizes: dict[Symbol, int]) -> np.ndarray:
    """Compute the scores, one definition after the other."""
    arrays = dict(arrays)
    for definition in model.definitions:
        (k,) = definition.indices
        (count,) = (sizes[size] for size in definition.quantity.sizes)
        arrays[definition.quantity.name] = np.array(
            [entry(definition.right, {k: at}, arrays, sizes) for at in range(1, count + 1)]
        )
    return arrays[model.scores.name]


@pytest.mark.parametrize("text", MODELS)
def test_definitions_compute_what_numpy_computes(text: str) -> None:
    model = parse_model(text)
    rng = np.random.default_rng(len(text))
    symbols = {size for q in model.quantities for size in q.sizes}
    sizes = {size: int(rng.integers(1, 5)) for size in sorted(symbols, key=str)}
    arrays = {
        q.name: rng.normal(size=[sizes[size] for size in q.sizes])
        for q in (model.features, *model.parameters)
    }
    parameters = {q.name: arrays[q.name] for q in model.parameters}
    wanted = MODELS[text](arrays["f"], **parameters)
    np.testing.assert_allclose(evaluate(model, arrays, sizes), wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("text", MODELS)
def test_parameters_come_in_the_order_of_the_text(text: str) -> None:
    names = list(MODELS[text].__code__.co_varnames[1:])
    assert [q.name for q in parse_model(text).parameters] == names


def names(text: str) -> list[str]:
    return [definition.quantity.name for definition in parse_model(text).definitions]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("softmax(W f(x))", "s"),
        ("softmax(W g(V f(x)))", "a z s"),
        ("softmax(U h(W g(V f(x))))", "a1 z1 a2 z2 s"),
        ("softmax(W (silu(U f(x)) * (V f(x))))", "a1 a2 z s"),
        ("z = g(V f(x)); softmax(W (z + h(U z)))", "a1 z a2 r s"),
        ("softmax(W g(V^T g(V f(x))))", "a1 z1 a2 z2 s"),
        ("softmax(W V f(x))", "z s"),
        ("softmax(g(x))", None),
        ("softmax(g(V f(x)))", "a s"),
        ("softmax(W g(V x) + U g(V x))", "a z s"),
        ("softmax(W g(V x) + s)", "a z q"),
        ("softmax(W x + s + q + t + o)", "s1"),
        ("softmax(W x + s + q + t + o + s1)", "s2"),
        ("softmax(W a(V x) + U z)", "u r s"),
        ("softmax(U h(W g(V f(x))) + a1)", "u1 z1 u2 z2 s"),
        ("q = V x; t = W g(q); softmax(t)", "q z t"),
        ("softmax(W g(f(x)))", "z s"),
        ("softmax(W g(h(V x)))", "a1 a2 z s"),
    ],
)  # fmt: skip
def test_automatic_names_are_the_slides_and_never_collide(text: str, wanted: str | None) -> None:
    if wanted is None:
        with pytest.raises(InputError, match="no parameters"):
            parse_model(text)
    else:
        assert names(text) == wanted.split()


@pytest.mark.parametrize("text", MODELS)
def test_every_quantity_and_size_has_a_name_of_its_own(text: str) -> None:
    model = parse_model(text)
    sizes = {size.name for q in model.quantities for size in q.sizes}
    names = [q.name for q in model.quantities]
    assert len(names) == len(set(names))
    assert not sizes & set(names)
    for definition in model.definitions:
        bound = {limit[0] for total in definition.right.atoms(Sum) for limit in total.limits}
        assert not bound & set(definition.indices)
        assert not {k.name for k in bound | set(definition.indices)} & set(names)


def sizes(text: str) -> dict[str, str]:
    model = parse_model(text)
    return {q.name: " ".join(size.name for size in q.sizes) for q in model.quantities}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("softmax(W f(x))", {"f": "n", "W": "m n", "s": "m"}),
        ("softmax(W g(V f(x) + b) + c)", {"W": "m d", "V": "d n", "b": "d", "c": "m", "z": "d"}),
        ("softmax(U h(W g(V f(x))))", {"U": "m d2", "W": "d2 d1", "V": "d1 n"}),
        ("z = g(V f(x)); softmax(W (z + h(U z)))", {"U": "d d", "W": "m d", "V": "d n"}),
        ("softmax(W g(V^T g(V f(x))))", {"V": "d n", "W": "m n", "a2": "n", "z1": "d"}),
        ("softmax(W x + U g(V x + c) + d)", {"U": "m h", "V": "h n", "c": "h", "d": "m"}),
        ("softmax(W x + U c)", {"U": "m d", "c": "d"}),
        ("softmax(W g(V x + U f(x)))", {"W": "m d", "V": "d n", "U": "d n"}),
    ],
)  # fmt: skip
def test_sizes_are_unified_and_named(text: str, wanted: dict[str, str]) -> None:
    found = sizes(text)
    assert {name: found[name] for name in wanted} == wanted


def test_the_scores_and_the_features_are_known_by_their_role() -> None:
    model = parse_model(DEFAULT_MODEL)
    assert model.features.role is Role.FEATURES
    assert [d.quantity.role for d in model.definitions] == [Role.HIDDEN, Role.HIDDEN, Role.SCORES]
    assert {q.role for q in model.parameters} == {Role.PARAMETER}


def test_a_number_means_the_decimal_that_is_written() -> None:
    (scores,) = parse_model("softmax(0.1 W x + 1e-3 b)").definitions
    assert scores.right.atoms(Rational) >= {Rational(1, 10), Rational(1, 1000)}
    assert not scores.right.atoms(Float)


def test_trainable_parameters_follow_the_others_and_reach_their_activation() -> None:
    formula = "x*tanh(log(1 + exp(beta*x))/beta)"
    model = parse_model(DEFAULT_MODEL, {"g": formula, "beta": "2"}, ["beta"])
    beta = model.parameters[-1]
    assert (beta.name, beta.sizes, beta.role) == ("beta", (), Role.ACTIVATION_PARAMETER)
    (applied,) = model.definitions[1].right.atoms(Activated)
    assert applied.orders == (0, 0)
    assert applied.parameters == (beta.at(),)


def test_trainable_parameters_of_one_name_are_told_apart() -> None:
    model = parse_model("softmax(W h(U g(V x)))", {"g": "prelu", "h": "prelu"}, ["h.a", "g.a"])
    assert [q.name for q in model.parameters] == ["W", "U", "V", "a_h", "a_g"]
    of = {str(node.symbol): node for d in model.definitions for node in d.right.atoms(Activated)}
    assert [str(p) for p in of["g"].parameters] == ["a_g"]
    assert [str(p) for p in of["h"].parameters] == ["a_h"]


def test_a_trainable_parameter_leaves_a_to_the_preactivation() -> None:
    model = parse_model(DEFAULT_MODEL, {"g": "prelu"}, ["a"])
    assert [q.name for q in model.quantities] == ["f", "W", "V", "a_g", "a", "z", "s"]


def test_a_trainable_parameter_leaves_its_name_to_an_error() -> None:
    model = parse_model(DEFAULT_MODEL, {"g": "tanh(err_z*x)", "err_z": "1"}, ["err_z"])
    assert model.parameters[-1].name == "err_z_g"
