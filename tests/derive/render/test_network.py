"""The picture's layout comes from the graph of quantities, whatever its form."""

from __future__ import annotations

import pytest

from derive.render.network import network
from tests.derive.render.models import MODELS, derivation


@pytest.mark.parametrize("name", MODELS)
def test_every_arrow_points_to_the_right(name: str) -> None:
    net = network(derivation(name).model)
    for arrow in net.arrows:
        ends = net.place(arrow.target).column - net.place(arrow.source).column
        assert arrow.span == ends > 0


@pytest.mark.parametrize("name", MODELS)
def test_no_two_quantities_share_a_place(name: str) -> None:
    places = network(derivation(name).model).places
    assert len({(place.column, place.lane) for place in places}) == len(places)


@pytest.mark.parametrize("name", MODELS)
def test_every_matrix_and_activation_stands_on_an_arrow(name: str) -> None:
    model = derivation(name).model
    net = network(model)
    matrices = {arrow.matrix.name for arrow in net.arrows if arrow.matrix}
    functions = {function for arrow in net.arrows for function in arrow.functions}
    assert matrices == {q.name for q in model.parameters if len(q.sizes) == 2}
    assert functions == {*model.activations, "softmax"}


def test_a_gate_has_two_lanes_and_a_skip_a_long_arrow() -> None:
    assert network(derivation("gated").model).lanes == 2
    assert max(arrow.span for arrow in network(derivation("residual").model).arrows) > 1


def test_a_tied_matrix_is_transposed_on_one_of_its_arrows() -> None:
    arrows = network(derivation("tied").model).arrows
    assert sorted(a.matrix.transposed for a in arrows if a.matrix and a.matrix.name == "V") == [
        False,
        True,
    ]
