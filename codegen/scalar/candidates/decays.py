"""A tail as a series in u = e^(−r|x|): log(1 + eˣ)/eˣ and its slope, of which terms far larger cancel.

The formula is a function of u alone, to all powers, where x stands in exponents only; r is the greatest
number of which all exponents are multiples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import mpmath
from mpmath import mpf
from sympy import Rational, gcd

from codegen.scalar.candidates.multiples import linear
from codegen.scalar.candidates.series import BITS, PRECISION, evaluated, fitted, values
from codegen.scalar.terms import Node, Terms

__all__ = ["Decaying", "fit_decay"]

EXPONENTIAL = {"exp": 1, "expm1": 1, "sinh": 1, "cosh": 1, "tanh": 2}  # times u to the argument


@dataclass(frozen=True)
class Decaying:
    """u^order · Σ coefficients[i] · u^i, u = e^(−rate |x|), for x beyond ``start`` on its side of 0."""

    start: float
    rate: Rational
    order: int
    coefficients: tuple[mpf, ...]

    def enter(self, terms: Terms, x: int) -> int:
        """Return the operation that computes the series."""
        scaled = (
            terms.add("mul", terms.add("constant", value=self.rate), x) if self.rate != 1 else x
        )
        decay = terms.add("exp", terms.add("neg", terms.add("abs", scaled)))
        result = evaluated(terms, self.coefficients, decay)
        for _ in range(abs(self.order)):
            result = terms.add("mul" if self.order > 0 else "div", result, decay)
        return result


def fit_decay(terms: Terms, output: int, start: float, dtype: str) -> Decaying | None:
    """Return a series in e^(−r|x|) for x beyond the start; None if none is short enough."""
    return _fit_decay(terms.content[0], output, start, dtype)


@lru_cache(maxsize=256)  # asked for again by each attempt at a tighter budget
def _fit_decay(nodes: tuple[Node, ...], output: int, start: float, dtype: str) -> Decaying | None:
    terms = Terms(list(nodes), (output,))
    rate = _rate(terms)
    if rate is None:
        return None
    with mpmath.workprec(PRECISION):
        slowness = (1 if start > 0 else -1) * mpf(rate.q) / rate.p
        value = values(terms, output, lambda u: -slowness * mpmath.log(u))
        found = fitted(value, mpmath.exp(-abs(start / slowness)), (1,), BITS[dtype])
    return None if found is None else Decaying(start, rate, found.order, found.coefficients)


def _rate(terms: Terms) -> Rational | None:
    """Return the r of which the rates of all exponentials of x are multiples; None without any."""
    rates = list[Rational]()
    for node in (terms.nodes[number] for number in terms.needed()):
        if node.op in EXPONENTIAL and (found := linear(terms, node.args[0])) is not None:
            if not found[0].is_Rational:
                return None
            rates.append(abs(found[0]) * EXPONENTIAL[node.op])
    return gcd([rate for rate in rates if rate]) or None
