"""The deck compiles without an overfull box and says what the lecture says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from derive.activation import activation
from derive.derivation import derive
from derive.render.beamer import beamer
from derive.render.build import ENGINES, build_pdf, compile_tex
from derive.render.opening import WORKED_SCORES, softmax
from derive.render.options import Options
from derive.render.statement import Presenter
from derive.render.tikz import Picture
from tests.derive.render.models import MODELS, derivation

ENGINE = next((name for name in ENGINES if shutil.which(name)), None)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("variant", ["slides", "handout", "notes"])
def test_the_deck_is_balanced_and_plain(name: str, variant) -> None:
    source = beamer(derivation(name), Options(variant=variant))
    bare = re.sub(r"\\[{}]", "", source)
    assert bare.count("{") == bare.count("}")
    assert source.count(r"\begin{frame}") == source.count(r"\end{frame}") > 10
    assert source.isascii()
    assert "@now@" not in source


def test_the_worked_example_is_computed() -> None:
    assert [round(p, 3) for p in softmax(WORKED_SCORES)] == [0.036, 0.891, 0.073]
    source = beamer(derivation("logistic"), Options(part="model"))
    for probability in ("0.036", "0.89", "0.07"):
        assert rf"\fwd{{{probability}}}" in source


@pytest.mark.parametrize(
    "remark",
    [
        r"looks like logistic regression with $\fwd{\mathbf{z}}$ as the features",
        r"Forget everything after $\fwd{\mathbf{z}}$",
        "Exponentiate and normalise",
        "A single scalar probability",
        "the index of the gold label",
        r"The factors after the first make up $\frac{\partial \fwd{z_k}}{\partial \wgt{V_{ij}}}$",
        "The algorithm in six lines",
        "add up to 0",
    ],
)
def test_the_lecture_s_remarks_are_made(remark: str) -> None:
    assert remark in beamer(derivation("hidden"))


def test_the_kernel_s_slide_says_whose_gradient_it_returns() -> None:
    options = Options(sign="negative", source="def gradients(W):  # (7)\n    return W % 2")
    source = beamer(derivation("hidden"), options)
    assert r"returns the gradient of $+\mathcal{L}$" in source
    assert r"return W \% 2" in source
    assert r"\# (7)" in source


def test_breaks_are_marked_and_the_choice_is_stated() -> None:
    source = beamer(derivation("hidden", g="relu"), Options(part="activation"))
    assert "kink at x = 0: slope 0 before, 1 after, 0 chosen" in source
    assert "only marks" in source


def test_the_values_that_a_graph_was_drawn_with_stand_below_it() -> None:
    source = derive(g="x/(1 + abs(x)**p)", p=1.5).beamer(part="activation")
    assert "In $g$, $p$ is 1.5" in source
    source = derive(g="elu", a="1/3").beamer(part="activation")
    assert "In $g$, $a_g$ is 1/3" in source


def test_what_is_written_compiles_or_the_tex_is_kept(tmp_path: Path) -> None:
    odd = activation("x*tanh(x)", name="a_b%<y#")
    source = beamer(derive("softmax(W g(V f(x) + b) + c)", g=odd), Options(variant="handout"))
    said = build_pdf(source, tmp_path / "deck.pdf")
    written = tmp_path / ("deck.pdf" if ENGINE else "deck.tex")
    assert written.exists()
    assert str(written) in said


@pytest.mark.parametrize(
    ("name", "options", "bound"),
    [
        ("deep", {"variant": "handout"}, {"g": "gelu_tanh"}),
        ("residual", {"sign": "negative", "part": "picture"}, {"g": "selu", "h": "relu"}),
        ("gated", {"names": "delta", "variant": "notes", "detail": "brief"}, {}),
    ],
)
def test_no_box_is_overfull(name: str, options: dict, bound: dict, tmp_path: Path) -> None:
    source = beamer(derivation(name, **bound), Options(**options))
    if ENGINE is None:
        assert r"\fitted" in source
        return
    pdf, log = compile_tex(source, tmp_path, ENGINE)
    assert pdf is not None
    assert "Overfull" not in log
    assert not re.search(r"(LaTeX|Package \w+) Warning(?!: Font)", log)


@pytest.mark.skipif(ENGINE is None, reason="needs LaTeX")
def test_notes_follow_a_frame_that_is_whole(tmp_path: Path) -> None:
    source = beamer(derivation("hidden"), Options(variant="notes", part="gradient:V"))
    _, log = compile_tex(source, tmp_path, ENGINE)
    frames, notes = source.count(r"\begin{frame}"), source.count(r"\note{")
    assert notes > 0
    assert f"({frames + notes} page" in log


def test_without_an_engine_the_tex_is_written(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = build_pdf("hello", tmp_path / "deck.pdf")
    assert (tmp_path / "deck.tex").read_text() == "hello"
    assert "no TeX engine" in said
    assert "apt install" in said


@pytest.mark.parametrize(
    ("model", "beside"),
    [
        ("softmax(W h(U g(V x + b) + c) + d)", True),
        ("softmax(W2 g(W1 x + b1) + b2)", True),
        ("softmax(W3 g(W2 g(W1 x + b1) + b2) + b3)", False),
    ],
)
def test_a_bias_stands_beside_its_matrix_where_both_fit_between_columns(model, beside) -> None:
    picture = Picture(Presenter(derive(model)))
    for arrow in picture.net.arrows:
        if arrow.matrix is not None:
            above, below = picture.label(arrow)
            assert ("+" in above, "+" in below) == (beside, not beside)


def test_updates_in_two_lines_are_as_many_in_each() -> None:
    source = derive("softmax(W3 g(W2 g(W1 x + b1) + b2) + b3)").beamer(part="algorithm")
    lines = [line for line in source.splitlines() if r"\leftarrow" in line]
    assert [line.count(r"\leftarrow") for line in lines] == [3, 3]
