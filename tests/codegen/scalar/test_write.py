"""Terms as text: sums with a product in one rounding."""

from __future__ import annotations

from sympy import Rational

from codegen.scalar.terms import Terms
from codegen.scalar.write import written


def horner() -> Terms:
    """Return 1/3 + x·(1/7 + x·x), the product x·x used once."""
    terms = Terms()
    x = terms.add("x")
    third, seventh = (terms.add("constant", value=Rational(1, k)) for k in (3, 7))
    inner = terms.add("add", seventh, terms.add("mul", x, x))
    terms.outputs = (terms.add("add", third, terms.add("mul", x, inner)),)
    return terms


def test_a_product_that_one_sum_needs_is_added_in_one_rounding() -> None:
    text = written(horner(), [0] * 7, "float64", ())
    assert "fma(x, (fma(x, x, 0.14285714285714285)), 0.3333333333333333)" in text


def test_a_product_that_is_needed_elsewhere_too_is_computed_once() -> None:
    terms = horner()
    square = terms.add("mul", terms.add("x"), terms.add("x"))
    terms.outputs = (*terms.outputs, square)
    text = written(terms, [0] * len(terms.nodes), "float64", ())
    assert text.count("x * x") == 1
    assert "fma(x, x" not in text
