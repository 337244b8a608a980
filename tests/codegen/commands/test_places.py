"""Where a file, a folder or the settings cannot be written, that is said before the work."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from codegen import plan
from codegen.cli import main
from codegen.header import with_header
from codegen.recipe import Recipe


@pytest.mark.parametrize("kind", ["folder", "pipe", "read-only"])
@pytest.mark.parametrize(
    "typed", [["generate"], ["generate", "--force"], ["new", "plain", "--model", "softmax(W x)"]]
)
def test_where_one_file_cannot_be_written_none_is(
    said, project: Path, monkeypatch, typed: list[str], kind: str
) -> None:
    name = "plain" if typed[0] == "new" else "first"
    path = project / "kernels" / f"{name}.tex"
    path.parent.mkdir()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_text(with_header(".tex", "% old\n", name, Recipe("softmax(W x)")))
        monkeypatch.setattr("derive.files.os.access", lambda file, mode: file != path)
    before = (project / "pyproject.toml").read_text()
    status, text = said(*typed)
    assert status == 2
    assert re.search(f"{name}.tex cannot be (read|written) ", text)
    assert (project / "pyproject.toml").read_text() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_folder_that_nothing_can_be_written_into_is_refused_before_the_work(
    capsys, project: Path, monkeypatch
) -> None:
    before = (project / "pyproject.toml").read_text()
    (project / "file").write_text("mine")
    monkeypatch.setattr(plan.ahead, "searching", None)  # nothing is searched for
    for out in ("file", "file/below"):
        assert main(["new", "plain", "--model", "softmax(W x)", "--out", out]) == 2
        assert f"{project / 'file'} is a file: give another one" in capsys.readouterr().err
    (project / "closed").mkdir(mode=0o555)
    monkeypatch.setattr(plan.os, "access", lambda path, mode: path != project / "closed")
    assert main(["new", "plain", "--model", "softmax(W x)", "--out", "closed/below"]) == 2
    assert f"{project / 'closed'} is not writable: give another one" in capsys.readouterr().err
    assert (project / "pyproject.toml").read_text() == before


def test_settings_that_cannot_be_written_are_refused_before_the_work(
    capsys, project: Path, monkeypatch
) -> None:
    monkeypatch.setattr(plan.ahead, "searching", None)  # nothing is searched for
    path = project / "pyproject.toml"
    monkeypatch.setattr("derive.files.os.access", lambda file, mode: file != path)
    assert main(["new", "plain", "--model", "softmax(W x)", "--out", "other"]) == 2
    assert "pyproject.toml cannot be written (it is read-only)" in capsys.readouterr().err
    assert not (project / "other").exists()


@pytest.mark.parametrize("kind", ["link", "deep", "letters", "marks"])
def test_a_folder_that_cannot_be_is_refused_and_nothing_recorded(
    capsys, project: Path, monkeypatch, kind: str
) -> None:
    before = (project / "pyproject.toml").read_text()
    typed, message = {
        "link": ("link/below", "is a link to nothing|is a file"),
        "deep": ("a/" * 1500, "folders deep|too long"),
        "letters": ("a\udcff", "it is no text in UTF-8"),
        "marks": ("a\x1b[31m", "holds what is not printable"),
    }[kind]
    if kind == "link":
        (project / "link").symlink_to(project / "file")
        (project / "file").write_text("mine")
    monkeypatch.setattr(plan, "module_of", lambda recipe: None)
    assert main(["new", "plain", "--model", "softmax(W x)", "--out", typed]) == 2
    assert re.search(message, capsys.readouterr().err)
    assert (project / "pyproject.toml").read_text() == before


def test_the_folder_of_modules_may_not_be_a_link_to_nothing(said, project: Path) -> None:
    (project / "kernels").symlink_to(project / "nowhere")
    status, text = said("generate")
    assert status == 2
    assert f"{project / 'kernels'} is a link to nothing: give another one" in text
