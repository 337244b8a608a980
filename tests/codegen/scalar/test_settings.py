"""Values of trainable parameters, and the points that move with them."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Symbol

from codegen.scalar.settings import moving, settings, spread
from codegen.scalar.stated import stated
from derive.formula import X, formula


@pytest.mark.parametrize("default", [0.01, -2.0, 0.0])
def test_parameters_are_spread_around_their_default(default):
    values = spread(default, 400, "float64")
    assert values[0] == default
    if default:
        assert (np.abs(values) <= 8 * abs(default)).all()
        assert (np.abs(values) >= abs(default) / 8).all()
        assert (np.sign(values) == np.sign(default)).all()
    else:
        assert (np.abs(values) <= 1).all()


def test_thresholds_move_with_a_parameter():
    a = Symbol("a", real=True)
    terms = stated([formula("x*exp(-a*x)", {"a": a})], X)
    found = list(moving(terms, {"a": 1.0}, "float64"))
    assert len({float(given["a"][0]) for _, given in found}) == len(found) > 1
    for points, given in found:  # where x e^−ax begins to be subnormal
        ends = points * given["a"]
        assert ((ends > 700) & (ends < 730)).any()


def test_one_parameter_does_not_follow_another():
    a, b = settings({"a": 1.0, "b": 1.0}, 400, "float64").values()
    assert abs(np.corrcoef(np.log(a), np.log(b))[0, 1]) < 0.2


def test_parameters_are_nearly_one_at_both_ends_of_what_all_of_them_may_be():
    a, b = (Symbol(name, real=True) for name in "ab")
    terms = stated([formula("exp(-a*x)-exp(-b*x)", {"a": a, "b": b})], X)
    found = [
        (float(given["a"][0]), float(given["b"][0]))
        for _, given in moving(terms, {"a": 1.0, "b": 2.0}, "float64")
    ]
    close = [pair for pair in found if abs(pair[0] / pair[1] - 1) < 0.05]
    assert any(pair[0] == 0.25 for pair in close)
    assert any(pair[0] == 8.0 for pair in close)
