"""Random examples of a model lie where it has values."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from codegen.random_problem import random_problem, with_values
from codegen.recipe import Recipe
from derive.errors import VerificationError

G = {
    "log x": np.log,
    "log(−x)": lambda x: np.log(-x),
    "√(1 − x²)": lambda x: np.sqrt(1 - x**2),
    "acosh x": np.arccosh,
    "log(x − 3)": lambda x: np.log(x - 3),
    "asin(x + 8)": lambda x: np.arcsin(x + 8),
}


def _found(g: Any, **bindings: Any) -> tuple[Any, Any]:
    def log_likelihood(W: Any, V: Any, X: Any, y: Any) -> float:
        return float(g(X @ V.T).sum() + W.sum())

    recipe = Recipe(bindings={"g": "tanh"}, **bindings)
    module = SimpleNamespace(log_likelihood=log_likelihood)
    problem = random_problem(recipe.derivation(), np.random.default_rng(0))
    with np.errstate(all="ignore"):
        return next(with_values(module, problem, recipe.dtypes)), log_likelihood  # type: ignore[arg-type]


@pytest.mark.parametrize("name", G)
def test_a_module_is_verified_where_it_has_values(name: str) -> None:
    problem, likelihood = _found(G[name])
    assert np.isfinite(likelihood(*problem.arguments))
    assert np.ptp(problem.X) > 0


def test_a_module_without_values_is_refused_in_words() -> None:
    with pytest.raises(VerificationError, match="L has no finite value at any parameters"):
        _found(lambda x: np.full_like(x, np.nan))


def test_what_an_activation_learns_keeps_its_value() -> None:
    recipe = Recipe(bindings={"g": "log(x + b)", "g.b": "-0.5"}, trainable=("g.b",))
    problem = random_problem(recipe.derivation(), np.random.default_rng(0))
    for changed in (problem.of_one_sign(1), problem.close_to(4)):
        given = dict(zip(changed.names, changed.parameters, strict=True))
        assert given["b"] == -0.5
        assert given["W"].min() > 0
