"""SymPy in index notation → boxes: one printer, whose boxes every form writes in its own way."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import (
    Abs,
    Add,
    Expr,
    Float,
    Function,
    Indexed,
    Integer,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Sum,
    Symbol,
    exp,
)
from sympy.polys.rootoftools import ComplexRootOf

from derive.graph import Role
from derive.notation import Activated, Partial, Sigmoid
from derive.pointwise import evaluate
from derive.render.box import (
    Big,
    Box,
    Fence,
    Frac,
    Kind,
    Letter,
    Marked,
    Root,
    Row,
    Script,
    Space,
    Tinted,
    row,
)
from derive.render.conditions import ConditionPrinter
from derive.render.digits import decimal
from derive.render.functions import FunctionPrinter
from derive.render.names import ERROR, Names, number, plain_letter, spelled
from derive.render.order import (
    factors,
    is_negative,
    negated,
    split_fraction,
    terms,
    with_common_root,
)
from derive.render.signs import COMMA, MINUS, PARTIAL, PLUS, RELATIONS, SIGN, joined
from derive.sums import EXAMPLES
from derive.trees import is_number

__all__ = ["Typesetter"]

_BESIDE_NOTHING = (Add, Piecewise)


class Typesetter(FunctionPrinter, ConditionPrinter):
    """Print SymPy expressions as boxes under the given names; ``marked`` parts are highlighted.

    Without ``ranges`` a sum shows its index alone, as on a board.
    """

    printmethod = None

    def __init__(self, names: Names, marked: Iterable[Expr] = (), *, ranges: bool = True) -> None:
        super().__init__()
        self.names = names
        self.marked = frozenset(marked)
        self.ranges = ranges
        self.base = names.options.index_base

    def __call__(self, expression: Expr) -> Box:
        """Return the boxes of an expression; raise TypeError for a node that has no notation."""
        return self._print(expression)

    def _print(self, expr: Expr, **kwargs: object) -> Box:
        box: Box = super()._print(expr, **kwargs)
        return Marked(box) if expr in self.marked else box

    def emptyPrinter(self, expr: Expr) -> Box:
        raise TypeError(f"no notation for {type(expr).__name__}")

    # Numbers and symbols.

    def _print_Integer(self, expr: Integer) -> Box:
        digits = number(str(abs(int(expr))))
        return row(SIGN, digits) if expr < 0 else digits

    def _print_Rational(self, expr: Rational) -> Box:
        if expr < 0:
            return row(SIGN, self._print(-expr))
        shown = decimal(expr)
        if shown is not None:
            return number(shown)
        return Frac(number(str(expr.p)), number(str(expr.q)), small=True)

    def _print_Float(self, expr: Float) -> Box:
        return self._print(Rational(str(expr)))

    def _print_ComplexRootOf(self, expr: ComplexRootOf) -> Box:
        return self._print(Float(evaluate(expr)))

    def _print_Pi(self, expr: Expr) -> Box:
        return plain_letter("pi")

    def _print_Exp1(self, expr: Expr) -> Box:
        return Letter("e", "e")

    def _print_Infinity(self, expr: Expr) -> Box:
        return Letter("∞", r"\infty", Kind.NUMBER)

    def _print_NegativeInfinity(self, expr: Expr) -> Box:
        return row(SIGN, self._print(-expr))

    def _print_Symbol(self, expr: Symbol) -> Box:
        if expr.name == "i^*":
            return self.names.gold()
        if expr == EXAMPLES:
            return self.names.example_count()
        if expr.is_integer:
            return _index(expr.name)
        return self.names.entry(expr.name)

    def _print_Dummy(self, expr: Expr) -> Box:
        return self._print_Symbol(expr)

    def _print_Str(self, expr: Expr) -> Box:
        return plain_letter(str(expr))

    # Entries, δ, sums.

    def _print_Indexed(self, expr: Indexed) -> Box:
        return self._subscripted(self.names.entry(expr.base.label.name), expr.indices)

    def _subscripted(self, base: Box, indices: Iterable[Expr]) -> Box:
        sub = self._indices(indices)
        if isinstance(base, Script) and base.sub is None:
            return Script(base.base, sub, base.sup)
        if isinstance(base, Script):
            return Script(base.base, row(base.sub or sub, COMMA, sub), base.sup)
        if isinstance(base, Tinted):
            return Tinted(self._subscripted(base.body, indices), base.ink)
        return Script(base, sub)

    def _indices(self, indices: Iterable[Expr]) -> Box:
        boxes = [self._print(index) for index in indices]
        if all(isinstance(box, Letter) for box in boxes):
            return Row(tuple(boxes), tight=True)
        return Row(tuple(joined(boxes, COMMA)), tight=True)

    def _print_KroneckerDelta(self, expr: Expr) -> Box:
        first, second = sorted(expr.args, key=_gold_last)
        if self.names.options.names == "delta":
            equal = row(self._print(first), RELATIONS["=="], self._print(second))
            return Fence(equal, "[", "]")
        return Script(plain_letter("delta"), self._indices((first, second)))

    def _print_Sum(self, expr: Sum) -> Box:
        signs = [
            Big(self._print(k), self.bound(first), self.bound(last))
            if self.ranges
            else Big(self._print(k))
            for k, first, last in reversed(expr.limits)
        ]
        body = self._print(expr.function)
        if isinstance(expr.function, Add):
            body = Fence(body)
        return row(*signs, body)

    def bound(self, value: Expr) -> Box:
        """Return a bound of an index, counted from the index base."""
        return self._print(value - 1 + self.base)

    # Sums and products.

    def _print_Add(self, expr: Add) -> Box:
        items: list[Box] = []
        for position, term in enumerate(terms(expr, self._rank)):
            negative = is_negative(term)
            magnitude = negated(term) if negative else term
            box = self._print(magnitude)
            if isinstance(magnitude, Add):
                box = Fence(box)
            if position:
                items.append(MINUS if negative else PLUS)
            elif negative:
                items.append(SIGN)
            items.append(Marked(box) if negative and term in self.marked else box)
        return row(*items)

    def _print_Mul(self, expr: Mul) -> Box:
        if is_negative(expr):
            magnitude = negated(expr)
            inner = self._print(magnitude)
            return row(SIGN, Fence(inner) if isinstance(magnitude, Add) else inner)
        above, below = split_fraction(expr)
        above, below = with_common_root(above, below)
        coefficient = Mul(*(f for f in above if f.is_Rational))
        above = [f for f in above if not f.is_Rational]
        if not below and not (len(above) == 1 and not isinstance(above[0], Add | Sum)):
            return self._product([coefficient, *above] if coefficient != 1 else above)
        if coefficient.q != 1 and decimal(coefficient) is None:
            below, coefficient = [Integer(coefficient.q), *below], Integer(coefficient.p)
        above = [coefficient, *above] if coefficient != 1 or not above else above
        if not below:
            return self._product(above)
        outside = [f for f in above if _is_operator(f)]
        inside = [f for f in above if f not in outside] or [Integer(1)]
        ratio = Frac(self._product(inside), self._product(below))
        return row(ratio, Space(), self._product(outside)) if outside else ratio

    def _product(self, product: list[Expr]) -> Box:
        ordered = factors(product, self._rank)
        if len(ordered) == 1:
            return self._print(ordered[0])
        items: list[Box] = []
        for position, factor in enumerate(ordered):
            box = self._print(factor)
            last = position == len(ordered) - 1
            open_ended = isinstance(factor, Sum) or _is_operator(factor)
            if isinstance(factor, _BESIDE_NOTHING) or (open_ended and not last):
                box = Fence(box)
            if position:
                items.append(_space(ordered[position - 1], factor))
            items.append(box)
        return row(*items)

    def _rank(self, entry: Indexed) -> int:
        name = entry.base.label.name
        if name.startswith(ERROR):
            return 1
        if name == "P":
            return 4
        if self.names.role(name) is Role.PARAMETER:
            return 0 if len(entry.indices) == 2 else 3
        return 2

    def _print_Pow(self, expr: Pow) -> Box:
        if is_negative(expr.exp) and is_number(expr.exp):
            return Frac(number("1"), self._print(Pow(expr.base, -expr.exp)))
        if expr.exp == Rational(1, 2):
            return Root(self._print(expr.base))
        power = self._print(expr.exp)
        base = self._print(expr.base)
        inner = base.body if isinstance(base, Tinted) else base
        if isinstance(expr.base, Indexed) and isinstance(inner, Script) and inner.sup is None:
            raised = Script(inner.base, inner.sub, power)
            return Tinted(raised, base.ink) if isinstance(base, Tinted) else raised
        if _is_named(expr.base) and expr.exp.is_integer and isinstance(base, Row):
            name, *argument = base.items
            return row(Script(name, sup=power), *argument)
        simple = isinstance(expr.base, Symbol | Indexed | Abs) or (
            expr.base.is_Integer and expr.base.is_nonnegative
        )
        return Script(base if simple else Fence(base), sup=power)

    # What is still to be differentiated.

    def _print_Partial(self, expr: Partial) -> Box:
        below = Row((PARTIAL, self._print(expr.variable)), tight=True)
        function = expr.expression
        if isinstance(function, Symbol | Indexed | Activated):
            return Frac(Row((PARTIAL, self._print(function)), tight=True), below)
        inner = self._print(function)
        body = Fence(inner, "[", "]") if not isinstance(function, Function) else inner
        return row(Frac(PARTIAL, below), Space(), body)


def _index(name: str) -> Box:
    """Return an index or a size: k, k₁."""
    stem = name.rstrip("0123456789").rstrip("_")
    label = name[len(stem) :].lstrip("_")
    return Script(spelled(stem), sub=number(label)) if label and stem else spelled(name)


def _gold_last(expression: Expr) -> tuple[bool, str]:
    return (isinstance(expression, Indexed) or str(expression) == "i^*", str(expression))


def _is_named(expression: Expr) -> bool:
    return isinstance(expression, Function | Activated | Sigmoid) and not isinstance(
        expression, Abs | exp
    )


def _is_operator(factor: Expr) -> bool:
    """Return whether a factor is a ∂/∂x that would swallow what stands after it."""
    atoms = (Symbol, Indexed, Activated)
    return isinstance(factor, Partial) and not isinstance(factor.expression, atoms)


def _space(left: Expr, right: Expr) -> Space:
    if is_number(left) and isinstance(right, Symbol | Indexed | Pow):
        return Space("")
    return Space()
