"""Bad usage is answered by one sentence on stderr and exit status 2, never by a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codegen.cli import main


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nwe", "mish"], "did you mean new?"),
        (["new"], "NAME"),
        (["new", "2fast", "tanh(x)"], "cannot be the name of a module"),
        (
            ["new", "für_x", "tanh(x)"],
            "'für_x' cannot be the name of a module: type up to 60 letters from a",
        ),
        (["new", "class", "tanh(x)"], "as it is a word of Python"),
        (["new", "Con", "tanh(x)"], "as Windows keeps it for a device"),
        (["new", "mine"], "abstract"),
        (["new", "mihs"], "did you mean mish?"),
        (["new", "mish", "--target", "trch"], "did you mean torch?"),
        (["new", "mine", "tanh(x"], ""),
        (["new", "mine", "tanh(x)", "--model", "softmax(W x)"], "nothing to bind"),
        (["new", "mine", "tanh(x)", "--dtype", "float16"], "float32, float64 or both"),
        (["generate", "nothing"], "no module 'nothing'"),
        (["check", "--dif"], "--dif"),
        (["new", "mine", "silu", "--model", ""], "the value of --model is empty"),
        (["new", "mine", "silu", "--out", ""], "the value of --out is empty"),
        (["new", "mine", "-tanh(x)"], "type 'g=-tanh(x)'"),
        (["certify", "silu", "--samples", "1" + "0" * 30], "give fewer"),
        (["certify", "silu", "--dtype", ""], "the value of --dtype is empty"),
        (["fuzz", "--keep", "nowhere/found.toml"], "does not exist: make it"),
        (["show", "mihs"], "did you mean mish?"),
        (["show", "mish", "--stage", "all"], "stage"),
        (["show", "softmax(W g(V x))"], "abstract"),
    ],
)
def test_bad_usage_is_one_sentence(arguments, words, capsys) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("codegen: ")
    assert captured.err.count("\n") == 1
    assert words in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    "text",
    ["[tool.codegen]\nouts = 1\n", "[tool.codegen]\nout = 1\n", "tool = [", "[tool]\ncodegen = 1\n",
     "[tool.codegen.modules.a]\nbind = 3\n", "[tool.codegen.modules]\nimport = {}\n",
     "[tool.codegen.modules.a]\nbind = { g = true }\n"],
)  # fmt: skip
def test_bad_configuration_is_one_sentence(text: str, empty: Path, capsys) -> None:
    (empty / "pyproject.toml").write_text(text)
    assert main(["list"]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("codegen: ")
    assert "pyproject.toml" in captured.err or "module" in captured.err


def test_list_is_json_for_programs(empty: Path, capsys) -> None:
    (empty / "pyproject.toml").write_text('[tool.codegen.modules.a]\nmodel = "softmax(W x)"\n')
    assert main(["list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["name"] == "a"
    assert row["model"] == "softmax(W x)"


def test_what_a_terminal_would_obey_is_listed_as_text(empty: Path, capsys) -> None:
    text = '[tool.codegen.modules.a]\nmodel = "softmax(W \\u001b[31m\\u009b2J\\u202e x)"\n'
    (empty / "pyproject.toml").write_text(text)
    assert main(["list"]) == 0
    assert capsys.readouterr().out == "a  softmax(W \\x1b[31m\\x9b2J\\u202e x)\n"


def test_show_has_three_stages(capsys) -> None:
    assert main(["show", "softmax(W x + c)", "--stage", "derivation"]) == 0
    assert "err(s)" in capsys.readouterr().out
    assert main(["show", "softmax(W x + c)", "--stage", "program"]) == 0
    assert "dW = keep dW + scale err_sᵀ X" in capsys.readouterr().out
    assert main(["show", "softmax(W x + c)"]) == 0
    assert (
        "def gradients(\n    W: Array,\n    c: Array,\n    X: Features," in capsys.readouterr().out
    )


def test_show_is_json_for_programs(capsys) -> None:
    assert main(["show", "softmax(W x)", "--stage", "derivation", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["model"], found["stage"]) == ("softmax(W x)", "derivation")
    assert "err(s)" in found["text"]


def test_every_command_has_help(capsys) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for name in ("new", "generate", "check", "list", "show"):
        assert name in text
        assert main([name, "--help"]) == 0


def test_codegen_alone_shows_its_help_as_it_is(capsys) -> None:
    main(["--help"])
    shown = capsys.readouterr().out
    assert main([]) == 2
    assert capsys.readouterr().err == shown
