"""A few random models under random options, on every run, without a complaint of TeX's."""

from __future__ import annotations

import shutil

import pytest

from derive.render.beamer import beamer
from derive.render.build import ENGINES
from tests.random_decks import faults, random_decks

ENGINE = next((name for name in ENGINES if shutil.which(name)), None)


@pytest.mark.parametrize(
    ("made", "options"), [deck[1:] for deck in random_decks(2, seed=5)], ids=["first", "second"]
)
def test_a_random_deck_compiles_without_a_complaint(made, options) -> None:
    if ENGINE is None:
        assert r"\begin{document}" in beamer(made, options)
        return
    assert faults(made, options, ENGINE) == []
