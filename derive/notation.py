"""The SymPy nodes that the derivations add, above all an unevaluated ∂ and an activation applied.

SymPy's own ``Derivative`` evaluates, reorders and captures indices; :class:`Partial` does nothing
at all until a rule of :mod:`derive.rules` rewrites it. :class:`Activated` stands for g(a), g′(a),
∂g/∂β … of a *named* activation, bound to a formula or left abstract.
"""

from __future__ import annotations

from sympy import Expr, Symbol, Tuple
from sympy.core.sympify import sympify

__all__ = ["Activated", "Maximum", "Minimum", "Partial", "Sigmoid"]


class Partial(Expr):
    """The inert derivative ∂expression/∂variable; the variable is a Symbol or an Indexed."""

    is_commutative = True
    is_real = True

    def __new__(cls, expression: Expr, variable: Expr) -> Partial:
        return Expr.__new__(cls, sympify(expression), sympify(variable))

    @property
    def expression(self) -> Expr:
        return self.args[0]

    @property
    def variable(self) -> Expr:
        return self.args[1]

    def _sympystr(self, printer: object) -> str:
        return f"Partial({self.expression}, {self.variable})"


class Activated(Expr):
    """An activation, or a derivative of one, applied to an entry: g(a_k), g′(a_k), ∂g/∂β(a_k; β).

    ``orders`` counts how often it was differentiated in its argument and in each of its trainable
    parameters: (0,) is g, (1,) is g′, (2,) is g″; (0, 1) is ∂g/∂β of an activation with one
    trainable β.
    """

    is_commutative = True
    is_real = True

    def __new__(cls, symbol: Symbol, orders: Tuple, argument: Expr, *parameters: Expr) -> Activated:
        return Expr.__new__(cls, symbol, Tuple(*orders), sympify(argument), *parameters)

    @property
    def symbol(self) -> Symbol:
        return self.args[0]

    @property
    def orders(self) -> tuple[int, ...]:
        return tuple(int(order) for order in self.args[1])

    @property
    def argument(self) -> Expr:
        return self.args[2]

    @property
    def parameters(self) -> tuple[Expr, ...]:
        return self.args[3:]

    def raised(self, slot: int) -> Activated:
        """Return the same application differentiated once more in slot (0: the argument)."""
        orders = [order + (position == slot) for position, order in enumerate(self.orders)]
        return Activated(self.symbol, Tuple(*orders), self.argument, *self.parameters)


class _Extremum(Expr):
    """max or min of two reals that keeps its argument order: on a tie the first one is selected."""

    is_commutative = True
    is_real = True

    def __new__(cls, first: Expr, second: Expr) -> _Extremum:
        return Expr.__new__(cls, sympify(first), sympify(second))


class Maximum(_Extremum):
    """max(first, second); SymPy's ``Max`` forgets which came first."""


class Minimum(_Extremum):
    """min(first, second); SymPy's ``Min`` forgets which came first."""


class Sigmoid(Expr):
    """σ(u) = 1/(1 + e^(−u)), a name for a derivative's last line; no formula is read into it."""

    is_commutative = True
    is_real = True

    def __new__(cls, argument: Expr) -> Sigmoid:
        return Expr.__new__(cls, sympify(argument))

    def _sympystr(self, printer: object) -> str:
        return f"sigmoid({self.args[0]})"
