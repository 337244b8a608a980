"""Which function gives which derivative of an activation, and how it is written."""

from __future__ import annotations

import pytest

from codegen.derivatives import Member, functions_of_order, member, written


@pytest.mark.parametrize(
    ("orders", "found", "text"),
    [
        ((0,), Member("value"), "g"),
        ((1,), Member("derivative"), "g′"),
        ((2, 0), Member("second_derivative"), "g″"),
        ((0, 0, 1), Member("parameter_derivatives", 1), "∂g/∂c"),
        ((1, 1, 0), Member("derivative_parameter_derivatives", 0), "∂²g/∂x∂b"),
        ((0, 2, 0), Member("second_parameter_derivatives", 0), "∂²g/∂b²"),
        ((0, 1, 1), Member("second_parameter_derivatives", 1), "∂²g/∂b∂c"),
    ],
)
def test_each_derivative_has_its_function(
    orders: tuple[int, ...], found: Member, text: str
) -> None:
    assert member(orders) == found
    assert written("g", orders, "bc"[: len(orders) - 1]) == text


def test_a_function_gives_its_derivatives_in_the_order_of_the_parameters() -> None:
    assert functions_of_order(2, 1) == {
        "derivative": [(1, 0, 0)],
        "parameter_derivatives": [(0, 1, 0), (0, 0, 1)],
    }
    assert [len(given) for given in functions_of_order(2, 2).values()] == [1, 2, 3]
    assert member((0, 1)).of("_g", "x, b") == "_g_parameter_derivatives(x, b)[0]"


def test_a_third_derivative_has_no_function() -> None:
    with pytest.raises(ValueError, match="two are derived"):
        member((3,))
