"""An activation's card and graph: what is on them, for every kind of activation."""

import pytest

from derive.activation import activation, library
from derive.render.card import card
from derive.render.graph import graph_svg


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("relu", ["kink at x = 0: slope 0 before, 1 after, 0 chosen", "Nair"]),
        ("hardshrink", ["jump at x = 0.5"]),
        ("selu", ["1.0507009873554804934193349852946"]),
        ("mish", ["steps</summary>", "1908.08681"]),
    ],
)
def test_a_card_has_the_derivative_the_break_points_and_the_origin(name, words) -> None:
    text = card(library()[name])
    assert "<svg" in text
    assert "<math" in text
    for word in words:
        assert word in text


def test_a_formula_of_one_s_own_shows_itself_and_its_parameter() -> None:
    text = activation("x*tanh(b*x)", {"b": 2}, ["b"])._repr_html_()
    assert "2, trainable" in text


@pytest.mark.parametrize("name", ["relu", "siren_sine", "repu", "threshold"])
def test_a_graph_stays_inside_its_frame(name) -> None:
    svg = graph_svg(library()[name])
    points = [p for line in svg.split('points="')[1:] for p in line.split('"')[0].split()]
    assert points
    for point in points:
        x, y = map(float, point.split(","))
        assert 0 <= x <= 360
        assert 0 <= y <= 230
