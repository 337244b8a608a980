"""What stands below each factor of a chain says what that factor is."""

import pytest

from derive import derive
from derive.render.chain import chain_frame
from derive.render.statement import Presenter


@pytest.mark.parametrize(
    ("model", "parameter", "said"),
    [
        ("softmax(W g(V x))", "V", "slope of the activation"),
        ("z = g(V x); softmax(W (z + h(U z)))", "U", "slope of the activation"),
        ("softmax(W (g(U x) * (V x)))", "V", "elementwise in"),  # the factor is g, not g′
        ("softmax(W (g(U x) * (V x)))", "U", "elementwise in"),  # g′ times the other branch
    ],
)
def test_a_factor_is_a_slope_where_it_is_that_alone(model, parameter, said):
    frame = chain_frame(Presenter(derive(model)), parameter)
    assert frame is not None
    found = {
        words for words in ("slope of the activation", "elementwise in") if words in frame.body
    }
    assert found == {said}
