"""Running text harms nothing, whatever it is."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from derive.render.escape import escape_html, escape_latex, formula_html, formula_in_words


@given(st.text())
def test_latex_text_is_ascii_with_balanced_braces(text: str) -> None:
    escaped = escape_latex(text)
    assert escaped.isascii()
    bare = re.sub(r"\\[{}]", "", escaped)
    assert bare.count("{") == bare.count("}")
    assert not re.search(r"(?<!\\)[#%&]", escaped)


@given(st.text(alphabet="\\{}$&#%_^~<>|\"`'ab"))
def test_special_characters_are_never_bare(text: str) -> None:
    bare = re.sub(r"\\text\w+\{\}|\\[{}$&#%_]|\$[<>|]\$|''", "", escape_latex(text))
    assert not set(bare) & set('\\{}$&#%_^~<>|"`')


@given(st.text())
def test_html_text_reads_back(text: str) -> None:
    assert html.unescape(escape_html(text)) == text
    assert not set(escape_html(text)) & set("<>\"'")


def test_indices_are_lowered_in_sentences() -> None:
    assert formula_in_words("Σ_k δ_kp F(k)") == r"$\Sigma$$_{k}$ $\delta$$_{kp}$ F(k)"
    assert formula_html("Σ_k <b>") == "Σ<sub>k</sub> &lt;b&gt;"
