"""A module is recorded in whatever pyproject.toml there is: nothing else of the file changes."""

from __future__ import annotations

import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codegen.manifest import record
from codegen.recipe import Recipe
from codegen.settings import find_settings
from derive.errors import InputError

TISH = Recipe(bindings={"g": "x*tanh(b*x)", "g.b": "2"}, trainable=("g.b",))
ENTRY = """[tool.codegen.modules.tish]
model = "softmax(W g(V f(x)))"
bind = { g = "x*tanh(b*x)", "g.b" = "2" }
trainable = ["g.b"]
"""
BEGINS = '[tool.codegen]\nout = "generated"\n\n' + ENTRY
OTHER = "# of another tool\n[tool.other]\nk = 1 # last\n"

# what is there → what is there afterwards, with @ for the new entry
ADDED = {
    "": BEGINS,
    "[project]\nname = 'x'": "[project]\nname = 'x'\n\n" + BEGINS,
    "[tool.codegen]\nout = 'k'  # where\n\n" + OTHER: "[tool.codegen]\nout = 'k'  # where\n\n@\n"
    + OTHER,
    "[tool.codegen.modules]\na = {}  # a\n# more\n\n" + OTHER: (
        "[tool.codegen.modules]\na = {}  # a\n# more\n\n@\n" + OTHER
    ),
    "[tool.codegen]\nout = 'k'\n[[tool.many]]\nx = 1\n[[tool.many]]\nx = 2\n": (
        "[tool.codegen]\nout = 'k'\n\n@\n[[tool.many]]\nx = 1\n[[tool.many]]\nx = 2\n"
    ),
    "[tool.codegen]\n\n[project]\nname = 'x'\n\n[tool.codegen.modules.a]\n# a\n\n" + OTHER: (
        "[tool.codegen]\n\n[project]\nname = 'x'\n\n[tool.codegen.modules.a]\n# a\n\n@\n" + OTHER
    ),
    "tool.codegen.out = 'k'  # where\ntool.other.k = 1\n": (
        "tool.codegen.out = 'k'  # where\ntool.other.k = 1\n\n@"
    ),
    "[tool]\ncodegen.out = 'k'\nother.k = 1\n\n[zoo]\na = 1\n": (
        "[tool]\ncodegen.out = 'k'\nother.k = 1\n\n[zoo]\na = 1\n\n@"
    ),
}

CHANGED = {
    "[tool.codegen.modules]\ntish = { bind = { g = 'tanh' } }  # t\nb = {}  # b\n\n"
    + OTHER: "  # t\nb = {}",
    "[tool.codegen.modules.tish]\n# of it\nbind = { g = 'tanh' }  # t\ndtype = 'both'\n\n"
    + OTHER: "  # t\n",
    # a table of the bindings
    "[tool.codegen.modules.tish]  # t\nmodel = 'softmax(W x)'\n[tool.codegen.modules.tish.bind]  # b\n"
    "g = 'tanh'\n\n" + OTHER: "[tool.codegen.modules.tish.bind]  # b\n",
}

REFUSED = (
    "[tool]\ncodegen = { out = 'k' }\n",
    "[tool.codegen]\nmodules = { a = {} }\n",
)


def recorded(folder: Path, text: str) -> str:
    """Record TISH beside a text twice, the second time without effect; return what comes out."""
    path = folder / "pyproject.toml"
    path.write_bytes(text.encode())
    record(find_settings(folder), "tish", TISH)
    found = path.read_bytes()
    record(find_settings(folder), "tish", TISH)
    assert path.read_bytes() == found
    assert find_settings(folder).modules["tish"] == TISH
    return found.decode()


@pytest.mark.parametrize("text", ADDED, ids=range(len(ADDED)))
def test_a_new_entry_stands_below_the_others(tmp_path: Path, text: str) -> None:
    assert recorded(tmp_path, text) == ADDED[text].replace("@", ENTRY.removesuffix("\n") + "\n")


def test_the_ends_of_lines_stay_as_they_are(tmp_path: Path) -> None:
    text = "[tool.codegen]\r\nout = 'k'\r\n\r\n[tool.other]\r\nk = 1\r\n"
    assert recorded(tmp_path, text).replace("\r\n", "").count("\n") == 0


@pytest.mark.parametrize("text", CHANGED, ids=range(len(CHANGED)))
def test_an_entry_is_changed_in_its_place_and_keeps_its_comments(tmp_path: Path, text: str) -> None:
    changed = recorded(tmp_path, text)
    assert CHANGED[text] in changed
    assert changed.endswith("\n\n" + OTHER)
    assert [line for line in text.split("\n") if line.startswith("#")] == [
        line for line in changed.split("\n") if line.startswith("#")
    ]
    assert "dtype" not in changed


def test_an_entry_that_means_the_same_is_left_as_it_is(tmp_path: Path) -> None:
    text = '[tool.codegen.modules]\na = { bind = { g = "tanh" } }  # short\n'
    (tmp_path / "pyproject.toml").write_text(text)
    record(find_settings(tmp_path), "a", Recipe(bindings={"g": "tanh"}))
    assert (tmp_path / "pyproject.toml").read_text() == text


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_a_form_that_nothing_can_be_added_to_is_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"write it as tables of their own, \[tool.codegen\] and"):
        record(find_settings(tmp_path), "tish", TISH)
    assert path.read_text() == text
    tomllib.loads(text)


def test_modules_that_are_recorded_at_once_are_all_recorded(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.codegen.modules]\nfirst = { model = "softmax(W x)" }\n'
    )
    settings = find_settings(tmp_path)
    names = [f"m{k}" for k in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda name: record(settings, name, TISH), names))
    assert set(find_settings(tmp_path).modules) == {"first", *names}
