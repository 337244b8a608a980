"""The functions of a formula: each is what its name says, and each is on the page about the language."""

from pathlib import Path

import mpmath
import pytest

from derive.activation import activation
from derive.formula import X, formula
from derive.functions import FUNCTIONS
from derive.pointwise import evaluate
from derive.subgradient import repaired_derivative

PAGE = Path(__file__).parents[2] / "docs" / "pages" / "reference" / "language.md"
WRITTEN_OUT = {
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atanh": mpmath.atanh,
    "csch": mpmath.csch,
    "coth": mpmath.coth,
    "sech": mpmath.sech,
    "exp2": lambda x: mpmath.power(2, x),
    "square": lambda x: x * x,
    "Phi": mpmath.ncdf,
    "log1p": mpmath.log1p,
    "log2": lambda x: mpmath.log(x, 2),
}


@pytest.mark.parametrize("name", WRITTEN_OUT)
@pytest.mark.parametrize("point", ["0.03125", "0.75"])
def test_a_function_that_is_written_out_is_what_its_name_says(name, point):
    with mpmath.workdps(30):
        x, g = mpmath.mpf(point), WRITTEN_OUT[name]
        expression = formula(f"{name}(x)")
        assert mpmath.almosteq(evaluate(expression, {X: x}), g(x), 1e-25)
        slope = evaluate(repaired_derivative(activation(f"{name}(x)")), {X: x})
        assert mpmath.almosteq(slope, mpmath.diff(g, x), 1e-10)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("acosh(x)", {1: 0, 0.5: None, -3: None}),
        ("acos(x)", {1: 0, 2: None, -2: None}),
        ("asin(x)", {0: 0, 2: None}),
        ("atanh(x)", {0: 0, 2: None}),
        ("clip(x, -1, 2)", {-3: -1, 0.5: 0.5, 7: 2}),
        ("hypot(x, 4)", {0: 4}),
        ("square(x - 1)", {3: 4}),
    ],
)
def test_a_function_has_values_where_it_is_defined_and_no_others(text, at):
    expression = formula(text)
    found = {x: evaluate(expression, {X: mpmath.mpf(x)}) for x in at}
    assert {x: None if mpmath.isnan(value) else value for x, value in found.items()} == at


def test_the_page_about_the_language_has_every_function():
    row = PAGE.read_text(encoding="utf-8").partition("## Formulas")[2].partition("\n## ")[0]
    assert set(FUNCTIONS) <= set(row.replace("`", " ").replace("(", " ").split())
