"""The derivative that is chosen at a break point, as an expression that slides and kernels share.

Differentiated rule by rule, a formula gives at a break point the derivative of the branch that it
selects there. Alone that is not enough: sign(x)·log(1 + |x|) has slope 1 at 0, but sign′ = 0 gives
0, and a value held by a single point, as in Piecewise((x, x < 0), (5*x, x > 0), (0, True)), has the
slope of a constant. Where g is continuous, the derivative must lie in Clarke's subdifferential, the
interval between the two one-sided derivatives (F. H. Clarke, Optimization and Nonsmooth Analysis,
1983, section 2.5); what lies outside is moved to the nearer end. Where only 0/0 stands in the way
(sin(x)/x at 0), the value and the derivative are the limits.

The second derivative is the derivative of g′ by the same convention: g′, as it was chosen, is a
function with break points of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mpmath import mp
from sympy import Expr, Piecewise, Pow, Rational, S, Symbol, fraction, pi, sign, sin, together
from sympy.core.relational import Eq
from sympy.logic.boolalg import Boolean

from derive.activation import Activation
from derive.breakpoints import BreakPoint, examined, same
from derive.calculus import derivative
from derive.conditions import either, substitute
from derive.formula import X, parameter
from derive.pointwise import evaluate
from derive.roots import DIGITS, number, value_of
from derive.switches import nearby, places, settle, switches

__all__ = ["filled", "repaired_derivative", "second_derivative"]

CONTINUOUS = {"kink", "smooth", "regular"}
MOST_OFTEN = 8  # times that a fraction's parts are differentiated
SHARES = (1, Rational(3, 4), Rational(13, 7), -1, Rational(1, 9))  # of parameters


@dataclass(frozen=True)
class _Slope:
    """g′ of an activation as a function to be differentiated in its turn."""

    activation: Activation
    bound: Expr

    @property
    def parameters(self) -> Mapping[str, Rational]:
        return self.activation.parameters

    @property
    def trainable(self) -> tuple[str, ...]:
        return self.activation.trainable

    @cached_property
    def valued(self) -> Expr:
        """Return g′ with the values of all parameters put in."""
        values = {parameter(name): value for name, value in self.parameters.items()}
        return substitute(self.bound, values)


def filled(activation: Activation) -> Expr:
    """Return the bound expression, with the limit where it reads 0/0 at single points."""
    return _mended(activation, activation.bound, differentiated=False)


def second_derivative(
    activation: Activation, slope: Expr | None = None, curvature: Expr | None = None
) -> Expr:
    """Return g″: what :func:`repaired_derivative` makes of g′.

    ``slope`` is g′ as it was chosen and ``curvature`` its derivative by the rules (both worked out
    where they are not given).
    """
    slope = repaired_derivative(activation) if slope is None else slope
    return repaired_derivative(_Slope(activation, slope), curvature)


def repaired_derivative(activation: Activation | _Slope, slope: Expr | None = None) -> Expr:
    """Return g′ so that at every point where g is continuous it lies in Clarke's subdifferential.

    ``slope`` is ∂g/∂x of ``activation.bound`` by the rules (worked out if it is not given); it is
    returned as it is where nothing is to be mended, as for nearly every activation.
    """
    slope = derivative(activation.bound, X) if slope is None else slope
    plain = _squares_of_signs(slope)
    if plain != slope and _wrong(activation, slope, True) and not _wrong(activation, plain, True):
        return plain
    return _mended(activation, slope, differentiated=True)


def _mended(activation: Activation | _Slope, expression: Expr, differentiated: bool) -> Expr:
    wrong = _wrong(activation, expression, differentiated)
    if not wrong:
        return expression
    cases = [
        (_there(activation, point, differentiated), _exactly_at(activation, point))
        for point in wrong
    ]
    return Piecewise(*cases, (expression, S.true), evaluate=False)


def _wrong(
    activation: Activation | _Slope, expression: Expr, differentiated: bool
) -> list[BreakPoint]:
    """Return the points at which the expression has not the value chosen there."""
    values = {parameter(name): value for name, value in activation.parameters.items()}
    valued = substitute(expression, values)
    with mp.workdps(DIGITS + 15):
        return [
            point
            for point in examined(activation.valued)
            if point.kind in CONTINUOUS
            and not same(
                number(evaluate(valued, {X: value_of(point.location)}, point.vanishing)),
                point.slope if differentiated else point.value,
            )
        ]


def _squares_of_signs(expression: Expr) -> Expr:
    """Put sign(u)² = 1, which is its limit where u vanishes."""
    powers = [
        node
        for node in expression.atoms(Pow)
        if isinstance(node.base, sign) and node.exp.is_Integer and node.exp.is_positive
    ]
    return substitute(expression, {node: node.base ** (node.exp % 2) for node in powers})


def _there(activation: Activation | _Slope, point: BreakPoint, differentiated: bool) -> Expr:
    """Return the value at a point: a number, or the branch beside it in trainable parameters."""
    chosen = point.slope if differentiated else point.value
    sides = (point.slope_left, point.slope_right) if differentiated else (point.left, point.right)
    beside = next((k for k, side in enumerate(sides) if same(chosen, side)), None)
    if not activation.trainable or beside is None:
        return chosen  # between the sides, as 0 is in |x|, whatever is learned
    with mp.workdps(DIGITS + 15):
        near = nearby(value_of(point.location), sorted(places(examined(activation.valued))))
        values = {parameter(name): value_of(v) for name, v in activation.parameters.items()}
        branch = settle(activation.bound, {X: near[beside], **values})
        branch = derivative(branch, X) if differentiated else branch
        for place in _places(activation, point):
            limit = _limit(branch, place)
            if limit is not None and same(number(evaluate(limit, values)), chosen):
                return limit
    return branch


def _limit(branch: Expr, place: Expr) -> Expr | None:
    """Return a branch's limit at a place where it reads 0/0, by l'Hôpital's rule; else None."""
    above, below = fraction(together(branch))
    for order in range(MOST_OFTEN):
        top, bottom = (part.xreplace({X: place}) for part in (above, below))
        if top != 0 or bottom != 0:
            return top / bottom if order and bottom != 0 else None
        above, below = derivative(above, X), derivative(below, X)
    return None


def _exactly_at(activation: Activation | _Slope, point: BreakPoint) -> Boolean:
    """Return the condition that x is at a break point, or at one of its family."""
    if activation.trainable:
        if point.location in _places(activation, point):
            return Eq(X, point.location, evaluate=False)
        return either(*(Eq(s, 0, evaluate=False) for s in _symbolic(activation, point)))
    if point.period is None:
        return Eq(X, point.location, evaluate=False)
    return Eq(sin(pi * (X - point.location) / point.period), 0, evaluate=False)


def _places(activation: Activation | _Slope, point: BreakPoint) -> list[Expr]:
    """Return where a point is in the trainable parameters, if that is known.

    It is where it is at their values if its switch vanishes there whatever they are, or is linear.
    """
    found = list[Expr]()
    for switch in _symbolic(activation, point):
        slope = derivative(switch, X)
        there = switch.xreplace({X: point.location})
        if point.period is None and _always_0(there, activation.parameters):
            found.append(point.location)
        elif not slope.has(X) and slope != 0:
            found.append(-switch.xreplace({X: S.Zero}) / slope)
    return found


def _always_0(expression: Expr, parameters: Mapping[str, Rational]) -> bool:
    """Return whether an expression is 0 whatever the parameters are, as max(0, min(b, 0)) is."""
    settings = (
        {parameter(name): value_of(value * share) for name, value in parameters.items()}
        for share in SHARES
    )
    return expression == 0 or all(evaluate(expression, given) == 0 for given in settings)


def _symbolic(activation: Activation | _Slope, point: BreakPoint) -> list[Expr]:
    """Return the switch in the trainable parameters that vanishes at a point, if there is one."""
    values: dict[Symbol, Expr] = {
        parameter(name): value for name, value in activation.parameters.items()
    }
    known = {switch: substitute(switch, values) for switch in switches(activation.bound, X)}
    found = [switch for switch, valued in known.items() if valued in point.vanishing]
    at = {X: value_of(point.location)}
    return (found or [s for s, v in known.items() if evaluate(v, at, point.vanishing) == 0])[:1]
