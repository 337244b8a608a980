"""The page is self-contained and well-formed, its steps unfold without a script."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from derive.activation import activation
from derive.derivation import derive
from derive.render.html import fragment, html
from derive.render.options import Options
from tests.derive.render.models import MODELS, derivation


@pytest.mark.parametrize("name", MODELS)
def test_formulas_and_picture_are_well_formed(name: str) -> None:
    page = html(derivation(name))
    pieces = re.findall(r"<math.*?</math>|<svg.*?</svg>", page, re.DOTALL)
    assert len(pieces) > 10
    for piece in pieces:
        ET.fromstring(piece)


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = html(derivation("hidden", g="relu"))
    assert not re.search(r"<script|<link|https?://|src=|@import|url\((?!#)", page)


def test_steps_unfold_and_are_open_in_full_detail() -> None:
    assert "<details>" in html(derivation("hidden"))
    assert "<details open>" in html(derivation("hidden"), Options(detail="full"))


def test_every_anchor_of_the_contents_exists() -> None:
    page = html(derivation("residual"))
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{anchor}"' in page


def test_a_fragment_is_for_a_cell_of_a_notebook() -> None:
    cell = fragment(derivation("hidden"))
    assert "<article" in cell
    assert "<html" not in cell


def test_a_name_that_looks_like_markup_harms_nothing() -> None:
    odd = activation("x*tanh(x)", name="<b>x</b>&")
    assert "<b>x</b>" not in html(derive(g=odd))


def test_labels_of_the_picture_stand_beside_slanting_arrows() -> None:
    page = derive("z = silu(U x) * (V x); softmax(W z + c)").html()
    picture = page[page.index("<svg") : page.index("</svg>")]
    assert 'style="text-anchor:end">U</text>' in picture
    assert 'style="text-anchor:start">silu</text>' in picture
    assert ">W + c</text>" in picture
