"""Functions applied to something → boxes: exp(u), |u|, max, σ(u), g′(a), ∂g/∂β."""

from __future__ import annotations

from sympy import Expr, Function, Indexed, Sum
from sympy.printing.printer import Printer

from derive.notation import Activated
from derive.render.box import (
    Box,
    Exponential,
    Fence,
    Frac,
    Kind,
    Letter,
    Row,
    Script,
    Space,
    Tinted,
    row,
)
from derive.render.names import Names, plain_letter
from derive.render.signs import COMMA, PARTIAL, function_name, joined

__all__ = ["FunctionPrinter"]


class FunctionPrinter(Printer):
    """The part of the typesetter that prints functions; it leaves their arguments to ``_print``."""

    names: Names

    def parenthesised(self, expression: Expr) -> Box:
        """Return the boxes of an argument in parentheses."""
        return Fence(self._print(expression))

    def _print_ExpBase(self, expr: Expr) -> Box:
        (argument,) = expr.args
        if argument.has(Indexed, Sum, Activated):
            return row(function_name("exp"), self.parenthesised(argument))
        return Exponential(self._print(argument))

    _print_exp = _print_ExpBase

    def _print_Abs(self, expr: Expr) -> Box:
        return Fence(self._print(expr.args[0]), "|", "|")

    def _print_log(self, expr: Expr) -> Box:
        (argument,) = expr.args
        if isinstance(argument, Sum):
            return row(function_name("log"), Space(""), self._print(argument))
        return self._print_Function(expr)

    def _print_Function(self, expr: Function) -> Box:
        arguments = joined([self._print(argument) for argument in expr.args], COMMA, Space())
        return row(function_name(type(expr).__name__), Fence(row(*arguments)))

    def _print_Maximum(self, expr: Expr) -> Box:
        return self._extremum("max", expr)

    def _print_Minimum(self, expr: Expr) -> Box:
        return self._extremum("min", expr)

    def _print_Max(self, expr: Expr) -> Box:
        return self._extremum("max", expr)

    def _print_Min(self, expr: Expr) -> Box:
        return self._extremum("min", expr)

    def _extremum(self, name: str, expr: Expr) -> Box:
        arguments = joined([self._print(argument) for argument in expr.args], COMMA, Space())
        return row(function_name(name), Fence(row(*arguments)))

    def _print_Sigmoid(self, expr: Expr) -> Box:
        return row(plain_letter("sigma"), self.parenthesised(expr.args[0]))

    def _print_Activated(self, expr: Activated) -> Box:
        return row(self.activation(expr), self.parenthesised(expr.argument))

    def activation(self, expr: Activated) -> Box:
        """Return the function's name: g, g′, ∂g/∂β."""
        name = self.names.activation(expr.symbol.name)
        in_argument, *in_parameters = expr.orders or (0,)
        if in_argument:
            primes = Letter("′" * in_argument, r"\prime" * in_argument, Kind.NAME)
            if isinstance(name, Script):
                name = Script(name.base, name.sub, primes)
            else:
                name = Script(name, sup=primes)
        if not any(in_parameters):
            return name
        below: list[Box] = []
        for order, parameter in zip(in_parameters, expr.parameters, strict=False):
            if order:
                below += [PARTIAL, _to_the(order, self._print(parameter))]
        above = _to_the(sum(in_parameters), PARTIAL)
        return Frac(Row((above, name), tight=True), Row(tuple(below), tight=True))


def _to_the(order: int, box: Box) -> Box:
    """Return ∂², or b², as in ∂²g/∂b²; what is differentiated once as it is."""
    if order == 1:
        return box
    power = Letter(str(order), str(order), Kind.NUMBER)
    match box:
        case Tinted(inner, ink):
            return Tinted(_to_the(order, inner), ink)
        case Script(base, below, None):
            return Script(base, below, power)
    return Script(box, sup=power)
