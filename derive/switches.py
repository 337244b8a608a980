"""Switches: the functions inside a formula whose zeros are the only places where it can break."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mpmath import mp, mpf
from sympy import Abs, Expr, Piecewise, Pow, S, Symbol, cos, log, preorder_traversal, sign, tan

from derive.conditions import relations
from derive.formula import X
from derive.notation import Maximum, Minimum
from derive.pointwise import Evaluator
from derive.roots import Zero, value_of, zeros
from derive.search import WORK, Effort

__all__ = ["Candidate", "candidates", "nearby", "places", "settle", "switches"]


@dataclass(frozen=True)
class Candidate(Zero):
    """A point where some switches vanish, together."""

    vanishing: frozenset[Expr] = frozenset()


def switches(expression: Expr, variable: Symbol) -> tuple[Expr, ...]:
    """Return the functions whose zeros are the only places where the expression can break."""
    found: list[Expr] = []
    for node in preorder_traversal(expression):
        if isinstance(node, Abs | sign | log):
            found.append(node.args[0])
        elif isinstance(node, Maximum | Minimum):
            found.append(node.args[0] - node.args[1])
        elif isinstance(node, Pow) and not (node.exp.is_Integer and node.exp.is_positive):
            found.append(node.base)
        elif isinstance(node, tan):
            found.append(cos(node.args[0]))
        elif isinstance(node, Piecewise):
            for _, condition in node.args:
                found += [part.lhs - part.rhs for part in relations(condition)]
    return tuple(
        part
        for part in dict.fromkeys(found)
        if variable in part.free_symbols and part.is_zero is not False
    )


def settle(expression: Expr, point: Mapping[Symbol, mpf]) -> Expr:
    """Return the smooth expression that holds around a point which is no break point."""
    chosen = Evaluator(point)

    def settled(node: Expr) -> Expr:
        if isinstance(node, Piecewise):
            branch = next((value for value, c in node.args if chosen.holds(c)), S.NaN)
            return settled(branch)
        if isinstance(node, Maximum | Minimum):
            first, second = node.args
            larger = chosen.compare(first, second) >= 0
            return settled(first if larger == isinstance(node, Maximum) else second)
        if isinstance(node, Abs):
            inner = settled(node.args[0])
            return inner if chosen.value(node.args[0]) >= 0 else -inner
        if isinstance(node, sign):
            return S(int(chosen.value(node)))
        return node.func(*(settled(part) for part in node.args)) if node.args else node

    return settled(expression)


def candidates(expression: Expr) -> list[Candidate]:
    """Return every point where a switch of the expression in X vanishes."""
    seen: dict[tuple[str, str], Candidate] = {}
    found = switches(expression, X)
    effort = Effort(0)
    for switch in found:
        effort.left += WORK // len(found)
        for zero in zeros(switch, X, effort):
            place = mp.nstr(value_of(zero.location), 30, min_fixed=0, max_fixed=0)
            key = (place, str(zero.period))
            here = {X: value_of(zero.location)}
            height = Evaluator(here).value(switch)
            if abs(height) > mpf(10) ** -20 * max(1, Evaluator(here).scale(switch)):
                continue  # a zero of a branch that does not hold there
            known = seen.get(key, Candidate(zero.location, zero.period))
            simplest = min(
                known.location, zero.location, key=lambda e: (not e.is_Rational, len(str(e)))
            )
            seen[key] = Candidate(simplest, zero.period, known.vanishing | {switch})
    return list(seen.values())


def places(found: Iterable[Zero]) -> Iterator[mpf]:
    """Yield the values of candidates; of a periodic family, those nearest to its location."""
    for zero in found:
        place = value_of(zero.location)
        if zero.period is None:
            yield place
        else:
            period = value_of(zero.period)
            yield from (place + k * period for k in range(-64, 65))


def nearby(place: mpf, around: list[mpf]) -> tuple[mpf, mpf]:
    """Return a point before and one after, with no other candidate in between."""
    tiny = mpf(10) ** (10 - mp.dps) * max(1, abs(place))
    gap = min((abs(p - place) for p in around if abs(p - place) > tiny), default=mp.inf)
    step = min(gap / 2, max(abs(place), 1) / 1000)
    return place - step, place + step
