"""The store of generated modules: what was put there comes back, or nothing does."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from codegen import store
from codegen.recipe import Recipe, recipe_of
from derive.errors import InputError

BODY = '"""A module."""\n\nANSWER = 42\n'


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """A recipe whose body is stored in an empty folder."""
    monkeypatch.setattr(store, "cache_folder", lambda name: tmp_path)
    recipe = recipe_of("softmax(W x)", None, {}, (), ("float32",))
    store.write(recipe, BODY)
    return recipe


def test_a_stored_body_comes_back_and_is_a_module(recipe: Recipe) -> None:
    assert store.read(recipe) == BODY
    assert store.load(recipe).ANSWER == 42
    assert store.read(recipe, ".tex") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:20]),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes().replace(b"42", b"43")),
        lambda path: path.write_text("import this is no Python"),
        lambda path: path.write_bytes(b"\xff" * 100),
    ],
)
def test_a_damaged_body_is_none(recipe: Recipe, damage: Callable[[Path], object]) -> None:
    damage(store.path_of(recipe))
    assert store.read(recipe) is None
    store.write(recipe, BODY)
    assert store.read(recipe) == BODY


@pytest.mark.parametrize("kind", ["folder", "link to nothing", "link to a file", "pipe"])
def test_what_is_in_the_place_of_a_body_is_named_and_left_alone(
    recipe: Recipe, kind: str, tmp_path: Path
) -> None:
    path, mine = store.path_of(recipe), tmp_path / "mine"
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(mine)
    if kind == "link to a file":
        mine.write_text("mine")
    assert store.read(recipe) is None
    with pytest.raises(InputError, match=rf"{path.name} is in the way .*: remove it"):
        store.write(recipe, BODY)
    assert not mine.exists() or mine.read_text() == "mine"


def test_plain_python_divides_by_a_literal_0_as_compiled_code_does(tmp_path: Path) -> None:
    path = tmp_path / "choosing.py"
    path.write_text(
        "def select(condition, chosen, otherwise):\n"
        "    return chosen if condition else otherwise\n\n\n"
        "def inverse(x):\n"
        "    return 1.0 / select(x > 1.0, 0.0, x)\n"
    )
    module = store.import_plain(path)
    with np.errstate(divide="ignore"):
        assert module.inverse(np.float64(2)) == np.inf
    assert type(module.inverse(np.float32(0.5))) is np.float32
