"""Elementwise evaluation of SymPy expressions over arrays, in float64 or in mpmath's precision.

The domain is the reals: where a function has no real value the result is NaN, never a complex
number and never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from math import inf, nan
from typing import Any

import mpmath
import numpy as np
import sympy
from sympy import Add, Expr, Mul, NumberSymbol, Piecewise, Pow, Rational, Symbol, zoo
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne, Relational
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or
from sympy.polys.rootoftools import ComplexRootOf

from derive.budget import tick
from derive.notation import Maximum, Minimum, Sigmoid
from derive.polynomial_root import polynomial_root

__all__ = ["Arithmetic", "Float64", "HighPrecision", "Symbolic"]

Array = np.ndarray
_ELEMENTARY = [
    "exp",
    "log",
    "sin",
    "cos",
    "tan",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "erf",
    "erfc",
    "sign",
    "Abs",
]
FAR = 2**12  # binary exponent
HUGE = 64  # binary exponent
ENDS = {
    "exp": (0.0, inf), "sinh": (-inf, inf), "cosh": (inf, inf), "tanh": (-1.0, 1.0),
    "erf": (-1.0, 1.0), "erfc": (2.0, 0.0), "sin": (nan, nan), "cos": (nan, nan), "tan": (nan, nan),
}  # fmt: skip
_FUNCTIONS = {getattr(sympy, name): name for name in _ELEMENTARY}
_COMPARISONS: dict[type, Callable[[Any, Any], Any]] = {
    Gt: lambda u, v: u > v,
    Ge: lambda u, v: u >= v,
    Lt: lambda u, v: u < v,
    Le: lambda u, v: u <= v,
    Eq: lambda u, v: u == v,
    Ne: lambda u, v: u != v,
}


class Arithmetic:
    """What the two arithmetics share: which array function a SymPy node is."""

    dtype: type
    step: Any  # of central differences

    def number(self, value: Expr) -> Any:
        """Return a SymPy number in this arithmetic."""
        raise NotImplementedError

    def function(self, name: str, values: Array) -> Array:
        """Apply the elementary function of that SymPy name."""
        raise NotImplementedError

    def power(self, base: Array, exponent: Array) -> Array:
        """Return base to the exponent over the reals."""
        raise NotImplementedError

    def elementwise(self, node: Expr, parts: list[Array]) -> Array:
        """Apply one node to the arrays of its arguments, already of one shape."""
        if isinstance(node, Add):
            return reduce(np.add, parts)
        if isinstance(node, Mul):
            return reduce(np.multiply, parts)
        if isinstance(node, Pow):
            return self.power(*parts)
        if isinstance(node, Sigmoid):
            one = self.number(sympy.Integer(1))
            return one / (one + self.function("exp", -parts[0]))
        if isinstance(node, Maximum):
            return np.where(parts[0] >= parts[1], parts[0], parts[1])
        if isinstance(node, Minimum):
            return np.where(parts[0] <= parts[1], parts[0], parts[1])
        if isinstance(node, Relational):
            return np.asarray(_COMPARISONS[type(node)](*parts), dtype=bool)
        if isinstance(node, And):
            return reduce(np.logical_and, parts)
        if isinstance(node, Or):
            return reduce(np.logical_or, parts)
        if isinstance(node, Not):
            return np.logical_not(parts[0])
        if type(node) in _FUNCTIONS:
            return self.function(_FUNCTIONS[type(node)], parts[0])
        raise TypeError(f"no arithmetic for {type(node).__name__} in {node}")

    def piecewise(self, branches: list[tuple[Array, Array]]) -> Array:
        """Select, entry by entry, the branch whose condition holds first; NaN if none does."""
        result = np.full_like(branches[0][0], self.number(sympy.nan))
        for branch, condition in reversed(branches):
            result = np.where(condition, branch, result)
        return result

    def scalar(
        self,
        expression: Expr,
        values: Mapping[Symbol, Array],
        functions: Callable[[Expr], Callable[..., Array] | None] = lambda node: None,
    ) -> Array:
        """Evaluate a formula without indices, elementwise over the arrays of its symbols.

        ``functions`` gives the array function of a node that the elementary ones do not cover.
        """
        shape = np.broadcast_shapes(*(np.shape(array) for array in values.values()))
        known: dict[Expr, Array] = {
            symbol: np.broadcast_to(np.asarray(array, dtype=self.dtype), shape)
            for symbol, array in values.items()
        }

        def visit(node: Expr) -> Array:
            if node not in known:
                tick()
                known[node] = np.asarray(compute(node))
            return known[node]

        def compute(node: Expr) -> Array:
            if isinstance(node, BooleanTrue | BooleanFalse):
                return np.full(shape, bool(node))
            if self.is_number(node):
                return np.full(shape, self.number(node), dtype=self.dtype)
            if isinstance(node, Piecewise):
                return self.piecewise([(visit(e), visit(c)) for e, c in node.args])
            parts = [visit(part) for part in node.args]
            if (function := functions(node)) is not None:
                return function(*parts)
            return self.elementwise(node, parts)

        with np.errstate(all="ignore"):
            return visit(expression)

    @staticmethod
    def is_number(node: Expr) -> bool:
        """Return whether the node is an atomic number (2, 1/3, π, a polynomial's root, ∞, NaN) or 1/0."""
        return isinstance(node, NumberSymbol | ComplexRootOf) or node is zoo or node.is_Number


class Float64(Arithmetic):
    """IEEE double precision with NumPy and SciPy."""

    dtype = np.float64
    step = np.finfo(np.float64).eps ** (1 / 3)

    def number(self, value: Expr) -> float:
        if isinstance(value, ComplexRootOf):
            return float(polynomial_root(value, 53))
        return nan if value is zoo else float(value)

    def function(self, name: str, values: Array) -> Array:
        renamed = {"atan": "arctan", "asinh": "arcsinh", "Abs": "abs"}.get(name, name)
        if name in ("erf", "erfc"):
            from scipy import special  # half a second that few need

            return getattr(special, name)(values)
        return getattr(np, renamed)(values)

    def power(self, base: Array, exponent: Array) -> Array:
        return np.power(base, exponent)


class HighPrecision(Arithmetic):
    """mpmath numbers of so many decimal digits, in a context of their own."""

    dtype = object

    def __init__(self, digits: int = 50) -> None:
        self.context = mpmath.mp.clone()
        self.context.dps = digits
        self.step = self.context.mpf(10) ** (-(digits // 3))
        self._nan = self.context.nan
        self._power = np.frompyfunc(self._real(self.context.power, (nan, nan)), 2, 1)
        known = {name: getattr(self.context, name, abs) for name in _ELEMENTARY}
        known |= {"Abs": abs, "exp": self._exp}
        self._functions = {
            name: np.frompyfunc(self._real(function, ENDS.get(name)), 1, 1)
            for name, function in known.items()
        }

    def number(self, value: Expr) -> Any:
        if isinstance(value, Rational):
            return self.context.mpf(int(value.p)) / int(value.q)
        if isinstance(value, ComplexRootOf):
            return self.context.mpf(polynomial_root(value, self.context.prec))
        if value.is_finite:
            return self.context.mpf(sympy.N(value, self.context.dps + 10)._mpf_)
        if value.is_extended_real:  # a slope at a point, say
            return self.context.mpf(float(value))
        return self._nan  # or the unsigned zoo, which is no number

    def function(self, name: str, values: Array) -> Array:
        return self._functions[name](values)

    def power(self, base: Array, exponent: Array) -> Array:
        return self._power(base, exponent)

    def reach(self, values: Array) -> int:
        """Return the largest decimal exponent of finite values, whatever its sign; 0 where there are none."""
        finite = (v for v in np.asarray(values).flat if v and self.context.isfinite(v))
        return max((abs(self.context.mag(v)) * 3 // 10 for v in finite), default=0)

    def _exp(self, value: Any) -> Any:
        """Return e to a number; mpmath multiplies e by itself for seconds where that is huge and whole."""
        context = self.context
        if not context.isfinite(value) or context.mag(value) < HUGE:
            return context.exp(value)
        with context.extraprec(context.mag(value)):
            turns = context.nint(value / context.ln2)
            return context.ldexp(context.exp(value - turns * context.ln2), int(turns))

    def _real(
        self, function: Callable[..., Any], ends: tuple[float, float] | None
    ) -> Callable[..., Any]:
        """Return a function over the reals: NaN where it has no value.

        ``ends`` are its values below −2^FAR and above 2^FAR, where it would take for ever.
        """

        def real(*arguments: Any) -> Any:
            last = arguments[-1]  # of a power, the exponent
            if ends is not None and self.context.isfinite(last) and self.context.mag(last) > FAR:
                return self.context.mpf(ends[last > 0])
            try:
                value = function(*arguments)
            except (ZeroDivisionError, ValueError, OverflowError):
                return self._nan
            return value if isinstance(value, self.context.mpf) else self._nan

        return real


class Symbolic(Arithmetic):
    """Arrays of SymPy expressions: the same evaluation, written out instead of computed."""

    dtype = object

    def number(self, value: Expr) -> Expr:
        return value

    def function(self, name: str, values: Array) -> Array:
        return np.frompyfunc(getattr(sympy, name), 1, 1)(values)

    def power(self, base: Array, exponent: Array) -> Array:
        return np.power(base, exponent)
