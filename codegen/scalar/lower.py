"""SymPy → terms: the one place where a formula's nodes become operations; an unknown one raises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    asinh,
    atan,
    cos,
    cosh,
    erf,
    erfc,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    tan,
    tanh,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import ITE, And, BooleanFalse, BooleanTrue, Not, Or

from codegen.scalar.terms import Terms
from derive.notation import Maximum, Minimum

__all__ = ["Lowering", "lower"]

ELEMENTARY: dict[type, str] = {
    exp: "exp",
    log: "log",
    tanh: "tanh",
    sinh: "sinh",
    cosh: "cosh",
    sin: "sin",
    cos: "cos",
    atan: "atan",
    asinh: "asinh",
    erf: "erf",
    erfc: "erfc",
    sign: "sign",
    Abs: "abs",
}


def lower(expressions: Sequence[Expr], variable: Symbol, careful: bool = False) -> Terms:
    """Return the operations that compute the expressions, which share what they have in common.

    ``careful`` avoids the cancellation in 1 + tanh u and the like, which balls do not mind.
    Other symbols than the variable become parameters. TypeError for a node without an operation.
    """
    lowering = Lowering(variable, careful=careful)
    return lowering.terms.pruned([lowering.visit(expression) for expression in expressions])


@dataclass
class Lowering:
    """Lower one node after the other into the same terms."""

    variable: Symbol
    terms: Terms = field(default_factory=Terms)
    known: dict[Expr, int] = field(default_factory=dict)
    careful: bool = True
    functions = ELEMENTARY

    def visit(self, node: Expr) -> int:
        """Return the number of the operation that computes the node."""
        if node not in self.known:
            special = self.special(node)
            self.known[node] = self._enter(node) if special is None else special
        return self.known[node]

    def special(self, node: Expr) -> int | None:
        """Return the operation of a node that a subclass knows better; None for the others."""
        return None

    def constant(self, value: Expr) -> int:
        """Return the operation of a constant."""
        return self.terms.add("constant", value=value)

    def _enter(self, node: Expr) -> int:
        if node == self.variable:
            return self.terms.add("x")
        if isinstance(node, Symbol):
            return self.terms.add("parameter", value=node.name)
        if isinstance(node, (BooleanTrue, BooleanFalse)) or not node.free_symbols:
            return self.constant(node)
        if type(node) in ELEMENTARY and not isinstance(node, (log, tan)):
            return self.terms.add(ELEMENTARY[type(node)], self.visit(node.args[0]))
        for kind, method in self._methods().items():
            if isinstance(node, kind):
                return method(node)
        raise TypeError(f"no operation for {type(node).__name__} in {node}")

    def _methods(self) -> dict[type, Callable[[Expr], int]]:
        return {
            Add: self._sum,
            log: self._logarithm,
            tan: lambda node: self.visit(sin(node.args[0]) / cos(node.args[0])),
            Mul: self._product_of,
            Pow: self._power,
            Piecewise: self._cases,
            Relational: self._relation,
            And: lambda node: self._chain("and", node.args),
            Or: lambda node: self._chain("or", node.args),
            ITE: lambda node: self.visit(
                Or(And(node.args[0], node.args[1]), And(Not(node.args[0]), node.args[2]))
            ),
            Not: lambda node: self.terms.add("not", self.visit(node.args[0])),
            Maximum: lambda node: self._extremum(node, largest=True),
            Minimum: lambda node: self._extremum(node, largest=False),
        }

    def _extremum(self, node: Expr, largest: bool) -> int:
        a, b = (self.visit(argument) for argument in node.args)
        order = (b, a) if largest else (a, b)
        return self.terms.add("select", self.terms.add("le", *order), a, b)

    def _sum(self, node: Add) -> int:
        found = self._sum_with_one(node)
        if found is not None:
            return found
        plus = [term for term in node.args if not term.could_extract_minus_sign()]
        minus = [-term for term in node.args if term.could_extract_minus_sign()]
        first = self.visit(plus[0]) if plus else self.terms.add("neg", self.visit(minus.pop(0)))
        for term in plus[1:]:
            first = self.terms.add("add", first, self.visit(term))
        for term in minus:
            first = self.terms.add("sub", first, self.visit(term))
        return first

    def _sum_with_one(self, node: Add) -> int | None:
        """Return a sum with c and c·f, where f ± 1 cancels and there is a way around it; None for others."""
        for term in node.args:
            scale, factor = _doubled(*term.as_coeff_Mul())
            for one in (-1, 1):
                part = self._beside_one(factor, one) if one * scale in node.args else None
                if part is not None:
                    rest = [other for other in node.args if other not in (term, one * scale)]
                    if scale != 1:
                        part = self.terms.add("mul", self.constant(scale), part)
                    return self.terms.add("add", part, self.visit(Add(*rest))) if rest else part
        return None

    def _beside_one(self, node: Expr, one: int) -> int | None:
        """Return node ± 1 where it cancels and there is a way around it, as e^u − 1 by expm1."""
        if isinstance(node, exp) and one < 0:
            return self.terms.add("expm1", self.visit(node.args[0]))
        if not self.careful and not isinstance(node, cos):
            return None
        rewritten = beside_one(node, one)
        return None if rewritten is None else self.visit(rewritten)

    def _logarithm(self, node: Expr) -> int:
        """log(1 + u) by log1p, but where 1 + u cancels; there it is near 0."""
        (inner,) = node.args
        if isinstance(inner, Add) and S.One in inner.args:
            less = self.visit(inner - 1)
            small = self._sum_with_one(inner) if self.careful else None
            return self.terms.add("log1p", less) if small is None else self.log_to_one(small, less)
        beside = size_less_one(inner) if self.careful else None
        if beside is not None:
            return self.log_to_one(self.visit(inner), self.visit(beside))
        return self.terms.add("log", self.visit(inner))

    def log_to_one(self, value: int, less: int) -> int:
        """Return log v, which is log(1 + (v − 1)) but for small v."""
        low = self.terms.add("lt", value, self.constant(S.Half))
        near = self.terms.add("log1p", less)
        return self.terms.add("select", low, self.terms.add("log", value), near)

    def _product_of(self, node: Mul) -> int:
        coefficient, rest = node.as_coeff_Mul()
        if coefficient == -1:
            return self.terms.add("neg", self.visit(rest))
        numbers = [factor for factor in node.args if not factor.free_symbols]
        above, below = _number_factors(Mul(*numbers)) if numbers else ([], [])
        for factor in node.args:
            base, exponent = factor.as_base_exp()
            if not factor.free_symbols:
                continue
            if isinstance(factor, Pow) and exponent.is_number and exponent.is_negative:
                below.append(base ** (-exponent))
            elif base.is_Symbol and exponent.is_Integer and exponent <= 4 and numbers:
                above.extend([base] * int(exponent))
            else:
                above.append(factor)
        numerator = self._chain("mul", above)
        return self.terms.add("div", numerator, self._chain("mul", below)) if below else numerator

    def _chain(self, op: str, parts: Sequence[Expr]) -> int:
        if not parts:
            return self.constant(Integer(1))
        total = self.visit(parts[0])
        for part in parts[1:]:
            total = self.terms.add(op, total, self.visit(part))
        return total

    def _power(self, node: Pow) -> int:
        base, exponent = node.as_base_exp()
        if not exponent.is_Rational or exponent.q > 2:
            return self._real_power(base, exponent)
        number = self.visit(base)
        result = self.power_of(number, abs(exponent.p) // exponent.q or 1)
        if exponent.q == 2:
            root = self.terms.add("sqrt", number)
            result = root if abs(exponent.p) == 1 else self.terms.add("mul", result, root)
        if exponent < 0:
            return self.terms.add("div", self.constant(Integer(1)), result)
        return result

    def _real_power(self, base: Expr, exponent: Expr) -> int:
        """a^b = e^(b log a); 0^b by the sign of a constant b."""
        number = self.visit(base)
        product = self.terms.add("mul", self.visit(exponent), self.terms.add("log", number))
        result = self.terms.add("exp", product)
        if not base.free_symbols or not exponent.is_number:
            return result
        at_zero = self.constant(S.Infinity if exponent.is_negative else S.Zero)
        is_zero = self.terms.add("eq", number, self.constant(S.Zero))
        return self.terms.add("select", is_zero, at_zero, result)

    def power_of(self, base: int, exponent: int) -> int:
        """Return base^exponent for a positive exponent, by repeated squaring."""
        while not exponent & 1:
            base = self.terms.add("mul", base, base)
            exponent >>= 1
        result = base
        while exponent := exponent >> 1:
            base = self.terms.add("mul", base, base)
            if exponent & 1:
                result = self.terms.add("mul", result, base)
        return result

    def _cases(self, node: Piecewise) -> int:
        branches = list(node.args)
        last, condition = branches.pop()
        result = self.visit(last)
        if not isinstance(condition, BooleanTrue):
            nothing = self.constant(S.NaN)
            result = self.terms.add("select", self.visit(condition), result, nothing)
        for branch, condition in reversed(branches):
            result = self.terms.add("select", self.visit(condition), self.visit(branch), result)
        return result

    def compared(self, node: Relational) -> tuple[int, int]:
        """Return the operations of what is compared."""
        return self.visit(node.lhs), self.visit(node.rhs)

    def _relation(self, node: Relational) -> int:
        left, right = self.compared(node)
        op, order = RELATIONS[node.rel_op]
        relation = self.terms.add(op, *((left, right) if order > 0 else (right, left)))
        return self.terms.add("not", relation) if node.rel_op == "!=" else relation


def _doubled(scale: Expr, factor: Expr) -> tuple[Expr, Expr]:
    """Return scale · factor with sin(u) cos(u) as sin(2u)/2."""
    if isinstance(factor, Mul) and len(factor.args) == 2:
        u = next((part.args[0] for part in factor.args if isinstance(part, sin)), None)
        if u is not None and cos(u) in factor.args:
            return scale / 2, sin(2 * u)
    return scale, factor


def beside_one(node: Expr, one: int) -> Expr | None:
    """Return an expression equal to node + 1 or node − 1 that does not cancel; None where none is known."""
    u = node.args[0] if node.args else node
    if isinstance(node, cos):
        return -2 * sin(u / 2) ** 2 if one < 0 else 2 * cos(u / 2) ** 2
    if isinstance(node, sin):
        return one * 2 * sin(u / 2 + one * pi / 4) ** 2
    if isinstance(node, tanh):
        return one * 2 / (1 + exp(-one * 2 * u))
    if isinstance(node, erf):
        return one * erfc(-one * u, evaluate=False)
    if isinstance(node, Pow) and one < 0:
        if isinstance(u, tanh) and node.exp == 2:
            decay = exp(-2 * Abs(u.args[0]))
            return -4 * decay / (1 + decay) ** 2
        if isinstance(u - 1, exp) and node.exp == -1:
            return -1 / (1 + exp(-(u - 1).args[0]))
    return None


def size_less_one(node: Expr) -> Expr | None:
    """Return |f(u)| − 1 for an f that rises from −1 to 1, of which it may be the size; None for others."""
    inner = node.args[0] if isinstance(node, Abs) else node
    if not isinstance(inner, (tanh, erf)):
        return None
    return beside_one(inner.func(Abs(inner.args[0])), -1)


def _number_factors(number: Expr) -> tuple[list[Expr], list[Expr]]:
    """Return a constant factor as what stands above and below; only by a whole number one divides."""
    if number.is_Rational and number.p == 1 and number.q & (number.q - 1):
        return [], [Integer(number.q)]
    return ([number] if number != 1 else []), []


RELATIONS = {
    "<": ("lt", 1), "<=": ("le", 1), ">": ("lt", -1), ">=": ("le", -1), "==": ("eq", 1), "!=": ("eq", 1),
}  # fmt: skip
