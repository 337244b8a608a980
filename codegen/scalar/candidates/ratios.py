"""Fractions of polynomials: cancelled, reduced by a root, and the least power of a symbol in one."""

from __future__ import annotations

from sympy import Add, Expr, Poly, Symbol, cancel, expand, fraction, together

__all__ = ["cancelled", "complement_sign", "lowest", "reduced", "terms_of"]


def cancelled(expression: Expr) -> Expr:
    """Return a fraction of polynomials without a common factor."""
    return cancel(together(expression))


def complement_sign(factor: Expr, small: Expr) -> int:
    """Return 1 where a factor is 1 − small, −1 where it is small − 1, 0 where it is neither."""
    return next((s for s in (1, -1) if expand(s * factor - 1 + small) == 0), 0)


def reduced(ratio: Expr, root: Symbol, inside: Expr, degree: int) -> Expr:
    """Return the fraction with root^degree replaced by what is under the root."""
    sides = [
        sum(
            coefficient * inside ** (power // degree) * root ** (power % degree)
            for (power,), coefficient in Poly(part, root).terms()
        )
        for part in fraction(ratio)
    ]
    return cancelled(sides[0] / sides[1])


def lowest(ratio: Expr, symbol: Symbol) -> int:
    """Return the power of the symbol that the fraction begins with."""
    above, below = fraction(ratio)
    return _order(above, symbol) - _order(below, symbol)


def _order(polynomial: Expr, symbol: Symbol) -> int:
    if symbol not in polynomial.free_symbols:
        return 0
    return min(monomial[0] for monomial in Poly(polynomial, symbol).monoms())


def terms_of(ratio: Expr) -> int:
    above, _ = fraction(ratio)
    return len(Add.make_args(above.expand()))
