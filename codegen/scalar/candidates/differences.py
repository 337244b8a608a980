"""A difference of exponentials as one of them times expm1: e^−v − e^−w cancels where v is close to w."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Add, Expr, Integer, Poly, Symbol, factor_terms

from codegen.scalar.candidates.normal import Decay
from codegen.scalar.terms import Terms

__all__ = ["enter_difference", "exponents_apart"]

Apart = tuple[Expr, Expr, Expr]


def exponents_apart(factor: Expr, generators: Mapping[Symbol, Expr]) -> Apart | None:
    """Return c, v and w of a polynomial c(e^−v − e^−w) of decays; None for others."""
    decays = {symbol: generators.get(symbol, symbol) for symbol in factor.free_symbols}
    if not all(isinstance(meaning, Decay) for meaning in decays.values()):
        return None
    monomials = Poly(factor, *decays).terms()
    monomials.sort(key=lambda term: term[1].could_extract_minus_sign())
    if len(monomials) != 2 or monomials[0][1] != -monomials[1][1]:
        return None
    sizes = [meaning.args[0] for meaning in decays.values()]
    first, second = (
        Add(*(power * size for power, size in zip(powers, sizes, strict=True)))
        for powers, _ in monomials
    )
    return monomials[0][1], first, second


def enter_difference(terms: Terms, visit: Callable[[Expr], int], parts: Apart) -> int:
    """Return the operation for c(e^−v − e^−w): c times the larger one times 1 − e^−|v − w|."""
    scale, first, second = parts
    apart = visit(factor_terms(second - first))
    less = terms.add("lt", apart, terms.add("constant", value=Integer(0)))
    larger = terms.add("select", less, *(terms.add("exp", visit(-v)) for v in (second, first)))
    lost = terms.add("expm1", terms.add("neg", terms.add("abs", apart)))
    result = terms.add("mul", larger, terms.add("select", less, lost, terms.add("neg", lost)))
    return result if scale == 1 else terms.add("mul", result, terms.add("constant", value=scale))
