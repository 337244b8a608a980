"""tanh(x) ≥ x/10 as −9.99… ≤ … : a comparison of functions as one of x with the places where it changes.

Next to a tie rounding decides a comparison of two computed values, and with it which slope is taken; the
places are found to the last bit, and cost less than the values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from flint import arb, ctx
from sympy import Integer, S

from codegen.scalar.balls import NoValueError, UndecidedError
from codegen.scalar.candidates.reach import within_range
from codegen.scalar.literals import bound, literal
from codegen.scalar.oracle import PRECISIONS
from codegen.scalar.pieces import exact
from codegen.scalar.sample import LARGEST, coarse, from_ordinal, ordinal, samples
from codegen.scalar.straight import straight
from codegen.scalar.terms import COMPARISONS, Node, Terms

__all__ = ["decided", "switches"]

MOST = 4  # places where a comparison may change
CHECKS = 600  # points at which what was found is tried
FREE = Node("x")

Interval = tuple[float, float]


def decided(terms: Terms, dtype: str) -> Terms:
    """Return the terms with each comparison and sign that changes at few places as one of x with those.

    The places are floats of the dtype: x < 3/10 is x ≤ that next to 3/10, whatever else it is rounded to.
    """
    result = Terms()
    place: dict[int, int] = {}
    of_x, of_both = _dependent(terms)
    for number in terms.needed():
        node = terms.nodes[number]
        here: int | None = None
        if node.op in COMPARISONS and _plain(terms, number):
            here = _rounded(result, node.op, [terms.nodes[a] for a in node.args], dtype)
        elif node.op in ("lt", "le") and number in of_x:
            here = _within(result, intervals_of(terms, number), dtype)
        elif node.op == "sign" and number in of_x:
            here = _sign(result, terms, node.args[0], dtype)
        elif node.op in (*COMPARISONS, "sign") and of_both.intersection(node.args):
            here = within_range(result, terms, number, dtype)
        elif node.op in ("select", "not", "and", "or"):
            here = _told(result, node.op, [place[argument] for argument in node.args])
        if here is None:
            here = result.add(node.op, *(place[a] for a in node.args), value=node.value)
        place[number] = here
    return result.pruned(place[output] for output in terms.outputs)


def switches(terms: Terms) -> list[float]:
    """Return the constants with which x is compared, nearest to 0 first."""
    found = []
    for number in terms.needed():
        if terms.nodes[number].op in ("lt", "le", "eq") and _plain(terms, number):
            arguments = (terms.nodes[argument] for argument in terms.nodes[number].args)
            found += [literal(node.number)[0] for node in arguments if node.op == "constant"]
    return sorted((value for value in set(found) if np.isfinite(value)), key=abs)


def _dependent(terms: Terms) -> tuple[set[int], set[int]]:
    """Return the operations in which x occurs and no parameter does, and those in which both do."""
    of_x, of_parameters = set[int](), set[int]()
    for number, node in enumerate(terms.nodes):
        if node.op == "parameter" or of_parameters.intersection(node.args):
            of_parameters.add(number)
        if node.op == "x" or of_x.intersection(node.args):
            of_x.add(number)
    return of_x - of_parameters, of_x & of_parameters


def _plain(terms: Terms, number: int) -> bool:
    """Return whether a comparison is one of x or a parameter with a constant already."""
    kinds = [terms.nodes[argument].op for argument in terms.nodes[number].args]
    return set(kinds) <= {"x", "parameter", "constant"} and kinds.count("constant") == 1


def _told(result: Terms, op: str, arguments: Sequence[int]) -> int | None:
    """Return what a choice or a condition comes to where one that it depends on is known; else None."""
    for place, argument in enumerate(arguments[:1] if op == "select" else arguments):
        if result.nodes[argument].op != "constant":
            continue
        holds = result.nodes[argument].value == S.true
        if op == "select":
            return arguments[1 if holds else 2]
        if op == "not":
            return result.add("constant", value=S.false if holds else S.true)
        return argument if holds == (op == "or") else arguments[1 - place]
    return None


def _rounded(result: Terms, op: str, sides: Sequence[Node], dtype: str) -> int:
    """Return a comparison of a float with a constant as one with a float."""
    left, right = sides
    below = left.op == "constant"
    fixed, free = (left, right) if below else (right, left)
    ends = [bound(fixed.number, dtype, upward) for upward in (below, not below)]
    if ends[0] != ends[1]:
        if op == "eq":
            return result.add("constant", value=S.false)
        op, fixed = "le", Node("constant", value=exact(ends[0]))
    number, other = (result.add(node.op, value=node.value) for node in (fixed, free))
    return result.add(op, *((number, other) if below else (other, number)))


def _sign(result: Terms, terms: Terms, argument: int, dtype: str) -> int | None:
    """Return a sign as choices between −1, 0 and 1."""
    whole = Terms(list(terms.nodes))
    zero = whole.add("constant", value=Integer(0))
    below = _within(result, intervals_of(whole, whole.add("lt", argument, zero)), dtype)
    above = _within(result, intervals_of(whole, whole.add("lt", zero, argument)), dtype)
    if below is None or above is None:
        return None
    minus, none, plus = (result.add("constant", value=Integer(k)) for k in (-1, 0, 1))
    return result.add("select", below, minus, result.add("select", above, plus, none))


def intervals_of(terms: Terms, number: int) -> list[Interval] | None:
    """Return the intervals of x in which a condition holds, ends included; None for too many."""
    holds = _condition(terms, number)
    points = coarse()
    truths = [holds(x) for x in points.tolist()]
    changes = []
    for (left, before), (right, after) in pairwise(zip(points.tolist(), truths, strict=True)):
        if before != after:
            changes.append((*_bisected(holds, left, right, before), after))
            if len(changes) > MOST:
                return None
    found: list[Interval] = []
    start = -np.inf
    holding = truths[0]
    for low, high, after in changes:
        if after:
            start = high
        else:
            found.append((start, low))
        holding = after
    if holding:
        found.append((start, np.inf))
    checks = samples("float64", CHECKS)[5:].astype(float)
    if any(holds(x) != any(a <= x <= b for a, b in found) for x in checks.tolist()):
        return None
    return found


def _condition(terms: Terms, number: int) -> Callable[[float], bool]:
    compiled = straight(Terms(list(terms.nodes), (number,)))

    def holds(x: float) -> bool:
        before = ctx.prec
        try:
            for ctx.prec in PRECISIONS:
                try:
                    return bool(compiled.outputs(arb(x), {})[0])
                except UndecidedError:
                    continue
                except NoValueError:
                    return False
        finally:
            ctx.prec = before
        return False

    return holds


def _bisected(
    holds: Callable[[float], bool], left: float, right: float, before: bool
) -> tuple[float, float]:
    """Return the two neighbours between which a condition changes."""
    low, high = (int(place) for place in ordinal(np.array([left, right])))
    while high - low > 1:
        middle = (low + high) // 2
        if holds(float(from_ordinal(np.array(middle)))) == before:
            low = middle
        else:
            high = middle
    return float(from_ordinal(np.array(low))), float(from_ordinal(np.array(high)))


def _within(terms: Terms, found: Sequence[Interval] | None, dtype: str) -> int | None:
    """Return the operation that tells whether x lies in one of the intervals."""
    if found is None:
        return None
    if not found or found == [(-np.inf, np.inf)]:
        return terms.add("constant", value=S.true if found else S.false)
    parts = []
    for low, high in found:
        ends = []
        if low > -LARGEST:
            ends.append(_rounded(terms, "le", [Node("constant", value=exact(low)), FREE], dtype))
        if high < LARGEST:
            ends.append(_rounded(terms, "le", [FREE, Node("constant", value=exact(high))], dtype))
        parts.append(terms.add("and", *ends) if len(ends) > 1 else ends[0])
    result = parts[0]
    for part in parts[1:]:
        result = terms.add("or", result, part)
    return result
