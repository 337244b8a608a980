"""Random examples of a model lie where it has values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from codegen.random_problem import random_problem, with_a_value
from codegen.recipe import Recipe


@pytest.mark.parametrize("domain", [1, -1])
def test_a_module_is_verified_where_it_has_values(domain: int) -> None:
    def log_likelihood(W: Any, V: Any, X: Any, y: Any) -> float:
        return float(np.log(domain * X @ V.T).sum() + W.sum())

    module, recipe = SimpleNamespace(log_likelihood=log_likelihood), Recipe(bindings={"g": "tanh"})
    problem = random_problem(recipe.derivation(), np.random.default_rng(0))
    with np.errstate(invalid="ignore"):
        found = with_a_value(module, problem, recipe.dtypes)  # type: ignore[arg-type]
    assert np.isfinite(log_likelihood(*found.arguments))
