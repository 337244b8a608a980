"""The kernel's slides come from the installed generator and bear the slides' numbers."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from derive import derive
from derive.render import excerpt
from derive.render.kernel import COLUMNS, kernel_frames
from derive.render.options import Options
from derive.render.statement import Presenter
from tests.derive.render.models import derivation

LISTING = "def gradients(W, V):\n    # (9)  err(a) = err(z) ⊙ g′(a)\n    return W % V"


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> None:
    made = SimpleNamespace(load=lambda: lambda derivation: LISTING)
    monkeypatch.setattr(excerpt, "entry_points", lambda group: [made])


@pytest.mark.usefixtures("generator")
def test_the_listing_is_that_of_the_generator() -> None:
    (frame,) = kernel_frames(Presenter(derive("softmax(W f(x))")))
    assert r"\textbf{(9)}" in frame.body
    assert r"W \% V" in frame.body


@pytest.mark.usefixtures("generator")
def test_a_derivation_of_some_gradients_has_no_kernel() -> None:
    assert not list(kernel_frames(Presenter(derivation("hidden").with_respect_to("W"))))


def test_without_a_generator_there_is_no_slide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpt, "entry_points", lambda group: [])
    assert not list(kernel_frames(Presenter(derive("softmax(W f(x))"))))


def test_the_listing_is_made_once_for_a_derivation(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    made = SimpleNamespace(load=lambda: lambda derivation: calls.append(derivation) or LISTING)
    monkeypatch.setattr(excerpt, "entry_points", lambda group: [made])
    fresh = derive("softmax(W f(x))")
    assert list(kernel_frames(Presenter(fresh))) == list(kernel_frames(Presenter(fresh)))
    assert len(calls) == 1


def test_the_slide_says_what_differs_from_the_kernel() -> None:
    options = Options(sign="negative", rename={"V": "U"}, source=LISTING)
    (frame,) = kernel_frames(Presenter(derivation("hidden"), options))
    assert r"returns the gradient of $+\mathcal{L}$" in frame.body
    assert r"It says \texttt{V} for U." in frame.body


def test_long_listings_are_spread_and_long_lines_broken() -> None:
    line = f"def gradients({', '.join(f'W{k}' for k in range(60))}):"
    options = Options(source="\n".join([line, *LISTING.splitlines()[1:] * 15]))
    frames = list(kernel_frames(Presenter(derivation("hidden"), options)))
    lines = [re.findall(r"\\codeline\{.*?\}\{(.*)\}", frame.body) for frame in frames]
    assert max(map(len, lines)) - min(map(len, lines)) <= 1
    assert max(len(text) for page in lines for text in page if "W59" in text) <= COLUMNS
