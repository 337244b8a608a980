"""Rational in u = e^−|v|: in each region of signs, ratios of polynomials without overflow.

For v ≥ 0, e^v is 1/u, for v < 0 it is u; common factors are cancelled exactly. What stands for most
activations is a ratio of polynomials with positive coefficients, equal for all the ways to type it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Mul,
    Piecewise,
    Poly,
    Pow,
    Rational,
    Symbol,
    erf,
    erfc,
    exp,
    expand,
    factor_list,
    floor,
    fraction,
    log,
    sign,
)

from codegen.scalar.candidates.exponents import (
    Exponents,
    expanded,
)
from codegen.scalar.candidates.normal import (
    Decay,
    Kept,
    Log1p,
    Log1pSlope,
    LogToOne,
    ScaledErfc,
    written_out,
)
from codegen.scalar.candidates.ratios import cancelled, complement_sign, lowest, reduced, terms_of

__all__ = ["Region"]


@dataclass
class Region:
    """The normal form of expressions where the bases of exponents have given signs.

    ``generators`` maps the symbols of the field to what they stand for, ``roots`` those of them that are
    roots to what is under the root and the degree, ``logs`` those that are log(1 + v) to v, and ``slopes``
    to v · log(1 + v)/v where that is what a root has. The form holds for all x where ``everywhere`` says so;
    logarithms that are sums are not multiplied out where ``kept`` does.
    """

    exponents: Exponents
    signs: tuple[int, ...]
    sides: Mapping[Expr, int] = field(default_factory=dict)
    generators: dict[Symbol, Expr] = field(default_factory=dict)
    names: dict[Expr, Symbol] = field(default_factory=dict)
    variable: Symbol | None = None
    complements: dict[Expr, Expr] = field(default_factory=dict)
    roots: dict[Symbol, tuple[Expr, int]] = field(default_factory=dict)
    logs: dict[Symbol, Expr] = field(default_factory=dict)
    slopes: dict[Symbol, Expr] = field(default_factory=dict)
    everywhere: bool = False
    kept: bool = False

    def copy(self) -> Region:
        """Return the region with what it knows, to be added to apart."""
        return replace(
            self,
            generators=dict(self.generators),
            names=dict(self.names),
            complements=dict(self.complements),
            roots=dict(self.roots),
            logs=dict(self.logs),
            slopes=dict(self.slopes),
        )

    def generator(self, meaning: Expr) -> Symbol:
        """Return the symbol that stands for something the field does not know."""
        if meaning not in self.names:
            symbol = Symbol(f"_{len(self.names)}", positive=meaning.is_positive or None, real=True)
            self.names[meaning] = symbol
            self.generators[symbol] = meaning
        return self.names[meaning]

    def size(self, position: int) -> Expr:
        """Return |v| of a base."""
        return self.signs[position] * self.exponents.bases[position]

    @property
    def decays(self) -> list[Symbol]:
        """The symbols of decays."""
        return [s for s, meaning in self.generators.items() if isinstance(meaning, Decay)]

    def decay(self, position: int) -> Symbol:
        """Return the symbol of u = e^−|v| of a base."""
        return self.generator(Decay(self.size(position)))

    def normal(self, node: Expr) -> Expr:
        """Return the expression in the field, as a cancelled fraction."""
        ratio = cancelled(self.enter(node))
        if self.slopes and not self.slopes.keys().isdisjoint(ratio.free_symbols):
            ratio = cancelled(ratio.xreplace(self.slopes))
        for root, (inside, degree) in self.roots.items():
            if root in ratio.free_symbols:
                other = reduced(ratio, root, inside, degree)
                if degree > 2:  # powers of one root are powers of what is under it
                    ratio = min(ratio, other, key=terms_of)
                elif self.variable is not None:
                    ratio = self._conjugated(other, root, inside)
                else:
                    ratio = other
        return ratio

    def _conjugated(self, ratio: Expr, root: Symbol, inside: Expr) -> Expr:
        """a + b s → (a² − b² s²)/(a − b s) where a and b s have opposite signs and it is simpler."""
        above, below = fraction(ratio)
        terms = dict(Poly(above, root).terms())
        a, b = (terms.get((k,), Integer(0)) for k in (0, 1))
        if a == 0 or b == 0 or not self._opposite(a, b):
            return ratio
        product = cancelled(a**2 - b**2 * inside)
        if terms_of(product) >= terms_of(above):
            return ratio
        return product / fraction(cancelled(below))[0] / (a - b * root)

    def _opposite(self, a: Expr, b: Expr) -> bool:
        """Return whether two polynomials of the field have opposite signs at places on this side of 0."""
        known = self.sides.get(self.variable)
        if known is None:
            return False
        product = written_out(self.spelled(a * b))
        places = (Rational(1, 7), Rational(5, 3), Integer(1000))
        return all(product.xreplace({self.variable: known * p}).is_negative for p in places)

    def enter(self, node: Expr) -> Expr:
        """Return the expression with every part the field does not know as a generator."""
        if not node.args or node.is_Symbol or not node.free_symbols:
            return node
        if isinstance(node, (Add, Mul)):
            return node.func(*(self.enter(part) for part in node.args))
        if isinstance(node, exp):
            return self._exponential(node.args[0])
        if isinstance(node, Pow):
            return self._power(node)
        if isinstance(node, log):
            return self._logarithm(node.args[0])
        if isinstance(node, (erf, erfc)) and node.args[0] in self.sides:
            return self._error(node)
        if isinstance(node, (Abs, sign)) and node.args[0] in self.sides:
            known = self.sides[node.args[0]]
            return known * self.enter(node.args[0]) if isinstance(node, Abs) else Integer(known)
        if isinstance(node, Piecewise):
            return self.generator(node)
        return self.generator(node.func(*(self.plain(part) for part in node.args), evaluate=False))

    def plain(self, node: Expr) -> Expr:
        """Return the normal form of an expression with its generators spelled out."""
        return self.spelled(self.normal(node))

    def spelled(self, node: Expr) -> Expr:
        """Return an expression of the field with the meaning of each generator in its place."""
        return node.xreplace(self.generators)

    def _exponential(self, exponent: Expr) -> Expr:
        multiples = self.exponents.multiples(exponent)
        if multiples is None:
            return self.generator(exp(self.plain(exponent), evaluate=False))
        return Mul(*(self.decay(k) ** (-self.signs[k] * count) for k, count in multiples.items()))

    def _error(self, node: Expr) -> Expr:
        """erf v = ±(1 − E), E = erfc |v| = e^(−v²) erfcx |v|, which does not cancel far out."""
        (inner,) = node.args
        known = self.sides[inner]
        size = known * inner
        multiples = self.exponents.multiples(inner**2)
        if multiples is None:
            small: Expr = self.generator(erfc(size, evaluate=False))
        else:
            small = self.generator(ScaledErfc(size))
            small *= Mul(*(self.decay(k) ** (self.signs[k] * n) for k, n in multiples.items()))
        self.complements[expand(small)] = size
        value = known * (1 - small)
        return value if isinstance(node, erf) else 1 - value

    def _power(self, node: Pow) -> Expr:
        base, exponent = node.as_base_exp()
        if exponent.is_Integer:
            return self.enter(base) ** exponent
        if exponent.is_Rational:
            return self._rational_power(self.normal(base), exponent)
        return self._any_power(base, exponent)

    def _any_power(self, base: Expr, exponent: Expr) -> Expr:
        """b^(n + p) = b^n b^p, b^(−p) = 1/b^p: g and g′ of x^a share the power of x, which is e^(p log b)."""
        whole, rest = expand(exponent).as_coeff_Add()
        if not whole.is_Integer:
            whole, rest = Integer(0), exponent
        turned = rest.could_extract_minus_sign()
        size = self.plain(-rest if turned else rest)
        if size.is_number:
            power = Pow(self.plain(base), size, evaluate=False)
        else:
            power = exp(size * self.spelled(self._logarithm(base)), evaluate=False)
        return self.enter(base) ** whole * self.generator(power) ** (-1 if turned else 1)

    def _rational_power(self, base: Expr, exponent: Rational) -> Expr:
        """(u^p R)^r = u^(p r) (R^(1/q))^(q r), so that g and g′ share powers of a root of R."""
        base, powers = self._without_decays(self._by_slopes(base))
        root = self.generator(Pow(self.spelled(base), Rational(1, exponent.q), evaluate=False))
        self.roots[root] = (base, exponent.q)
        result = root**exponent.p
        for position, count in powers.items():
            whole = floor(count * exponent)
            result *= self.decay(position) ** whole
            if whole != count * exponent:
                rest = (count * exponent - whole) * self.size(position)
                result *= self.generator(Decay(expanded(rest)))
        return result

    def _by_slopes(self, ratio: Expr) -> Expr:
        """log(1 + v) → v · log(1 + v)/v where that makes a factor of a u, which may leave the root then."""
        slopes = {
            symbol: inner * self.generator(Log1pSlope(self.spelled(inner)))
            for symbol, inner in self.logs.items()
            if symbol in ratio.free_symbols
        }
        changed = cancelled(ratio.xreplace(slopes)) if slopes else ratio
        if not self._without_decays(changed)[1]:
            return ratio
        self.slopes.update(slopes)
        return changed

    def _without_decays(self, ratio: Expr) -> tuple[Expr, dict[int, int]]:
        """Return the fraction without its factors u, and the power of each."""
        powers: dict[int, int] = {}
        for position in range(len(self.signs)):
            symbol = self.names.get(Decay(self.size(position)))
            if symbol is None:
                continue
            power = lowest(ratio, symbol)
            if power:
                powers[position] = power
                ratio = cancelled(ratio / symbol**power)
        return ratio, powers

    def _logarithm(self, inner: Expr) -> Expr:
        """log(u^p R) = −p|v| + log R, by log1p where R − 1 is the simpler one."""
        if isinstance(inner, Pow) and inner.exp.is_number:
            return inner.exp * self._logarithm(inner.base)
        total: Expr = Integer(0)
        ratio, powers = self._without_decays(self._by_slopes(self.normal(inner)))
        for position, power in powers.items():
            total -= power * self.enter(self.size(position))
        above = cancelled(ratio - 1)
        start = self._start(ratio)
        if terms_of(above) >= terms_of(ratio) and start != 1:
            total += log(start)
            ratio = cancelled(ratio / start)
            above = cancelled(ratio - 1)
        if above == 0:
            return total
        if terms_of(above) >= terms_of(ratio):
            total += self.generator(log(self.spelled(ratio), evaluate=False))
        elif self._has_zero(ratio):
            total += self.generator(LogToOne(self.spelled(ratio)))
        else:
            logarithm = self.generator(Log1p(self.spelled(above)))
            self.logs[logarithm] = above
            total += logarithm
        return self.generator(Kept(self.spelled(total))) if self.kept and total.is_Add else total

    def _has_zero(self, ratio: Expr) -> bool:
        """Return whether a fraction is 0 where a decay is 1, as 1 − u is, or an erf is 0."""
        factors = factor_list(fraction(ratio)[0])[1]
        return any(
            complement_sign(factor, small)
            for factor, _ in factors
            for small in (*self.decays, *self.complements)
        )

    def _start(self, ratio: Expr) -> Expr:
        """Return what the fraction tends to as every u → 0, if that is a positive number, else 1."""
        above, below = fraction(ratio)
        ends = [part.xreplace(dict.fromkeys(self.decays, Integer(0))) for part in (above, below)]
        if not any(symbol in ratio.free_symbols for symbol in self.decays) or ends[1] == 0:
            return Integer(1)
        start = ends[0] / ends[1]
        return start if start.is_number and start.is_positive else Integer(1)
