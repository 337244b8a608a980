"""What tests of commands share: a project with one module, and what a command says."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from codegen import plan
from codegen.cli import main


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one module, whose text is made without the generator."""
    (tmp_path / "pyproject.toml").write_text(
        '# kept\n[tool.codegen]\nout = "kernels"\n\n[tool.codegen.modules]\n'
        'first = { model = "softmax(W f(x))" }  # kept too\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plan.ahead, "searching", lambda recipes: nullcontext())
    monkeypatch.setattr(plan, "_source", lambda recipe: f'"""A module."""\n# {recipe.model}\n')
    monkeypatch.setattr(plan, "_latex", lambda recipe: "% slides\n")
    monkeypatch.setattr(plan, "module_of", lambda recipe: None)
    return tmp_path


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Return what says the exit status and the output of a command that is typed."""

    def said(*arguments: str) -> tuple[int, str]:
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return said
