"""y·e^a with a result below the normal range: y·e^(a + 400) first, e^−400 last, so that one rounding is felt.

a + 400 is exact where it is used: below −600 it has fewer digits than a.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Integer, exp, pi, sqrt

from codegen.scalar.terms import Node, Terms

__all__ = ["rescaled"]

LINEAR = ("log1p", "expm1", "tanh", "sinh", "sin", "atan", "asinh", "erf")
SLOPES = {"erf": 2 / sqrt(pi)}  # of those that are not 1 at 0
ROOTS = ("sqrt", "log")  # of what is next to nothing they are not
SHIFT = 400
THRESHOLD = -600


def rescaled(terms: Terms, sums: bool = False) -> Terms | None:
    """Return the terms with every product by an exponential rescaled; None where there is none.

    ``sums`` of two exponentials that are not the same are, too.
    """
    parts: dict[int, tuple[int, int]] = {}
    revived = terms.below(
        ROOTS
    )  # a product of two that are deep is taken for 0, but not under these
    changed = False

    def enter(result: Terms, number: int, place: Mapping[int, int]) -> int | None:
        nonlocal changed
        node = terms.nodes[number]
        arguments = tuple(place[argument] for argument in node.args)
        pair: tuple[int, int] | None = None
        both = all(argument in parts for argument in node.args)
        if node.op == "exp":
            parts[number] = _split(result, arguments[0])
        elif node.op == "select" and any(argument in parts for argument in node.args[1:]):
            chosen, other = (_parts(result, place, parts, a) for a in node.args[1:])
            parts[number] = (
                result.add("select", arguments[0], chosen[0], other[0]),
                _chosen(result, arguments[0], chosen[1], other[1]),
            )
        elif node.op == "neg" and node.args[0] in parts:
            scaled, power = parts[node.args[0]]
            parts[number] = (result.add("neg", scaled), power)
        elif node.op in LINEAR and node.args[0] in parts:
            pair = _linear(result, node.op, arguments[0], parts[node.args[0]])
        elif node.op in ("add", "sub") and _alike(parts, node.args):
            (first, power), (second, _) = (parts[argument] for argument in node.args)
            parts[number] = (result.add(node.op, first, second), power)
        elif sums and node.op in ("add", "sub") and both:
            value = result.add(node.op, *arguments)
            pair = _sum(result, node.op, value, *(parts[argument] for argument in node.args))
        elif node.op in ("mul", "div") and not (both and number in revived):
            pair = _product(result, node.op, node.args, place, parts)
        if pair is not None:
            parts[number], changed = pair, True
        return result.add("mul", *parts[number]) if number in parts else None

    found = terms.rebuilt(enter)
    return found if changed else None


def _split(terms: Terms, exponent: int) -> tuple[int, int]:
    """Return a scaled exponential and the factor that it lacks."""
    deep = terms.add("lt_either", exponent, terms.add("constant", value=Integer(THRESHOLD)))
    one, shift = (terms.add("constant", value=Integer(k)) for k in (1, SHIFT))
    shifted = terms.add("select", deep, terms.add("add_exact", exponent, shift), exponent)
    lacking = terms.add("constant", value=exp(-Integer(SHIFT)))
    return terms.add("exp", shifted), terms.add("select", deep, lacking, one)


def _parts(
    terms: Terms, place: Mapping[int, int], parts: dict[int, tuple[int, int]], number: int
) -> tuple[int, int]:
    if number in parts:
        return parts[number]
    return place[number], terms.add("constant", value=Integer(1))


def _chosen(terms: Terms, condition: int, power: int, other: int) -> int:
    """Return the choice of two factors, one choice between deep and not where it can be."""
    for first, second in ((power, other), (other, power)):
        node = terms.nodes[first]
        if node.op == "select" and _chooses(terms, node) and terms.nodes[second].value == 1:
            here = condition if first == power else terms.add("not", condition)
            deep = terms.add("and", here, node.args[0])
            return terms.add("select", deep, *node.args[1:])
    return terms.add("select", condition, power, other)


def _alike(parts: dict[int, tuple[int, int]], arguments: tuple[int, ...]) -> bool:
    """Return whether both terms of a sum lack the same factor."""
    powers = {parts[argument][1] if argument in parts else None for argument in arguments}
    return len(powers) == 1 and None not in powers


def _sum(
    terms: Terms, op: str, value: int, first: tuple[int, int], second: tuple[int, int]
) -> tuple[int, int] | None:
    """Return the parts of a sum, which is deep where both of its terms are."""
    powers = [terms.nodes[power] for _, power in (first, second)]
    if any(node.op != "select" or not _chooses(terms, node) for node in powers):
        return None
    deep = terms.add("and", powers[0].args[0], powers[1].args[0])
    scaled = terms.add("select", deep, terms.add(op, first[0], second[0]), value)
    return scaled, terms.add("select", deep, *powers[0].args[1:])


def _linear(terms: Terms, op: str, argument: int, part: tuple[int, int]) -> tuple[int, int] | None:
    """Return the parts of f(w), which is w or a multiple of it where w is as small as a deep exponential."""
    scaled, power = part
    node = terms.nodes[power]
    if node.op != "select" or not _chooses(terms, node):
        return None
    if op in SLOPES:
        scaled = terms.add("mul", terms.add("constant", value=SLOPES[op]), scaled)
    return terms.add("select", node.args[0], scaled, terms.add(op, argument)), power


def _both(terms: Terms, first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int] | None:
    """Return the parts of a product of two: where both are deep it is 0 by any of the factors."""
    powers = [terms.nodes[power] for _, power in (first, second)]
    if any(node.op != "select" or not _chooses(terms, node) for node in powers):
        return None
    deep = terms.add("or", powers[0].args[0], powers[1].args[0])
    scaled = terms.add("mul", first[0], second[0])
    return scaled, terms.add("select", deep, *powers[0].args[1:])


def _chooses(terms: Terms, node: Node) -> bool:
    """Return whether a factor is the choice between deep and not."""
    return terms.nodes[node.args[1]].value == exp(-Integer(SHIFT))


def _product(
    terms: Terms,
    op: str,
    arguments: tuple[int, ...],
    place: Mapping[int, int],
    parts: dict[int, tuple[int, int]],
) -> tuple[int, int] | None:
    first, second = arguments
    if op == "div" and second in parts and first not in parts:
        scaled, power = parts[second]
        one = terms.add("constant", value=Integer(1))
        back = terms.add("div", one, power)
        return terms.add("div", place[first], scaled), back
    if op == "mul" and first not in parts:
        first, second = second, first
    if first not in parts:
        return None
    if op == "mul" and second in parts:
        return _both(terms, parts[first], parts[second])
    scaled, power = parts[first]
    order = (scaled, place[second]) if op == "div" else (place[second], scaled)
    return terms.add(op, *order), power
