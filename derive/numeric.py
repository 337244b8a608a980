"""Evaluate index notation with numbers: a second opinion that shares nothing with the rules.

Every expression becomes an array with one axis for each of its free indices. A ∂ that still stands
is evaluated by central differences: for ∂L/∂q of what L stands in, everything downstream of q
recomputed; for a local ∂ of the expression itself, all other named quantities held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from sympy import Expr, Indexed, Integer, KroneckerDelta, Piecewise, Sum, Symbol
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from derive.activation_value import ActivationValue
from derive.arithmetic import Arithmetic
from derive.backprop import instantiate
from derive.budget import tick
from derive.notation import Activated, Partial
from derive.objective import Objective

__all__ = ["Evaluator", "Values"]

Array = np.ndarray


@dataclass(frozen=True)
class Values:
    """What is given: sizes, arrays by name, the gold label i* (from 1; arrays of labels too).

    ``activations`` maps each activation's symbol to a function of (orders, (argument,
    *parameters)).
    """

    sizes: Mapping[Symbol, int]
    arrays: Mapping[str, Array]
    gold: Mapping[Symbol, int] = field(default_factory=dict)
    activations: Mapping[Symbol, ActivationValue] = field(default_factory=dict)


@dataclass(frozen=True)
class _Axes:
    """An array whose axes are named by indices."""

    array: Array
    axes: tuple[Symbol, ...]


class Evaluator:
    """Evaluates expressions over the named quantities of one objective."""

    def __init__(
        self,
        objective: Objective,
        values: Values,
        arithmetic: Arithmetic,
        pins: Mapping[Symbol, int] | None = None,
    ) -> None:
        self.objective = objective
        self.values = values
        self.arithmetic = arithmetic
        self._pins = dict(values.gold) | dict(pins or {})
        self._memo: dict[tuple[Expr, tuple[tuple[Symbol, int], ...]], _Axes] = {}

    def forward(self) -> Evaluator:
        """Return an evaluator that also knows every defined quantity, P and L included."""
        evaluator = self
        for definition in self.objective.defined.values():
            name = definition.quantity.name
            if name not in evaluator.values.arrays:
                sizes = definition.quantity.sizes
                array = evaluator.array(definition.right, definition.indices, sizes)
                evaluator = evaluator.holding({name: array})
        return evaluator

    def holding(
        self, arrays: Mapping[str, Array], pins: Mapping[Symbol, int] | None = None
    ) -> Evaluator:
        """Return an evaluator with these arrays in place of those of the same names."""
        values = Values(
            self.values.sizes,
            {**self.values.arrays, **arrays},
            self.values.gold,
            self.values.activations,
        )
        return Evaluator(self.objective, values, self.arithmetic, pins)

    def array(
        self, expression: Expr, indices: tuple[Symbol, ...], sizes: tuple[Expr, ...]
    ) -> Array:
        """Return the values over these free indices, in their order."""
        lengths = [self.length(size) for size in sizes]
        with np.errstate(all="ignore"):
            found = self._visit(expression, dict(zip(indices, lengths, strict=True)))
        (array,), _ = _aligned([found], indices)
        return np.broadcast_to(array, lengths).copy()

    def length(self, size: Expr) -> int:
        """Return how many values an index of this size takes."""
        return int(size) if isinstance(size, Integer) else self.values.sizes[size]

    def _visit(self, node: Expr, ranges: dict[Symbol, int]) -> _Axes:
        free = _free(node)
        key = (node, tuple((k, length) for k, length in ranges.items() if k in free))
        if key not in self._memo:
            tick()
            self._memo[key] = self._compute(node, ranges)
        return self._memo[key]

    def _compute(self, node: Expr, ranges: dict[Symbol, int]) -> _Axes:
        arithmetic = self.arithmetic
        if isinstance(node, Partial):
            return self._partial(node, ranges)
        if isinstance(node, Indexed):
            return self._entry(node)
        if isinstance(node, KroneckerDelta):
            (i, j), axes = _aligned([self._position(k, ranges) for k in node.args])
            ones = np.where(i == j, arithmetic.number(Integer(1)), arithmetic.number(Integer(0)))
            return _Axes(ones.astype(arithmetic.dtype), axes)
        if isinstance(node, Sum):
            return self._sum(node, ranges)
        if isinstance(node, Symbol):
            return _Axes(np.asarray(self.values.arrays[node.name], arithmetic.dtype), ())
        if isinstance(node, BooleanTrue | BooleanFalse):
            return _Axes(np.asarray(bool(node)), ())
        if arithmetic.is_number(node):
            return _Axes(np.asarray(arithmetic.number(node), arithmetic.dtype), ())
        if isinstance(node, Activated):
            parts = [self._visit(part, ranges) for part in (node.argument, *node.parameters)]
            arrays, axes = _aligned(parts)
            value = self.values.activations[node.symbol]
            entries = value(node.orders, tuple(np.broadcast_arrays(*arrays)))
            return _Axes(np.asarray(entries), axes)
        if isinstance(node, Piecewise):
            flat = [self._visit(part, ranges) for branch in node.args for part in branch.args]
            arrays, axes = _aligned(flat)
            arrays = list(np.broadcast_arrays(*arrays))
            return _Axes(
                arithmetic.piecewise(list(zip(arrays[::2], arrays[1::2], strict=True))), axes
            )
        arrays, axes = _aligned([self._visit(part, ranges) for part in node.args])
        return _Axes(np.asarray(arithmetic.elementwise(node, arrays)), axes)

    def _position(self, index: Expr, ranges: dict[Symbol, int]) -> _Axes:
        """Return the numbers, from 1, that an index takes: an axis, a pinned number or a label
        y_b.
        """
        if isinstance(index, Indexed):
            return self._entry(index)
        if index in self._pins:
            return _Axes(np.asarray(self._pins[index]), ())
        return _Axes(np.arange(1, ranges[index] + 1), (index,))

    def _entry(self, entry: Indexed) -> _Axes:
        array = np.asarray(self.values.arrays[entry.base.label.name])
        place = tuple(self._pins[k] - 1 if k in self._pins else slice(None) for k in entry.indices)
        axes = tuple(k for k in entry.indices if k not in self._pins)
        array = np.asarray(array[place])
        if len(set(axes)) < len(axes):  # a diagonal
            letters = {k: letter for letter, k in enumerate(axes)}
            unique = tuple(dict.fromkeys(axes))
            array = np.einsum(array, [letters[k] for k in axes], [letters[k] for k in unique])
            axes = unique
        return _Axes(array, axes)

    def _sum(self, node: Sum, ranges: dict[Symbol, int]) -> _Axes:
        bound = {k: self.length(last) for k, _, last in node.limits}
        body = self._visit(node.function, {**ranges, **bound})
        array, axes = body.array, body.axes
        for k, length in bound.items():
            if k in axes:
                array = array.sum(axis=axes.index(k))
                axes = tuple(axis for axis in axes if axis != k)
            else:
                array = array * length
        return _Axes(np.asarray(array), axes)

    def _partial(self, node: Partial, ranges: dict[Symbol, int]) -> _Axes:
        """Return a derivative by central differences in every entry of the variable."""
        variable, expression = node.variable, node.expression
        indices = tuple(getattr(variable, "indices", ()))
        label = variable.base.label if indices else variable
        at: Array = np.asarray(self.values.arrays[label.name], dtype=self.arithmetic.dtype)
        step = self.arithmetic.step
        loss = self.objective.loss.quantity.at()
        if expression not in (loss, variable):
            expression = self._unfolded(expression, label)
        total = loss in expression.free_symbols
        slopes: dict[tuple[int, ...], _Axes] = {}
        for place in np.ndindex(*at.shape):
            pins = {k: position + 1 for k, position in zip(indices, place, strict=True)}
            ends = []
            for shift in (step, -step):
                moved = at.copy()
                moved[place] = moved[place] + shift
                pinned = {**self._pins, **pins}
                if total:
                    nudged = self._recomputed(label.name, moved, pinned)
                else:
                    nudged = self.holding({label.name: moved}, pinned)
                ends.append(nudged._visit(expression, ranges))
            (up, down), axes = _aligned(ends)
            slopes[place] = _Axes(np.asarray((up - down) / (2 * step)), axes)
        axes = next(iter(slopes.values())).axes
        stacked = np.empty((*at.shape, *next(iter(slopes.values())).array.shape), at.dtype)
        for place, slope in slopes.items():
            stacked[place] = slope.array
        return _Axes(stacked, (*indices, *axes))

    def _unfolded(self, expression: Expr, label: Symbol) -> Expr:
        """Write the definition of a named quantity that stands alone under a local ∂."""
        own = expression.base.label if isinstance(expression, Indexed) else expression
        if own == label or own not in self.objective.defined:
            return expression
        return instantiate(self.objective.defined[own], tuple(getattr(expression, "indices", ())))

    def _recomputed(self, name: str, array: Array, pins: Mapping[Symbol, int]) -> Evaluator:
        """Return an evaluator with this array in place of the quantity, all after it recomputed."""
        given = {quantity.name for quantity in self.objective.inputs} | {"y", name}
        arrays = {k: v for k, v in self.values.arrays.items() if k in given}
        values = Values(
            self.values.sizes,
            {**arrays, name: array},
            self.values.gold,
            self.values.activations,
        )
        evaluator = Evaluator(self.objective, values, self.arithmetic).forward()
        return evaluator.holding({}, pins)


@lru_cache(maxsize=4096)
def _free(node: Expr) -> set[Symbol]:
    return node.free_symbols


def _aligned(
    parts: list[_Axes], order: tuple[Symbol, ...] = ()
) -> tuple[list[Array], tuple[Symbol, ...]]:
    """Bring arrays to common axes (length 1 where one lacks an axis), in that order if given."""
    axes = order or tuple(dict.fromkeys(axis for part in parts for axis in part.axes))
    aligned = []
    for part in parts:
        present = [axis for axis in axes if axis in part.axes]
        array = np.transpose(part.array, [part.axes.index(axis) for axis in present])
        lengths = iter(array.shape)
        aligned.append(array.reshape([next(lengths) if a in present else 1 for a in axes]))
    return aligned, axes
