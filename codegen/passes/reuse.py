"""Reuse memory: an array that begins when another of its shape has had its last use takes its
place.

Row by row this is what a careful programmer writes by hand: exp overwrites the scores, err(a)
overwrites g′(a). An elementwise statement may write where it reads; a matrix product and g of a row may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from codegen.program import (
    Applied,
    Array,
    Assign,
    Program,
    Reduction,
    Role,
    Statement,
    Tiles,
    entries,
    flattened,
    reads,
    walk,
    writes,
)

__all__ = ["reuse"]


@dataclass
class _Life:
    """The first and last use of an array, and whether it may begin where another ends."""

    array: Array
    begin: int
    end: int
    elementwise: bool


def reuse(program: Program) -> Program:
    """Return the program with ``storage`` filled in."""
    steps = list(flattened((*program.statements, *program.sums)))
    lives = _lives(program, steps)
    owners: list[tuple[Array, int]] = []  # each memory by its first array, with its last use so far
    storage = []
    for life in sorted(lives, key=lambda life: life.begin):
        for place, (owner, end) in enumerate(owners):
            free = end < life.begin or (end == life.begin and life.elementwise)
            if owner.sizes == life.array.sizes and free:
                storage.append((life.array.name, owner.name))
                owners[place] = (owner, life.end)
                break
        else:
            owners.append((life.array, life.end))
    return replace(program, storage=_led_by_results(storage, program))


def _led_by_results(
    storage: list[tuple[str, str]], program: Program
) -> tuple[tuple[str, str], ...]:
    """Return the sharing with results as owners of their memory: it is the caller's."""
    results = {array.name for array in program.outputs}
    owner = {first: name for name, first in storage if name in results}
    led = list(owner.items())
    led += [(name, owner.get(first, first)) for name, first in storage if name not in results]
    return tuple(led)


def _lives(program: Program, steps: list[Statement]) -> list[_Life]:
    lives: dict[str, _Life] = {}
    results = [array for array in program.outputs if array.role is Role.RESULT]
    local = {array.name for array in (*program.locals, *results) if array.sizes}
    for time, statement in enumerate(steps):
        for array in (*writes(statement), *reads(statement)):
            if array.name not in local:
                continue
            life = lives.setdefault(
                array.name, _Life(array, time, time, _is_elementwise(statement))
            )
            life.end = time
    for first, last in _spans((*program.statements, *program.sums)):
        for life in lives.values():
            _extend(life, first, last)
    kept = {a for s in flattened(_scores(program)) for a in writes(s)}
    for life in lives.values():
        if life.array in kept:  # perhaps in memory of a gradient, which no other may be
            life.end = len(steps)
    return list(lives.values())


def _scores(program: Program) -> tuple[Statement, ...]:
    sweeps = [s for s in (*program.statements, *program.sums) if isinstance(s, Tiles)]
    return tuple(statement for sweep in sweeps for statement in sweep.scores)


def _spans(statements: tuple[Statement, ...]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last step of every sweep over tiles."""
    time = 0
    for statement in statements:
        steps = len(list(flattened((statement,))))
        if isinstance(statement, Tiles):
            yield time, time + steps - 1
        time += steps


def _extend(life: _Life, first: int, last: int) -> None:
    """Let what lives beyond a sweep live through all of it: each tile comes after another."""
    if life.begin < first <= life.end < last:
        life.end = last
    if first < life.begin <= last < life.end:
        life.begin, life.elementwise = first, False


def _is_elementwise(statement: Statement) -> bool:
    """Return whether each entry written depends on no other entry of what is read.

    g of a row does not count: the function of a row is compiled for arrays that are apart.
    """
    if isinstance(statement, Assign) and isinstance(statement.value, Applied):
        return False
    if not isinstance(statement, Assign) or len(statement.targets) > 1:
        return isinstance(statement, Assign)
    if any(isinstance(part, Reduction) for part in walk(statement.value)):
        return False
    matrices = [
        e for e in entries(statement.value) if len(e.indices) == len(statement.target.indices)
    ]
    return all(entry.indices == statement.target.indices for entry in matrices)
