"""Generate writes what is not as it should be, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from codegen import plan
from codegen.cli import main
from codegen.recipe import Recipe
from derive.errors import InputError


def test_generate_writes_what_is_missing_and_check_is_then_content(said) -> None:
    status, text = said("check")
    assert status == 1
    assert "first.py is missing: codegen generate first" in text
    status, text = said("generate")
    assert status == 0
    assert text.count("wrote") == 2
    assert said("check") == (0, "2 files are as they should be\n")


def test_one_file_is_counted_as_one(said, project: Path) -> None:
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace("} ", ', target = "torch" } '))
    main(["generate", "-q"])
    assert said("check") == (0, "1 file is as it should be\n")


def test_generate_touches_nothing_that_is_fine(said, project: Path) -> None:
    main(["generate"])
    path = project / "kernels" / "first.py"
    stamp = path.stat().st_mtime_ns
    status, text = said("generate")
    assert (status, path.stat().st_mtime_ns) == (0, stamp)
    assert "nothing to do" in text


def test_the_header_says_from_what_and_how_and_nothing_of_when_or_where(project: Path) -> None:
    main(["generate", "-q"])
    head = (project / "kernels" / "first.py").read_text().split('"""')[0]
    assert "softmax(W f(x))" in head
    assert "codegen generate first" in head
    assert str(project) not in head


def test_a_file_that_codegen_did_not_write_is_left_alone(said, project: Path) -> None:
    (project / "kernels").mkdir()
    (project / "kernels" / "first.py").write_text("print('mine')\n")
    status, text = said("generate")
    assert status == 2
    assert "is not generated" in text
    assert (project / "kernels" / "first.py").read_text() == "print('mine')\n"


def test_an_edited_file_keeps_no_other_from_being_written(said, project: Path) -> None:
    main(["generate", "-q"])
    with (project / "pyproject.toml").open("a") as settings:
        settings.write('second = { model = "softmax(W x)" }')
    path = project / "kernels" / "first.py"
    path.write_text(path.read_text() + "# mine\n")
    status, text = said("generate")
    assert status == 2
    assert "keep a copy" in text
    assert (project / "kernels" / "second.py").exists()


def test_an_error_of_a_module_that_the_settings_name_has_its_name(said, monkeypatch) -> None:
    def unbound(recipe: Recipe) -> str:
        raise InputError("the activation g is abstract here")

    monkeypatch.setattr(plan, "_source", unbound)
    status, text = said("generate")
    assert status == 2
    assert re.search(r"module first of .*pyproject\.toml: the activation g is abstract", text)
