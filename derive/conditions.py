"""Conditions and cases of a formula, built without SymPy's own rewriting of them.

SymPy's ``Piecewise`` and ``And`` solve inequalities when they are built, which can take for ever
and forgets how a condition was written; these only decide what is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from sympy import Basic, Expr, Piecewise, Poly, PolynomialError, Rational, S, Symbol
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne, Relational
from sympy.logic.boolalg import And, Boolean, Or

from derive.errors import InputError
from derive.notation import Maximum, Minimum
from derive.pointwise import ORDER, Evaluator

__all__ = [
    "Branch",
    "both",
    "choices",
    "compare",
    "either",
    "extremum",
    "negate",
    "piecewise",
    "relations",
    "substitute",
    "truth",
    "within",
]

Branch = tuple[Expr, Boolean]
MOST = 300  # comparisons of a condition
UNREAL = {S.ComplexInfinity, S.NaN, S.Infinity, S.NegativeInfinity, S.ImaginaryUnit}
OPPOSITE: dict[type, type] = {Gt: Le, Ge: Lt, Lt: Ge, Le: Gt, Eq: Ne, Ne: Eq}


def truth(condition: Basic) -> bool | None:
    """Return True or False for a condition that is decided, else None."""
    return {S.true: True, S.false: False}.get(condition)


def compare(relation: type, first: Expr, second: Expr) -> Boolean:
    """Return a comparison, without cases in it; one of numbers, or with itself, is decided."""
    if first == second:
        return S.true if ORDER[relation](0, 0) else S.false
    case = _outermost_case(first) or _outermost_case(second)
    if case is not None:
        return _compare_by_cases(relation, first, second, case)
    if not UNREAL.isdisjoint(first.atoms() | second.atoms()):
        return S.false
    if first.is_number and second.is_number:
        return S.true if ORDER[relation](Evaluator({}).compare(first, second), 0) else S.false
    return relation(first, second, evaluate=False)


def _outermost_case(expression: Expr) -> Piecewise | None:
    if isinstance(expression, Piecewise):
        return expression
    return next(filter(None, (_outermost_case(part) for part in expression.args)), None)


def _compare_by_cases(relation: type, first: Expr, second: Expr, case: Piecewise) -> Boolean:
    """Return a comparison without cases in it: the one of each case where that case holds.

    SymPy would fold such a condition itself, at any price.
    """
    found: list[Boolean] = []
    before: Boolean = S.true
    for value, condition in case.args:
        sides = (substitute(side, {case: value}) for side in (first, second))
        found.append(both(before, condition, compare(relation, *sides)))
        if sum(1 for part in found for _ in relations(part)) > MOST:
            raise InputError(
                f"a condition on cases within cases has more than {MOST} comparisons, the limit: "
                "nest fewer"
            )
        before = both(before, negate(condition))
    return either(*found)


def both(*parts: Boolean) -> Boolean:
    """Return the conjunction of conditions."""
    return _joined(And, S.false, S.true, parts)


def either(*parts: Boolean) -> Boolean:
    """Return the disjunction of conditions."""
    return _joined(Or, S.true, S.false, parts)


def _joined(
    kind: type[And] | type[Or], final: Boolean, neutral: Boolean, parts: Iterable[Boolean]
) -> Boolean:
    flat = dict.fromkeys(
        inner for part in parts for inner in (part.args if type(part) is kind else (part,))
    )
    flat.pop(neutral, None)
    if final in flat:
        return final
    if len(flat) < 2:
        return next(iter(flat), neutral)
    return kind(*flat, evaluate=False)


def negate(condition: Boolean) -> Boolean:
    """Return the opposite condition, with no Not left in it."""
    if isinstance(condition, And | Or):
        join = either if isinstance(condition, And) else both
        return join(*(negate(part) for part in condition.args))
    if isinstance(condition, Relational):
        return OPPOSITE[type(condition)](condition.lhs, condition.rhs, evaluate=False)
    return S.false if truth(condition) else S.true


def relations(condition: Basic) -> Iterator[Relational]:
    """Yield the comparisons of a condition."""
    if isinstance(condition, Relational):
        yield condition
    elif isinstance(condition, And | Or):
        for part in condition.args:
            yield from relations(part)


def piecewise(branches: Sequence[Branch], variable: Symbol) -> Expr | None:
    """Return the expression by cases, the first that holds; None if some x is left without a value.

    Cases that end without True must cover the line: exactly where the conditions are linear in the
    variable, else by a condition and its opposite. With parameters in the conditions they are taken
    to cover it: once the parameters have values, that is decided.
    """
    if not branches:
        return None
    branches = list(branches)
    if truth(branches[-1][1]) is not True:
        if not covers([condition for _, condition in branches], variable):
            return None
        branches[-1] = (branches[-1][0], S.true)
    while isinstance(last := branches[-1][0], Piecewise):  # else if, else if: one list of cases
        branches[-1:] = [(value, condition) for value, condition in last.args]
    while len(branches) > 1 and branches[-2][0] == branches[-1][0]:
        del branches[-2]
    if len(branches) == 1:
        return branches[0][0]
    return Piecewise(*branches, evaluate=False)


def covers(conditions: Sequence[Boolean], variable: Symbol) -> bool:
    """Return whether at every real value of the variable one of the conditions holds."""
    compared = [relation for condition in conditions for relation in relations(condition)]
    if {type(part) for part in compared} and any(
        negate(condition) in conditions for condition in conditions
    ):
        return True
    if any(relation.free_symbols - {variable} for relation in compared):
        return True
    ends = [end for relation in compared if (end := threshold(relation, variable)) is not None]
    if len(ends) < len([r for r in compared if r.free_symbols]):
        return False
    ends.sort()
    between = [(a + b) / 2 for a, b in pairwise(ends)]
    points = [*ends, *between, ends[0] - 1, ends[-1] + 1] if ends else []
    return bool(points) and all(
        any(_holds_exactly(condition, variable, point) for condition in conditions)
        for point in points
    )


def threshold(relation: Relational, variable: Symbol) -> Rational | None:
    """Return where a comparison that is linear in the variable, with rational numbers, turns."""
    try:
        line = Poly(relation.lhs - relation.rhs, variable)
    except PolynomialError:
        return None
    if line.degree() != 1 or not all(c.is_Rational for c in line.all_coeffs()):
        return None
    slope, offset = line.all_coeffs()
    return -offset / slope


def _holds_exactly(condition: Boolean, variable: Symbol, point: Rational) -> bool:
    if isinstance(condition, And | Or):
        parts = (_holds_exactly(part, variable, point) for part in condition.args)
        return all(parts) if isinstance(condition, And) else any(parts)
    if isinstance(condition, Relational):
        difference = (condition.lhs - condition.rhs).xreplace({variable: point})
        return bool(ORDER[type(condition)](difference, 0))
    return truth(condition) is True


def choices(node: Maximum | Minimum) -> list[Branch]:
    """Return what an extremum is in each case: on a tie it is the first."""
    first, second = node.args
    selected = compare(Ge if isinstance(node, Maximum) else Le, first, second)
    return [(first, selected), (second, S.true)]


def extremum(kind: type, first: Expr, second: Expr) -> Expr:
    """Return the extremum of two; one of numbers is that number."""
    if first == second:
        return first
    if first.is_number and second.is_number:
        larger = Evaluator({}).compare(first, second) >= 0
        return first if larger == (kind is Maximum) else second
    return kind(first, second)


def substitute(node: Basic, values: Mapping[Basic, Basic]) -> Basic:
    """Return the node with these parts replaced; cases are rebuilt as they are, never solved."""
    return values[node] if node in values else within(node, lambda part: substitute(part, values))


def within(node: Basic, change: Callable[[Basic], Basic]) -> Basic:
    """Return the node with its own parts changed; cases are rebuilt as they are, never solved."""
    parts = [change(part) for part in node.args]
    if parts == list(node.args):
        return node
    if isinstance(node, Relational):
        return compare(type(node), parts[0], parts[1])
    if isinstance(node, And | Or):
        return (both if isinstance(node, And) else either)(*parts)
    if isinstance(node, Piecewise):
        return decided([pair.args for pair in parts])
    if isinstance(node, Maximum | Minimum):
        return extremum(type(node), *parts)
    return node.func(*parts)


def decided(branches: Iterable[Branch]) -> Expr:
    """Return the expression by cases without those that cannot hold; the last one is True."""
    left = [branch for branch in branches if truth(branch[1]) is not False]
    ends = next((k for k, (_, condition) in enumerate(left) if truth(condition)), len(left))
    left = left[: ends + 1]
    return left[0][0] if ends == 0 else Piecewise(*left, evaluate=False)
