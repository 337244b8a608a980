"""What an operation costs: read from the committed table, so that a choice is the same everywhere."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from codegen.scalar.precision import LEVELS
from codegen.scalar.terms import FUNCTIONS, Terms

__all__ = ["cost", "table"]


@cache
def table() -> Mapping[str, Mapping[str, float]]:
    """Return nanoseconds an element by level and operation."""
    return tomllib.loads((Path(__file__).parent / "costs.toml").read_text(encoding="utf-8"))


def cost(terms: Terms, levels: Sequence[int], dtype: str) -> float:
    """Return the sum of what the operations cost at their levels."""
    total = 0.0
    kinds: dict[int, int] = {}
    for number in terms.needed():
        node = terms.nodes[number]
        reached = max([levels[number], *(kinds[a] for a in node.args)], default=0)
        kinds[number] = levels[number] if dtype == "float64" else reached
        if node.op in ("x", "constant", "parameter"):
            kinds[number] = levels[number]
            continue
        row = table()[LEVELS[dtype][reached].name]
        free = row["select"] if node.args else 0.0
        default = row["function"] if node.op in FUNCTIONS else free
        total += row.get(node.op, default)
    return total
