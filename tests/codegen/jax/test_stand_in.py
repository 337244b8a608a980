"""What stands in for JAX takes numbers below the normal range for 0, as XLA does."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.jax.stand_in import by_numpy


@pytest.mark.parametrize(("dtype", "small"), [("float32", 1e-40), ("float64", 5e-324)])
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1.0 / x", [np.inf, -np.inf, 1.0]),  # what is given
        ("x >= 5e-324", [1.0, 1.0, 1.0]),  # a constant, too
        ("(x * 0.5) / x", [np.nan, np.nan, 0.5]),
        ("jnp.where(x == 0.0, 3.0, x)", [3.0, 3.0, 1.0]),
    ],
)
def test_small_numbers_are_0(dtype: str, small: float, expression: str, expected: list) -> None:
    x = np.array([small, -small, 1], dtype)
    found = by_numpy(f"def g(x):\n    return {expression}\n", "g")(x)
    assert found.tolist() == pytest.approx(expected, nan_ok=True)
    assert found.dtype == dtype


def test_what_an_operation_makes_is_0_below_the_normal_range() -> None:
    x = np.array([8e307, -8e307, 4.0])
    found = by_numpy("def g(x):\n    inverse = 1.0 / x\n    return inverse * x\n", "g")(x)
    assert found.tolist() == [0.0, 0.0, 1.0]
