"""Slopes without the signs of |u|′."""

from __future__ import annotations

import pytest
from sympy import Abs, Symbol, exp, log, sign

from derive import derive
from derive.formula import X
from derive.moduli import without_signs
from derive.render.statement import Presenter
from derive.render.unicode import to_text
from derive.steps import Kind

A = Symbol("a", positive=True)
SLOPES = {
    "x/(1 + abs(x)**3)": "(1 − 2 x² |x|) / (1 + x² |x|)²",
    "x*abs(x)**1.5": "5 |x|^(3/2) / 2",
    "x*exp(-abs(x)**3)": "exp(−x² |x|) (1 − 3 x² |x|)",
    "log(1 + abs(x))*x": "|x| / (1 + |x|) + log(1 + |x|)",
    "x*abs(x - 1)**3": "|x − 1| (x − 1) (4 x − 1)",
}


@pytest.mark.parametrize("formula", SLOPES)
def test_products_with_signs_become_moduli(formula):
    *_, slope = Presenter.proved(derive(g=formula)).statements(Kind.ACTIVATION)
    assert to_text(slope.right).replace("\n", " ") == SLOPES[formula]


def test_powers_with_a_symbol_are_gathered():
    slope = exp(-(Abs(X) ** A)) * (1 - A * X * Abs(X) ** (A - 1) * sign(X))
    assert without_signs(slope) == exp(-(Abs(X) ** A)) * (1 - A * Abs(X) ** A)


def test_the_value_at_0_stays():
    assert without_signs(sign(X) ** 2 * (1 + log(2 + X))) is None  # 0 at 0, and 1 is not
    assert without_signs(X**3 * sign(X) ** 2 + X) == X**3 + X


def test_a_sign_that_no_factor_cancels_stays():
    assert without_signs(sign(X) * exp(-Abs(X))) is None
