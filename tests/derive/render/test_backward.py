"""The backpropagation picture shows every gradient, each in a place of its own."""

from __future__ import annotations

import re

import pytest

from derive.render.backward import backpropagation_picture
from derive.render.statement import Presenter
from derive.steps import Kind
from tests.derive.render.models import MODELS, derivation

NODE = re.compile(r"\\uncover<(\d+)->\{\\node\[font=\\small.*?\] at \(([-\d.]+),([-\d.]+)\)")


@pytest.mark.parametrize("name", MODELS)
def test_each_gradient_appears_once_and_in_a_place_of_its_own(name: str) -> None:
    made = derivation(name)
    found = NODE.findall(backpropagation_picture(Presenter(made)))
    assert len(found) == len(list(made.of_kind(Kind.GRADIENT)))
    assert len({(x, y) for _, x, y in found}) == len(found)
    assert len({turn for turn, _, _ in found}) == len(found)


def test_a_gradient_stands_below_the_arrow_of_its_parameter() -> None:
    picture = backpropagation_picture(Presenter(derivation("hidden")))
    (_, of_v, row_v), (_, of_w, row_w) = NODE.findall(picture)
    assert (float(of_v), float(of_w)) == (1.6, 8.0)
    assert row_v == row_w


def test_rows_of_gradients_that_stand_in_turn_are_in_the_middle() -> None:
    picture = backpropagation_picture(Presenter(derivation("deep")))
    places = re.findall(r"\\node\[draw=forward.*?at \(([-\d.]+),", picture)
    found: dict[float, list[float]] = {}
    for _, x, y in NODE.findall(picture):
        found.setdefault(float(y), []).append(float(x))
    assert len(found) > 1
    for row in found.values():
        assert abs((min(row) + max(row)) / 2 - max(map(float, places)) / 2) < 1


def test_what_stands_on_an_arrow_from_a_lower_lane_is_below_it() -> None:
    made = derivation("softmax(W (g(V x) * h(U x)))")
    labels = re.findall(
        r"node\[(auto|auto,swap),font=\\small.*?\{\$(\w)\$\}",
        backpropagation_picture(Presenter(made)),
    )
    assert [name for side, name in labels if side == "auto,swap"] == ["h"]


def test_captions_leave_no_space_between_overlays() -> None:
    picture = backpropagation_picture(Presenter(derivation("hidden")))
    captions = picture[picture.index(r"\begin{center}") :].splitlines()[1:-1]
    assert all(line.endswith("%") for line in captions[:-1])
