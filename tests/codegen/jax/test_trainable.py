"""A trainable parameter in JAX: an argument, whose tangent is derived too."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codegen import targets
from codegen.jax.design import BOUNDS, Samples
from codegen.jax.emit import quantities
from codegen.recipe import Recipe, recipe_of
from codegen.scalar.problem import Problem
from codegen.scalar.served import EVERYWHERE
from codegen.store import import_file
from derive.errors import InputError
from derive.formula import X
from tests.codegen.peers import peer

jax: Any = peer("jax")
jnp: Any = jax.numpy
ways: Any = import_module("codegen.jax.verification").ways  # which imports JAX

PATH = Path(__file__).parents[3] / "generated" / "squareplus_jax.py"
M: Any = import_file("squareplus_jax_for_tests", PATH)
RECIPE = Recipe(bindings={"g": "squareplus"}, trainable=("g.b",), target="jax")
QUANTITIES = list(quantities(RECIPE.derivation().model))
AT = jnp.linspace(-5, 5, 11)


def squareplus(x: Any, b: Any) -> Any:
    return (x + jnp.sqrt(x * x + b)) / 2


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda q: q.name)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_derivative_keeps_its_bound_over_the_range_of_the_parameter(
    quantity: Any, dtype: str
) -> None:
    problem = Problem.of((quantity.expression,), X, dtype, quantity.defaults)
    samples = Samples.of(problem, 1_500)
    assert samples.parameters["b"].min() >= 0.5
    assert samples.parameters["b"].max() <= 32
    *_, (how, function) = ways(M, quantity)

    def run(x: Any, b: Any) -> Any:
        with jax.enable_x64(dtype == "float64"):
            return np.asarray(jax.jit(function)(x, b))

    assert samples.row(how, run, EVERYWHERE).max_ulp <= BOUNDS[dtype]


def test_the_parameter_broadcasts_and_has_the_shape_of_its_own_in_its_gradient() -> None:
    x, b = jnp.stack([AT, AT + 1]), jnp.array([[1.0], [3.0]])
    for f, g in (
        (M.value, squareplus),
        (jax.jit(M.value), squareplus),
        (lambda x, b: M.value(x, b[:, 0, None]), squareplus),
    ):
        found, expected = (
            jax.grad(lambda *v, h=h: jnp.sin(h(*v)).sum(), (0, 1))(x, b) for h in (f, g)
        )
        assert found[1].shape == b.shape
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(jax.vmap(M.value)(x, b[:, 0]), squareplus(x, b), rtol=1e-6)
    assert M.value(1, 2.0).dtype == jnp.float32
    assert jax.grad(M.value, 1)(jnp.float16(1), jnp.float32(2)).dtype == jnp.float32


def test_tangents_and_the_hessian_are_those_of_both_arguments() -> None:
    with jax.enable_x64(True):
        x, b = jnp.float64(0.7), jnp.float64(2.5)
        one, two = (jax.hessian(f, (0, 1))(x, b) for f in (M.value, squareplus))
        np.testing.assert_allclose(one, two, rtol=1e-13)
        one, two = (jax.jvp(f, (x, b), (0.3, -2.0)) for f in (M.value, squareplus))
        np.testing.assert_allclose(one, two, rtol=1e-14)


def test_what_does_not_change_takes_no_part() -> None:
    infinite = jnp.array([jnp.inf, -jnp.inf])
    assert jax.vmap(jax.grad(M.value), (0, None))(infinite, 4.0).tolist() == [1, 0]
    text = str(jax.make_jaxpr(jax.grad(M.value))(1.0, 4.0))
    assert "value_in_b" not in text


def test_a_third_derivative_is_refused() -> None:
    third = jax.grad(jax.grad(jax.grad(M.value, 1)), 1)
    with pytest.raises(NotImplementedError, match="value is differentiable twice"):
        third(1.0, 2.0)


def test_a_module_of_activations_has_no_l2_term() -> None:
    penalised = recipe_of("softmax(W g(V x))", "tanh", {}, (), ("float32",), "alpha", "jax")
    with pytest.raises(InputError, match="no objective for an L2 term: leave out --l2"):
        targets.source(penalised)


@pytest.mark.parametrize(
    ("x", "b", "message"),
    [
        (1.0, 1j, "b is complex64; expected real numbers"),
        (1j, 1.0, "x is complex64; expected real numbers"),
        (1.0, jax.random.key(0), "b is key.*; expected real numbers"),
    ],
)
def test_what_is_not_real_is_refused_by_name(x: Any, b: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        M.value(x, b)


def test_lists_are_arrays_beside_a_parameter_too() -> None:
    found = M.value([1.0, 2.0], [4.0])
    np.testing.assert_array_equal(found, M.value(jnp.array([1.0, 2.0]), 4.0))
