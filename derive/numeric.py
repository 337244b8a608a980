"""Evaluate index notation with numbers: a second opinion that shares nothing with the rules.

Every expression becomes an array with one axis for each of its free indices. A ∂ that still stands
is evaluated by central differences: for ∂L/∂q of what L stands in, everything downstream of q
recomputed; for a local ∂ of the expression itself, all other named quantities held. All the
shifted copies of q are computed together, as one array with more axes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from sympy import Dummy, Expr, Indexed, Integer, KroneckerDelta, Piecewise, Sum, Symbol
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from derive.activation_value import ActivationValue
from derive.arithmetic import Arithmetic
from derive.budget import tick
from derive.notation import Activated, Partial
from derive.objective import Objective
from derive.trees import free_symbols

__all__ = ["Evaluator", "Values"]

Array = np.ndarray
SIDE = Dummy("side")  # the axis of the two ends of a central difference
PLACES = (Dummy("row"), Dummy("column"), Dummy("place"))  # those of the entry that is moved


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
    """Evaluates expressions over the named quantities of one objective.

    ``spread`` names further axes, which stand first, of arrays that hold many values of a quantity
    at once; what depends on such a quantity has those axes too. A quantity that is not among the
    arrays is computed by its definition when it is asked for.
    """

    def __init__(
        self,
        objective: Objective,
        values: Values,
        arithmetic: Arithmetic,
        spread: Mapping[str, tuple[Symbol, ...]] | None = None,
    ) -> None:
        self.objective = objective
        self.values = values
        self.arithmetic = arithmetic
        self._spread = dict(spread or {})
        self._memo: dict[tuple[Expr, tuple[tuple[Symbol, int], ...]], _Axes] = {}
        self._defined: dict[str, _Axes] = {}
        self._slopes: dict[tuple[Expr, Symbol], Array] = {}

    def forward(self) -> Evaluator:
        """Return an evaluator that also knows every defined quantity, P and L included."""
        names = [definition.quantity.name for definition in self.objective.defined.values()]
        return self.knowing({name: self._quantity(name).array for name in names})

    def knowing(self, arrays: Mapping[str, Array]) -> Evaluator:
        """Return an evaluator with these arrays added, none of which L is computed from."""
        evaluator = self.holding(arrays)
        evaluator._slopes = self._slopes
        return evaluator

    def holding(
        self,
        arrays: Mapping[str, Array],
        spread: Mapping[str, tuple[Symbol, ...]] | None = None,
    ) -> Evaluator:
        """Return an evaluator with these arrays in place of those of the same names."""
        values = Values(
            self.values.sizes,
            {**self.values.arrays, **arrays},
            self.values.gold,
            self.values.activations,
        )
        return Evaluator(
            self.objective, values, self.arithmetic, {**self._spread, **(spread or {})}
        )

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
        free = free_symbols(node)
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
            return self._quantity(node.name)
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
        """Return the numbers, from 1, that an index takes: an axis, i* or a label y_b."""
        if isinstance(index, Indexed):
            return self._entry(index)
        if index in self.values.gold:
            return _Axes(np.asarray(self.values.gold[index]), ())
        return _Axes(np.arange(1, ranges[index] + 1), (index,))

    def _quantity(self, name: str) -> _Axes:
        """Return a whole quantity; its last axes are its own, so far without names."""
        if name in self.values.arrays:
            return _Axes(np.asarray(self.values.arrays[name]), self._spread.get(name, ()))
        if name not in self._defined:
            definition = self.objective.defined[Symbol(name, real=True)]
            indices = definition.indices
            lengths = [self.length(size) for size in definition.quantity.sizes]
            with np.errstate(all="ignore"):
                found = self._visit(definition.right, dict(zip(indices, lengths, strict=True)))
            spread = tuple(axis for axis in found.axes if axis not in indices)
            (array,), _ = _aligned([found], (*spread, *indices))
            shape = (*array.shape[: len(spread)], *lengths)
            self._defined[name] = _Axes(np.broadcast_to(array, shape), spread)
        return self._defined[name]

    def _entry(self, entry: Indexed) -> _Axes:
        whole = self._quantity(entry.base.label.name)
        gold = self.values.gold
        spread = (slice(None),) * len(whole.axes)
        place = tuple(gold[k] - 1 if k in gold else slice(None) for k in entry.indices)
        axes = (*whole.axes, *(k for k in entry.indices if k not in gold))
        array = np.asarray(whole.array[spread + place])
        if len(set(axes)) < len(axes):  # a diagonal
            letters = {k: letter for letter, k in enumerate(dict.fromkeys(axes))}
            array = np.einsum(array, [letters[k] for k in axes], list(letters.values()))
            axes = tuple(letters)
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
        loss = self.objective.loss.quantity.at()
        if loss not in free_symbols(expression):
            moved = self.holding(*self._moved(label.name, indices))
            return self._slope(moved, expression, {**ranges, **self._lengths(label.name, indices)})
        if (expression, label) not in self._slopes:
            at = PLACES[: len(indices)]  # nobody else's, so that no definition captures them
            lengths = self._lengths(label.name, at)
            slope = self._slope(self._recomputed(label.name, at), expression, lengths)
            (array,), _ = _aligned([slope], at)
            self._slopes[expression, label] = np.broadcast_to(array, tuple(lengths.values()))
        return _Axes(self._slopes[expression, label], indices)

    def _lengths(self, name: str, indices: tuple[Symbol, ...]) -> dict[Symbol, int]:
        own = np.shape(self.values.arrays[name])[len(self._spread.get(name, ())) :]
        return dict(zip(indices, own, strict=True))

    def _slope(self, moved: Evaluator, expression: Expr, ranges: dict[Symbol, int]) -> _Axes:
        """Return (up − down) / (2 × step) of an expression that the evaluator knows at both."""
        found = moved._visit(expression, ranges)
        if SIDE not in found.axes:
            return _Axes(found.array - found.array, found.axes)
        up, down = np.moveaxis(found.array, found.axes.index(SIDE), 0)
        axes = tuple(axis for axis in found.axes if axis != SIDE)
        return _Axes(np.asarray((up - down) / (2 * self.arithmetic.step)), axes)

    def _moved(
        self, name: str, indices: tuple[Symbol, ...]
    ) -> tuple[dict[str, Array], dict[str, tuple[Symbol, ...]]]:
        """Return every copy of a quantity with one entry, at these indices, moved up or down."""
        step, spread = self.arithmetic.step, self._spread.get(name, ())
        at: Array = np.asarray(self.values.arrays[name], self.arithmetic.dtype)
        own = at.shape[len(spread) :]
        copies = np.broadcast_to(at, (2, *own, *at.shape)).copy()
        for place in np.ndindex(*own):
            copies[(0, *place, ..., *place)] += step
            copies[(1, *place, ..., *place)] -= step
        return {name: copies}, {name: (SIDE, *indices, *spread)}

    def _recomputed(self, name: str, indices: tuple[Symbol, ...]) -> Evaluator:
        """Return an evaluator at the moved copies of a quantity, all after it recomputed."""
        arrays, spread = self._moved(name, indices)
        given = {quantity.name for quantity in self.objective.inputs} | {"y"}
        kept = {k: v for k, v in self.values.arrays.items() if k in given}
        values = Values(
            self.values.sizes, {**kept, **arrays}, self.values.gold, self.values.activations
        )
        return Evaluator(self.objective, values, self.arithmetic, spread)


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
