"""Run a program by NumPy loops, one statement at a time: what every pass must leave as it is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from codegen.program import (
    Applied,
    Array,
    Assign,
    Delta,
    Densify,
    Each,
    Entry,
    Expression,
    Further,
    Number,
    Operation,
    Product,
    Program,
    Reduction,
    Role,
    Rows,
    Scalar,
    Statement,
    Tiles,
    Total,
    reads,
    writes,
)


def run(
    program: Program, inputs: Mapping[str, np.ndarray], scalars: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """Return the outputs of a program, its arrays sharing memory as ``storage`` says."""
    machine = _Machine(program, dict(inputs), dict(scalars or {}))
    for statement in (*program.statements, *program.sums):
        machine.do(statement, {})
    return {array.name: machine.arrays[array.name] for array in program.outputs}


@dataclass
class _Machine:
    program: Program
    arrays: dict[str, Any]
    scalars: dict[str, float]
    lengths: dict[str, int] = field(default_factory=dict)
    first: int = 0  # class of the tile, from which labels count

    def __post_init__(self) -> None:
        for array in self.program.inputs:
            for size, length in zip(array.sizes, np.shape(self.arrays[array.name]), strict=True):
                assert self.lengths.setdefault(size, length) == length, size
        owners = dict(self.program.storage)
        for array in (*self.program.outputs, *self.program.locals):
            if array.name not in owners and array.name not in self.arrays:
                self.arrays[array.name] = self._fresh(array)
        for name, owner in owners.items():
            self.arrays[name] = self.arrays[owner]

    def _fresh(self, array: Array) -> np.ndarray:
        filling = 0.0 if array.role in (Role.LOSS, Role.GRADIENT) else math.nan
        return np.full(tuple(self.lengths[size] for size in array.sizes), filling)

    def do(self, statement: Statement, at: dict[str, int]) -> None:
        if isinstance(statement, (Rows, Each)):
            for place in range(self.lengths[statement.size]):
                for inner in statement.body:
                    self.do(inner, {**at, statement.index: place})
        elif isinstance(statement, Tiles):
            self._sweep(statement)
        elif isinstance(statement, Assign):
            self._assign(statement, at)
        elif isinstance(statement, Product):
            left, right = (
                self.arrays[array.name].T if transposed else self.arrays[array.name]
                for array, transposed in zip(
                    (statement.left, statement.right), statement.transposed, strict=True
                )
            )
            self._update(statement, left @ right, at)
        elif isinstance(statement, Total):
            source = self.arrays[statement.source.name]
            self._update(statement, source.sum(0) if statement.target.sizes else source.sum(), at)
        elif isinstance(statement, Densify):
            self.arrays[statement.target.name][...] = self.arrays[statement.source.name]
        else:
            raise TypeError(statement)

    def _sweep(self, sweep: Tiles) -> None:
        """Do a sweep in two tiles, neither of which finds anything in its matrices."""
        whole, classes = dict(self.arrays), self.lengths[sweep.size]
        having = [a for a in (*reads(sweep), *writes(sweep)) if sweep.size in a.sizes]
        for self.first, stop in ((0, classes // 2), (classes // 2, classes)):
            self.lengths[sweep.size] = stop - self.first
            for array in having:
                axis = array.sizes.index(sweep.size)
                places = (slice(None),) * axis + (slice(self.first, stop),)
                self.arrays[array.name] = whole[array.name][places]
                if array.role is Role.LOCAL:
                    self.arrays[array.name][...] = math.nan
            for statement in sweep.parts:
                self.do(statement, {})
        self.arrays, self.lengths[sweep.size], self.first = whole, classes, 0

    def _update(self, statement: Product | Total, value: Any, at: dict[str, int]) -> None:
        target = self.arrays[statement.target.name]
        alpha, beta = (self.value(factor, at) for factor in (statement.alpha, statement.beta))
        kept = 0.0 if beta == 0 else beta * target
        target[...] = alpha * value + kept

    def _assign(self, statement: Assign, at: dict[str, int]) -> None:
        free = [i for i in statement.target.indices if isinstance(i, str) and i not in at]
        if statement.target.array.role is Role.LOSS and self._row(statement, at):
            free = [self._row(statement, at)]
        sizes = [self._size_of(statement, index) for index in free]
        for places in itertools.product(*(range(self.lengths[size]) for size in sizes)):
            here = {**at, **dict(zip(free, places, strict=True))}
            if not self._is_in_tile(statement.value, here):
                continue
            value = self.value(statement.value, here)
            values = value if isinstance(value, tuple) else (value,)
            for target, one in zip(statement.targets, values, strict=True):
                place = tuple(self._index(i, here) for i in target.indices)
                if target.array.role is Role.LOSS:
                    self.arrays[target.array.name][place] += one
                else:
                    self.arrays[target.array.name][place] = one

    def _row(self, statement: Assign, at: dict[str, int]) -> str:
        """Return the free index over which a loss adds up, if no loop runs over it yet."""
        from codegen.program import free_indices

        return next(
            (index for index in sorted(free_indices(statement.value)) if index not in at), ""
        )

    def _size_of(self, statement: Assign, index: str) -> str:
        from codegen.program import entries

        for entry in (*statement.targets, *entries(statement.value)):
            if index in entry.indices:
                return entry.array.sizes[entry.indices.index(index)]
        raise KeyError(index)

    def _index(self, index: str | Entry, at: dict[str, int]) -> int:
        return at[index] if isinstance(index, str) else int(self.value(index, at)) - self.first

    def _is_in_tile(self, value: Expression, at: dict[str, int]) -> bool:
        """Return whether a label picks an entry of the tile, or none is picked."""
        match value:
            case Entry(array, (_, Entry() as label)):
                return 0 <= self._index(label, at) < self.arrays[array.name].shape[1]
        return True

    def value(self, node: Expression, at: dict[str, int]) -> Any:
        match node:
            case Number(value):
                return float(value)
            case Scalar(name):
                return self.scalars[name]
            case Entry(array, indices):
                place = tuple(self._index(index, at) for index in indices)
                return self.arrays[array.name][place]
            case Delta(left, right):
                return float(self._index(left, at) == self._index(right, at))
            case Applied():
                return self._applied(node, at)
            case Reduction(name, index, size, body):
                terms = [self.value(body, {**at, index: k}) for k in range(self.lengths[size])]
                return _REDUCTIONS[name](terms)
            case Further(Reduction("max") as reduction, (so_far,)):
                return max(self.value(reduction, at), self.value(so_far, at))
            case Further(reduction, so_far):
                rest, before, now = (self.value(part, at) for part in so_far)
                total = self.value(replace(reduction, name="sum"), at)
                return total - 1 + (rest + 1) * np.exp(before - now)
            case Operation("lowest", ()):
                return -math.inf
            case Operation(name, operands):
                return _OPERATIONS[name](*(self.value(operand, at) for operand in operands))
        raise TypeError(node)

    def _applied(self, node: Applied, at: dict[str, int]) -> Any:
        x, *rest = (self.value(part, at) for part in (node.argument, *node.parameters))
        beta = float(np.sum(rest)) if rest else 1.0
        value, slope = math.tanh(beta * x), 1 - math.tanh(beta * x) ** 2
        if node.paired:
            return value, beta * slope
        if any(node.orders[1:]):
            return x * slope
        return beta * slope if node.orders[0] else value


def _sum(*terms: float) -> float:
    return sum(terms)


_REDUCTIONS = {
    "sum": sum,
    "sum_beyond_1": lambda values: math.fsum([*values, -1.0]),
    "max": max,
    "argmax": lambda values: int(np.argmax(values)),
}

_OPERATIONS = {
    "+": _sum,
    "*": lambda *factors: math.prod(factors),
    "/": lambda a, b: a / b,
    "negate": lambda a: -a,
    "exp": np.exp,
    "log": np.log,
    "log1p": np.log1p,
}
