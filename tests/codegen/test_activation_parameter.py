"""What the functions of a module take for a trainable parameter of an activation."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from codegen.recipe import Recipe
from tests.codegen.models import MODELS
from tests.codegen.plain import plain_module

X = np.linspace(-2, 2, 1200).astype(np.float32)


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        return plain_module(Recipe(*MODELS["learned"]), tmp_path_factory.mktemp("learned"), patch)


@pytest.mark.parametrize("beta", [1.5, np.float32(1.5), np.float64(1.5), np.full(1, 1.5, "f4")])
def test_it_is_a_number_or_an_array_of_one(module: ModuleType, beta: object) -> None:
    np.testing.assert_array_equal(module.value(X, beta), module.value(X, 1.5))


@pytest.mark.parametrize(
    ("beta", "error"),
    [
        (10**400, ValueError),
        (1e39, ValueError),
        (np.nan, ValueError),
        (True, TypeError),
        ("1.5", TypeError),
        (np.ones(2, np.float32), ValueError),
        (np.ones(1), TypeError),
    ],
)
@pytest.mark.parametrize("size", [0, 3, 5000])
def test_what_is_no_such_number_is_named(module, beta: object, error: type, size: int) -> None:
    out = np.full(size, 7, np.float32)
    with pytest.raises(error, match=r"^beta (is|has)"):
        module.value(np.ones(size, np.float32), beta, out)
    assert (out == 7).all()


def test_it_may_lie_in_memory_that_is_written(module, monkeypatch) -> None:
    x = np.linspace(-2, 2, 5000).astype(np.float32)
    values, slopes = module.value_and_derivative(x, 1.5)
    monkeypatch.setattr(module, "_MANY_OPERATIONS", 0)
    monkeypatch.setattr(module, "_cores", lambda: 4)
    room = np.full(2 * x.size, 1.5, np.float32)
    out = room[: x.size], room[x.size :]
    module.value_and_derivative(x, room[:1], out)
    np.testing.assert_array_equal(out[0], values)
    np.testing.assert_array_equal(out[1], slopes)


@pytest.mark.parametrize(
    ("beta", "seen"),
    [
        ([1.5], "a list"),
        (None, "a NoneType"),
        (1.5j, "a complex"),
        (np.ones(1), r"an array of float64 with shape \(1,\)"),
        (np.ones(2, "f4"), r"an array of float32 with shape \(2,\)"),
        (np.ones((), "f4"), r"an array of float32 with shape \(\)"),
    ],
)
def test_what_it_is_and_what_it_may_be_are_said(module, beta: object, seen: str) -> None:
    wanted = rf"^beta is {seen}; expected a real number, or an array of float32 with shape \(1,\)$"
    with pytest.raises((TypeError, ValueError), match=wanted):
        module.value(X, beta)


@pytest.mark.parametrize("beta", [1.5, np.float64(1.5), [1.5]])
def test_where_only_an_array_will_do_its_shape_is_said(module, beta: object) -> None:
    W, V = np.ones((2, 3)), np.ones((3, 4))
    wanted = r"^beta is a \w+; expected an array of float64 with shape \(1,\)$"
    with pytest.raises(TypeError, match=wanted):
        module.gradients(W, V, beta, np.ones((5, 4)), np.zeros(5, int))
