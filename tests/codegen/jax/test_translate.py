"""Scalar code as JAX: what XLA may not change, what it is made of, and what it refuses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from codegen.jax.stand_in import by_numpy
from codegen.jax.translate import operations, translated
from codegen.scalar.arrays import over_arrays
from codegen.scalar.sample import samples
from codegen.vectormath import CATALOGUE
from tests.codegen.peers import peer

jax: Any = peer("jax")

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=500), RNG.normal(size=500) * 10.0 ** RNG.integers(-9, 9, 500)


def exact(a: float) -> Fraction:
    return Fraction(float(a))


@pytest.fixture
def arithmetic() -> Any:
    from codegen.jax import arithmetic

    with jax.enable_x64(True):
        yield arithmetic


def test_sums_are_error_free_under_xla(arithmetic: Any) -> None:
    high, low = map(np.asarray, jax.jit(arithmetic.two_sum)(A, B))
    for a, b, h, l in zip(A, B, high, low, strict=True):
        assert exact(a) + exact(b) == exact(h) + exact(l)


def test_a_sum_with_a_constant_stays_error_free(arithmetic: Any) -> None:
    high, low = map(np.asarray, jax.jit(lambda x: arithmetic.fast_two_sum(1.0, x))(A * 1e-3))
    for a, h, l in zip(A * 1e-3, high, low, strict=True):
        assert 1 + exact(a) == exact(h) + exact(l)


def test_products_keep_twice_the_digits_under_xla(arithmetic: Any) -> None:
    high, low = map(np.asarray, jax.jit(arithmetic.two_product)(A, B))
    for a, b, h, l in zip(A, B, high, low, strict=True):
        assert abs(exact(a) * exact(b) - exact(h) - exact(l)) <= abs(exact(h)) / 2**104


def test_fma_rounds_once_under_xla(arithmetic: Any) -> None:
    C = -A * B
    found = np.asarray(jax.jit(arithmetic.fma)(A, B, C))
    for a, b, c, f in zip(A, B, C, found, strict=True):
        truth = exact(a) * exact(b) + exact(c)
        assert abs(truth - exact(f)) <= abs(truth) / 2**50 + abs(exact(c)) / 2**104


def test_special_values_pass_fma(arithmetic: Any) -> None:
    given = np.array([np.inf, np.nan, 1e200, 2.0])
    found = np.asarray(jax.jit(arithmetic.fma)(given, np.array([1.0, 1.0, 1e200, 3.0]), np.ones(4)))
    assert found[0] == np.inf
    assert np.isnan(found[1])
    assert found[2] == np.inf
    assert found[3] == 7


SOURCE = '''@scalar
def g_float64(x):
    """Return g(x)."""
    t1 = exp_f64(-abs(x))
    t2 = x == x
    return select(not t2, x, 1.0 + t1)
'''


def test_functions_keep_their_lines() -> None:
    text = translated(SOURCE, ("exp_f64", "scalar"))
    assert "    return jnp.where(~t2, x, kept(1.0 + t1))\n" in text
    assert "def exp_f64(x):" in text
    assert "njit" not in text
    assert operations(text, "g_float64") > operations(text, "exp_f64") > 20


def test_numpy_stands_in_for_jax() -> None:
    text = translated(SOURCE, ("exp_f64", "scalar"))
    x = np.linspace(-50, 50, 101)
    assert by_numpy(text, "g_float64")(x) == pytest.approx(1 + np.exp(-abs(x)), rel=1e-15)


def test_branches_choose_among_arrays(arithmetic: Any) -> None:
    text = translated("@scalar\ndef g_float64(x):\n    return sin_f64(x)\n", ("sin_f64", "scalar"))
    names: dict[str, Any] = {"np": np, "jnp": jax.numpy, "lax": jax.lax}
    exec(text, names)
    x = np.array([0.5, -3.0, 1e22, 1e300])
    expected = [0.479425538604203, -0.1411200080598672, -0.8522008497671888, -0.8178819121159085]
    assert np.asarray(jax.jit(names["g_float64"])(x)) == pytest.approx(expected, rel=4e-16)
    assert by_numpy(text, "g_float64")(x) == pytest.approx(expected, rel=4e-16)


ONE_FLOAT = [
    name for name, row in CATALOGUE.items() if row.arity == 1 and name.endswith(("_f32", "_f64"))
]


@pytest.mark.parametrize("name", ONE_FLOAT)
def test_every_function_is_as_good_without_fused_operations(name: str) -> None:
    dtype = "float32" if name.endswith("_f32") else "float64"
    x = samples(dtype, 2000)
    x = x[~(np.abs(x) < np.finfo(dtype).tiny)]  # what is smaller is taken for 0
    text = translated(f"@scalar\ndef g(x):\n    return {name}(x)\n", (name, "scalar"))
    found = by_numpy(text, "g")(x)
    with np.errstate(all="ignore"):
        exact = over_arrays(name)(x)
        apart = np.abs(found - exact) / np.spacing(np.abs(exact))
    counted = np.isfinite(exact) & (np.abs(exact) > 2.0 ** (-118 if dtype == "float32" else -960))
    assert apart[counted].max() <= 2
    np.testing.assert_array_equal(np.isnan(found), np.isnan(exact))


def test_what_has_no_meaning_in_jax_is_refused() -> None:
    with pytest.raises(TypeError, match=r"no JAX for np\.cbrt\(x\)"):
        translated("@scalar\ndef g(x):\n    return np.cbrt(x)\n", ("scalar",))
