"""A power below 2 of what is 0 on an interval, by cases: its derivatives there are 0, not 0·∞.

The power rule gives p·u^(p−1)·u′, which for 0 < p < 1 has no value where u is 0, and once more
p·(p−1)·u^(p−2)·u′², which for p < 2 has none either. At single points that is the truth. Where max,
min, |u|, sign or cases keep u at 0 on an interval, as in √max(x, 0), the power is a constant there,
and is written as the case that it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Abs, Expr, Integer, Piecewise, Pow, S, expand, preorder_traversal, sign
from sympy.core.relational import Ge, Gt, Lt

from derive.conditions import Branch, both, choices, compare, decided, substitute
from derive.notation import Maximum, Minimum

__all__ = ["power"]

MOST = 8  # cases of one base


def power(base: Expr, exponent: Expr) -> Expr:
    """Return base**exponent, by the cases of the base that keep it at 0 if a derivative is infinite at 0."""
    if base.is_number or exponent.is_Integer or (exponent.is_Rational and not 0 < exponent < 2):
        return Pow(base, exponent)
    cases = list(_cases(base))
    if not 1 < len(cases) <= MOST:
        return Pow(base, exponent)
    cases[-1] = (cases[-1][0], S.true)  # the conditions of a switch leave nothing out
    powers = [Pow(value, exponent) if value else value for value, _ in cases]
    unreal = [value for value in powers if value.has(S.ImaginaryUnit)]  # of what is never positive
    tests = [test for _, test in cases]
    return unreal[0] if unreal else decided(zip(powers, tests, strict=True))


def _cases(value: Expr) -> Iterator[Branch]:
    """Yield the cases of a value, in whose order conditions are read, down to those that are 0."""
    for vanishes in (_is_zero, _may_vanish):
        for switch in preorder_traversal(value):
            branches = [
                (_told(substitute(value, {switch: chosen})), test)
                for chosen, test in _branches(switch)
            ]
            if any(vanishes(part) for part, _ in branches):
                for part, test in branches:
                    yield from ((inner, both(test, deeper)) for inner, deeper in _cases(part))
                return
    yield value, S.true


def _is_zero(value: Expr) -> bool:
    return bool(value == 0)


def _may_vanish(value: Expr) -> bool:
    """Return whether an extremum may be 0, as min(0, b) is unless b is negative."""
    return isinstance(value, Maximum | Minimum) and any(
        _is_zero(part) or _may_vanish(part) for part in value.args
    )


def _told(value: Expr) -> Expr:
    """Return the value, or 0 where it is 0 once it is multiplied out."""
    return Integer(0) if expand(value) == 0 else value


def _branches(node: Expr) -> list[Branch]:
    """Return what a switch is on each side, on a tie as it is read elsewhere; nothing for others."""
    if isinstance(node, Maximum | Minimum):
        return choices(node)
    if isinstance(node, Abs):  # on a tie both sides are 0, and so is the base if it is on one
        u = node.args[0]
        return [(u, compare(Ge, u, Integer(0))), (-u, S.true)]
    if isinstance(node, sign):
        u = node.args[0]
        return [
            (Integer(1), compare(Gt, u, Integer(0))),
            (Integer(-1), compare(Lt, u, Integer(0))),
            (Integer(0), S.true),
        ]
    return [pair.args for pair in node.args] if isinstance(node, Piecewise) else []
