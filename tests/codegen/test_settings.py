"""Whatever stands in pyproject.toml, it is settings or one sentence that names the file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codegen.cli import main
from codegen.settings import find_settings
from derive.errors import InputError

REFUSED = {
    "[tool.codegen]\nout = 1": "out in .* is 1: write a text",
    '[tool.codegen]\nout = "a\\u0000b"': r"write the name of a folder",
    "[tool.codegen]\nout = ''": r"write the name of a folder",
    '[tool.codegen.modules.a]\nout = "a\\u001bb"': r"write the name of a folder",
    "[tool]\ncodegen = 1": r"\[tool.codegen\] of .* is 1: make it a table",
    "[[tool.codegen]]\nout = 'g'": "make it a table",
    "[tool.codegen]\nmodules = 1": "modules in .* is 1: write a table",
    "[tool.codegen.modules.a]\ntrainable = [1]": r"trainable in .* is \[1\]: write a list of texts",
    '[tool.codegen.modules.a]\ntarget = "cuda"': "modules.a.* is 'cuda': type numba, torch or jax",
    '[tool.codegen.modules.a]\ndtype = "f4"': "modules.a.* dtype is 'f4': type",
    "[tool.codegen]\nx = " + "9" * 5000: "is not TOML",
    "[tool.codegen]\nx = " + "[" * 5000 + "]" * 5000: "is not TOML",
    "\x00": "is not TOML",
    "\ufeff[tool.codegen]": "begins with a byte-order mark",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_settings_is_refused_by_the_file_s_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(InputError, match=REFUSED[text]) as refused:
        find_settings(tmp_path)
    assert str(tmp_path / "pyproject.toml") in str(refused.value)


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_a_pyproject_toml_that_is_no_file_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "pyproject.toml"
    make = {"folder": path.mkdir, "device": lambda: path.symlink_to("/dev/zero")}
    make.get(kind, lambda: os.mkfifo(path))()
    with pytest.raises(InputError, match=f"{path} cannot be read .*: mend it or move it away"):
        find_settings(tmp_path)


def test_two_modules_may_not_be_one_file_where_capitals_do_not_count(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    entries = '[tool.codegen.modules]\nmish = { bind = { g = "mish" } }\n'
    (tmp_path / "pyproject.toml").write_text(entries)
    monkeypatch.chdir(tmp_path)
    assert main(["new", "Mish", "mish"]) == 2
    assert "as mish is one, and a file of that name" in capsys.readouterr().err
    (tmp_path / "pyproject.toml").write_text(entries + "MISH = {}\n")
    with pytest.raises(InputError, match="as MISH is one"):
        find_settings()


@pytest.mark.parametrize("text", ["", "tool = 1", "[tool]", "[project]\nname = 'x'"])
def test_a_file_without_settings_leaves_the_defaults(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    found = find_settings(tmp_path)
    assert found.path == tmp_path / "pyproject.toml"
    assert not found.modules
