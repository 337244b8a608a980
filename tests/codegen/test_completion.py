"""What the shell completes, without importing what takes long."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SETTINGS = '[tool.codegen.modules]\nmine = { model = "softmax(W x)" }\n'


def completed(folder: Path, *words: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from codegen.cli import main; sys.exit(main())"],
        cwd=folder,
        env={
            **os.environ,
            "_CODEGEN_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(("codegen", *words)),
            "COMP_CWORD": str(len(words)),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return [line.split(",")[1] for line in done.stdout.splitlines() if "," in line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("gen",), {"generate"}),
        (("show", "mi"), {"mine", "mish", "mila"}),
        (("check", "mi"), {"mine"}),
        (("show", "mish", "--stage", "p"), {"program"}),
    ],
)
def test_commands_names_and_choices_complete(words, expected, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    assert set(completed(tmp_path, *words)) == expected


def test_bad_settings_do_not_disturb_completion(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.codegen]\nnonsense = 1\n")
    assert completed(tmp_path, "show", "misha") == []
    assert completed(tmp_path, "check", "m") == []


@pytest.mark.parametrize("program", ["derive", "codegen"])
def test_help_imports_nothing_that_takes_long(program: str) -> None:
    code = (
        f"import sys; from {program}.cli import main; main(['--help']); "
        "print(sorted({'numpy', 'sympy', 'numba', 'scipy', 'rich', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
