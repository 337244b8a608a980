"""Whatever the model, its module's gradients are those of its log-likelihood."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from codegen import generate
from codegen.recipe import Recipe
from codegen.store import import_file
from derive import derive
from derive.errors import InputError
from tests.codegen.models import MODELS
from tests.codegen.plain import plain_module

STEP = 6e-6


class Problem:
    """A module with random parameters and examples."""

    def __init__(self, module: ModuleType, name: str) -> None:
        text, bindings, trainable = MODELS[name]
        model = derive(text, bindings, trainable=trainable).model
        generator = np.random.default_rng(7)
        lengths: dict[str, int] = {}

        def shape(sizes) -> tuple[int, ...]:
            return tuple(lengths.setdefault(str(s), 3 + len(lengths)) for s in sizes) or (1,)

        self.module = module
        self.names = [quantity.name for quantity in model.parameters]
        self.parameters = [generator.normal(size=shape(q.sizes)) for q in model.parameters]
        self.X = generator.normal(
            size=(6, *shape(model.features.sizes[1:] or model.features.sizes))
        )
        classes = shape(model.scores.sizes)[-1]
        self.y = generator.integers(0, classes, 6)
        self.weights = generator.uniform(0.5, 2, 6)

    def likelihood(self) -> float:
        return self.module.log_likelihood(
            *self.parameters, self.X, self.y, sample_weight=self.weights
        )


@pytest.fixture(scope="module", params=list(MODELS))
def generated(request, tmp_path_factory: pytest.TempPathFactory) -> tuple[ModuleType, str]:
    """A module of each model, made once."""
    text, bindings, trainable = MODELS[request.param]
    recipe = Recipe(text, bindings, trainable)
    with pytest.MonkeyPatch.context() as patch:
        return plain_module(recipe, tmp_path_factory.mktemp("plain"), patch), request.param


@pytest.fixture
def problem(generated: tuple[ModuleType, str]) -> Problem:
    return Problem(*generated)


def test_gradients_are_those_of_the_log_likelihood(problem: Problem) -> None:
    found, *gradients = problem.module.gradients(
        *problem.parameters, problem.X, problem.y, sample_weight=problem.weights
    )
    assert np.isclose(found, problem.likelihood(), rtol=1e-12)
    for parameter, gradient in zip(problem.parameters, gradients, strict=True):
        assert gradient.shape == parameter.shape
        for place in np.ndindex(parameter.shape):
            middle = parameter[place]
            values = []
            for moved in (middle + STEP, middle - STEP):
                parameter[place] = moved
                values.append(problem.likelihood())
            parameter[place] = middle
            assert np.isclose(gradient[place], (values[0] - values[1]) / (2 * STEP), atol=1e-8)


def test_log_likelihood_is_the_weighted_log_of_the_probabilities(problem: Problem) -> None:
    P = problem.module.predict_proba(*problem.parameters, problem.X)
    assert np.allclose(P.sum(axis=1), 1)
    gold = P[np.arange(6), problem.y]
    assert np.isclose(problem.likelihood(), problem.weights @ np.log(gold), rtol=1e-12)
    assert (problem.module.predict(*problem.parameters, problem.X) == P.argmax(axis=1)).all()


def test_a_step_adds_the_gradient_in_place(problem: Problem) -> None:
    before, *gradients = problem.module.gradients(*problem.parameters, problem.X, problem.y)
    expected = [p + 0.1 * g for p, g in zip(problem.parameters, gradients, strict=True)]
    found = problem.module.ascent_step(*problem.parameters, problem.X, problem.y, 0.1)
    assert np.isclose(found, before)
    for parameter, value in zip(problem.parameters, expected, strict=True):
        assert np.allclose(parameter, value, rtol=1e-12)


def test_an_epoch_is_its_steps_one_after_the_other(problem: Problem) -> None:
    order = np.array([4, 1, 1, 0, 5])
    stepped = [parameter.copy() for parameter in problem.parameters]
    total = 0.0
    for rows in (order[:2], order[2:4], order[4:]):
        total += problem.module.ascent_step(*stepped, problem.X[rows], problem.y[rows], 0.05)
    found = problem.module.ascent_epoch(
        *problem.parameters, problem.X, problem.y, 0.05, batch_size=2, order=order
    )
    assert np.isclose(found, total)
    for parameter, value in zip(problem.parameters, stepped, strict=True):
        assert np.allclose(parameter, value, rtol=1e-12)


def test_float32_stays_float32(problem: Problem) -> None:
    single = [parameter.astype(np.float32) for parameter in problem.parameters]
    _, *gradients = problem.module.gradients(*single, problem.X.astype(np.float32), problem.y)
    _, *wide = problem.module.gradients(*problem.parameters, problem.X, problem.y)
    for narrow, exact in zip(gradients, wide, strict=True):
        assert narrow.dtype == np.float32
        assert np.allclose(narrow, exact, rtol=1e-3, atol=1e-4)
    assert problem.module.predict_proba(*single, problem.X.astype(np.float32)).dtype == np.float32


def test_a_parameter_may_have_the_name_of_an_index_or_a_size(tmp_path, monkeypatch) -> None:
    for name in ("b", "n", "top"):
        recipe = Recipe(f"softmax(W (x + {name}))")
        module = plain_module(recipe, tmp_path, monkeypatch)
        W, bias, X = np.ones((2, 3)), np.arange(3.0), np.ones((1, 3))
        assert np.allclose(module.predict_proba(W, bias, X), 0.5)


def test_a_parameter_with_a_name_of_the_module_is_refused() -> None:
    with pytest.raises(InputError, match=r"the parameter 'rows' has a name .* rename it"):
        generate(Recipe("softmax(W (x + rows))"))


@pytest.mark.parametrize("name", ["lambda", "np", "real", "crew"])
def test_the_strength_of_an_l2_term_with_such_a_name_is_refused_too(name: str) -> None:
    with pytest.raises(InputError, match=f"'{name}' .*: rename it, for example to {name}_1"):
        generate(Recipe("softmax(W x)", l2=name))
    assert f"{name}_1: float" in generate(Recipe("softmax(W x)", l2=f"{name}_1"))


def test_the_equations_stand_in_the_comments_with_their_numbers() -> None:
    source = generate(Recipe("softmax(W f(x))"))
    derivation = derive("softmax(W f(x))")
    number = derivation.equation("dW").number
    assert f"# ({number})  ∂L/∂W = err(s)ᵀ X" in source


def test_generating_twice_gives_the_same_bytes() -> None:
    recipe = Recipe("softmax(W (b + x) + c)")
    assert generate(recipe) == generate(recipe)


def test_a_learned_activation_compiles_whatever_its_parameter_is_called(tmp_path, monkeypatch):
    text, bindings, trainable = MODELS["learned"]
    recipe = Recipe(text, bindings, trainable, dtypes=("float64",))
    plain = plain_module(recipe, tmp_path, monkeypatch)
    compiled = import_file("compiled", Path(str(plain.__file__)))
    x, beta = np.linspace(-3, 3, 7), np.array([1.5])
    for fast, slow in zip(
        compiled.value_and_derivative(x, beta), plain.value_and_derivative(x, beta), strict=True
    ):
        assert np.allclose(fast, slow, rtol=1e-14)
