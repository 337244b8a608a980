"""Long formulas are broken before + and −, and nothing is lost."""

from __future__ import annotations

from collections import Counter

import pytest

from derive.activation import library
from derive.calculus import derivative
from derive.formula import X
from derive.render.breaking import broken
from derive.render.names import Names
from derive.render.typeset import Typesetter
from derive.render.unicode import to_text
from derive.render.width import width
from tests.derive.render.models import derivation


def letters(text: str) -> str:
    return "".join(text.split()).replace("·", "")


@pytest.mark.parametrize("name", list(library()))
@pytest.mark.parametrize("limit", [14.0, 25.0])
def test_nothing_is_lost_where_a_formula_is_broken(name: str, limit: float) -> None:
    typeset = Typesetter(Names(derivation("hidden").model))
    box = typeset(derivative(library()[name].expression, X))
    pieces = Counter(letters("".join(map(to_text, broken(box, limit)))))
    whole = Counter(letters(to_text(box)))
    assert set(pieces - whole) <= set("1()/")  # of a fraction that is written as 1/denominator
    assert set(whole - pieces) <= set("()/")


def test_a_fraction_too_wide_is_one_over_its_denominator_times_its_numerator() -> None:
    typeset = Typesetter(Names(derivation("hidden").model))
    above = sum((k * X**k for k in range(2, 12)), start=X - X)
    pieces = broken(typeset(above / (1 + X**2)), 20)
    assert to_text(pieces[0]).startswith("1 / (x² + 1) (11 x¹¹ +")
    assert all(width(piece) <= 20 for piece in pieces)
    product = typeset((1 + X) ** 9 * (2 + X) ** 8 * (3 + X) ** 7 * (4 + X) ** 6 / (1 + X**2))
    assert to_text(broken(product, 11)[0]).startswith("1 / (x² + 1) · (x + 1)⁹")


def test_a_formula_that_fits_stays_whole() -> None:
    typeset = Typesetter(Names(derivation("hidden").model))
    box = typeset(1 + X**2)
    assert broken(box, width(box)) == [box]


def test_a_long_sum_fits_after_it_is_broken() -> None:
    typeset = Typesetter(Names(derivation("hidden").model))
    box = typeset(sum((k * X**k for k in range(1, 20)), start=X - X))
    pieces = broken(box, 20)
    assert len(pieces) > 1
    assert all(width(piece) <= 20 for piece in pieces)
