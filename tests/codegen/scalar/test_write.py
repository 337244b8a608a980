"""Terms as text: sums with a product in one rounding."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from sympy import Integer, Rational, exp

from codegen.scalar.functions import library
from codegen.scalar.levels import LEVELS, PAIR
from codegen.scalar.measure import function
from codegen.scalar.run import run
from codegen.scalar.terms import FUNCTIONS, Terms
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


def quotient_of_squares(level: int) -> str:
    """Return x·x/(1 + x·x) in float64 with everything at a level."""
    terms = Terms()
    x = terms.add("x")
    square = terms.add("mul", x, x)
    total = terms.add("add", terms.add("constant", value=Rational(1)), square)
    terms.outputs = (terms.add("div", square, total),)
    return written(terms, [level] * len(terms.nodes), "float64", ())


def test_a_loose_pair_is_rounded_by_one_sum_at_the_end() -> None:
    text = quotient_of_squares(1)
    assert "ratio, ratio_low = div_loose(product, product_low, total, total_low)" in text
    assert "ratio_2 = ratio + ratio_low\n    return ratio_2" in text


def test_pairs_in_normal_form_need_no_sum_at_the_end() -> None:
    assert "return ratio\n" in quotient_of_squares(2)


def test_what_only_choices_follow_is_rounded_before_they_choose() -> None:
    terms = Terms()
    x = terms.add("x")
    zero, third = (terms.add("constant", value=Rational(k, 3)) for k in (0, 1))
    quotient = terms.add("div", third, x)
    terms.outputs = (terms.add("select", terms.add("lt", x, zero), quotient, x),)
    text = written(terms, [1] * len(terms.nodes), "float64", ())
    assert "ratio_2 = ratio + ratio_low" in text
    assert "select(below, ratio_2, x)" in text
    assert "chosen_low" not in text


def test_the_high_part_of_a_product_of_two_floats_is_its_rounded_value() -> None:
    terms = Terms()
    x = terms.add("x")
    square = terms.add("mul", x, x)
    below = terms.add("lt", x, terms.add("constant", value=Rational(0)))
    terms.outputs = (terms.add("select", below, square, x),)
    text = written(terms, [1] * len(terms.nodes), "float64", ())
    assert "product, product_low = mul_floats_loose(x, x)" in text
    assert "select(below, product, x)" in text


@pytest.mark.parametrize("op", ["add", "sub"])
@pytest.mark.parametrize("last", [False, True])
def test_the_larger_of_two_terms_is_the_first_of_a_fast_sum(op: str, last: bool) -> None:
    terms = Terms()
    x = terms.add("x")
    decay = terms.add("exp", terms.add("neg", terms.add("abs", x)))
    one = terms.add("constant", value=Integer(1))
    total = terms.add(op, *((decay, one) if last else (one, decay)))
    terms.outputs = (terms.add("div", x, total),)
    text = written(terms, [0, 0, 0, 0, 0, 1, 1], "float64", ())
    signs = {"add": ("", ""), "sub": ("-", "") if last else ("", "-")}[op]
    assert f"fast_two_sum({signs[0]}1.0, {signs[1]}(exp_f64" in text


def test_a_sum_of_two_terms_of_any_size_is_no_fast_one() -> None:
    terms = Terms()
    x = terms.add("x")
    total = terms.add("add", terms.add("constant", value=Integer(1)), terms.add("abs", x))
    terms.outputs = (terms.add("div", x, total),)
    assert "add_floats_loose" in written(terms, [0, 0, 0, 1, 1], "float64", ())


def test_pairs_by_a_rescaling_are_not_rounded_before_they_cancel() -> None:
    beside = 1 / 3 + 2.0**-54 * 3
    terms = Terms()
    x = terms.add("x")
    one = terms.add("constant", value=Integer(1))
    deep = terms.add("lt", x, terms.add("constant", value=Integer(-600)))
    factor = terms.add("select", deep, terms.add("constant", value=exp(-Integer(400))), one)
    third = terms.add("div", one, terms.add("constant", value=Integer(3)))
    near = terms.add("constant", value=Rational(Fraction(beside)))
    products = (terms.add("mul", number, factor) for number in (third, near))
    terms.outputs = (terms.add("sub", *products),)
    pairs = LEVELS["float64"].index(PAIR)
    levels = [pairs if node.op in ("div", "mul", "sub") else 0 for node in terms.nodes]
    (found,) = run(written(terms, levels, "float64", ()), np.array([-650.0, 1.0]))
    rest = float(Fraction(1, 3) - Fraction(beside))
    assert found == pytest.approx([rest * math.exp(-400), rest], rel=1e-9, abs=0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_plain_python_takes_the_root_of_a_negative_number_for_none(dtype) -> None:
    terms = Terms()
    terms.outputs = (terms.add("sqrt", terms.add("x")),)
    root = function(written(terms, [0, 0], dtype, ()), "g")
    kind = np.dtype(dtype).type
    with np.errstate(invalid="ignore"):
        assert math.isnan(root(kind(-1)))
    assert root(kind(2)) == np.sqrt(kind(2))
    assert type(root(kind(2))) is kind


@pytest.mark.parametrize("family", ["loose", "dd"])
@pytest.mark.parametrize("op", FUNCTIONS)
def test_functions_return_pairs_in_normal_form_of_which_the_first_part_may_be_left_alone(
    op, family
):
    name = f"{op}_{family}"
    if name not in library() or op.endswith(("_multiple", "_scaled")):
        assert op not in {"exp", "log1p", "tanh"}  # of which there are both
        return
    rng = np.random.default_rng(3)
    x = np.ldexp(rng.uniform(-2, 2, 100_000), rng.integers(-90, 10, 100_000))
    high, low = run(f"@scalar\ndef g(x):\n    return {name}(x, 0.0)\n", x, {})
    with np.errstate(all="ignore"):
        counts = np.isfinite(high) & (np.abs(high) > 1e-280)
        assert (np.abs(low[counts]) <= 0.500001 * np.spacing(np.abs(high[counts]))).all()
