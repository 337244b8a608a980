"""What check finds: every state of a file, and the command that mends it."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from codegen import plan
from codegen.cli import main
from codegen.header import with_header
from codegen.recipe import Recipe


def test_check_is_json_for_programs(said, project: Path) -> None:
    main(["generate", "-q"])
    (project / "kernels" / "first.tex").unlink()
    status, text = said("check", "--json", "--diff")
    assert status == 1
    module, slides = json.loads(text)
    assert (module["state"], module["command"], module["diff"]) == ("fine", "", "")
    assert (slides["state"], slides["command"]) == ("missing", "codegen generate first")
    assert "+% slides" in slides["diff"]


def test_a_changed_generator_makes_a_file_stale(said, monkeypatch) -> None:
    main(["generate", "-q"])
    monkeypatch.setattr(plan.ahead, "searching", lambda recipes: nullcontext())
    monkeypatch.setattr(plan, "_source", lambda recipe: '"""A module."""\n# better\n')
    status, text = said("check", "--diff")
    assert status == 1
    assert "first.py is stale: codegen generate first" in text
    assert "+# better" in text
    assert main(["generate", "first"]) == 0
    assert main(["check"]) == 0


def test_an_edit_by_hand_is_told_from_staleness_and_never_lost_silently(said, project) -> None:
    main(["generate", "-q"])
    path = project / "kernels" / "first.py"
    path.write_text(path.read_text() + "# mine\n")
    status, text = said("check")
    assert status == 1
    assert "edited by hand: codegen generate --force first" in text
    status, text = said("generate")
    assert status == 2
    assert "keep a copy" in text
    assert "# mine" in path.read_text()
    assert main(["generate", "--force", "first"]) == 0
    assert main(["check"]) == 0


def test_line_ends_that_git_has_given_a_file_are_no_edit(project: Path) -> None:
    main(["generate", "-q"])
    path = project / "kernels" / "first.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["check"]) == 0


def test_an_edit_that_is_no_text_can_be_shown(said, project: Path) -> None:
    main(["generate", "-q"])
    path = project / "kernels" / "first.py"
    path.write_bytes(path.read_bytes() + b"# \xff \x1b[2J\n")
    status, text = said("check", "--diff")
    assert status == 1
    assert "-# \N{REPLACEMENT CHARACTER} \\x1b[2J" in text


def test_a_module_that_is_a_link_to_itself_is_named(said, project: Path) -> None:
    (project / "kernels").mkdir()
    loop = project / "kernels" / "first.py"
    loop.symlink_to(loop)
    for command in ("check", "generate"):
        status, text = said(command)
        assert status == 2
        assert f"{loop} cannot be read (Too many levels of symbolic links)" in text


def test_a_module_that_nothing_names_is_orphaned(said, project: Path) -> None:
    main(["generate", "-q"])
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(text.replace("first =", "second ="))
    main(["generate", "-q"])
    status, text = said("check")
    assert status == 1
    assert "first.py is orphaned: codegen generate --prune" in text
    assert main(["generate", "--prune", "-q"]) == 0
    assert main(["check"]) == 0
    assert not (project / "kernels" / "first.py").exists()


def test_what_a_module_has_left_behind_is_orphaned(said, project: Path) -> None:
    main(["generate", "-q"])
    settings = project / "pyproject.toml"
    plain = settings.read_text()
    for instead in ('out = "else"', 'target = "torch"'):
        settings.write_text(plain.replace("} ", f", {instead} }} "))
        status, text = said("generate")
        assert status == 0
        assert "first.tex is orphaned: codegen generate --prune" in text
    assert main(["generate", "--prune", "-q"]) == 0
    assert [path.name for path in (project / "kernels").iterdir()] == ["first.py"]


def test_a_folder_that_is_written_in_two_ways_has_no_orphans(project: Path) -> None:
    settings = project / "pyproject.toml"
    settings.write_text(
        settings.read_text() + 'b = { model = "softmax(W x)", out = "a/../kernels" }'
    )
    assert main(["generate", "--prune", "-q"]) == 0
    assert main(["check"]) == 0


def test_a_user_s_own_file_beside_them_is_no_orphan(project: Path) -> None:
    main(["generate", "-q"])
    (project / "kernels" / "mine.py").write_text("x = 1\n")
    assert main(["check"]) == 0


def test_where_nothing_is_named_that_is_said(said, project: Path) -> None:
    (project / "pyproject.toml").unlink()
    for command, expected in {"generate": 2, "check": 2, "list": 0}.items():
        status, text = said(command)
        assert status == expected
        assert f"in {project} or above has [tool.codegen]" in text
        assert "codegen new NAME begins one" in text


@pytest.mark.parametrize(
    "typed",
    [("check", "--quiet"), ("check", "--json"), ("check", "--diff"), ("generate", "--quiet")],
    ids=" ".join,
)
def test_it_is_an_error_where_there_is_nothing_to_do(said, project: Path, typed) -> None:
    settings = project / "pyproject.toml"
    settings.write_text("[project]\nname = 'mistyped'\n")
    assert said(*typed)[0] == 2
    (project / "generated").mkdir()
    orphan = with_header(".tex", "% old\n", "old", Recipe("softmax(W x)"))
    (project / "generated" / "old.tex").write_text(orphan)
    assert said(*typed)[0] == (1 if "check" in typed else 0)
    (project / "generated" / "old.tex").unlink()
    settings.write_text("[tool.codegen]\n")
    assert said(*typed)[0] == 0
