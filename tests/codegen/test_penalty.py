"""Modules with an L2 term: their numbers are those of L less α/2 Σ ‖W‖², over matrices alone."""

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from codegen.recipe import Recipe
from tests.codegen.plain import plain_module

MODEL = "softmax(W g(V x + b) + c)"
RECIPE = Recipe(MODEL, {"g": "tanh"}, (), ("float64",), "alpha")
ALPHA, RATE = 0.7, 0.05


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    return plain_module(RECIPE, tmp_path, monkeypatch)


def problem():
    draw = np.random.default_rng(0)
    shapes = [(3, 4), (4, 5), (4,), (3,)]
    parameters = [draw.normal(size=shape) for shape in shapes]
    return parameters, draw.normal(size=(11, 5)), draw.integers(0, 3, 11)


def test_the_value_and_the_gradients_have_the_term_once(module) -> None:
    parameters, X, y = problem()
    W, V, *_ = parameters
    plain, *slopes = module.gradients(*parameters, X, y)
    value, *penalised = module.gradients(*parameters, X, y, alpha=ALPHA)
    term = ALPHA / 2 * (np.sum(W**2) + np.sum(V**2))
    assert value == pytest.approx(plain - term, rel=1e-14)
    assert value == module.log_likelihood(*parameters, X, y, alpha=ALPHA)
    for slope, with_term, kept in zip(slopes, penalised, (W, V, 0, 0), strict=True):
        np.testing.assert_allclose(with_term, slope - ALPHA * kept, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("tiles", [False, True])
def test_a_step_ascends_what_is_penalised(module, monkeypatch, tiles: bool) -> None:
    if tiles:
        monkeypatch.setattr(module, "_TILE_BYTES", 300)
    parameters, X, y = problem()
    moved = [parameter.copy() for parameter in parameters]
    module.ascent_step(*moved, X, y, RATE, alpha=ALPHA)
    _, *slopes = module.gradients(*parameters, X, y, alpha=ALPHA)
    for found, parameter, slope in zip(moved, parameters, slopes, strict=True):
        np.testing.assert_allclose(found, parameter + RATE * slope, rtol=1e-12)


@pytest.mark.parametrize("csr", [False, True])
def test_a_step_on_no_rows_is_one_and_an_epoch_of_none_has_no_step(module, csr: bool) -> None:
    parameters, X, y = problem()
    X, y = X[:0], y[:0]
    X = csr_array(X) if csr else X
    moved = [parameter.copy() for parameter in parameters]
    assert module.ascent_step(*moved, X, y, RATE, alpha=ALPHA) == 0
    _, *slopes = module.gradients(*parameters, X, y, alpha=ALPHA)
    assert any(slope.any() for slope in slopes)
    for found, parameter, slope in zip(moved, parameters, slopes, strict=True):
        np.testing.assert_allclose(found, parameter + RATE * slope, rtol=1e-14)
    kept = [parameter.copy() for parameter in moved]
    assert module.ascent_epoch(*moved, X, y, RATE, alpha=ALPHA) == 0
    for found, before in zip(moved, kept, strict=True):
        np.testing.assert_array_equal(found, before)


def test_no_strength_is_no_term(module) -> None:
    parameters, X, y = problem()
    without = module.gradients(*parameters, X, y)
    zero = module.gradients(*parameters, X, y, alpha=0)
    for one, other in zip(without, zero, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("alpha", "error"), [(-1.0, ValueError), (np.nan, ValueError), ("1", TypeError)]
)
def test_a_strength_that_is_none_is_refused(module, alpha, error) -> None:
    parameters, X, y = problem()
    for function in (module.gradients, module.log_likelihood):
        with pytest.raises(error, match=r"alpha is .*; expected a number of 0 or more"):
            function(*parameters, X, y, alpha=alpha)


def test_the_equations_stand_in_the_source_by_number(tmp_path, monkeypatch) -> None:
    source = Path(plain_module(RECIPE, tmp_path, monkeypatch).__file__).read_text("utf-8")
    assert "# (15)  L_α = L − ½ α" in source
    assert "    (16)  ∂L_α/∂W = ∂L/∂W − α W" in source
    assert "keep, keep_rest = learning_rate, real(1) - alpha * learning_rate, real(1)" in source


def test_a_recipe_without_it_is_the_recipe_it_was() -> None:
    plain = Recipe(MODEL, {"g": "tanh"}, (), ("float64",))
    assert plain.hash != RECIPE.hash
    assert str(RECIPE).endswith("--l2 alpha")
    assert plain.hash == Recipe(MODEL, {"g": "tanh"}, (), ("float64",), None).hash
