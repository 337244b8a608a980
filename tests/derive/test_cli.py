"""The command line as a new user types it: output, files, exit statuses, one-sentence errors."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from derive import cli, derive
from derive.cli import main
from derive.rules import TABLE

CLASSIFIER = "softmax(W f(x))"


def out(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    captured = capsys.readouterr()
    return captured.out


def error(capsys: pytest.CaptureFixture[str], status: int, *arguments: str) -> str:
    assert main(arguments) == status
    message = capsys.readouterr().err
    assert message.startswith("derive: ")
    assert message.count("\n") == 1
    assert "Traceback" not in message
    return message


def test_the_default_model_has_one_abstract_hidden_layer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert out(capsys) == out(capsys, "softmax(W g(V f(x)))")
    assert "g′(a)" in out(capsys)


def test_bindings_and_the_model_come_in_any_order(capsys: pytest.CaptureFixture[str]) -> None:
    model = "softmax(W g(V f(x) + b))"
    assert out(capsys, model, "g=tanh") == out(capsys, "g=tanh", model)


@pytest.mark.parametrize("form", ["text", "latex", "json"])
def test_a_form_is_chosen_by_name(capsys: pytest.CaptureFixture[str], form: str) -> None:
    from derive.render import render

    assert out(capsys, CLASSIFIER, "--to", form) == render(derive(CLASSIFIER), form)


def test_wrt_keeps_what_the_gradient_needs_and_its_numbers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = "softmax(U h(W g(V f(x))))"
    whole = derive(model)
    for parameter, errors in (("U", {"err_s"}), ("W", {"err_s", "err_z2", "err_a2"})):
        part = whole.with_respect_to(parameter)
        gained = {e.quantity.name for e in part.equations} - {
            e.quantity.name for e in whole.equations if not e.steps
        }
        assert gained == errors | {f"d{parameter}"}
        for equation in part.equations:
            assert equation in whole.equations
        names = {e.quantity.name for e in part.dataset.equations}
        assert names == {e.quantity.name for e in part.equations}
    text = out(capsys, model, "--wrt", "U")
    assert "∂L/∂U" in text
    assert "∂L/∂W" not in text


def test_wrt_takes_several_parameters_in_either_spelling(
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = "softmax(U h(W g(V f(x))))"
    both = out(capsys, model, "--wrt", "U", "--wrt", "V")
    assert both == out(capsys, model, "--wrt", "U", "V")
    assert both == out(capsys, model, "--wrt", "U,V")
    assert "∂L/∂W_" not in both


def test_wrt_of_a_trainable_parameter_keeps_its_derivative_only() -> None:
    whole = derive("softmax(W g(V f(x)))", g="swish", trainable=["beta"])
    part = whole.with_respect_to("beta")
    orders = [e.left.orders for e in part.equations if hasattr(e.left, "orders")]
    assert orders == [(0, 0), (0, 1)]


def test_check_prints_a_residual_for_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    table = out(capsys, CLASSIFIER, "--check", "--trials", "1")
    lines = table.splitlines()
    assert lines[0] == "one example:"
    assert "the data set:" in lines
    assert lines[-1].startswith(f"all {len(lines) - 3} comparisons are equal")
    assert all("  ok  " in line for line in lines if line.startswith("  ("))


def test_check_names_the_step_that_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sympy import exp

    rule, differentiate = TABLE[exp]
    monkeypatch.setitem(TABLE, exp, (rule, lambda node, v: -differentiate(node, v)))
    message = error(capsys, 1, CLASSIFIER, "--check", "--trials", "1")
    assert "chain rule: exp" in message
    assert "does not hold" in message


@pytest.mark.parametrize("options", [[], ["--to", "latex"], ["--sign", "negative"]])
def test_a_line_that_does_not_hold_is_never_printed(
    options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sympy import exp

    rule, differentiate = TABLE[exp]
    monkeypatch.setitem(TABLE, exp, (rule, lambda node, v: -differentiate(node, v)))
    assert "chain rule: exp" in error(capsys, 1, CLASSIFIER, *options)


def test_the_layout_that_is_shown_is_checked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from derive.render import statement

    honest = statement.as_jacobian
    assert "Jacobian" in out(capsys, CLASSIFIER, "--check", "--layout", "numerator")
    monkeypatch.setattr(statement, "as_jacobian", lambda m, **rows: 2 * honest(m, **rows))
    assert "Jacobian" in error(capsys, 1, CLASSIFIER, "--layout", "numerator")


def test_a_check_that_fails_leaves_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sympy import exp

    rule, differentiate = TABLE[exp]
    monkeypatch.setitem(TABLE, exp, (rule, lambda node, v: -differentiate(node, v)))
    target = tmp_path / "derivation.txt"
    assert main([CLASSIFIER, "--check", "--trials", "1", "-o", str(target)]) == 1
    assert not target.exists()
    capsys.readouterr()


@pytest.mark.parametrize(
    ("name", "begins"),
    [("a.txt", "softmax(W f(x))"), ("a.tex", "\\section"), ("a.json", "{")],
)
def test_the_suffix_picks_the_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, begins: str
) -> None:
    target = tmp_path / name
    assert out(capsys, CLASSIFIER, "-o", str(target)) == ""
    text = target.read_text(encoding="utf-8")
    assert begins in text
    if name.endswith("json"):
        assert json.loads(text)["model"] == CLASSIFIER


def test_a_minus_as_file_is_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert out(capsys, CLASSIFIER, "-o", "-") == out(capsys, CLASSIFIER)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["Wx"], "as in softmax(W x)"),
        (["softmax(W f(x)"], "never closed"),
        (["g=tahn"], "did you mean tanh?"),
        (["--part", "gradint:W"], "did you mean gradient:W?"),
        (["h=tanh"], "of no use"),
        (["softmax(W x)", "softmax(V x)"], "both read as models"),
        (["softmax(W x)", "tanh"], "both read as models"),
        (["mish"], "bind an activation by g=mish"),
        ([""], "the model is empty"),
        (["--wrt", "Q"], "its parameters are W, V"),
        (["--wrt", ","], "--wrt names no parameter"),
        (["--trainable", "g.beta"], "g is abstract"),
        (["--to", "pdf"], "'pdf' is not one of"),
        (["--tow", "text"], "--to"),
        (["--check", "--trials", "0"], "--trials"),
        (["--rename", "V"], "--rename V=U"),
        (["-o", "derivation.doc"], ".tex"),
        (["-o", "no/such/folder/a.txt"], "cannot be written"),
        (["--part", "nothing"], "nothing"),
    ],
)
def test_bad_usage_is_one_sentence_and_status_two(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert says in error(capsys, 2, *arguments)


def test_a_bug_is_one_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("1/0\nsecond line")

    monkeypatch.delenv("GRADSCRIBE_TRACEBACK", raising=False)
    monkeypatch.setattr(cli, "_derivation", fail)
    assert "ZeroDivisionError: 1/0 second line" in error(capsys, 70)


def test_an_existing_file_is_replaced_whole_and_keeps_its_permissions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    assert out(capsys, CLASSIFIER, "-o", str(link)) == ""
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith(CLASSIFIER)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "link.txt"]


def test_a_full_disk_leaves_the_old_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "a.txt"
    target.write_text("old")
    monkeypatch.setattr(os, "replace", full)
    assert "no space left" in error(capsys, 2, CLASSIFIER, "-o", str(target))
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def run(*arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "derive", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        **more,  # type: ignore[call-overload]
    )


def test_help_shows_examples_and_imports_nothing_heavy() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert 'derive "softmax(W g(V f(x)))" g=tanh' in done.stdout
    code = "import sys, derive.cli; print({'sympy', 'numpy', 'numba'} & set(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "set()\n"


def test_the_module_runs_like_the_console_script() -> None:
    done = run("Wx")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("derive: ")


def test_a_pipe_that_is_closed_early_is_quiet() -> None:
    script = f"{sys.executable} -m derive 'softmax(W g(V x))' --to json --detail full | head -c 1"
    done = subprocess.run(script, shell=True, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{", "")


def test_a_terminal_without_unicode_shows_question_marks_rather_than_an_error() -> None:
    done = run(CLASSIFIER, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
