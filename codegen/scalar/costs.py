"""What an operation costs: read from the committed table, so that a choice is the same everywhere."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from codegen.scalar.functions import library, takes_rounded
from codegen.scalar.terms import FUNCTIONS, GIVEN, Node, Terms

__all__ = ["cost", "least_cost", "price", "table"]


@cache
def table() -> Mapping[str, Mapping[str, float]]:
    """Return nanoseconds an element by level and operation."""
    return tomllib.loads((Path(__file__).parent / "costs.toml").read_text(encoding="utf-8"))


def cost(terms: Terms, levels: Sequence[int], names: Sequence[str]) -> float:
    """Return the sum of what the operations cost at their levels, which have these names."""
    total = 0.0
    kinds: dict[int, int] = {}
    for number in terms.needed():
        node = terms.nodes[number]
        reached = max([levels[number], *(kinds[a] for a in node.args)], default=0)
        passes = names[0] != "f64" or node.op in ("neg", "abs", "select")  # pairs on as they are
        kinds[number] = reached if passes else levels[number]
        if node.op in GIVEN:
            kinds[number] = levels[number]
            continue
        plain = all(kinds[a] < names.index("loose") for a in node.args)
        rounded = names[reached] == "loose" and takes_rounded(node.op)
        if names[levels[number]] == "f64" and (rounded or f"{node.op}_pair_f64" in library()):
            reached = levels[number]
        total += price(node, names[reached], plain)
    return total


def least_cost(terms: Terms, names: Sequence[str]) -> float:
    """Return what the operations cost at least, whichever of these levels each of them takes."""
    return sum(_least(terms.nodes[number], tuple(names)) for number in terms.needed())


def _least(node: Node, names: tuple[str, ...]) -> float:
    if node.op in GIVEN:
        return 0.0
    return min(price(node, name, plain) for name in names for plain in (False, True))


def price(node: Node, level: str, plain: bool = False) -> float:
    """Return what an operation costs at a level, less for pairs made of ``plain`` numbers."""
    row = table()[level]
    if level == "loose" and node.op in FUNCTIONS and node.op not in row:
        row = table()["dd"]
    free = row["select"] if node.args else 0.0
    default = row["function"] if node.op in FUNCTIONS else free
    found = row.get(node.op, default)
    return row.get(f"{node.op}_floats", found) if plain else found
