"""The picture of a model: where each named quantity stands and which arrows join them.

A layered layout of the graph of definitions: a quantity's column is the longest way to it from the
features, quantities of one column share it in lanes. Nothing here knows of layers or chains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sympy import Add, Expr, Indexed, Mul, Sum, Symbol, preorder_traversal

from derive.graph import Definition, Model, Role
from derive.notation import Activated
from derive.trees import free_symbols

__all__ = ["PROBABILITIES", "Arrow", "Network", "Place", "Through", "network"]

PROBABILITIES = "P"


@dataclass(frozen=True)
class Through:
    """A matrix on an arrow, perhaps transposed, with its shape as it is applied."""

    name: str
    transposed: bool
    shape: tuple[Symbol, ...]


@dataclass(frozen=True)
class Arrow:
    """source flows into target through a matrix, activations, or as it is."""

    source: str
    target: str
    matrix: Through | None = None
    functions: tuple[str, ...] = ()
    span: int = 1  # how many columns it crosses

    def label(self, spell: Callable[[str], str]) -> str:
        """Return what stands on the arrow, as text: Vᵀ, g, or softmax."""
        parts = []
        if self.matrix is not None:
            parts.append(spell(self.matrix.name) + "ᵀ" * self.matrix.transposed)
        return " ".join([*parts, *map(spell, self.functions)])


@dataclass(frozen=True)
class Place:
    """A quantity at a column and a lane; lanes are centred on 0."""

    name: str
    column: int
    lane: float
    size: Symbol
    role: Role
    biases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """Places from left to right and the arrows between them."""

    places: tuple[Place, ...]
    arrows: tuple[Arrow, ...]

    @property
    def columns(self) -> int:
        return 1 + max(place.column for place in self.places)

    @property
    def lanes(self) -> float:
        return 1 + 2 * max(abs(place.lane) for place in self.places)

    def place(self, name: str) -> Place:
        """Return where a quantity stands."""
        return next(place for place in self.places if place.name == name)

    def biases(self, arrow: Arrow) -> tuple[str, ...]:
        """Return what is added on an arrow: the target's biases, on the first that leads there."""
        first = next(a for a in self.arrows if a.target == arrow.target)
        return self.place(arrow.target).biases if arrow == first else ()


def network(model: Model) -> Network:
    """Return the layout of a model, its probabilities at the right."""
    column = {model.features.name: 0}
    flows: list[Arrow] = []
    for definition in model.definitions:
        incoming = list(_arrows(definition, model, column))
        column[definition.quantity.name] = 1 + max((column[a.source] for a in incoming), default=0)
        flows.extend(incoming)
    scores = model.scores
    column[PROBABILITIES] = column[scores.name] + 1
    flows.append(Arrow(scores.name, PROBABILITIES, functions=("softmax",)))
    arrows = tuple(
        Arrow(a.source, a.target, a.matrix, a.functions, column[a.target] - column[a.source])
        for a in flows
    )
    return Network(tuple(_places(model, column, arrows)), arrows)


def _arrows(definition: Definition, model: Model, known: dict[str, int]) -> Iterator[Arrow]:
    """Yield one arrow for each way in which an earlier quantity enters a definition."""
    found: dict[tuple[str, Through | None], list[str]] = {}
    for term in Add.make_args(definition.right):
        for source, functions in _entries(term, known):
            key = (source.base.label.name, _matrix(term, source, model))
            seen = found.setdefault(key, [])
            seen.extend(name for name in functions if name not in seen)
    for (name, matrix), around in found.items():
        yield Arrow(name, definition.quantity.name, matrix, tuple(around))


def _entries(term: Expr, known: dict[str, int]) -> Iterator[tuple[Indexed, tuple[str, ...]]]:
    """Yield the entries of known quantities in a term and the activations around each."""
    if isinstance(term, Indexed):
        if term.base.label.name in known:
            yield term, ()
        return
    around = (term.symbol.name,) if isinstance(term, Activated) else ()
    for part in term.args:
        for entry, functions in _entries(part, known):
            yield entry, (*around, *functions)


def _matrix(term: Expr, source: Indexed, model: Model) -> Through | None:
    """Return the matrix that multiplies the entry: the one that shares its bound index."""
    matrices = {q.name: q for q in model.parameters if len(q.sizes) == 2}
    for node in preorder_traversal(term):
        if not isinstance(node, Sum):
            continue
        bound = {limit[0] for limit in node.limits} & set(source.indices)
        for factor in Mul.make_args(node.function):
            if isinstance(factor, Indexed) and factor.base.label.name in matrices:
                shared = bound & set(factor.indices)
                if shared:
                    sizes = matrices[factor.base.label.name].sizes
                    turned = factor.indices[0] in shared
                    shape = tuple(reversed(sizes)) if turned else sizes
                    return Through(factor.base.label.name, turned, shape)
    return None


def _places(model: Model, column: dict[str, int], arrows: tuple[Arrow, ...]) -> Iterator[Place]:
    vectors = {q.name for q in model.parameters if len(q.sizes) == 1}
    by_column: dict[int, list[str]] = {}
    for name, at in column.items():
        by_column.setdefault(at, []).append(name)
    defined = {d.quantity.name: d for d in model.definitions}
    lane_of: dict[str, float] = {}
    for at in sorted(by_column):
        ordered = sorted(by_column[at], key=lambda name: _pull(name, arrows, lane_of))
        for turn, name in enumerate(ordered):
            lane_of[name] = turn - (len(ordered) - 1) / 2
    for name, at in column.items():
        biases: tuple[str, ...] = ()
        if name in defined:
            mentioned = {s.name for s in free_symbols(defined[name].right)}
            biases = tuple(p.name for p in model.parameters if p.name in mentioned & vectors)
        yield Place(name, at, lane_of[name], _size(name, model), _role(name, model), biases)


def _pull(name: str, arrows: tuple[Arrow, ...], lane_of: dict[str, float]) -> float:
    """Return the mean lane of what flows into a quantity, so that arrows cross little."""
    lanes = [lane_of[a.source] for a in arrows if a.target == name and a.source in lane_of]
    return sum(lanes) / len(lanes) if lanes else 0.0


def _size(name: str, model: Model) -> Symbol:
    if name == PROBABILITIES:
        return model.scores.sizes[-1]
    return next(q.sizes[-1] for q in model.quantities if q.name == name)


def _role(name: str, model: Model) -> Role:
    if name == PROBABILITIES:
        return Role.PROBABILITIES
    return next(q.role for q in model.quantities if q.name == name)
