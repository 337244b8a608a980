"""The real zeros of a function of one variable: exact where inverses exist, else to 50 digits.

A polynomial in one elementary function is solved for that function, which is then inverted, and so
on inwards; a trigonometric one gives a periodic family. What is left is searched numerically.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mpmath import mp, mpf
from sympy import (
    Abs,
    Expr,
    Mul,
    Piecewise,
    Poly,
    PolynomialError,
    Pow,
    S,
    Symbol,
    asinh,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from derive.conditions import substitute
from derive.notation import Maximum, Minimum
from derive.search import DIGITS, Effort, Zero, number, search, value_of

__all__ = ["DIGITS", "Zero", "number", "value_of", "zeros"]

DEGREE = 40  # of a polynomial that is solved exactly


def zeros(function: Expr, variable: Symbol, effort: Effort | None = None) -> tuple[Zero, ...]:
    """Return the real zeros of a function, perhaps some points more where it is by cases."""
    with mp.workdps(DIGITS + 15):
        found = dict.fromkeys(_zeros(function, variable, 12, effort or Effort()))
    return tuple(found)


def _zeros(function: Expr, variable: Symbol, depth: int, effort: Effort) -> Iterator[Zero]:
    if variable not in function.free_symbols:
        return
    if isinstance(function, Mul):
        for factor in function.args:
            yield from _zeros(factor, variable, depth, effort)
    elif isinstance(function, Pow) and function.exp.is_number:
        if function.exp.is_positive:
            yield from _zeros(function.base, variable, depth, effort)
    else:
        exact = _exactly(function, variable, depth, effort) if depth else None
        yield from search(function, variable, effort) if exact is None else exact


def _exactly(function: Expr, variable: Symbol, depth: int, effort: Effort) -> list[Zero] | None:
    """Return the zeros where they can be solved for, else None."""
    pieces = alternatives(function)
    if pieces:
        return [z for piece in pieces for z in _zeros(piece, variable, depth - 1, effort)]
    above, below = function.as_numer_denom()
    if below != 1 and variable in below.free_symbols:
        return list(_zeros(above, variable, depth - 1, effort))
    try:
        inner = [g for g in Poly(above).gens if variable in g.free_symbols]
        polynomial = Poly(above, *inner)
    except PolynomialError:
        return None
    if len(inner) != 1 or polynomial.degree() > DEGREE:
        return None
    roots = _polynomial_roots(polynomial)
    if roots is None:
        return None
    return _invert_all(inner[0], roots, variable, depth, effort)


def alternatives(function: Expr) -> list[Expr]:
    """Return the function in each of its outermost cases, or nothing if it has none."""
    node = next(iter(_cases(function)), None)
    if isinstance(node, Piecewise):
        choices = [value for value, _ in node.args]
    elif isinstance(node, Maximum | Minimum):
        choices = list(node.args)
    elif isinstance(node, Abs):
        choices = [node.args[0], -node.args[0]]
    elif isinstance(node, sign):
        choices = [S.One, S.NegativeOne]
    else:
        return []
    return [substitute(function, {node: choice}) for choice in choices]


def _cases(function: Expr) -> Iterator[Expr]:
    if isinstance(function, Piecewise | Maximum | Minimum | Abs | sign):
        yield function
    else:
        for part in function.args:
            yield from _cases(part)


def _polynomial_roots(polynomial: Poly) -> list[Expr] | None:
    coefficients = polynomial.all_coeffs()
    if polynomial.degree() == 1:
        return [-coefficients[1] / coefficients[0]]
    if all(c.is_Rational for c in coefficients):
        if polynomial.degree() == 2:
            return _quadratic_roots(*coefficients)
        return list(dict.fromkeys(polynomial.real_roots()))
    return _quadratic_roots(*coefficients) if polynomial.degree() == 2 else None


def _quadratic_roots(a: Expr, b: Expr, c: Expr) -> list[Expr]:
    discriminant = b**2 - 4 * a * c
    if value_of(discriminant) < 0:
        return []
    root = sqrt(discriminant)
    return list(dict.fromkeys([(-b - root) / (2 * a), (-b + root) / (2 * a)]))


def _between(low: Expr, high: Expr, r: Expr) -> bool:
    return bool(value_of(low) < value_of(r) < value_of(high))


def _positive(r: Expr) -> bool:
    return bool(value_of(r) > 0)


INVERSES: dict[type, Callable[[Expr], list[Expr]]] = {
    exp: lambda r: [log(r)] if _positive(r) else [],
    log: lambda r: [exp(r)],
    tanh: lambda r: [log((1 + r) / (1 - r)) / 2] if _between(S(-1), S(1), r) else [],
    sinh: lambda r: [asinh(r)],
    cosh: lambda r: [s * log(r + sqrt(r**2 - 1)) for s in (-1, 1)] if value_of(r) >= 1 else [],
    asinh: lambda r: [sinh(r)],
    atan: lambda r: [tan(r)] if _between(-pi / 2, pi / 2, r) else [],
    erf: lambda r: [number(mp.erfinv(value_of(r)))] if _between(S(-1), S(1), r) else [],
    erfc: lambda r: [number(mp.erfinv(1 - value_of(r)))] if _between(S(0), S(2), r) else [],
}


def _invert_all(
    inner: Expr, roots: list[Expr], variable: Symbol, depth: int, effort: Effort
) -> list[Zero] | None:
    found: list[Zero] = []
    for root in roots:
        if inner == variable:
            found.append(Zero(root))
        elif isinstance(inner, sin | cos | tan):
            family = _periodic(inner, root, variable)
            if family is None:
                return None
            found += family
        else:
            values = _inverse(inner, root)
            if values is None:
                return None
            argument = inner.base if isinstance(inner, Pow) else inner.args[0]
            for value in values:
                found += _zeros(argument - value, variable, depth - 1, effort)
    return found


def _inverse(inner: Expr, root: Expr) -> list[Expr] | None:
    if isinstance(inner, Pow) and inner.exp.is_Rational:
        return [root ** (1 / inner.exp)] if value_of(root) >= 0 else []
    inverse = INVERSES.get(type(inner))
    return None if inverse is None else inverse(root)


def _periodic(inner: Expr, root: Expr, variable: Symbol) -> list[Zero] | None:
    """Return where sin, cos or tan of a + b·x takes a value."""
    try:
        line = Poly(inner.args[0], variable)
    except PolynomialError:
        return None
    if line.degree() != 1:
        return None
    slope, offset = line.all_coeffs()
    if isinstance(inner, tan):
        starts, turn = [angle(mp.atan, root)], pi
    elif abs(value_of(root)) > 1:
        return []
    elif root == 0:
        starts, turn = [S.Zero if isinstance(inner, sin) else pi / 2], pi
    elif isinstance(inner, sin):
        first = angle(mp.asin, root)
        starts, turn = [first, pi - first], 2 * pi
    else:
        first = angle(mp.acos, root)
        starts, turn = [first, -first], 2 * pi
    return [Zero((start - offset) / slope, abs(turn / slope)) for start in dict.fromkeys(starts)]


def angle(inverse: Callable[[mpf], mpf], root: Expr) -> Expr:
    """Return the inverse at root: a simple multiple of π where it is one."""
    value = inverse(value_of(root))
    turns = number(value / mp.pi)
    return turns * pi if turns.is_Rational and abs(turns.q) <= 12 else number(value)
