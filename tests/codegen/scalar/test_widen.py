"""What is widened: arithmetic of float32 whose arguments and results are float64 anyway."""

from __future__ import annotations

import pytest

from codegen.scalar.lower import lower
from codegen.scalar.widen import widened
from derive.formula import X, formula


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("(1 + x)*exp(x)", {"add"}),  # x is converted for exp
        ("(1 + x)*exp(1 + x)", set()),  # one conversion, whichever is
        ("exp(x)*(2*(1 + x))", {"add", "mul"}),  # one after the other
        ("exp(x)*(3 if x > 1 else 2*x)", {"select", "mul"}),
        ("exp(x)*(3 if 2*x > 1 else 2*x)", set()),  # what is compared stays
        ("x + 1", set()),  # nothing is wide
    ],
)
def test_arithmetic_is_widened_where_that_saves_a_conversion(text, wide):
    terms = lower([formula(text)], X)
    levels = [int(node.op == "exp") for node in terms.nodes]
    found = widened(terms, levels)
    raised = {n.op for n, old, new in zip(terms.nodes, levels, found, strict=True) if new != old}
    assert raised == wide
