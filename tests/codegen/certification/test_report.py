"""What a certificate is of is said above it."""

import pytest

from codegen.certification.report import heading
from derive.activation import activation


@pytest.mark.parametrize(
    ("formula", "values", "trainable", "said"),
    [
        ("x*tanh(x)", {}, (), "h(x) = x*tanh(x)"),
        ("x*tanh(a*x)", {"a": "0.5"}, (), "h(x) = x*tanh(a*x) with a = 0.5"),
        ("x*tanh(a*x)", {"a": "0.5"}, ("a",), "h(x) = x*tanh(a*x) with a from 0.0625 to 4"),
        ("a*x + b", {"a": "1/3", "b": "0"}, ("b",), "h(x) = a*x + b with a = 1/3, b from -1 to 1"),
    ],
)
def test_the_values_of_parameters_are_said_and_between_which_they_were_varied(
    formula, values, trainable, said
):
    assert heading("h", activation(formula, values, trainable)) == said
