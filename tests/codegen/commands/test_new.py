"""New records a module and writes its files."""

from __future__ import annotations

from pathlib import Path

from codegen import plan
from codegen.cli import main
from codegen.settings import find_settings


def test_new_records_the_module_and_keeps_comments_and_order(said, project: Path) -> None:
    status, text = said("new", "tish", "x*tanh(b*x)", "b=2", "--trainable", "g.b")
    assert status == 0, text
    recorded = (project / "pyproject.toml").read_text()
    assert recorded.startswith("# kept\n[tool.codegen]")
    assert "# kept too" in recorded
    recipe = find_settings().modules["tish"]
    assert dict(recipe.bindings) == {"g": "x*tanh(b*x)", "b": "2"}
    assert recipe.trainable == ("g.b",)
    assert main(["check", "tish"]) == 0


def test_new_says_what_it_replaces(said, project: Path) -> None:
    assert "in the place of" not in said("new", "mine", "--model", "softmax(W x)")[1]
    assert "in the place of" not in said("new", "mine", "--model", "softmax(W x)")[1]
    text = said("new", "mine", "--model", "softmax(V x)")[1]
    assert text.endswith("pyproject.toml, in the place of softmax(W x)\n")


def test_new_works_from_a_subdirectory_and_into_a_folder(project, monkeypatch) -> None:
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


def test_a_target_is_recorded_and_has_no_slides(said, project: Path) -> None:
    status, text = said("new", "layer", "softmax(W x)", "--target", "torch")
    assert status == 0
    assert text.count("wrote") == 1
    assert 'target = "torch"' in (project / "pyproject.toml").read_text()
    assert find_settings().modules["layer"].target == "torch"
    status, text = said("new", "other", "softmax(W x)", "--target", "tensor")
    assert status == 2
    assert "type numba, torch or jax" in text


def test_what_new_could_not_write_is_known_to_check_and_written_by_generate(
    said, capsys, project: Path, monkeypatch
) -> None:
    assert main(["generate", "-q"]) == 0
    write = plan.write_whole
    with monkeypatch.context() as patch:
        patch.setattr(plan, "write_whole", lambda path, text: suddenly_ended(write, path, text))
        assert main(["new", "plain", "--model", "softmax(W x)", "-q"]) == 130
    capsys.readouterr()
    status, text = said("check")
    assert status == 1
    assert "plain.tex is missing: codegen generate plain" in text
    assert main(["generate", "-q"]) == 0
    assert main(["check"]) == 0


def suddenly_ended(write, path: Path, text: str) -> None:
    """Write as before, but of a module the first file only."""
    if path.suffix == ".tex":
        raise KeyboardInterrupt
    write(path, text)
