"""A result read aloud: "the error at s times the forward value z"."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Sum, preorder_traversal

from derive.graph import Role
from derive.notation import Activated
from derive.render.names import ERROR, Names
from derive.steps import Equation, Kind

__all__ = ["reading"]

_ROOT = {
    "log-likelihood": "one minus the probability for the gold class, "
    "minus the probability for the others",
    "negative": "the probability minus one for the gold class, the probability for the others",
}


def reading(equation: Equation, names: Names, spell: Callable[[str], str]) -> str | None:
    """Return an error or a gradient in words, None for others; ``spell`` writes a name."""
    if equation.kind not in (Kind.ERROR, Kind.GRADIENT):
        return None
    if equation.right.has(KroneckerDelta):
        return _ROOT[names.options.sign]
    terms = [_term(term, names, spell) for term in Add.make_args(equation.right)]
    if len(terms) == 1:
        return terms[0]
    return f"one term for each use, added up: {'; '.join(terms)}"


def _term(term: Expr, names: Names, spell: Callable[[str], str]) -> str:
    nodes = list(_parts(term))
    entries = [node for node in nodes if isinstance(node, Indexed)]
    errors = [e.base.label.name for e in entries if e.base.label.name.startswith(ERROR)]
    phrase = "the error at " + " and ".join(spell(name.removeprefix(ERROR)) for name in errors)
    through = [
        e.base.label.name for e in entries if names.role(e.base.label.name) is Role.PARAMETER
    ]
    if through:
        phrase += ", carried back through " + " and ".join(map(spell, through))
    factors = list(_factors(nodes, names, spell))
    if factors:
        phrase += (", times " if through else " times ") + " times ".join(factors)
    elif not through:
        phrase += " as it is"
    if term.has(Sum) and not through:
        phrase += ", added up"
    return phrase


def _factors(nodes: list[Expr], names: Names, spell: Callable[[str], str]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Activated):
            inner = [e.base.label.name for e in node.argument.atoms(Indexed)]
            at = spell(inner[0]) if inner else "its argument"
            if any(node.orders[1:]):
                yield f"how fast {spell(node.symbol.name)} grows with its parameter at {at}"
            elif node.orders[0]:
                yield f"the slope of {spell(node.symbol.name)} at {at}"
            else:
                yield f"the forward value of {spell(node.symbol.name)} at {at}"
        elif isinstance(node, Indexed):
            name = node.base.label.name
            if name == "X" or names.role(name) is Role.FEATURES:
                yield f"the features {spell(name)}"
            elif names.role(name) in (Role.HIDDEN, Role.SCORES):
                yield f"the forward value {spell(name)}"


def _parts(term: Expr) -> Iterator[Expr]:
    """Yield the factors of a product, those under Σ too, but not what stands inside a function."""
    walk = preorder_traversal(term)
    for node in walk:
        if isinstance(node, Activated | Indexed):
            walk.skip()
            yield node
        elif not isinstance(node, Mul | Sum):
            walk.skip()
