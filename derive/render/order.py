"""The order in which a lecturer writes factors and terms; SymPy keeps its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import (
    Add,
    Expr,
    Function,
    Indexed,
    KroneckerDelta,
    Mul,
    Piecewise,
    Poly,
    Pow,
    Rational,
    Sum,
    Symbol,
    default_sort_key,
    exp,
    sqrt,
)

from derive.notation import Activated, Partial
from derive.trees import free_symbols, is_number

__all__ = ["factors", "is_negative", "negated", "split_fraction", "terms", "with_common_root"]


def is_negative(term: Expr) -> bool:
    """Return whether a term begins with a minus."""
    return any(is_number(factor) and factor.is_negative for factor in Mul.make_args(term))


def terms(expression: Add, rank_of: Callable[[Indexed], int]) -> list[Expr]:
    """Order a sum's terms: + before −; a polynomial by falling powers, else constants and Σ first.

    A bias, an entry of rank 3, stands last.
    """
    powers = _polynomial(expression)

    def key(term: Expr) -> tuple:
        if powers is not None:
            place: float = -powers(term)
        elif is_number(term):
            place = 0
        elif isinstance(term, KroneckerDelta) or term.has(Sum):
            place = 1
        elif isinstance(term, Indexed):
            place = 4 if rank_of(term) == 3 else 2
        else:
            place = 3
        return (is_negative(term), place, default_sort_key(term))

    return sorted(expression.args, key=key)


def _polynomial(expression: Add) -> Callable[[Expr], int] | None:
    """Return the degree function if the sum is a polynomial, in one symbol."""
    symbols = [s for s in free_symbols(expression) if isinstance(s, Symbol)]
    if len(symbols) != 1 or not expression.is_polynomial(*symbols):
        return None
    if Poly(expression, *symbols).degree() < 1:
        return None
    return lambda term: int(Poly(term, *symbols).degree())


def split_fraction(expression: Expr) -> tuple[list[Expr], list[Expr]]:
    """Split a product into the factors above and those below the fraction bar, numbers apart."""
    above: list[Expr] = []
    below: list[Expr] = []
    for factor in Mul.make_args(expression):
        if isinstance(factor, Pow) and is_negative(factor.exp) and is_number(factor.exp):
            below.append(Pow(factor.base, -factor.exp))
        else:
            above.append(factor)
    return above, below


def factors(product: Sequence[Expr], rank_of: Callable[[Indexed], int]) -> list[Expr]:
    """Order factors: numbers, sizes, parameters, errors along the chain, entries, functions, sums.

    ``rank_of`` tells matrices' entries (0), errors (1), forward values (2), biases (3) and
    probabilities (4) apart.
    """
    chain = _chained([factor for factor in product if isinstance(factor, Partial)])

    def key(factor: Expr) -> tuple:
        if isinstance(factor, Partial):
            return (4, chain.index(factor), ())
        return (_rank(factor, rank_of), 0, default_sort_key(factor))

    return sorted(product, key=key)


def _rank(factor: Expr, rank_of: Callable[[Indexed], int]) -> float:
    base = factor.base if isinstance(factor, Pow) else factor
    if is_number(base):
        return 0
    if isinstance(base, Symbol):
        return 1 if base.name != "x" else 2
    if isinstance(base, Indexed):
        return (2, 3, 5, 5, 5.5)[rank_of(base)]
    ranks: tuple[tuple[type | tuple[type, ...], float], ...] = (
        (exp, 6),
        (KroneckerDelta, 4),
        (Activated, 6),
        (Add, 8),
        ((Sum, Piecewise), 9),
        (Function, 7),
    )
    return next((rank for kind, rank in ranks if isinstance(base, kind)), 7)


def _chained(partials: list[Partial]) -> list[Partial]:
    """Order ∂L/∂z, ∂z/∂a, ∂a/∂V so that each begins with what the one before it ends with."""
    waiting = sorted(partials, key=default_sort_key)
    ordered: list[Partial] = []
    while waiting:
        ends = {partial.variable for partial in waiting}
        first = next((p for p in waiting if p.expression not in ends), waiting[0])
        waiting.remove(first)
        ordered.append(first)
    return ordered


def with_common_root(above: list[Expr], below: list[Expr]) -> tuple[list[Expr], list[Expr]]:
    """Write √2/√π as √(2/π), √2/2 as 1/√2, and √2/(2 √π) as 1/√(2π)."""
    half = Rational(1, 2)
    above, below = _root_below(above, below)
    over = [f for f in above if isinstance(f, Pow) and f.exp == half and is_number(f.base)]
    under = [f for f in below if isinstance(f, Pow) and f.exp == half and is_number(f.base)]
    if not over or not under:
        return above, below
    root = sqrt(Mul(*(f.base for f in over)) / Mul(*(f.base for f in under)))
    joined = Pow(root.args[0] if isinstance(root, Pow) else root**2, half, evaluate=False)
    whole = (
        joined
        if isinstance(root, Pow)
        else Pow(Mul(*(f.base for f in over)) / Mul(*(f.base for f in under)), half, evaluate=False)
    )
    return [whole, *(f for f in above if f not in over)], [f for f in below if f not in under]


def _root_below(above: list[Expr], below: list[Expr]) -> tuple[list[Expr], list[Expr]]:
    """Write √k/(k c) as 1/(√k c)."""
    half = Rational(1, 2)
    number = Mul(*(f for f in above if f.is_Rational))
    root = next(
        (f for f in above if isinstance(f, Pow) and f.exp == half and f.base.is_Integer), None
    )
    if root is None or number.q % root.base:
        return above, below
    under = [f for f in below if isinstance(f, Pow) and f.exp == half and is_number(f.base)]
    joined = Pow(Mul(root.base, *(f.base for f in under)), half, evaluate=False)
    rest = [f for f in above if f is not root and not f.is_Rational]
    number *= root.base
    return [number, *rest] if number != 1 else rest, [joined, *(f for f in below if f not in under)]


def negated(term: Expr) -> Expr:
    """Return the term without its minus, an Add factor left in its parentheses."""
    parts = list(Mul.make_args(term))
    place = next(p for p, part in enumerate(parts) if is_number(part) and part.is_negative)
    coefficient = -parts.pop(place)
    if coefficient != 1 or not parts:
        parts.insert(0, coefficient)
    return parts[0] if len(parts) == 1 else Mul(*parts, evaluate=False)
