"""Names and texts from strangers cannot break out of LaTeX, HTML, Python source or a path."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.recipe import check_name
from derive import InputError, derive
from derive.bindings import split_arguments
from derive.cli import main
from derive.render import build
from derive.render.build import compile_tex

HOSTILE = [
    r"\input{/etc/passwd}", r"\write18{id}", r"\immediate\write18{id}", "}{", "$$", "%", "^^5c",
    "<script>alert(1)</script>", '" onload="alert(1)', "'''", '"""', "x\nimport os", "x\rimport os",
    "__import__('os').system('id')", "{{7*7}}", "{% raw %}", "../../x", "/etc/passwd", "$(id)", "`id`",
    "W\0", "W\ud800", "Ｗ", "Ꮃ", "ﬁ", "W\u202e", "lambda", "None", "class", "W__class__", "W.T.x", "a" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_display_name_is_refused_or_harmless(text, capsys):
    status = main(["softmax(W f(x))", "--part", "model", "--rename", f"W={text}"])
    out, err = capsys.readouterr()
    if status:
        assert status == 2
        assert err.count("\n") == 1
        assert out == ""
    else:
        assert re.fullmatch("[A-Za-z_]{1,30}", text)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_of_a_model_or_of_a_formula_is_refused_or_harmless(text):
    for model, bindings in (
        (f"softmax({text} f(x))", {}),
        ("softmax(W g(V f(x)))", {"g": f"x*tanh(x*{text})"}),
        ("softmax(W g(V f(x)))", {"g": "x*b", f"g.{text}": "1"}),
        ("softmax(W g(V f(x)))", {"g": "x*b", "b": text}),
    ):
        with pytest.raises(InputError) as refusal:
            derive(model, bindings)
        assert "\n" not in str(refusal.value)
        assert str(refusal.value).isprintable()
        assert len(str(refusal.value)) < 700


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_an_argument_is_split_or_refused(text):
    model, bindings = split_arguments([f"{text}=mish"])
    assert model is not None or all(re.fullmatch(r"[A-Za-z0-9_.]+", name) for name in bindings)


@pytest.mark.parametrize(
    "name",
    [
        *(text for text in HOSTILE if text != "W__class__"),
        "", ".", "..", "con", "NUL", "com1", "Lpt9", "a.b", "a/b",
        "a\\b", "a b", "_x", "1x", "é", "-o",
    ],
    ids=lambda name: ascii(name)[:20],
)  # fmt: skip
def test_a_module_s_name_is_that_of_a_plain_file(name):
    with pytest.raises(InputError) as refusal:
        check_name(name)
    assert str(refusal.value).isprintable()


def test_a_module_has_no_name_that_a_module_imports():
    generated = Path(__file__).parent.parent.parent / "generated"
    found = set()
    for path in generated.glob("*.py"):
        found |= set(re.findall(r"^(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.M))
    assert "numpy" in found
    for name in found - {"__future__"}:
        with pytest.raises(InputError, match=f"modules import {name}: type another one"):
            check_name(name)


def test_tex_can_neither_run_a_command_nor_read_outside_its_folder(tmp_path):
    if not build.shutil.which("pdflatex"):
        assert "CI" not in os.environ
        pytest.skip("no pdflatex")
    secret = tmp_path / "secret.tex"
    secret.write_text("the secret")
    folder = tmp_path / "deck"
    folder.mkdir()
    body = rf"\immediate\write18{{touch {tmp_path}/written}}\input{{{secret}}}"
    tex = rf"\documentclass{{article}}\begin{{document}}.{body}\end{{document}}"
    pdf, _ = compile_tex(tex, folder, "pdflatex")
    assert pdf is None
    assert not (tmp_path / "written").exists()


def test_tex_that_never_ends_is_stopped(tmp_path):
    endless = tmp_path / "endless"
    endless.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    endless.chmod(0o755)
    pdf, log = compile_tex("", tmp_path, str(endless), seconds=0.5)
    assert pdf is None
    assert "stopped after 0.5 seconds" in log


def test_nothing_evaluates_compiles_or_goes_through_a_shell():
    root = Path(__file__).parents[2]
    for package in ("derive", "codegen"):
        for path in (root / package).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            for call in (r"\bshell\s*=\s*True", r"\bos\.system\(", r"\bparse_expr\(",
                         r"(?<![.\w])eval\(", r"\bimport pickle", r"allow_pickle\s*=\s*True"):  # fmt: skip
                own = "pickle" in call and path == root / "codegen" / "beside.py"  # a worker's pipe
                assert own or not re.search(call, source), f"{path} has {call}"


def test_importing_derive_reaches_no_network():
    script = (
        "import socket\n"
        "def refuse(*_): raise SystemExit('network')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from derive import derive\nderive('softmax(W f(x))').latex()\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)


def test_a_message_is_one_printable_line_of_bounded_length_whatever_it_quotes():
    message = str(
        InputError("there is no file \x1b[31mred\n\u202e" + "x" * 5000 + " end: check the path")
    )
    assert message.isprintable()
    assert len(message) < 1000
    assert message.startswith("there is no file \\x1b[31mred \\u202exxx")
    assert message.endswith("check the path")
    assert str(InputError(message)) == message
