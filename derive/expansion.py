"""The power series of a formula at 0, on one side of it or at ±∞, its coefficients exact and in closed form.

For a formula with trainable parameters they are functions of these: log(1 + e^(a x)) − log(1 + e^(b x))
begins with (a − b) x/2. Series are added, multiplied and divided (:mod:`derive.power_series`); a function F
of one has F(h(0)) first, and what follows from its derivative: y = F(h) has y′ = F′(h) h′, e^h has y′ = y h′.
What begins with no constant is divided by what begins so, too: sin(a x)/x has a series at 0. On one side of 0
they are series in t = |x|, with |sin x| among them. At ±∞ they are series in t = 1/|x|, in which √(1 + a x²)
and atan(a x) = π/2 − atan(1/(a x)) have one, and e^x and log x have none.

Coefficients are fractions of polynomials in what does not depend on the variable, a, e^a or √π, of which
each is a symbol of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from sympy import (
    QQ,
    Abs,
    Add,
    Eq,
    Expr,
    Function,
    Integer,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Symbol,
    atan,
    cos,
    cosh,
    exp,
    factor,
    nan,
    pi,
    sign,
    sin,
    sinh,
    symbols,
    tan,
    tanh,
    zoo,
)
from sympy.polys.polyerrors import BasePolynomialError

from derive.notation import Maximum, Minimum
from derive.power_series import NoSeriesError, Power, small

__all__ = ["expansion"]

SLOTS = 12  # of what does not depend on the variable: symbols of the field
SPARE = (2, 8)  # coefficients more, which quotients may lose


def expansion(
    expression: Expr,
    variable: Symbol,
    count: int,
    side: int = 0,
    far: bool = False,
    given: Mapping[str, float] | None = None,
) -> tuple[int, list[Expr]] | None:
    """Return k and the coefficients of t^k, t^(k + 1) … of a series; None where none is found.

    t is the variable x; or |x| on the side 1 or −1 of 0, and 1/|x| where that is ``far`` out. The first
    coefficient is not 0; k may be negative. Signs of what has trainable parameters are those at the values
    ``given``.
    """
    try:
        for spare in SPARE:
            found = Expanding(variable, count + spare, side, far, given or {})
            series = found.series(expression)
            if len(series.coefficients) >= count:
                return series.order, [found.closed(c) for c in series.coefficients[:count]]
    except (NoSeriesError, BasePolynomialError):
        pass
    return None


@dataclass
class Expanding:
    """Series in one variable, with so many coefficients, over a field that grows with what it meets."""

    variable: Symbol
    count: int
    side: int
    far: bool
    given: Mapping[str, float]
    names: list[Expr] = field(default_factory=list)  # what the symbols of the field stand for
    fractions: Any = field(default_factory=lambda: QQ.frac_field(*symbols(f"_k:{SLOTS}")))

    def closed(self, coefficient: Any) -> Expr:
        """Return a coefficient as a formula, in factors."""
        meanings = dict(zip(self.fractions.symbols, self.names, strict=False))
        return factor(self.fractions.to_sympy(self.fractions.convert(coefficient))).xreplace(
            meanings
        )

    def constant(self, value: Expr) -> Any:
        """Return the element of the field that something without the variable is."""
        if value.is_Rational:
            return self.fractions.from_sympy(value)
        if isinstance(value, sinh | cosh | tanh):
            return self.constant(value.rewrite(exp))
        if isinstance(value, Add | Mul):
            parts = [self.constant(part) for part in value.args]
            return reduce(lambda a, b: a + b if isinstance(value, Add) else a * b, parts)
        if isinstance(value, Pow) and value.exp.is_Integer:
            base, power = self.constant(value.base), int(value.exp)
            if power < 0 and not base:
                raise NoSeriesError
            return base**power
        if isinstance(value, exp) and value.args[0].is_Add:
            parts = [self.constant(exp(part)) for part in value.args[0].args]
            return reduce(lambda a, b: a * b, parts)
        if isinstance(value, exp):
            number, rest = value.args[0].as_coeff_Mul()
            if number.is_Integer and number != 1:
                return self.constant(exp(rest)) ** int(number)
        if value.is_number and not (value.is_finite and value.is_real):
            raise NoSeriesError
        if value not in self.names:
            if len(self.names) == SLOTS:
                raise NoSeriesError
            self.names.append(value)
        return self.fractions.from_sympy(self.fractions.symbols[self.names.index(value)])

    def only(self, value: Any) -> Power:
        """Return the series of a constant."""
        return Power.of(0, [value, *[self.fractions.zero] * (self.count - 1)])

    def series(self, node: Expr) -> Power:
        """Return the series of a formula."""
        if self.variable not in node.free_symbols:
            return self.only(self.constant(node))
        if node == self.variable:
            first = self.fractions.one * (self.side or 1)
            return Power(-1 if self.far else 1, (first, *[self.fractions.zero] * (self.count - 1)))
        if isinstance(node, Add):
            return reduce(Power.plus, (self.series(part) for part in node.args))
        if isinstance(node, Mul):
            return reduce(Power.times, (self.series(part) for part in node.args))
        if isinstance(node, Pow) and self.variable not in node.exp.free_symbols:
            return self._power(self.series(node.base), node.exp)
        if isinstance(node, Piecewise):
            return self.series(self._case(node))
        if isinstance(node, Abs | sign) and self.side:
            inner = self.series(node.args[0])
            signed = self.only(self.fractions.one * (1 if self._rises(inner) else -1))
            return signed if isinstance(node, sign) else signed.times(inner)
        if isinstance(node, Maximum | Minimum) and self.side:
            return reduce(
                lambda a, b: (
                    a if self._rises(a.plus(b.negated())) == isinstance(node, Maximum) else b
                ),
                (self.series(part) for part in node.args),
            )
        if (
            isinstance(node, Function | exp)
            and len(node.args) == 1
            and not isinstance(node, Abs | sign)
        ):
            return self._function(node, self.series(node.args[0]))
        raise NoSeriesError

    def _case(self, node: Piecewise) -> Expr:
        """Return the case of the formula for small t, whatever it is at 0 itself."""
        size = Rational(10) ** (30 if self.far else -30)
        for value, condition in node.args:
            if condition == Eq(self.variable, 0):
                continue
            here = condition.subs(self.variable, self.side * size) if self.side else condition
            if here not in (True, False):
                break
            if here:
                return value
        raise NoSeriesError

    def _rises(self, series: Power) -> bool:
        """Return whether a series is positive for small t > 0."""
        return bool(series.coefficients) and self._is_positive(self.closed(series.coefficients[0]))

    def _power(self, base: Power, exponent: Expr) -> Power:
        if exponent.is_Integer:
            whole = reduce(Power.times, [base] * abs(int(exponent)))
            one = self.only(self.fractions.one)
            return whole if exponent > 0 else one.over(whole)
        order = base.order * exponent
        if not base.coefficients or (order and not (self.side and order.is_Integer)):
            raise NoSeriesError  # a root of what is 0 or infinite at 0, where t has either sign
        first = self.closed(base.coefficients[0])
        if not self._is_positive(first):
            raise NoSeriesError
        found = [self.constant(Pow(first, exponent))]
        power, b = self.constant(exponent), base.coefficients
        for k in range(1, len(b)):  # of y′ b = p b′ y
            total = sum((power * i - (k - i)) * b[i] * found[k - i] for i in range(1, k + 1))
            found.append(small(total / (k * b[0])))
        return Power.of(int(order), found)

    def _is_positive(self, value: Expr) -> bool:
        """Return whether a coefficient is positive for the parameters given."""
        there = value.subs(
            {s: self.given[s.name] for s in value.free_symbols if s.name in self.given}
        )
        return bool(there.is_number and there.evalf() > 0)

    def _function(self, node: Expr, inner: Power) -> Power:
        if isinstance(node, atan) and inner.order < 0:
            return self._right_angle(inner)
        kind, start = type(node), self._at_0(node.args[0], inner)
        if kind is exp:
            return self._exponential(inner, start)
        if kind in (sinh, cosh, tanh):
            up = self._exponential(inner, start)
            down = self.only(self.fractions.one).over(up)
            odd, even = up.plus(down.negated()), up.plus(down)
            half = self.only(self.fractions.from_sympy(Rational(1, 2)))
            return odd.over(even) if kind is tanh else half.times(odd if kind is sinh else even)
        if kind in (sin, cos, tan):
            sine, cosine = self._circle(inner, start)
            return {sin: sine, cos: cosine}.get(kind) or sine.over(cosine)
        slope = node.func(self.variable).fdiff()
        if slope.has(kind) or slope.atoms(Function) - slope.atoms(exp):
            raise NoSeriesError
        first = self.constant(node.func(start))
        return self._composed(slope, inner).times(inner.slope()).integral(first)

    def _at_0(self, inner: Expr, series: Power) -> Expr:
        """Return the constant coefficient of a formula, as that has it if it can be put in there."""
        if series.order < 0:
            raise NoSeriesError
        if series.order or not series.coefficients:
            return Integer(0)
        there = inner.xreplace({self.variable: Integer(0)})
        usable = not self.far and inner != self.variable and not there.has(nan, zoo)
        return there if usable else self.closed(series.coefficients[0])

    def _right_angle(self, inner: Power) -> Power:
        """Return the arc tangent of what is infinite at t = 0: ±π/2 − atan(1/h)."""
        if not self.side:
            raise NoSeriesError  # h may change its sign with t
        up = self._is_positive(self.closed(inner.coefficients[0]))
        turned = self._function(atan(1 / self.variable), self.only(self.fractions.one).over(inner))
        angle = self.only(self.constant(pi / 2 if up else -pi / 2))
        return angle.plus(turned.negated())

    def _composed(self, outer: Expr, inner: Power) -> Power:
        """Return the series of a formula of the variable, with a series in the place of the variable."""
        if outer == self.variable:
            return inner
        if self.variable not in outer.free_symbols:
            return self.only(self.constant(outer))
        parts = [self._composed(part, inner) for part in outer.args]
        if isinstance(outer, Add):
            return reduce(Power.plus, parts)
        if isinstance(outer, Mul):
            return reduce(Power.times, parts)
        if isinstance(outer, Pow):
            return self._power(parts[0], outer.exp)
        return self._function(outer, parts[0])

    def _exponential(self, inner: Power, start: Expr) -> Power:
        found = [self.constant(exp(start))]
        for k in range(1, inner.end):
            total = sum(i * inner.at(i) * found[k - i] for i in range(1, k + 1))
            found.append(small(total * QQ(1, k)))
        return Power.of(0, found)

    def _circle(self, inner: Power, start: Expr) -> tuple[Power, Power]:
        """Return the sine and the cosine of a series."""
        sines, cosines = [self.constant(sin(start))], [self.constant(cos(start))]
        for k in range(1, inner.end):
            up = sum(i * inner.at(i) * cosines[k - i] for i in range(1, k + 1))
            down = sum(i * inner.at(i) * sines[k - i] for i in range(1, k + 1))
            sines.append(small(up * QQ(1, k)))
            cosines.append(small(-down * QQ(1, k)))
        return Power.of(0, sines), Power.of(0, cosines)
