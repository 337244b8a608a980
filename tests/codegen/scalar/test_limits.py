"""Limits at ±inf that depend on a trainable parameter."""

import numpy as np
import pytest

from codegen.scalar.code import scalar_code
from codegen.scalar.measure import function, over
from derive.activation import activation


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("x/(1 + abs(x)**a)", {0.5: np.inf, 0.999: np.inf, 1.0: 1.0, 1.001: 0.0, 3.0: 0.0}),
        ("a*x/(1 + abs(x))", {0.5: 0.5, 1.0: 1.0, 3.0: 3.0}),
    ],
)
def test_the_limit_at_infinity_is_that_of_the_parameter(text, limits):
    code = scalar_code("g", activation(text, {"a": 1.5}, trainable=("a",)), ("float32",))
    run = over(function(code.functions, "g_value_and_derivative_float32"), 2, ("a",))
    a = np.array(list(limits), np.float32)
    for sign in (1, -1):
        value, _ = run(np.full(a.size, sign * np.inf, np.float32), a)
        np.testing.assert_array_equal(value, sign * np.array(list(limits.values()), np.float32))
