"""The error analysis: what is amplified, what is exact, and which operations are raised."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.scalar.conditioning import study
from codegen.scalar.levels import LEVELS
from codegen.scalar.lower import lower
from codegen.scalar.precision import assign, with_differences
from derive.formula import X, formula


def levels(text: str, points: list[float], dtype: str, budget: float = 7.0) -> dict[str, int]:
    """Return the highest level of each kind of operation, and whether an output is missed."""
    terms = lower([formula(text)], X)
    here = study(terms, np.array(points))
    counted = {terms.outputs[0]: np.ones(len(points), bool)}
    found = assign(terms, here, dtype, {terms.outputs[0]: budget}, counted, LEVELS[dtype])
    result = {"missed": int(found.missed[terms.outputs[0]].sum())}
    for node, level in zip(terms.nodes, found.levels, strict=True):
        result[node.op] = max(result.get(node.op, 0), level)
    return result


def test_the_argument_of_exp_is_amplified_by_itself():
    terms = lower([formula("exp(3*x)")], X)
    here = study(terms, np.array([7.0]))
    product = next(k for k, node in enumerate(terms.nodes) if node.op == "mul")
    assert here.amplification[terms.outputs[0]][product, 0] == pytest.approx(21.0)


def test_a_large_argument_of_exp_is_computed_in_a_pair():
    assert levels("exp(0.3*x)", [1.0], "float64")["mul"] == 0
    assert levels("exp(0.3*x)", [2000.0], "float64")["mul"] == 1


def test_more_than_what_is_wanted_is_no_help():
    # constants alone are enough: tanh in part of a pair would help more, and cost more
    found = levels("1.7159*tanh(2*x/3)", [0.3], "float64", budget=3.0)
    assert (found["constant"], found["tanh"], found["mul"]) == (1, 0, 0)


def test_an_exact_product_costs_nothing_however_much_it_is_amplified():
    found = levels("sin(30*x)", [1e300, 3.3, 0.7], "float64")
    assert found["missed"] == 0


def test_a_power_of_two_does_not_save_a_pair_from_being_rounded():
    # 1/(select …) is 1 at the point, but no power of two by its form: the product would round a pair
    text = "exp((0.3*x)*(1/(1 if x > 0 else 3)))"
    found = levels(text, [2000.0], "float64")
    assert found["mul"] == 1
    assert found["missed"] == 0


def test_what_rounds_to_a_power_of_two_does_not_save_a_pair_from_being_rounded_either():
    # e^(−x²) is 1 to the last bit of float64 here, the other factor is 1 and a little that is wanted
    found = levels("exp(-x**2)*(2 - exp(x)) - exp(x)", [3.97e-19], "float32", budget=1.0)
    assert found["mul"] >= 3


def test_differences_of_what_is_compared_are_outputs_where_they_are_small():
    def found(text: str, points: list[float]) -> tuple[int, ...]:
        terms = lower([formula(text)], X)
        counted = np.ones(len(points), bool)
        whole = with_differences(terms, study(terms, np.array(points)), "float64", counted)
        return tuple(whole.nodes[output].op for output in whole.outputs[1:])

    assert found("max(sin(x), x/2)", [1.0, 1.895494267]) == ("sub",)
    assert found("max(sin(x), x/2)", [1.0, 3.0]) == ()
    assert found("max(x/2, 1)", [1.0, 2.0]) == ()
    assert found("max(x, 0.1)", [0.1]) == ()
