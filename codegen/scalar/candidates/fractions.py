"""A fraction of polynomials → operations: factored, Horner in each factor, 1 − u by expm1, u^p last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Piecewise,
    Poly,
    Pow,
    Rational,
    S,
    Symbol,
    erf,
    erfc,
    exp,
    factor_list,
    factor_terms,
    fraction,
    sign,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanTrue

from codegen.scalar.candidates.comparisons import difference
from codegen.scalar.candidates.differences import enter_difference, exponents_apart
from codegen.scalar.candidates.normal import (
    Decay,
    Kept,
    Log1p,
    Log1pSlope,
    LogToOne,
    ScaledErfc,
    written_out,
)
from codegen.scalar.candidates.ratios import complement_sign
from codegen.scalar.candidates.regional import Region
from codegen.scalar.lower import Lowering

__all__ = ["USUAL", "FractionLowering", "Style"]

REGIONAL = (Abs, sign, erf, erfc)  # what is another function in each region
TINY = Rational(1, 2**110)  # log(1 + u)/u is 1 to all digits of a pair; e^−80 is less (see reach)


@dataclass(frozen=True)
class Style:
    """How fractions are written.

    Attributes:
        falling: multiply x by a decay before x by x, which may overflow.
        plain: 1 − u as it stands, cheaper where a series serves near 0.
        joined: one exponential of all exponents, where one rises and another falls.
    """

    falling: bool = False
    plain: bool = False
    joined: bool = False


USUAL = Style()


@dataclass
class FractionLowering(Lowering):
    """Lower the normal forms of one region."""

    region: Region = field(kw_only=True)
    style: Style = USUAL
    growth: Integer | None = None  # of −v in u = e^−v, at most, where v may have either sign

    def constant(self, value: Expr) -> int:
        """Return a constant; a base of exponents may be a number, as in e^(x + 1) beside e^x."""
        return super().constant(written_out(value))

    def fraction(self, expression: Expr) -> int:
        """Return the operation that computes a cancelled fraction of the region's field."""
        above, below = fraction(expression)
        order = self._order(expression)
        top, bottom = self._factors(above, order), self._factors(below, order)
        content = top.content / bottom.content
        decays = self._decays(top, bottom)
        plain, growing = top.plain, list[Expr]()
        if self.style.falling and any(power > 0 for _, power in decays):
            growing = [f for f, power in plain if f == self.variable for _ in range(power)]
            plain = [pair for pair in plain if pair[0] != self.variable]
        numerator = self._product(plain, content)
        denominator = self._product(bottom.plain, Integer(1))
        result = numerator
        if numerator is None and any(power > 0 for _, power in decays):
            number, (decay, power) = next((k, d) for k, d in enumerate(decays) if d[1] > 0)
            numerator = self.power_of(self.visit(self.region.generators[decay]), power)
            for factor in growing:
                numerator = self.terms.add("mul", self.visit(factor), numerator)
            growing, result = [], numerator
            del decays[number]
        if denominator is not None:
            one = self.constant(Integer(1)) if numerator is None else numerator
            result = self.terms.add("div", one, denominator)
        for decay, power in decays:
            raised = self.power_of(self.visit(self.region.generators[decay]), abs(power))
            if power < 0:
                one = self.constant(Integer(1)) if result is None else result
                result = self.terms.add("div", one, raised)
            else:
                for factor in growing:
                    raised = self.terms.add("mul", self.visit(factor), raised)
                growing = []
                result = raised if result is None else self.terms.add("mul", result, raised)
        return self.constant(Integer(1)) if result is None else result

    def _order(self, expression: Expr) -> tuple[Symbol, ...]:
        """Return the generators, the variable of Horner's scheme first: every u, then others, then x."""
        symbols = expression.free_symbols
        decays = [s for s, m in self.region.generators.items() if s in symbols and _decays(m)]
        others = [s for s in self.region.generators if s in symbols and s not in decays]
        rest = sorted(
            symbols - set(decays) - set(others), key=lambda s: (s != self.variable, s.name)
        )
        return (*decays, *others, *rest)

    def _factors(self, polynomial: Expr, order: Sequence[Symbol]) -> Factors:
        if not polynomial.free_symbols:
            return Factors(polynomial, [], {})
        content, pairs = factor_list(polynomial, *order)
        if content.free_symbols:
            content, pairs = Integer(1), [*pairs, (content, 1)]
        plain: list[tuple[Expr, int]] = []
        decays: dict[Symbol, int] = {}
        for factor, power in pairs:
            if not factor.free_symbols:
                content *= factor**power
                continue
            if factor.is_Symbol and _decays(self.region.generators.get(factor)):
                decays[factor] = power
                continue
            scale = _scale(factor, order)
            content *= scale**power
            plain.append(((factor / scale).expand(), power))
        plain.sort(
            key=lambda pair: (len(pair[0].free_symbols), pair[0] != self.variable, str(pair[0]))
        )
        return Factors(content, plain, decays)

    def _decays(self, top: Factors, bottom: Factors) -> list[tuple[Symbol, int]]:
        symbols = dict.fromkeys([*top.decays, *bottom.decays])
        found = [(s, top.decays.get(s, 0) - bottom.decays.get(s, 0)) for s in symbols]
        if not self.style.joined or len({power > 0 for _, power in found}) < 2:
            return found
        sizes = [-power * self.region.generators[decay].args[0] for decay, power in found]
        return [(self.region.generator(exp(factor_terms(Add(*sizes)), evaluate=False)), 1)]

    def _product(self, factors: Sequence[tuple[Expr, int]], content: Expr) -> int | None:
        """Return content · Π factor^power, None for an empty product of 1."""
        result: int | None = None
        if factors and factors[0] == (self.variable, 1) and content not in (1, -1):
            result = self.terms.add("mul", self.constant(content), self.visit(self.variable))
            factors, content = factors[1:], Integer(1)
        elif factors and factors[-1][1] == 1 and content not in (1, -1):
            factors = [*factors[:-1], ((content * factors[-1][0]).expand(), 1)]
            content = Integer(1)
        for factor, power in factors:
            here = self._raised(factor, self._factor(factor), power)
            result = here if result is None else self.terms.add("mul", result, here)
        if content == 1:
            return result
        if result is None:
            return self.constant(content)
        if content == -1:
            return self.terms.add("neg", result)
        return self.terms.add("mul", result, self.constant(content))

    def _factor(self, factor: Expr) -> int:
        for decay, meaning in self.region.generators.items():
            side = (
                complement_sign(factor, decay) if not self.style.plain and _decays(meaning) else 0
            )
            if side:
                return self._signed(-side, self.terms.add("expm1", self._exponent(meaning.args[0])))
        apart = None if self.style.plain else exponents_apart(factor, self.region.generators)
        if apart is not None:
            return enter_difference(self.terms, self.visit, apart)
        for small, size in self.region.complements.items():
            side = complement_sign(factor, small)
            if side:
                return self._signed(side, self.terms.add("erf", self.size(size)))
        return self.horner(factor, self._order(factor))

    def _signed(self, side: int, value: int) -> int:
        return value if side > 0 else self.terms.add("neg", value)

    def horner(self, polynomial: Expr, order: Sequence[Symbol]) -> int:
        """Return the operation that computes a polynomial, nested in the first generator first."""
        if not order or not polynomial.free_symbols:
            return self.visit(self.region.spelled(polynomial))
        generator, rest = order[0], order[1:]
        if generator not in polynomial.free_symbols:
            return self.horner(polynomial, rest)
        meaning = self.region.generators.get(generator, generator)
        base = self.visit(meaning)
        terms = sorted(Poly(polynomial, generator).terms(), reverse=True)
        (power,), coefficient = terms[0]
        result: int | None = None if coefficient == 1 else self.horner(coefficient, rest)
        for (following,), coefficient in terms[1:]:
            result = self._stepped(result, generator, base, power - following)
            result = self.terms.add("add", self.horner(coefficient, rest), result)
            power = following
        if power:
            return self._stepped(result, generator, base, power)
        assert result is not None  # a constant with coefficient 1 does not contain the generator
        return result

    def _raised(self, factor: Expr, base: int, power: int) -> int:
        """Return base^power of a factor; of a root R^(1/q), which is computed by a logarithm, R^(power/q)."""
        inside, degree = self.region.roots.get(factor, (factor, 1))
        if degree > 2 and power > 1:
            return self.visit(Pow(self.region.spelled(inside), Rational(power, degree)))
        return self.power_of(base, power)

    def _stepped(self, result: int | None, generator: Expr, base: int, power: int) -> int:
        """Return result · base^power; by x one factor at a time, lest c·x² overflow before it must."""
        if result is None:
            return self._raised(generator, base, power)
        if self.terms.nodes[base].op == "x":
            for _ in range(power):
                result = self.terms.add("mul", result, base)
            return result
        return self.terms.add("mul", result, self._raised(generator, base, power))

    def size(self, meaning: Expr) -> int:
        """Return |v| of a base, the same operation whatever the sign of v in the region.

        A v with exponentials of its own is a fraction of the field, in which none overflows.
        """
        if meaning.has(exp):
            return self.inner(meaning)
        if meaning.is_nonnegative or self.growth is not None:
            return self.base(meaning)
        return self.terms.add("abs", self.base(max(meaning, -meaning, key=_positiveness)))

    def base(self, meaning: Expr) -> int:
        """Return v of a base, which decides the region and so must not be written as it is within one."""
        if meaning.has(*REGIONAL) and not meaning.has(Decay):
            return Lowering(self.variable, self.terms).visit(meaning)
        return self.visit(meaning)

    def _exponent(self, meaning: Expr) -> int:
        """Return −v of a decay e^−v."""
        exponent = self.terms.add("neg", self.size(meaning))
        if self.growth is None or meaning.is_nonnegative:
            return exponent
        most = self.constant(self.growth)
        return self.terms.add("select", self.terms.add("lt", most, exponent), most, exponent)

    def special(self, node: Expr) -> int | None:
        """Lower the functions of normal forms."""
        if isinstance(node, Decay):
            return self.terms.add("exp", self._exponent(node.args[0]))
        if isinstance(node, Kept):
            return self.visit(node.args[0])
        if isinstance(node, Log1p):
            return self.terms.add("log1p", self.inner(node.args[0]))
        if isinstance(node, Log1pSlope):
            inner = self.inner(node.args[0])
            slope = self.terms.add("div", self.terms.add("log1p", inner), inner)
            size, one = self.terms.add("abs", inner), self.constant(Integer(1))
            is_one = self.terms.add("lt", size, self.constant(TINY))
            return self.terms.add("select", is_one, one, slope)
        if isinstance(node, LogToOne):
            return self.log_to_one(self.inner(node.args[0]), self.inner(node.args[0] - 1))
        if isinstance(node, ScaledErfc):
            return self.terms.add("erfcx", self.size(node.args[0]))
        if isinstance(node, erfc) and node.args[0] in self.region.complements.values():
            return self.terms.add("erfc", self.size(node.args[0]))
        if isinstance(node, Piecewise):
            return self._branches(node)
        if isinstance(node, Pow) and node.free_symbols and node.exp == S.Half:
            return self.terms.add("sqrt", self.inner(node.base))
        if type(node) in self.functions and node.args[0].free_symbols:
            return self.terms.add(self.functions[type(node)], self.inner(node.args[0]))
        return None

    def compared(self, node: Relational) -> tuple[int, int]:
        """Return the operations of what is compared, a difference and 0 where that is needed."""
        apart = difference(node, self.variable)
        if apart is None:
            return super().compared(node)
        return self.inner(apart), self.constant(Integer(0))

    def _branches(self, node: Piecewise) -> int:
        """Return the operation of cases whose branches are fractions of the field."""
        result = self.constant(S.NaN)
        for branch, condition in reversed(node.args):
            here = self.inner(branch)
            if isinstance(condition, BooleanTrue):
                result = here
            else:
                result = self.terms.add("select", self.visit(condition), here, result)
        return result

    def inner(self, node: Expr) -> int:
        """Return the operation of an argument, itself a fraction of the field."""
        return self.fraction(self.region.normal(node))


@dataclass(frozen=True)
class Factors:
    """A polynomial as content · Π plain^power · Π u^power."""

    content: Expr
    plain: list[tuple[Expr, int]]
    decays: dict[Symbol, int]


def _decays(meaning: Expr | None) -> bool:
    return isinstance(meaning, Decay)


def _positiveness(expression: Expr) -> tuple[bool, str]:
    return (not expression.could_extract_minus_sign(), str(expression))


def _scale(factor: Expr, order: Sequence[Symbol]) -> Expr:
    """Return the number by which the factor is divided: its rational coefficient of lowest degree."""
    terms = Poly(factor, *order).terms()
    return min(terms, key=lambda t: (not t[1].is_Rational, sum(t[0]), t[0]))[1]
