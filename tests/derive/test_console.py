"""However a command is started and whatever it is given, it ends by one sentence and an exit status."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from derive.cli import main
from derive.console import run
from derive.errors import InputError, VerificationError
from derive.files import write_whole


def test_a_command_started_with_closed_streams_ends_as_any_other() -> None:
    for arguments, status in (("'softmax(W x)'", 0), ("nope", 2)):
        for closed in (">&-", ">&- 2>&-", "<&- >&-"):
            script = f"{sys.executable} -m derive {arguments} {closed}"
            done = subprocess.run(script, shell=True, capture_output=True, text=True, check=False)
            assert (done.returncode, "bug" in done.stderr) == (status, False), (script, done.stderr)


@pytest.mark.parametrize("option", ["--wrt", "--l2", "--part", "--kernel", "-o", "--rename"])
def test_an_empty_value_is_not_taken_for_none(option: str, capsys) -> None:
    assigned = [f"{option}="] if option.startswith("--") else [option, ""]
    for typed in ([option, ""], assigned):
        assert main(["softmax(W x)", *typed]) == 2
        assert f"the value of {option} is empty: give one, or leave" in capsys.readouterr().err


def test_letters_that_the_locale_cannot_read_are_said_to_be_that() -> None:
    ascii_alone = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "derive", "softmax(W σ(V x))", "--part", "model"]
    for more, status, said in ((ascii_alone, 2, "set PYTHONUTF8=1"), ({"LC_ALL": "C"}, 0, "")):
        done = subprocess.run(
            command, env={**os.environ, **more}, capture_output=True, text=True, check=False
        )
        assert done.returncode == status
        assert said in done.stderr


def test_a_zero_byte_is_refused_wherever_it_stands(capsys) -> None:
    for typed in (["softmax(W\0x)"], ["softmax(W x)", "-o", "a\0.tex"]):
        assert main(typed) == 2
        assert "has a zero byte, which no name has" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (InputError("it is 3, expected 4"), 2, "say: it is 3, expected 4"),
        (VerificationError("it does not hold"), 1, "say: it does not hold"),
        (AssertionError(), 70, "say: this is a bug in gradscribe (AssertionError: )"),
        (MemoryError("8 TiB"), 2, "say: this takes more memory than there is (8 TiB)"),
        (OSError(28, "No space left on device"), 2, "'no space left on device'"),
        (KeyboardInterrupt(), 130, "say: interrupted"),
        (None, 0, ""),
    ],
)
def test_what_a_command_raises_is_a_sentence_and_a_status(error, status, words, capsys) -> None:
    @click.command()
    def command() -> None:
        if error is not None:
            raise error

    assert run(command, "say", []) == status
    assert words in capsys.readouterr().err


def test_a_formula_that_begins_with_a_minus_is_told_how_to_be_typed(capsys) -> None:
    @click.command()
    @click.argument("formula")
    def command(formula: str) -> None:
        raise AssertionError(formula)

    assert run(command, "say", ["-tanh(x)"]) == 2
    assert "type 'g=-tanh(x)'" in capsys.readouterr().err
    assert run(command, "say", ["-t"]) == 2
    assert "No such option '-t'; say --help shows" in capsys.readouterr().err


def test_a_folder_that_is_gone_is_named_as_that(tmp_path, monkeypatch, capsys) -> None:
    @click.command()
    def command() -> None:
        (tmp_path / "gone").mkdir()
        monkeypatch.chdir(tmp_path / "gone")
        (tmp_path / "gone").rmdir()
        Path.cwd()

    assert run(command, "say", []) == 2
    assert "the folder that this runs in is gone: change to one" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_command_by_a_sentence_and_leaves_nothing_half_written(
    number, tmp_path, monkeypatch, capsys
) -> None:
    usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    before = signal.signal(number, usual)  # who starts the tests may ignore it, as nohup does

    @click.command()
    def command() -> None:
        write_whole(tmp_path / "a.tex", "whole")

    monkeypatch.setattr(os, "replace", lambda *_: os.kill(os.getpid(), number))
    try:
        assert run(command, "say", []) == 130
        assert capsys.readouterr().err.strip() == "say: interrupted"
        assert not [*tmp_path.iterdir()]
        assert signal.getsignal(number) is usual
    finally:
        signal.signal(number, before)


def test_a_signal_that_somebody_handles_or_ignores_is_left_to_them() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)

    @click.command()
    def command() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        assert run(command, "say", []) == 0
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_that_mpmath_would_catch_while_it_imports_gmpy2_is_not_lost(
    number: str, tmp_path: Path
) -> None:
    ends = f"import os, signal\nos.kill(os.getpid(), signal.{number})\nraise ImportError\n"
    (tmp_path / "gmpy2.py").write_text(ends)
    script = (
        f"import signal, sys\nsys.path.insert(0, {str(tmp_path)!r})\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from derive.cli import main\nsys.exit(main(['softmax(W x)']))"
    )
    environment = {key: value for key, value in os.environ.items() if key != "MPMATH_NOGMPY"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "derive: interrupted\n")
