"""Scalar code for g″ and the second derivatives in trainable parameters, certified as g′ is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Expr, srepr

from codegen.cache import remembered, sources_hash
from codegen.derivatives import functions_of_order, member, written
from codegen.scalar.certificate import Row
from codegen.scalar.code import APART, SOURCES, ScalarCode
from codegen.scalar.prove import proved
from codegen.scalar.write import Writer
from derive.activation import Activation
from derive.formula import X
from derive.partials import Orders, partials

__all__ = ["with_second_derivative"]


def with_second_derivative(
    code: ScalarCode, symbol: str, activation: Activation, dtypes: Sequence[str]
) -> ScalarCode:
    """Return the code of g and g′ with ``<symbol>_second_derivative_T(x, …)`` for each dtype T.

    With trainable parameters also the other functions of second order of :mod:`codegen.derivatives`.
    """
    derived = partials(activation)
    wanted = functions_of_order(len(activation.trainable), 2)
    found = [
        _kept(symbol, activation, name, {orders: derived[orders] for orders in given}, dtype)
        for dtype in dtypes
        for name, given in wanted.items()
    ]
    return ScalarCode(
        "\n\n".join([code.functions, *(each.functions for each in found)]),
        tuple(sorted({*code.requires, *(name for each in found for name in each.requires)})),
        (*code.certificate, *(row for each in found for row in each.certificate)),
        (*code.forms, *(form for each in found for form in each.forms)),
    )


def _kept(
    symbol: str, activation: Activation, name: str, wanted: Mapping[Orders, Expr], dtype: str
) -> ScalarCode:
    """Return a function in one dtype from the user's cache, searched for where it is not there."""
    defaults = {each: float(activation.parameters[each]) for each in activation.trainable}
    key = [name, symbol, dtype, sources_hash(SOURCES, APART), list(defaults.items())]
    key += [srepr(expression) for expression in wanted.values()]

    def make() -> ScalarCode:
        return _searched(f"{symbol}_{name}_{dtype}", symbol, wanted, dtype, defaults)

    return remembered("scalar", key, _restored, make)


def _restored(stored: Any) -> ScalarCode:
    rows = tuple(Row(**row) for row in stored["certificate"])
    requires, forms = tuple(stored["requires"]), tuple(stored["forms"])
    return ScalarCode(stored["functions"], requires, rows, forms)


def _searched(
    name: str,
    symbol: str,
    wanted: Mapping[Orders, Expr],
    dtype: str,
    defaults: Mapping[str, float],
) -> ScalarCode:
    """Return the cheapest code that keeps the bound; CertificateError where there is none."""
    quantities = [_quantity(orders, tuple(defaults)) for orders in wanted]
    found = proved(tuple(wanted.values()), X, dtype, quantities, defaults)
    terms, levels = found.only(range(len(wanted)))
    writer = Writer(terms, levels, dtype)
    words = ", ".join(f"{written(symbol, orders, tuple(defaults))}(x)" for orders in wanted)
    text = writer.function(name, tuple(defaults), f"Return {words}.")
    if len(wanted) == 1 and member(next(iter(wanted))).place is not None:
        text = text.rstrip("\n") + ",\n"
    return ScalarCode(text, writer.requires, found.rows, (found.form,))


def _quantity(orders: Orders, parameters: Sequence[str]) -> str:
    return "second derivative" if orders[0] == 2 else written("", orders, parameters)
