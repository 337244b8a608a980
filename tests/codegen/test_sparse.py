"""Whatever the model, features given by their non-zeros give what the same features as an array do."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.sparse import csr_array

from codegen.passes import improve_for_sparse_features
from codegen.program import Densify
from codegen.programs import lower_to_programs
from codegen.recipe import Recipe
from derive import derive
from tests.codegen.models import MODELS
from tests.codegen.plain import plain_module

ROWS = 7


@pytest.fixture(scope="module", params=list(MODELS))
def generated(request, tmp_path_factory: pytest.TempPathFactory) -> tuple[ModuleType, str]:
    """A module of each model, made once."""
    recipe = Recipe(*MODELS[request.param])
    with pytest.MonkeyPatch.context() as patch:
        return plain_module(recipe, tmp_path_factory.mktemp("plain"), patch), request.param


class Problem:
    """A module with random parameters, examples as an array and by their non-zeros."""

    def __init__(self, module: ModuleType, name: str, order: str) -> None:
        text, bindings, trainable = MODELS[name]
        model = derive(text, bindings, trainable=trainable).model
        generator = np.random.default_rng(3)
        lengths: dict[str, int] = {}

        def draw(sizes) -> np.ndarray:
            shape = tuple(lengths.setdefault(str(s), 3 + len(lengths)) for s in sizes) or (1,)
            return np.array(generator.normal(size=shape), order=order)

        self.module = module
        self.parameters = [draw(quantity.sizes) for quantity in model.parameters]
        self.X = generator.normal(size=(ROWS, lengths[str(model.features.sizes[-1])]))
        self.X[generator.random(self.X.shape) < 0.6] = 0
        self.X[2] = 0
        self.sparse = csr_array(self.X)
        self.y = generator.integers(0, lengths[str(model.scores.sizes[-1])], ROWS)
        self.weights = generator.uniform(0.5, 2, ROWS)

    def both(self, name: str, *rest, **options):
        """Return what a function gives for the array and for the non-zeros, parameters copied."""
        results = []
        for X in (self.X, self.sparse):
            parameters = [parameter.copy(order="K") for parameter in self.parameters]
            given = (*parameters, X, self.y, *rest)
            results.append([getattr(self.module, name)(*given, **options), *parameters])
        return results


@pytest.fixture(params=["C", "F"])
def problem(request, generated: tuple[ModuleType, str]) -> Problem:
    return Problem(*generated, request.param)


def assert_equal(found, expected) -> None:
    for one, other in zip(found, expected, strict=True):
        assert_allclose(one, other, rtol=1e-12, atol=1e-13)


def test_likelihood_and_gradients(problem: Problem) -> None:
    dense, sparse = problem.both("log_likelihood", sample_weight=problem.weights)
    assert_equal(dense, sparse)
    (dense, *_), (sparse, *_) = problem.both("gradients", sample_weight=problem.weights)
    assert_equal(dense, sparse)


@pytest.mark.parametrize("batch_size", [1, 3, ROWS])
def test_steps(problem: Problem, batch_size: int) -> None:
    order = np.array([4, 1, 1, 6, 0])
    assert_equal(*problem.both("ascent_epoch", 0.1, batch_size))
    assert_equal(*problem.both("ascent_epoch", 0.1, batch_size, order))
    assert_equal(*problem.both("ascent_step", 0.1, sample_weight=problem.weights))


def test_probabilities_and_classes(problem: Problem) -> None:
    given = problem.module, problem.parameters
    for name in ("predict_proba", "predict"):
        dense, sparse = (
            getattr(problem.module, name)(*problem.parameters, X)
            for X in (problem.X, problem.sparse)
        )
        assert_equal(dense, sparse)
    assert given == (problem.module, problem.parameters)


def test_a_batch_too_large_for_memory_goes_by_tiles(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = problem.both("ascent_step", 0.1)[0]
    monkeypatch.setattr(problem.module, "_TILE_ROWS", 2)
    monkeypatch.setattr(problem.module, "_TILE_BYTES", 0)
    monkeypatch.setattr(problem.module, "_most_bytes", lambda *_: 0)
    assert_equal(problem.both("ascent_step", 0.1)[1], expected)
    found = problem.both("gradients")
    assert_equal(found[0][0], found[1][0])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("cores", [2, 3])
def test_the_number_of_cores_shows_in_no_parameter(
    generated: tuple[ModuleType, str], monkeypatch: pytest.MonkeyPatch, cores: int, order: str
) -> None:
    module, name = generated
    problem = Problem(module, name, order)
    alone = problem.both("ascent_epoch", 0.1, 3)[1]
    for limit in ("_BY_ONE_CORE", "_BY_ALL_CORES", "_ROWS_OF_A_CORE"):
        monkeypatch.setattr(module, limit, 0)
    monkeypatch.setattr(module, "_cores", lambda: cores)
    L, *parameters = problem.both("ascent_epoch", 0.1, 3)[1]
    assert_allclose(L, alone[0], rtol=1e-12)
    assert_equal(parameters, alone[1:])


def test_rows_are_filled_with_zeros_only_where_entries_of_x_are_used() -> None:
    filled = set()
    for name, (text, bindings, trainable) in MODELS.items():
        programs = lower_to_programs(derive(text, bindings, trainable=trainable))
        statements = programs.after(improve_for_sparse_features).gradients.statements
        if any(isinstance(statement, Densify) for statement in statements):
            filled.add(name)
    assert filled == {"no hidden layer", "skip"}
