"""What an output is at ±inf, at 0 and at single floats, and the operation that gives it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Rational

from codegen.scalar.flats import nearest_float
from codegen.scalar.oracle import truth
from codegen.scalar.pieces import exact
from codegen.scalar.sample import from_ordinal, ordinal
from codegen.scalar.settings import ends, settings
from codegen.scalar.terms import Node, Terms

__all__ = ["Grown", "Limits"]

SETTINGS = 16  # values of the trainable parameters
FAR_OUT = {"float32": (2.0**40, 2.0**90), "float64": (2.0**70, 2.0**500)}
CLOSE_TO_0 = {"float32": (2.0**-40, 2.0**-90), "float64": (2.0**-70, 2.0**-500)}


@dataclass
class Grown:
    """Terms that are added to, with the level of each; that of an addition is 0 unless said."""

    terms: Terms
    levels: list[int]

    def add(self, op: str, *args: int, value: Expr | str | None = None, level: int = 0) -> int:
        number = self.terms.add(op, *args, value=value)
        self.levels += [level] * (len(self.terms.nodes) - len(self.levels))
        return number

    def constant(self, number: float) -> int:
        return self.add("constant", value=exact(number))

    def at(self, terms: Terms, levels: Sequence[int], output: int, x: float) -> int:
        """Return what an output of the terms is at an x: a loop over x computes it once.

        What is chosen there is chosen here.
        """
        place, truths = dict[int, int](), dict[int, bool]()
        for number in Terms(terms.nodes, (output,)).needed():
            node, level = terms.nodes[number], levels[number]
            known = self._known(node, place, truths)
            if known is not None:
                truths[number] = known
            elif node.op == "x":
                place[number] = self.constant(x)
            elif node.op == "select" and node.args[0] in truths:
                place[number] = place[node.args[1 if truths[node.args[0]] else 2]]
            else:
                left = [place[argument] for argument in node.args if argument not in truths]
                if node.op in ("and", "or") and len(left) == 1:
                    place[number] = left[0]
                else:
                    place[number] = self.add(node.op, *left, value=node.value, level=level)
        return place[output]

    def _known(
        self, node: Node, place: Mapping[int, int], truths: Mapping[int, bool]
    ) -> bool | None:
        """Return whether a condition holds; None for what is none, or depends on parameters."""
        decided = [truths[argument] for argument in node.args if argument in truths]
        match node.op:
            case "and" if False in decided or len(decided) == len(node.args):
                return all(decided)
            case "or" if True in decided or len(decided) == len(node.args):
                return any(decided)
            case "not" if decided:
                return not decided[0]
            case "lt" | "lt_either" | "le" | "eq":
                first, second = (self._number(place[argument]) for argument in node.args)
                if first is None or second is None:
                    return None
                return (
                    first == second
                    if node.op == "eq"
                    else first < second or (node.op == "le" and first == second)
                )
        return None

    def _number(self, number: int) -> Rational | None:
        """Return a number that is a constant, or the size of one."""
        node = self.terms.nodes[number]
        if node.op in ("abs", "neg"):
            inner = self._number(node.args[0])
            return None if inner is None else abs(inner) if node.op == "abs" else -inner
        return node.value if isinstance(node.value, Rational) else None


@dataclass(frozen=True)
class Limits:
    """What outputs are at the ends of their range, by values of the trainable parameters."""

    terms: Terms
    dtype: str
    defaults: Mapping[str, float]

    @cached_property
    def given(self) -> dict[str, NDArray[np.float64]]:
        """Values of the parameters for which ends are looked at, their defaults first."""
        values = settings(self.defaults, SETTINGS, self.dtype)
        return {name: np.r_[v[0], np.roll(v[1:], k)] for k, (name, v) in enumerate(values.items())}

    @property
    def count(self) -> int:
        """How many choices of the parameters these are."""
        return SETTINGS if self.defaults else 1

    def at(
        self, points: NDArray[np.float64], given: Mapping[str, NDArray[np.float64]]
    ) -> list[NDArray[np.float64]]:
        """Return each output at the points, as a float of the dtype."""
        return [
            np.array(
                [
                    nearest_float(*pair, self.dtype)
                    for pair in zip(true.high, true.exponent, strict=True)
                ]
            )
            for true in truth(self.terms, points, given)
        ]

    def emitted(
        self, grown: Grown, number: int, output: int, end: float, wanted: NDArray[np.float64]
    ) -> int | None:
        """Return the operation of an output's limit at an end; it is ``wanted`` for the settings.

        ``number`` is that of the output in the terms that are added to. Where the limit depends on trainable
        parameters it is what the output is close by 0, or far out for ±inf, or one below a value of one
        parameter and another above; None where it is none of these.
        """
        if (wanted == wanted[0]).all() or np.isnan(wanted).all():
            return grown.constant(float(wanted[0]))
        large = FAR_OUT[self.dtype][0]
        for x in self._beside(end):
            found = self.at(np.full(self.count, x), self.given)[output]
            there = grown.at(grown.terms, grown.levels, number, x)
            if np.array_equal(found, wanted):
                return there
            if end and np.array_equal(_endless(found, large), wanted):
                return _endlessly(grown, there, large)
        for name in self.defaults:
            step = self._step(name, output, end)
            if step is not None and np.array_equal(step(self.given[name]), wanted, equal_nan=True):
                return step.emitted(grown)
        return None

    def _beside(self, end: float) -> Sequence[float]:
        """Return places close by 0, or far out for ±inf; none for others."""
        if end == 0:
            return CLOSE_TO_0[self.dtype]
        return [math.copysign(far, end) for far in FAR_OUT[self.dtype]] if math.isinf(end) else []

    def _step(self, name: str, output: int, end: float) -> Step | None:
        """Return an output's limit as a step of one parameter, found by bisection; None where it has none."""

        def limit(place: int) -> float:
            at = {each: np.array([value]) for each, value in self.defaults.items()}
            at[name] = from_ordinal(np.array([place]))
            return float(self.at(np.array([end]), at)[output][0])

        low, high = sorted(ordinal(np.array(ends(self.defaults[name]))).tolist())
        below, above = limit(low), limit(high)
        if _equal(below, above):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if _equal(limit(middle), below):
                low = middle
            else:
                high = middle
        place = float(from_ordinal(np.array([high]))[0])
        return Step(name, place, below, limit(high), above)


@dataclass(frozen=True)
class Step:
    """A function of a parameter: one value below a place, another there, a third above."""

    name: str
    place: float
    below: float
    there: float
    above: float

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        beside = np.where(values < self.place, self.below, self.above)
        return np.where(values == self.place, self.there, beside)

    def emitted(self, grown: Grown) -> int:
        """Return its operation."""
        parameter, place = grown.add("parameter", value=self.name), grown.constant(self.place)
        below, there, above = map(grown.constant, (self.below, self.there, self.above))
        beside = grown.add("select", grown.add("lt", parameter, place), below, above)
        return grown.add("select", grown.add("eq", parameter, place), there, beside)


def _endless(values: NDArray[np.float64], most: float) -> NDArray[np.float64]:
    """Return values, infinity in the place of those larger than what is given."""
    return np.where(np.abs(values) > most, np.copysign(np.inf, values), values)


def _endlessly(grown: Grown, value: int, most: float) -> int:
    """Return the operation of :func:`_endless`."""
    for sign in (1, -1):
        limit, infinity = grown.constant(sign * most), grown.constant(sign * np.inf)
        order = (limit, value) if sign > 0 else (value, limit)
        value = grown.add("select", grown.add("lt", *order), infinity, value)
    return value


def _equal(a: float, b: float) -> bool:
    return a == b or (np.isnan(a) and np.isnan(b))
