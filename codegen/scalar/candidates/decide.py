"""tanh(x) ≥ x/10 as −9.99… ≤ … : a comparison of functions as one of x with the places where it changes.

Next to a tie rounding decides a comparison of two computed values, and with it which slope is taken; the
places are found to the last bit, and cost less than the values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from flint import arb, ctx
from sympy import Integer, S

from codegen.scalar.balls import NoValueError, UndecidedError
from codegen.scalar.candidates.reach import within_range
from codegen.scalar.literals import bound, literal
from codegen.scalar.oracle import truth
from codegen.scalar.pieces import exact
from codegen.scalar.sample import LARGEST, LEAST, closest, coarse, from_ordinal, ordinal, samples
from codegen.scalar.settled import PRECISIONS
from codegen.scalar.straight import straight
from codegen.scalar.terms import COMPARISONS, GIVEN, Node, Terms

__all__ = ["decided", "switches"]

MOST = 4  # places where a comparison may change
NEAR_0 = {"float32": (-149, -100), "float64": (-1074, -990)}  # exponents of x
CHECKS = 600  # points at which what was found is tried

Interval = tuple[float, float]


def decided(terms: Terms, dtype: str) -> Terms:
    """Return the terms with each comparison and sign that changes at few places as one of x with those."""
    of_x, of_both = _dependent(terms)

    def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
        node = terms.nodes[number]
        if node.op in COMPARISONS and _plain(terms, number):
            never = _never(terms, node, dtype)
            return result.add("constant", value=S.false) if never else None
        if node.op in ("lt", "le", "sign") and number in of_x:
            found = _sign if node.op == "sign" else _compared
            known = found(result, terms, number)
            return _near_0(result, terms, number, place, dtype) if known is None else known
        if node.op in (*COMPARISONS, "sign") and of_both.intersection(node.args):
            return within_range(result, terms, number, dtype)
        if node.op in ("select", "not", "and", "or"):
            return _told(result, node.op, [place[argument] for argument in node.args])
        return None

    return terms.rebuilt(enter)


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
    return set(kinds) <= set(GIVEN) and kinds.count("constant") == 1


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


def _never(terms: Terms, node: Node, dtype: str) -> bool:
    """Return whether a comparison asks for equality with a constant that is no float of the dtype."""
    fixed = next(terms.nodes[a].number for a in node.args if terms.nodes[a].op == "constant")
    return node.op == "eq" and bound(fixed, dtype, True) != bound(fixed, dtype, False)


def _compared(result: Terms, terms: Terms, number: int) -> int | None:
    """Return a comparison as one of x with the places where it changes, if they are few."""
    return _within(result, intervals_of(terms, number))


def _sign(result: Terms, terms: Terms, number: int) -> int | None:
    """Return a sign as choices between −1, 0 and 1, if they change at few places."""
    (argument,) = terms.nodes[number].args
    whole = Terms(list(terms.nodes))
    zero = whole.add("constant", value=Integer(0))
    below = _within(result, intervals_of(whole, whole.add("lt", argument, zero)))
    above = _within(result, intervals_of(whole, whole.add("lt", zero, argument)))
    if below is None or above is None:
        return None
    minus, none, plus = (result.add("constant", value=Integer(k)) for k in (-1, 0, 1))
    return _chosen(result, below, minus, _chosen(result, above, plus, none))


def _chosen(result: Terms, condition: int, one: int, other: int) -> int:
    """Return a choice by a condition, which may be known."""
    known = _told(result, "select", (condition, one, other))
    return result.add("select", condition, one, other) if known is None else known


def _near_0(
    result: Terms, terms: Terms, number: int, place: Mapping[int, int], dtype: str
) -> int | None:
    """Return a comparison or sign as known next to 0, where what decides it is below every number.

    sin x/3 has no sign in floats at the least of them. None where nothing is lost.
    """
    apart = _difference(terms, number)
    least, *_, most = reach = np.ldexp(1.0, np.linspace(*NEAR_0[dtype], 9).astype(int))
    (true,) = truth(apart, np.concatenate([reach, -reach]))
    signs = np.sign(true.high).reshape(2, reach.size)
    if not (np.abs(true.floats()) < 0.99 * least).any() or (signs != signs[:, :1]).any():
        return None
    node = terms.nodes[number]
    found = result.add(node.op, *(place[argument] for argument in node.args))
    for sign, ends in zip(signs[:, 0], ((least, most), (-most, -least)), strict=True):
        near = _within(result, [ends])
        assert near is not None
        if node.op == "sign":
            constant = result.add("constant", value=Integer(int(sign)))
            found = result.add("select", near, constant, found)
        elif sign < 0:
            found = result.add("or", near, found)
        else:
            found = result.add("and", result.add("not", near), found)
    return found


def _difference(terms: Terms, number: int) -> Terms:
    """Return what has the sign that decides a comparison or a sign."""
    result = Terms(list(terms.nodes))
    arguments = result.nodes[number].args
    result.outputs = arguments if len(arguments) == 1 else (result.add("sub", *arguments),)
    return result


def intervals_of(terms: Terms, number: int) -> list[Interval] | None:
    """Return the intervals of x in which a condition holds, ends included; None for too many."""
    holds = _condition(terms, number)
    points = np.union1d(coarse(), closest(_difference(terms, number)))
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


def _within(terms: Terms, found: Sequence[Interval] | None) -> int | None:
    """Return the operation that tells whether x lies in one of the intervals."""
    if found is None:
        return None
    if not found or found == [(-np.inf, np.inf)]:
        return terms.add("constant", value=S.true if found else S.false)
    parts = []
    for low, high in found:
        ends = []
        if low > -LARGEST:
            ends.append(_from(terms, low, 1))
        if high < LARGEST:
            ends.append(_from(terms, high, -1))
        parts.append(terms.add("and", *ends) if len(ends) > 1 else ends[0])
    result = parts[0]
    for part in parts[1:]:
        result = terms.add("or", result, part)
    return result


def _from(terms: Terms, end: float, side: int) -> int:
    """Return the operation that tells whether x is at an end or, up (1) or down (−1), beyond it.

    At the float next to 0 that is x > 0, as XLA takes that float for 0.
    """
    beside = end == side * LEAST
    limit = terms.add("constant", value=S.Zero if beside else exact(end))
    order = (limit, terms.add("x")) if side > 0 else (terms.add("x"), limit)
    return terms.add("lt" if beside else "le", *order)
