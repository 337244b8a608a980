"""LaTeX to paste needs amsmath alone and is balanced."""

from __future__ import annotations

import re
import shutil

import pytest

from derive import derive
from derive.render.build import ENGINES, compile_tex
from derive.render.latex import latex
from derive.render.options import Options
from tests.derive.render.models import MODELS, derivation

ENGINE = next((name for name in ENGINES if shutil.which(name)), None)
AMSMATH = {
    "align", "cases", "underbrace", "text", "tfrac", "operatorname", "lvert", "rvert", "boldsymbol"
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("section", [False, True])
def test_braces_and_environments_are_balanced(name: str, section: bool) -> None:
    source = latex(derivation(name), section=section)
    bare = re.sub(r"\\[{}]", "", source)
    assert bare.count("{") == bare.count("}")
    assert re.findall(r"\\begin\{(.*?)\}", source).count("align*") == len(
        re.findall(r"\\end\{align\*\}", source)
    )
    assert source.isascii()


@pytest.mark.parametrize("name", MODELS)
def test_a_snippet_uses_only_what_mathjax_and_katex_know(name: str) -> None:
    source = latex(derivation(name))
    commands = set(re.findall(r"\\([a-zA-Z]+)", source))
    assert commands <= {
        "begin", "end", "frac", "tfrac", "sum", "partial", "mathcal", "mathrm", "mathbf", "mathit",
        "boldsymbol", "operatorname", "underbrace", "text", "tag", "qquad", "top", "odot", "times",
        "exp", "log", "delta", "eta", "cdot", "mid", "neq", "leftarrow", "Bigl", "Bigr", "bigl",
        "bigr", "left", "right", "sqrt", "sigma",
    }  # fmt: skip


def test_every_equation_is_tagged_once_in_a_passage() -> None:
    made = derivation("hidden")
    for equation in made.equations:
        assert rf"\tag{{{equation.number}}}" in latex(made)


def test_the_numbers_of_an_activation_are_said() -> None:
    made, part = derive(g="selu", trainable=["l"]), Options(part="activation")
    said = [
        "In $g$, $a_g$ is 1.6732632423543772848170429916717 and $l$ is "
        "1.0507009873554804934193349852946 to begin with."
    ]
    assert latex(made, part, section=True).splitlines()[-1:] == said
    assert latex(made, part).splitlines()[-1:] == [f"% {said[0]}"]
    assert r"1.67326\dots{} is 1.67326324." in latex(derive(g="1.67326324*tanh(x)"), part)


def test_long_derivatives_are_broken() -> None:
    source = latex(derivation("hidden", g="gelu_tanh"), Options(part="activation"))
    assert r"&\qquad " in source


@pytest.mark.parametrize(
    "model", ["softmax(W2 W1^T (W1 f(x)))", "hid1 = V f(x); softmax(W (hid1 * hid1 * g(hid1)))"]
)
def test_no_superscript_follows_a_superscript(model: str) -> None:
    """TeX, MathJax and KaTeX all refuse W^{(1)}^{\\top}."""
    assert not re.search(r"\^\{[^{}]*\}\^|\^\w\^", derive(model).latex())


@pytest.mark.skipif(ENGINE is None, reason="no TeX")
@pytest.mark.parametrize(
    ("model", "packages"),
    [
        ("softmax(W g(V f(x)))", "amsmath"),
        ("softmax(W g(V f(x)))", "amsmath,hyperref"),
        ("softmax(W (g(U x) * (V x)) + c)", "amsmath"),
        ("softmax(W g(V g(U x + b) + c) + d)", "amsmath"),
        ("softmax(W5 g(W4 g(W3 g(W2 g(W1 x + b1) + b2) + b3) + b4) + b5)", "amsmath"),
    ],
)
def test_a_section_needs_amsmath_alone_and_stays_within_the_page(model, packages, tmp_path):
    preamble = rf"\documentclass{{article}}\usepackage{{{packages}}}\begin{{document}}"
    made = derive(model, {"g.b": 2}, g="x*tanh(b*x)", trainable=["g.b"])
    source = "\n".join([preamble, latex(made, section=True), r"\end{document}"])
    pdf, log = compile_tex(source, tmp_path, ENGINE)
    assert pdf is not None, log
    assert "Overfull" not in log
