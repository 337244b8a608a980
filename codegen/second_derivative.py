"""Scalar code for g″, certified as g′ is, for what differentiates twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr, srepr

from codegen.cache import remembered, sources_hash
from codegen.scalar.certificate import Row
from codegen.scalar.code import APART, SOURCES, ScalarCode
from codegen.scalar.prove import proved
from codegen.scalar.write import Writer
from derive.activation import Activation
from derive.formula import X
from derive.subgradient import second_derivative

__all__ = ["with_second_derivative"]


def with_second_derivative(
    code: ScalarCode, symbol: str, activation: Activation, dtypes: Sequence[str]
) -> ScalarCode:
    """Return the code of g and g′ with ``<symbol>_second_derivative_T(x)`` for each dtype T."""
    expression = second_derivative(activation)
    found = [_kept(symbol, expression, dtype) for dtype in dtypes]
    return ScalarCode(
        "\n\n".join([code.functions, *(each.functions for each in found)]),
        tuple(sorted({*code.requires, *(name for each in found for name in each.requires)})),
        (*code.certificate, *(row for each in found for row in each.certificate)),
        (*code.forms, *(form for each in found for form in each.forms)),
    )


def _kept(symbol: str, expression: Expr, dtype: str) -> ScalarCode:
    """Return g″ in one dtype from the user's cache, searched for where it is not there."""
    key = ["second derivative", symbol, dtype, sources_hash(SOURCES, APART), srepr(expression)]
    return remembered("scalar", key, _restored, lambda: _searched(symbol, expression, dtype))


def _restored(stored: Any) -> ScalarCode:
    rows = tuple(Row(**row) for row in stored["certificate"])
    requires, forms = tuple(stored["requires"]), tuple(stored["forms"])
    return ScalarCode(stored["functions"], requires, rows, forms)


def _searched(symbol: str, expression: Expr, dtype: str) -> ScalarCode:
    """Return the cheapest code that keeps the bound; CertificateError where there is none."""
    found = proved((expression,), X, dtype, ("second derivative",), {})
    terms, levels = found.only((0,))
    writer = Writer(terms, levels, dtype)
    text = writer.function(f"{symbol}_second_derivative_{dtype}", (), f"Return {symbol}″(x).")
    return ScalarCode(text, writer.requires, found.rows, (found.form,))
