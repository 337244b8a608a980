"""Compose a model at random in the model language, and its forward pass beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from codegen.fuzzing.formula import evaluate
from derive.activation import activation, library
from derive.formula import X

__all__ = ["FEATURES", "Activations", "Model", "models"]

PIECES = ["x", "x**2/4", "tanh(x)", "exp(-x**2)", "log(1 + exp(x))", "sin(2*x)", "erf(x)", "abs(x)"]
JOINED = ["{} + {}", "({})*({})", "max({}, {})", "{} if x < 0.3 else {}"]
LEARNED = ["x*tanh(a*x)", "log(1 + exp(a*x))/a", "max(a*x, x)", "x/(1 + exp(-a*x))"]
NAMES = ("g", "h", "phi", "sigma")
KINDS = ["known", "product", "activation", "bias", "sum", "gate", "factor", "difference"]
FEATURES, CLASSES, WIDTHS = 5, 6, (2, 3, 4)  # so that the language never has to equate n and m
DEPTH = 3
PARAMETERS = 8  # after which a vector is one that has a name, or a matrix times f(x)

T = TypeVar("T")
Values = dict[str, Any]
Forward = Callable[[Values, Any], Any]


@dataclass
class Model:
    """A text with its bindings, the shapes of its parameters, and its forward pass.

    ``lines`` maps names, the last of them ``scores``, to functions of the arrays by name and of the
    namespace to compute in (``numpy`` or one like it). ``values`` are the numbers of activations'
    parameters, ``trainable`` those of them that are learned, as ``g.a``.
    """

    text: str = ""
    bindings: dict[str, str] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    trainable: list[str] = field(default_factory=list)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    lines: list[tuple[str, Forward]] = field(default_factory=list)

    def __str__(self) -> str:
        bound = [f"{name}={value}" for name, value in {**self.bindings, **self.values}.items()]
        return " ".join([repr(self.text), *map(repr, bound), *(f"({t})" for t in self.trainable)])


@dataclass(frozen=True)
class Activations:
    """What models may apply: library activations, formulas, and formulas that learn ``a``."""

    known: tuple[str, ...]
    formulas: tuple[str, ...]
    learned: tuple[str, ...]

    @classmethod
    def all(cls) -> Activations:
        """Return all that there are."""
        formulas = [j.format(p, q) for j in JOINED for p, q in product(PIECES, PIECES)]
        return cls(tuple(library()), tuple(formulas), tuple(LEARNED))

    def some(self, seed: int, known: int = 6, formulas: int = 3, learned: int = 1) -> Activations:
        """Return as many as that, at random: the search for the code of each takes seconds."""
        draw = Random(seed).sample
        return Activations(
            tuple(draw(self.known, known)),
            tuple(draw(self.formulas, formulas)),
            tuple(draw(self.learned, learned)),
        )


@st.composite
def models(
    draw: Callable[[st.SearchStrategy[Any]], Any], activations: Activations | None = None
) -> Model:
    """Draw a model of up to four layers: depth, biases, gates, residuals, tied matrices, factors."""
    return _Composer(draw, activations or Activations.all()).model()


class _Composer:
    """Draws one model; ``vectors`` are the sizes of the vectors that have a name."""

    def __init__(
        self, draw: Callable[[st.SearchStrategy[Any]], Any], activations: Activations
    ) -> None:
        self.draw, self.activations = draw, activations
        self.result = Model()
        self.vectors = {"x": FEATURES}
        self.used: set[str] = set()

    def model(self) -> Model:
        for depth in range(self.draw(st.integers(0, 2))):
            name = f"{self.one(['z', 'u', 'hid'])}{depth + 1}"
            size = self.one(WIDTHS)
            text, value = self.vector(size, DEPTH)
            self.result.lines.append((name, value))
            self.vectors[name] = size
            self.result.text += f"{name} = {text}; "
        terms = [self.product(CLASSES, DEPTH)]
        unused = [name for name in self.vectors if name not in self.used | {"x"}]
        terms += [self.weighted(name) for name in unused]
        passes = [value for _, value in terms]
        self.result.lines.append(("scores", lambda v, np: sum(value(v, np) for value in passes)))
        self.result.text += f"softmax({' + '.join(text for text, _ in terms)})"
        return self.result

    @property
    def full(self) -> bool:
        return len(self.result.shapes) >= PARAMETERS

    def one(self, choices: Sequence[T]) -> T:
        chosen: T = self.draw(st.sampled_from(choices))
        return chosen

    def weighted(self, name: str) -> tuple[str, Forward]:
        """Return a new matrix times a named vector, as scores."""
        matrix = f"M{len(self.result.shapes)}"
        self.result.shapes[matrix] = (CLASSES, self.vectors[name])
        return f"{matrix} {name}", lambda v, np: v[matrix] @ v[name]

    def vector(self, size: int, depth: int) -> tuple[str, Forward]:
        """Return a vector of that size: its text, and a function of (arrays, namespace)."""
        kind = self.one(KINDS) if depth > 0 and not self.full else "known"
        if kind == "known":
            names = [name for name, length in self.vectors.items() if length == size]
            if names:
                name = self.one(names)
                self.used.add(name)
                return ("f(x)" if name == "x" else name), lambda v, np: v[name]
            kind = "product"
        if kind == "product":
            return self.product(size, depth)
        text, inner = self.vector(size, depth - 1)
        if kind == "activation":
            symbol, function = self.applied()
            return f"{symbol}({text})", lambda v, np: function(v, inner(v, np), np)
        if kind == "bias":
            bias = f"b{len(self.result.shapes)}"
            self.result.shapes[bias] = (size,)
            return f"({text} + {bias})", lambda v, np: inner(v, np) + v[bias]
        if kind == "factor":
            number = self.one([0.5, 2.0, 0.044715, 1.25])
            return f"({number:g} * {text})", lambda v, np: number * inner(v, np)
        cancels = kind == "difference"  # v − v is refused, and rightly
        other, second = (self.product if cancels else self.vector)(size, depth - 1)
        mark, name = {"sum": ("+", "add"), "gate": ("*", "multiply")}.get(kind, ("-", "subtract"))
        whole = f"({text} {mark} {other})"
        return whole, lambda v, np: getattr(np, name)(inner(v, np), second(v, np))

    def product(self, size: int, depth: int) -> tuple[str, Forward]:
        """Return a matrix, new or used before, also transposed, times a vector."""
        shapes = self.result.shapes
        old = [n for n, shape in shapes.items() if len(shape) == 2 and size in shape]
        if self.full:
            old, vectors = [], [FEATURES]
        else:
            vectors = [FEATURES, *self.vectors.values(), *WIDTHS]
        if old and self.draw(st.integers(0, 2)) == 2:
            name = self.one(old)
            rows, columns = shapes[name]
            turned = rows != size or (columns == size and self.draw(st.booleans()))
            columns = rows if turned else columns
        else:
            columns = self.one(vectors)
            name = f"{self.one('WVUAB')}{len(shapes)}"
            shapes[name] = (size, columns)
            turned = False
        text, inner = self.vector(columns, depth - 1)
        factor = f"{name}^T" if turned else name
        return f"{factor} {text}", lambda v, np: (v[name].T if turned else v[name]) @ inner(v, np)

    def applied(self) -> tuple[str, Callable[[Values, Any, Any], Any]]:
        """Return an activation's name in the text, and its function of (arrays, x, namespace)."""
        unused = [name for name in NAMES if name not in self.result.bindings]
        kind = self.one(["library", "formula", "learned"]) if unused else "library"
        if kind == "library":
            known = self.one(self.activations.known)
            expression = library()[known].valued
            return known, lambda v, x, np: evaluate(expression, {X: x}, np)
        name = unused[0]
        if kind == "formula":
            typed = self.one(self.activations.formulas)
            self.result.bindings[name] = typed
            expression = activation(typed).valued
            return name, lambda v, x, np: evaluate(expression, {X: x}, np)
        typed = self.one(self.activations.learned)
        self.result.bindings[name] = typed
        self.result.values[f"{name}.a"] = 1.5
        learned = self.draw(st.booleans())
        if learned:
            self.result.trainable.append(f"{name}.a")
        expression = activation(typed, {"a": "1.5"}, ["a"]).bound
        (a,) = expression.free_symbols - {X}
        return name, lambda v, x, np: evaluate(
            expression, {X: x, a: v[f"{name}.a"] if learned else 1.5}, np
        )
