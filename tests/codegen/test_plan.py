"""What is on disk against what should be: every state, and the command that mends it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest

from codegen import plan
from codegen.cli import main
from codegen.header import with_header
from codegen.manifest import record
from codegen.recipe import Recipe
from codegen.settings import find_settings
from derive.errors import InputError

BODY = '"""A module."""\n'


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with one module, whose text is made without the generator."""
    (tmp_path / "pyproject.toml").write_text(
        '# kept\n[tool.codegen]\nout = "kernels"\n\n[tool.codegen.modules]\n'
        'first = { model = "softmax(W f(x))" }  # kept too\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plan.ahead, "searching", lambda recipes: nullcontext())
    monkeypatch.setattr(plan, "_source", lambda recipe: BODY + f"# {recipe.model}\n")
    monkeypatch.setattr(plan, "_latex", lambda recipe: "% slides\n")
    monkeypatch.setattr(plan, "module_of", lambda recipe: None)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out + captured.err


def test_generate_writes_what_is_missing_and_check_is_then_content(capsys) -> None:
    status, text = said(capsys, "check")
    assert status == 1
    assert "first.py is missing: codegen generate first" in text
    status, text = said(capsys, "generate")
    assert status == 0
    assert text.count("wrote") == 2
    assert said(capsys, "check") == (0, "2 files are as they should be\n")


def test_check_is_json_for_programs(capsys, project: Path) -> None:
    main(["generate", "-q"])
    (project / "kernels" / "first.tex").unlink()
    status, text = said(capsys, "check", "--json", "--diff")
    assert status == 1
    module, slides = json.loads(text)
    assert (module["state"], module["command"], module["diff"]) == ("fine", "", "")
    assert (slides["state"], slides["command"]) == ("missing", "codegen generate first")
    assert "+% slides" in slides["diff"]


def test_an_error_of_a_module_that_the_settings_name_has_its_name(capsys, monkeypatch) -> None:
    def unbound(recipe: Recipe) -> str:
        raise InputError("the activation g is abstract here")

    monkeypatch.setattr(plan, "_source", unbound)
    status, text = said(capsys, "generate")
    assert status == 2
    assert re.search(r"module first of .*pyproject\.toml: the activation g is abstract", text)


def test_generate_touches_nothing_that_is_fine(capsys, project: Path) -> None:
    main(["generate"])
    path = project / "kernels" / "first.py"
    stamp = path.stat().st_mtime_ns
    status, text = said(capsys, "generate")
    assert (status, path.stat().st_mtime_ns) == (0, stamp)
    assert "nothing to do" in text


def test_a_changed_generator_makes_a_file_stale(capsys, monkeypatch) -> None:
    main(["generate", "-q"])
    monkeypatch.setattr(plan.ahead, "searching", lambda recipes: nullcontext())
    monkeypatch.setattr(plan, "_source", lambda recipe: BODY + "# better\n")
    status, text = said(capsys, "check", "--diff")
    assert status == 1
    assert "first.py is stale: codegen generate first" in text
    assert "+# better" in text
    assert main(["generate", "first"]) == 0
    assert main(["check"]) == 0


def test_an_edit_by_hand_is_told_from_staleness_and_never_lost_silently(capsys, project) -> None:
    main(["generate", "-q"])
    path = project / "kernels" / "first.py"
    path.write_text(path.read_text() + "# mine\n")
    status, text = said(capsys, "check")
    assert status == 1
    assert "edited by hand: codegen generate --force first" in text
    status, text = said(capsys, "generate")
    assert status == 2
    assert "keep a copy" in text
    assert "# mine" in path.read_text()
    assert main(["generate", "--force", "first"]) == 0
    assert main(["check"]) == 0


def test_a_file_that_codegen_did_not_write_is_left_alone(capsys, project: Path) -> None:
    (project / "kernels").mkdir()
    (project / "kernels" / "first.py").write_text("print('mine')\n")
    status, text = said(capsys, "generate")
    assert status == 2
    assert "is not generated" in text
    assert (project / "kernels" / "first.py").read_text() == "print('mine')\n"


def test_a_module_that_nothing_names_is_orphaned(capsys, project: Path) -> None:
    main(["generate", "-q"])
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(text.replace("first =", "second ="))
    main(["generate", "-q"])
    status, text = said(capsys, "check")
    assert status == 1
    assert "first.py is orphaned: codegen generate --prune" in text
    assert main(["generate", "--prune", "-q"]) == 0
    assert main(["check"]) == 0
    assert not (project / "kernels" / "first.py").exists()


def test_what_a_module_has_left_behind_is_orphaned(capsys, project: Path) -> None:
    main(["generate", "-q"])
    settings = project / "pyproject.toml"
    plain = settings.read_text()
    for instead in ('out = "else"', 'target = "torch"'):
        settings.write_text(plain.replace("} ", f", {instead} }} "))
        status, text = said(capsys, "generate")
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


def test_line_ends_that_git_has_given_a_file_are_no_edit(project: Path) -> None:
    main(["generate", "-q"])
    path = project / "kernels" / "first.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert main(["check"]) == 0


def test_an_edit_that_is_no_text_can_be_shown(capsys, project: Path) -> None:
    main(["generate", "-q"])
    path = project / "kernels" / "first.py"
    path.write_bytes(path.read_bytes() + b"# \xff \x1b[2J\n")
    status, text = said(capsys, "check", "--diff")
    assert status == 1
    assert "-# \N{REPLACEMENT CHARACTER} \\x1b[2J" in text


def test_an_edited_file_keeps_no_other_from_being_written(capsys, project: Path) -> None:
    main(["generate", "-q"])
    with (project / "pyproject.toml").open("a") as settings:
        settings.write('second = { model = "softmax(W x)" }')
    path = project / "kernels" / "first.py"
    path.write_text(path.read_text() + "# mine\n")
    status, text = said(capsys, "generate")
    assert status == 2
    assert "keep a copy" in text
    assert (project / "kernels" / "second.py").exists()


def test_where_nothing_is_named_that_is_said(capsys, project: Path) -> None:
    (project / "pyproject.toml").unlink()
    for command, expected in {"generate": 0, "check": 2, "list": 0}.items():
        status, text = said(capsys, command)
        assert status == expected
        assert f"in {project} or above has [tool.codegen]" in text
        assert "codegen new NAME begins one" in text


@pytest.mark.parametrize("option", ["--quiet", "--json", "--diff"])
def test_check_fails_where_there_is_nothing_to_check(capsys, project: Path, option: str) -> None:
    settings = project / "pyproject.toml"
    settings.write_text("[project]\nname = 'mistyped'\n")
    assert said(capsys, "check", option)[0] == 2
    (project / "generated").mkdir()
    orphan = with_header(".tex", "% old\n", "old", Recipe("softmax(W x)"))
    (project / "generated" / "old.tex").write_text(orphan)
    assert said(capsys, "check", option)[0] == 1
    (project / "generated" / "old.tex").unlink()
    settings.write_text("[tool.codegen]\n")
    assert said(capsys, "check", option)[0] == 0


def test_a_user_s_own_file_beside_them_is_no_orphan(capsys, project: Path) -> None:
    main(["generate", "-q"])
    (project / "kernels" / "mine.py").write_text("x = 1\n")
    assert main(["check"]) == 0


def test_new_records_the_module_and_keeps_comments_and_order(capsys, project: Path) -> None:
    status, text = said(capsys, "new", "tish", "x*tanh(b*x)", "b=2", "--trainable", "g.b")
    assert status == 0, text
    recorded = (project / "pyproject.toml").read_text()
    assert recorded.startswith("# kept\n[tool.codegen]")
    assert "# kept too" in recorded
    recipe = find_settings().modules["tish"]
    assert dict(recipe.bindings) == {"g": "x*tanh(b*x)", "b": "2"}
    assert recipe.trainable == ("g.b",)
    assert main(["check", "tish"]) == 0


def test_new_says_what_it_replaces(capsys, project: Path) -> None:
    assert "in the place of" not in said(capsys, "new", "mine", "--model", "softmax(W x)")[1]
    assert "in the place of" not in said(capsys, "new", "mine", "--model", "softmax(W x)")[1]
    text = said(capsys, "new", "mine", "--model", "softmax(V x)")[1]
    assert text.endswith("pyproject.toml, in the place of softmax(W x)\n")


def test_new_works_from_a_subdirectory_and_into_a_folder(capsys, project, monkeypatch) -> None:
    (project / "deep").mkdir()
    monkeypatch.chdir(project / "deep")
    assert main(["new", "mine", "--model", "softmax(W x)", "--out", "here", "-q"]) == 0
    assert (project / "deep" / "here" / "mine.py").exists()
    assert main(["check", "mine"]) == 0


def test_without_any_configuration_new_begins_one(tmp_path_factory, monkeypatch) -> None:
    folder = tmp_path_factory.mktemp("empty")
    monkeypatch.chdir(folder)
    assert main(["new", "plain", "--model", "softmax(W x)", "-q"]) == 0
    assert (folder / "generated" / "plain.py").exists()
    assert "plain" in find_settings().modules


def test_a_module_that_is_a_link_to_itself_is_named(capsys, project: Path) -> None:
    (project / "kernels").mkdir()
    loop = project / "kernels" / "first.py"
    loop.symlink_to(loop)
    for command in ("check", "generate"):
        status, text = said(capsys, command)
        assert status == 2
        assert f"{loop} cannot be read (Too many levels of symbolic links)" in text


@pytest.mark.parametrize("kind", ["folder", "pipe", "read-only"])
@pytest.mark.parametrize(
    "typed", [["generate"], ["generate", "--force"], ["new", "plain", "--model", "softmax(W x)"]]
)
def test_where_one_file_cannot_be_written_none_is(
    capsys, project: Path, monkeypatch, typed: list[str], kind: str
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
    status, text = said(capsys, *typed)
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


def test_the_folder_of_modules_may_not_be_a_link_to_nothing(capsys, project: Path) -> None:
    (project / "kernels").symlink_to(project / "nowhere")
    status, text = said(capsys, "generate")
    assert status == 2
    assert f"{project / 'kernels'} is a link to nothing: give another one" in text


def test_what_new_could_not_write_is_known_to_check_and_written_by_generate(
    capsys, project: Path, monkeypatch
) -> None:
    assert main(["generate", "-q"]) == 0
    write = plan.write_whole
    with monkeypatch.context() as patch:
        patch.setattr(plan, "write_whole", lambda path, text: suddenly_ended(write, path, text))
        assert main(["new", "plain", "--model", "softmax(W x)", "-q"]) == 130
    capsys.readouterr()
    status, text = said(capsys, "check")
    assert status == 1
    assert "plain.tex is missing: codegen generate plain" in text
    assert main(["generate", "-q"]) == 0
    assert main(["check"]) == 0


def suddenly_ended(write, path: Path, text: str) -> None:
    """Write as before, but of a module the first file only."""
    if path.suffix == ".tex":
        raise KeyboardInterrupt
    write(path, text)


def test_the_header_says_from_what_and_how_and_nothing_of_when_or_where(project: Path) -> None:
    main(["generate", "-q"])
    head = (project / "kernels" / "first.py").read_text().split('"""')[0]
    assert "softmax(W f(x))" in head
    assert "codegen generate first" in head
    assert str(project) not in head


def test_modules_that_are_recorded_at_once_are_all_recorded() -> None:
    settings = find_settings()
    names = [f"m{k}" for k in range(12)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda name: record(settings, name, Recipe("softmax(W x)")), names))
    assert set(find_settings().modules) == {"first", *names}


def test_a_target_is_recorded_and_has_no_slides(capsys, project: Path) -> None:
    status, text = said(capsys, "new", "layer", "softmax(W x)", "--target", "torch")
    assert status == 0
    assert text.count("wrote") == 1
    assert 'target = "torch"' in (project / "pyproject.toml").read_text()
    assert find_settings().modules["layer"].target == "torch"
    status, text = said(capsys, "new", "other", "softmax(W x)", "--target", "tensor")
    assert status == 2
    assert "type numba, torch or jax" in text
