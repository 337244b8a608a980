"""u sign u = |u|: a slope without the signs that the rule of |u|′ leaves, its like powers gathered."""

from __future__ import annotations

from sympy import (
    Abs,
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Piecewise,
    Pow,
    collect,
    default_sort_key,
    expand_mul,
    factor,
    fraction,
    nan,
    sign,
    together,
    zoo,
)

from derive.formula import X
from derive.notation import Activated, Maximum, Minimum
from derive.trees import replaced

__all__ = ["without_signs"]

LONGEST = 60  # operations
U, SIZE = Dummy("u", real=True), Dummy("size", positive=True)  # u, and |u|


def without_signs(slope: Expr) -> Expr | None:
    """Return the slope with |u| for u sign u, u² for sign(u)² |u|², and so on; None where that is no shorter.

    What the slope is at u = 0, where sign u is 0, it remains.
    """
    if not slope.has(sign) or slope.has(Piecewise, Activated, Maximum, Minimum):
        return None
    if slope.count_ops() >= LONGEST:
        return None
    found = slope
    for node in sorted(slope.atoms(sign), key=default_sort_key):
        found = _gathered(found, node.args[0])
    return found if found.count_ops() < slope.count_ops() else None


def _gathered(slope: Expr, inner: Expr) -> Expr:
    """Return the slope with the powers of an expression and of its modulus gathered, where it may be."""
    entered = replaced(slope, {sign(inner): U / SIZE, Abs(inner): SIZE, inner: U})
    found = [slope]
    for form in (_by_size(entered), _over_one_denominator(entered)):
        if _agree(slope, inner, form) and not any(_size_power(n) < 0 for n in form.atoms(Mul, Pow)):
            shown = replaced(form, {SIZE: Abs(inner), U: inner})
            found += [shown, factor(shown)] if inner != X else [shown]
    return min(found, key=lambda form: int(form.count_ops()))


def _over_one_denominator(entered: Expr) -> Expr:
    """Return the slope as one fraction, its numerator as a product if it is one."""
    above, below = (_by_size(part) for part in fraction(together(_by_size(entered))))
    total = Add(*(_by_size(term) for term in Add.make_args(expand_mul(above))))
    by_powers = collect(total, [n for n in total.atoms(Pow) if n.base == SIZE])
    return min(factor(total), by_powers, key=lambda form: int(form.count_ops())) / below


def _by_size(expression: Expr) -> Expr:
    """Return the expression with u² as |u|² in each product."""
    return expression.replace(lambda n: isinstance(n, (Mul, Pow)) and n.has(U), _even)


def _even(product: Expr) -> Expr:
    powers = product.as_powers_dict()
    count = powers.get(U, Integer(0))
    if not count.is_Integer:
        return product
    odd = count % 2
    return product / U**count * U**odd * SIZE ** (count - odd)


def _size_power(product: Expr) -> Expr:
    """Return the power of |u| in a product, 0 where it is no number."""
    power = product.as_powers_dict().get(SIZE, Integer(0))
    return power if power.is_number else Integer(0)


def _agree(slope: Expr, inner: Expr, gathered: Expr) -> bool:
    """Return whether both are the same where u is 0, as sign u is, or the slope has no value there."""
    signs = {sign(inner): Integer(0), Abs(inner): SIZE, inner: Integer(0)}
    before = _at_zero(replaced(slope, signs))
    return before.has(nan, zoo) or _at_zero(gathered) == before


def _at_zero(expression: Expr) -> Expr:
    powers = expression.replace(
        lambda n: isinstance(n, Pow) and n.base == SIZE and not n.exp.is_number,
        lambda _: Integer(0),
    )
    return replaced(powers, {SIZE: Integer(0), U: Integer(0)})
