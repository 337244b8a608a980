"""However many cores share the work, the numbers are those of one; BLAS gets its threads back."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.sparse import csr_array

from codegen.recipe import Recipe
from codegen.store import import_plain
from derive import derive
from tests.codegen.models import MODELS
from tests.codegen.plain import plain_module
from tests.codegen.test_emit import Problem

FOLDER = Path(__file__).parents[2] / "generated"
CORES = 3


def share_everything(net: ModuleType, patch: pytest.MonkeyPatch) -> list[int]:
    """Let three cores share the smallest work, and return the list of what BLAS is told."""
    told: list[int] = []
    for name in ("_BY_ONE_CORE", "_BY_ALL_CORES", "_MANY_OPERATIONS", "_ROWS_OF_A_CORE"):
        patch.setattr(net, name, 0)
    patch.setattr(net, "_SOME_OPERATIONS", 1)
    patch.setattr(net, "_blas_threads", lambda: (lambda: CORES, told.append))
    return told


@pytest.fixture(scope="module", params=list(MODELS))
def problem(request, tmp_path_factory: pytest.TempPathFactory) -> Problem:
    text, bindings, trainable = MODELS[request.param]
    recipe = Recipe(text, bindings, trainable)
    with pytest.MonkeyPatch.context() as patch:
        module = plain_module(recipe, tmp_path_factory.mktemp("plain"), patch)
    return Problem(module, request.param)


def test_shared_gradients_and_steps_of_every_model_are_those_of_one_core(problem, monkeypatch):
    net, X, y, weights = problem.module, problem.X, problem.y, problem.weights
    alone = everything(net, problem.parameters, X, y, weights)
    told = share_everything(net, monkeypatch)
    shared = everything(net, problem.parameters, X, y, weights)
    assert all_close(shared, alone)
    assert told == [1, CORES] * 6


def everything(net: ModuleType, parameters, X, y, weights) -> list[np.ndarray]:
    """Return all that a module computes of a batch, and the parameters after two epochs."""
    moved = [parameter.copy() for parameter in parameters]
    found = [*net.gradients(*moved, X, y, sample_weight=weights)]
    found += [net.log_likelihood(*moved, X, y, sample_weight=weights)]
    found += [net.predict_proba(*moved, X), net.predict(*moved, X)]
    order = np.array([5, 0, 3, 3, 1])
    found += [net.ascent_epoch(*moved, X, y, 0.1, batch_size=4, order=order)]
    return [*found, net.ascent_epoch(*moved, X, y, 0.1, batch_size=4), *moved]


def all_close(found: list[np.ndarray], expected: list[np.ndarray]) -> bool:
    pairs = zip(found, expected, strict=True)
    return all(np.allclose(a, b, rtol=1e-12, atol=1e-14) for a, b in pairs)


@pytest.mark.parametrize("form", [np.asarray, csr_array], ids=["dense", "CSR"])
@pytest.mark.parametrize("cores", [1, CORES])
def test_in_tiles_of_classes_every_model_computes_the_same(problem, cores, form, monkeypatch):
    net, y, weights = problem.module, problem.y, problem.weights
    X = form(problem.X)
    expected = everything(net, problem.parameters, X, y, weights)
    monkeypatch.setattr(net, "_classes_of_a_tile", lambda *sizes: 2)
    if cores > 1:
        share_everything(net, monkeypatch)
    assert all_close(everything(net, problem.parameters, X, y, weights), expected)
    monkeypatch.setattr(net, "_rows_in_tiles", lambda *sizes: 4)
    assert all_close(everything(net, problem.parameters, X, y, weights), expected)


@pytest.mark.parametrize(("batch", "keeps"), [(3, True), (9, False)])
def test_scores_are_kept_in_a_gradient_whose_rows_are_as_long_as_the_batch(
    tmp_path, monkeypatch, batch, keeps
):
    net = plain_module(Recipe("softmax(W g(V f(x)) + c)", {"g": "tanh"}), tmp_path, monkeypatch)
    draw = np.random.default_rng(4).normal
    W, V, c, X = draw(size=(5, 4)), draw(size=(4, 2)), draw(size=5), draw(size=(batch, 2))
    out = np.full_like(W, np.nan), np.full_like(V, np.nan), np.full_like(c, np.nan)
    y = np.arange(batch) % 5
    expected = net.gradients(W, V, c, X, y)
    monkeypatch.setattr(net, "_classes_of_a_tile", lambda *sizes: 2)
    kept = net._where_to_keep(batch, batch, out, X)
    assert (kept is out[0]) == keeps
    assert all_close(net.gradients(W, V, c, X, y, out=out), expected)


def test_the_choice_of_tiles_is_made_from_sizes(silu):
    def classes(batch: int, n: int, d: int, m: int) -> int:
        empty = np.broadcast_to(np.float32(0), (m, d)), np.broadcast_to(np.float32(0), (d, n))
        return silu._classes_of_a_tile(batch, empty, np.empty((0, n), np.float32))

    assert classes(256, 784, 512, 10) == 0
    assert classes(100_000, 784, 256, 10) == 0
    assert classes(32, 512, 512, 50_000) == 0
    assert 0 < classes(256, 512, 512, 50_000) <= 1024
    assert 0 < classes(4096, 256, 256, 256_000) <= 1024


def test_the_l2_term_is_in_a_shared_sum_once(tmp_path, monkeypatch):
    recipe = Recipe("softmax(W g(V f(x) + b))", {"g": "tanh"}, l2="alpha")
    net = plain_module(recipe, tmp_path, monkeypatch)
    draw = np.random.default_rng(4).normal
    W, V, b, X = draw(size=(3, 4)), draw(size=(4, 2)), draw(size=4), draw(size=(9, 2))
    y = np.arange(9) % 3

    def everything() -> list[np.ndarray]:
        moved = [W.copy(), V.copy(), b.copy()]
        found = [*net.gradients(*moved, X, y, alpha=0.7)]
        found += [net.log_likelihood(*moved, X, y, alpha=0.7)]
        return [*found, net.ascent_epoch(*moved, X, y, 0.1, batch_size=4, alpha=0.7), *moved]

    alone = everything()
    share_everything(net, monkeypatch)
    assert all_close(everything(), alone)
    monkeypatch.setattr(net, "_classes_of_a_tile", lambda *sizes: 2)
    assert all_close(everything(), alone)


@pytest.fixture
def silu() -> ModuleType:
    return import_plain(FOLDER / "silu.py")


def test_shared_elements_are_equal_to_the_bit(silu, monkeypatch):
    x = np.linspace(-9, 9, 31)
    expected = silu.value_and_derivative(x)
    share_everything(silu, monkeypatch)
    assert np.array_equal(silu.value_and_derivative(x), expected)


def test_an_error_is_raised_and_blas_gets_its_threads_back(silu, monkeypatch):
    told = share_everything(silu, monkeypatch)

    def failing(*arguments):
        raise MemoryError("no memory for a batch")

    form = silu._FORMS[np.ndarray]._replace(gradients=failing)
    monkeypatch.setitem(silu._FORMS, np.ndarray, form)
    W, V, X = np.ones((2, 3)), np.ones((3, 4)), np.ones((8, 4))
    with pytest.raises(MemoryError, match="a batch"):
        silu.gradients(W, V, X, np.zeros(8, int))
    assert told == [1, CORES]


def test_where_blas_may_use_one_thread_so_may_we(silu, monkeypatch):
    share_everything(silu, monkeypatch)
    monkeypatch.setattr(silu, "_blas_threads", lambda: (lambda: 1, pytest.fail))
    monkeypatch.setattr(silu, "_helpers", pytest.fail)
    W, V, X = np.ones((2, 3)), np.ones((3, 4)), np.ones((8, 4))
    assert silu.gradients(W, V, X, np.zeros(8, int))[0] < 0


def test_shares_are_as_many_whether_helpers_are_awake_or_not(silu, monkeypatch):
    monkeypatch.setattr(silu, "_blas_threads", lambda: (lambda: CORES, lambda threads: None))
    size = silu._BY_ONE_CORE
    for board in (0, 1):
        monkeypatch.setattr(silu._Helpers, "board", lambda self, number, is_long, at=board: at)
        assert silu._crew(CORES * 8, size, is_long=False) == (board, CORES)
    assert silu._crew(CORES * 8, size - 1, is_long=True) is None


def test_a_call_within_another_has_as_many_shares_and_the_last_gives_blas_its_threads_back(
    silu, monkeypatch
):
    threads = [CORES]
    monkeypatch.setattr(silu, "_blas_threads", lambda: (lambda: threads[-1], threads.append))
    crew = silu._crew(CORES * 8, silu._BY_ONE_CORE, is_long=True)

    def within(crew):
        assert threads[-1] == 1
        return silu._crew(CORES * 8, silu._BY_ONE_CORE, is_long=True)

    assert silu._with_crew(crew, lambda crew: silu._with_crew(crew, within)) == crew
    assert threads == [CORES, 1, 1, CORES]


def test_rows_too_few_to_share_are_left_to_blas(silu, monkeypatch):
    monkeypatch.setattr(silu, "_blas_threads", lambda: (lambda: CORES, pytest.fail))
    few = CORES * silu._ROWS_OF_A_CORE - 1
    assert silu._crew(few, silu._BY_BLAS, is_long=True) is None


@pytest.mark.parametrize("name", MODELS)
def test_sums_come_last_and_write_gradients_alone(name):
    from codegen.passes import improve
    from codegen.program import Role, writes
    from codegen.programs import lower_to_programs

    text, bindings, trainable = MODELS[name]
    program = improve(lower_to_programs(derive(text, bindings, trainable=trainable)).gradients)
    assert program.sums
    for statement in program.statements:
        assert all(array.role is not Role.GRADIENT for array in writes(statement))
    for statement in program.sums:
        assert all(array.role is Role.GRADIENT for array in writes(statement))
