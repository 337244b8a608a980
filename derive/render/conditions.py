"""Piecewise expressions and their conditions → boxes."""

from __future__ import annotations

from sympy import Expr, Piecewise
from sympy.logic.boolalg import BooleanTrue
from sympy.printing.printer import Printer

from derive.render.box import Box, Cases, Fence, row, words
from derive.render.signs import RELATIONS, joined

__all__ = ["ConditionPrinter"]


class ConditionPrinter(Printer):
    """The part of the typesetter that prints cases; it leaves expressions to ``_print``.

    What has no value, as 1/0, is undefined: it is what a case gives.
    """

    def _print_Piecewise(self, expr: Piecewise) -> Box:
        rows = []
        for value, condition in expr.args:
            text = words("otherwise") if isinstance(condition, BooleanTrue) else self._if(condition)
            rows.append((self._print(value), text))
        return Cases(tuple(rows))

    def _print_NaN(self, expr: Expr) -> Box:
        return words("undefined")

    def _print_ComplexInfinity(self, expr: Expr) -> Box:
        return words("undefined")

    def _if(self, condition: Expr) -> Box:
        return row(words("if "), self._print(condition))

    def _print_Relational(self, expr: Expr) -> Box:
        return row(self._print(expr.lhs), RELATIONS[expr.rel_op], self._print(expr.rhs))

    def _print_And(self, expr: Expr) -> Box:
        parts = [self._print(part) for part in sorted(expr.args, key=str)]
        return row(*joined(parts, words(" and ")))

    def _print_Or(self, expr: Expr) -> Box:
        parts = [self._print(part) for part in sorted(expr.args, key=str)]
        return row(*joined(parts, words(" or ")))

    def _print_Not(self, expr: Expr) -> Box:
        return row(words("not "), Fence(self._print(expr.args[0])))
