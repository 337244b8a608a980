"""Differentiate by replaying the rules, one rule at a time, keeping every line.

A line may hold several ∂'s that await a rule. Each pass takes one rule, a minor one if any is
needed, else that of the first ∂, and applies it to all that need it, so that a line is one idea.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from sympy import Basic, Expr

from derive.budget import tick
from derive.notation import Partial
from derive.rules import rule_for
from derive.steps import Rule, Step
from derive.sums import rename_bound
from derive.trees import replaced

__all__ = ["derivative", "differentiate", "resolve", "rewrite"]


def pending(line: Expr) -> list[Partial]:
    """Return the distinct ∂'s of a line, in the order in which they stand."""
    seen: set[Basic] = set()
    found: list[Partial] = []
    todo: list[Basic] = [line]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            if isinstance(node, Partial):
                found.append(node)
            todo += reversed(node.args)
    return found


def rewrite(line: Expr, place: Mapping[Expr, Expr], rule: Rule) -> Step:
    """Return the step that replaces each key of place by its value."""
    return Step(rule, line, rename_bound(replaced(line, place)), tuple(place))


def differentiate(expression: Expr, variable: Expr) -> tuple[Expr, tuple[Step, ...]]:
    """Return ∂expression/∂variable and the steps to it; the variable is a Symbol or an Indexed.

    The indices of the variable must be fresh: none of them bound or free in the expression.
    """
    return resolve(Partial(expression, variable))


def resolve(line: Expr, known: Collection[Partial] = ()) -> tuple[Expr, tuple[Step, ...]]:
    """Apply rules until no ∂ is left in the line but the known ones; return it and the steps."""
    steps: list[Step] = []
    while todo := [node for node in pending(line) if node not in known]:
        tick()
        rules = {node: rule_for(node.expression, node.variable) for node in todo}
        chosen = min((rule for rule, _ in rules.values()), key=lambda rule: not rule.minor)
        place = {
            node: differentiator(node.expression, node.variable)
            for node, (rule, differentiator) in rules.items()
            if rule == chosen
        }
        steps.append(rewrite(line, place, chosen))
        line = steps[-1].after
    return line, tuple(steps)


@lru_cache(maxsize=1024)
def derivative(expression: Expr, variable: Expr) -> Expr:
    """Return ∂expression/∂variable, the result of the same replay without its steps."""
    return differentiate(expression, variable)[0]
