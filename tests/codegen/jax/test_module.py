"""A module for JAX: jit, vmap, grad twice, both dtypes, the bounds that it promises, its errors."""

from __future__ import annotations

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

PATH = Path(__file__).parents[3] / "generated" / "silu_jax.py"
M: Any = import_file("silu_jax_for_tests", PATH)
QUANTITIES = list(quantities(Recipe(bindings={"g": "silu"}, target="jax").derivation().model))


@pytest.mark.parametrize("quantity", QUANTITIES, ids=lambda q: q.name)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_function_keeps_its_bound_under_xla(quantity: Any, dtype: str) -> None:
    samples = Samples.of(Problem.of((quantity.expression,), X, dtype), 1_500)
    function = getattr(M, quantity.name)

    def run(x: Any) -> Any:
        with jax.enable_x64(dtype == "float64"):
            return np.asarray(jax.jit(function)(x))

    assert samples.row("g", run, EVERYWHERE).max_ulp <= BOUNDS[dtype]


def test_derivatives_are_the_functions_that_were_derived() -> None:
    x = jnp.linspace(-5, 5, 11)
    first = jax.jit(jax.vmap(jax.grad(M.value)))(x)
    second = jax.jit(jax.vmap(jax.grad(jax.grad(M.value))))(x)
    assert np.array_equal(first, M.derivative(x))
    assert np.array_equal(second, M.second_derivative(x))


def test_g_agrees_with_jax_and_is_right_where_it_is_not() -> None:
    x = jnp.linspace(-5, 5, 11)
    np.testing.assert_allclose(M.value(x), jax.nn.silu(x), rtol=1e-6)
    assert float(M.value(jnp.float32(-88.0))) == pytest.approx(-5.324e-37, rel=1e-3)


def test_float64_is_computed_inside_whether_x64_is_on_or_off() -> None:
    x = np.linspace(-20, 20, 41, dtype=np.float32)
    off = np.asarray(M.value(x))
    with jax.enable_x64(True):
        on = np.asarray(M.value(x))
        assert M.value(jnp.float64(1.0)).dtype == np.float64
    assert off.dtype == on.dtype == np.float32
    assert np.array_equal(off, on)


def test_other_dtypes_keep_theirs() -> None:
    assert M.value(jnp.ones(3, jnp.bfloat16)).dtype == jnp.bfloat16
    assert M.value(jnp.arange(3)).dtype == jnp.float32
    assert jax.grad(M.value)(jnp.float16(1)).dtype == jnp.float16
    with pytest.raises(TypeError, match="x is complex64; expected real numbers"):
        M.value(jnp.ones(2, complex))


def test_it_stands_in_a_scan_and_a_hessian() -> None:
    _, values = jax.lax.scan(lambda c, x: (c, M.value(x)), 0.0, jnp.arange(3.0))
    np.testing.assert_allclose(values, M.value(jnp.arange(3.0)))
    hessian = jax.hessian(lambda x: M.value(x).sum())(jnp.arange(3.0))
    np.testing.assert_allclose(np.diag(hessian), M.second_derivative(jnp.arange(3.0)))


def test_a_third_derivative_is_refused() -> None:
    third = jax.grad(jax.grad(jax.grad(M.value)))
    with pytest.raises(NotImplementedError, match="value is differentiable twice"):
        third(1.0)


def test_a_model_without_an_activation_has_nothing_for_jax() -> None:
    with pytest.raises(InputError, match="has none: name one"):
        targets.source(recipe_of("softmax(W x)", None, {}, (), ("float32",), None, "jax"))


def test_a_target_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="the target is 'cuda': type numba, torch or jax"):
        recipe_of("softmax(W x)", None, {}, (), ("float32",), None, "cuda")
