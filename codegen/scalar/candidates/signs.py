"""Which signs decide a region: those of x and of what changes sign elsewhere than at 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sympy import Add, Expr, Mul, Pow, Rational, Symbol

__all__ = ["sides", "sign_of"]

PROBES = tuple(Rational(k, 1000) for k in (1, 90, 400, 870, 1650, 3100, 5200, 9400, 21_000, 70_000))


def sides(bases: Sequence[Expr], variable: Symbol) -> list[Expr]:
    """Return the expressions whose signs decide those of all bases, the variable first."""
    decisive = []
    for base in bases:
        found = _probed(base, variable)
        if found is None:
            decisive.append(base)
        elif found[0] != found[1]:
            decisive.append(variable)
    return sorted(dict.fromkeys(decisive), key=lambda base: base != variable)


def sign_of(base: Expr, known: Mapping[Expr, int], variable: Symbol) -> int:
    if base in known:
        return known[base]
    found = _probed(base, variable)
    assert found is not None  # else the base itself is decisive
    return found[0] if found[0] == found[1] or known[variable] > 0 else found[1]


@lru_cache(maxsize=1024)
def _probed(base: Expr, variable: Symbol) -> tuple[int, int] | None:
    """Return an expression's signs for x > 0 and for x < 0, where it seems to have one on either side.

    Probes may err, and the form made for those signs is then found to be wrong where it is measured.
    """
    if _is_nonnegative(base):
        return 1, 1
    for sign_ in (1, -1):
        if (sign_ * base / variable).is_positive:
            return sign_, -sign_
    if base.free_symbols != {variable}:
        return None
    found = []
    for side in (1, -1):
        values = [base.evalf(15, subs={variable: side * place}) for place in PROBES]
        signs = {bool(v.is_positive) - bool(v.is_negative) for v in values if v.is_real} - {0}
        if len(signs) != 1 or not all(v.is_real for v in values):
            return None
        found.append(signs.pop())
    return found[0], found[1]


def _is_nonnegative(base: Expr) -> bool:
    """Return whether an expression is so by what it is made of, as |x|^a is whatever a is."""
    if isinstance(base, (Add, Mul)):
        return all(map(_is_nonnegative, base.args))
    if base.is_nonnegative:
        return True
    return isinstance(base, Pow) and bool(base.exp.is_real) and _is_nonnegative(base.base)
