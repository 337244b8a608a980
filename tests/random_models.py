"""Derive random models and hold every gradient against automatic differentiation.

    python tests/random_models.py --count 200 --seed 0

Each model is composed at random in the model language (depth, biases, gates, residuals, tied and
transposed matrices, factors, intermediate names, activations of the library and random formulas,
learned parameters), derived, verified, and its gradients, for one example and for a data set, are
compared with JAX where that is installed, else with central differences. The forward pass here
is written on its own: it shares nothing with the package but the text.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
import sympy
from scipy import special

from derive import InputError, derive
from derive.activation import activation, library
from derive.formula import X
from derive.notation import Maximum, Minimum

PIECES = ["x", "x**2/4", "tanh(x)", "exp(-x**2)", "log(1 + exp(x))", "sin(2*x)", "erf(x)", "abs(x)"]
LEARNED = ["x*tanh(a*x)", "log(1 + exp(a*x))/a", "max(a*x, x)", "x/(1 + exp(-a*x))"]
NAMES = ("g", "h", "phi", "sigma")
FEATURES, CLASSES, WIDTHS = 5, 6, (2, 3, 4)  # so that the language never has to equate n and m


@dataclass
class Model:
    """A text with its bindings, the shapes of its arrays, and its forward pass."""

    rng: np.random.Generator
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    bindings: dict[str, str] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    trainable: list[str] = field(default_factory=list)
    vectors: dict[str, int] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    text: str = ""
    lines: list[tuple[str, Any]] = field(default_factory=list)

    def __str__(self) -> str:
        bound = [f"{name}={value}" for name, value in {**self.bindings, **self.values}.items()]
        return " ".join([repr(self.text), *map(repr, bound), *(f"({t})" for t in self.trainable)])


def random_model(rng: np.random.Generator) -> Model:
    """Return a random model of up to four layers."""
    model = Model(rng, vectors={"x": FEATURES})
    for depth in range(int(rng.integers(0, 3))):
        name = f"{rng.choice(['z', 'u', 'hid'])}{depth + 1}"
        size = int(rng.choice(WIDTHS))
        text, value = vector(model, size, 3)
        model.lines.append((name, value))
        model.vectors[name] = size
        model.text += f"{name} = {text}; "
    terms = [product(model, CLASSES, 3)]
    unused = [name for name in model.vectors if name not in model.used | {"x"}]
    terms += [weighted(model, name) for name in unused]
    model.lines.append(("scores", lambda v, np: sum(term(v, np) for _, term in terms)))
    model.text += f"softmax({' + '.join(text for text, _ in terms)})"
    return model


def weighted(model: Model, name: str) -> tuple[str, Any]:
    """Return a new matrix times a named vector, as scores."""
    matrix = f"M{len(model.shapes)}"
    model.shapes[matrix] = (CLASSES, model.vectors[name])
    return f"{matrix} {name}", lambda v, np: v[matrix] @ v[name]


def vector(model: Model, size: int, depth: int) -> tuple[str, Any]:
    """Return a random vector of that size: its text, and a function of (arrays, numpy)."""
    kinds = ["product", "activation", "sum", "gate", "bias", "factor", "difference", "known"]
    weights = [0.3, 0.25, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05]
    kind = model.rng.choice(kinds, p=weights) if depth > 0 else "known"
    if kind == "known":
        names = [name for name, length in model.vectors.items() if length == size]
        if names:
            name = str(model.rng.choice(names))
            model.used.add(name)
            return ("f(x)" if name == "x" else name), lambda v, np: v[name]
        kind = "product"
    if kind == "product":
        return product(model, size, depth)
    if kind == "activation":
        name, function = applied(model)
        text, inner = vector(model, size, depth - 1)
        return f"{name}({text})", lambda v, np: function(v, inner(v, np), np)
    if kind == "bias":
        name = f"b{len(model.shapes)}"
        model.shapes[name] = (size,)
        text, inner = vector(model, size, depth - 1)
        return f"({text} + {name})", lambda v, np: inner(v, np) + v[name]
    if kind == "factor":
        text, inner = vector(model, size, depth - 1)
        number = float(model.rng.choice([0.5, 2, 0.044715, 1.25]))
        return f"({number:g} * {text})", lambda v, np: number * inner(v, np)
    text, first = vector(model, size, depth - 1)
    cancels = kind == "difference"  # v − v is refused, and rightly
    other, second = (product if cancels else vector)(model, size, depth - 1)
    mark = {"sum": "+", "gate": "*", "difference": "-"}[str(kind)]
    joined = {"+": np.add, "*": np.multiply, "-": np.subtract}[mark].__name__
    whole = f"({text} {mark} {other})"
    return whole, lambda v, np: getattr(np, joined)(first(v, np), second(v, np))


def product(model: Model, size: int, depth: int) -> tuple[str, Any]:
    """Return a matrix, new or used before, also transposed, times a vector."""
    old = [n for n, shape in model.shapes.items() if len(shape) == 2 and size in shape]
    if old and model.rng.random() < 0.35:
        name = str(model.rng.choice(old))
        turned = model.shapes[name][0] != size or (
            model.shapes[name][1] == size and model.rng.random() < 0.5
        )
        columns = model.shapes[name][0 if turned else 1]
    else:
        columns = int(model.rng.choice([FEATURES, *model.vectors.values(), *WIDTHS]))
        name = f"{model.rng.choice(list('WVUAB'))}{len(model.shapes)}"
        model.shapes[name] = (size, columns)
        turned = False
    text, inner = vector(model, columns, depth - 1)
    factor = f"{name}^T" if turned else name
    return f"{factor} {text}", lambda v, np: (v[name].T if turned else v[name]) @ inner(v, np)


def applied(model: Model) -> tuple[str, Any]:
    """Return an activation's name in the text, and its function of (arrays, x, numpy)."""
    draw = model.rng.random()
    unused = [name for name in NAMES if name not in model.bindings]
    if draw < 0.4 or not unused:
        name = str(model.rng.choice(list(library())))
        expression = library()[name].valued
        return name, lambda v, x, np: formula(expression, {X: x}, np)
    name = unused[0]
    if draw < 0.8:
        one, two = model.rng.choice(PIECES, size=2)
        mark = model.rng.choice(["{} + {}", "({})*({})", "max({}, {})", "{} if x < 0.3 else {}"])
        model.bindings[name] = str(mark).format(one, two)
        expression = activation(model.bindings[name]).valued
        return name, lambda v, x, np: formula(expression, {X: x}, np)
    model.bindings[name] = str(model.rng.choice(LEARNED))
    model.values[f"{name}.a"] = 1.5
    learned = model.rng.random() < 0.5
    if learned:
        model.trainable.append(f"{name}.a")
    expression = activation(model.bindings[name], {"a": "1.5"}, ["a"]).bound
    (a,) = expression.free_symbols - {X}
    return name, lambda v, x, np: formula(
        expression, {X: x, a: v[f"{name}.a"] if learned else 1.5}, np
    )


def formula(node: Any, values: dict[Any, Any], np: Any) -> Any:
    """Return the value of a formula over arrays of NumPy or of JAX."""
    if node in values:
        return values[node]
    if isinstance(node, sympy.logic.boolalg.BooleanAtom):
        return bool(node)
    if node.is_Number or isinstance(node, sympy.NumberSymbol):
        return float(node)
    if isinstance(node, sympy.Piecewise):
        result = np.nan
        for value, condition in reversed(node.args):
            result = np.where(formula(condition, values, np), formula(value, values, np), result)
        return result
    parts = [formula(part, values, np) for part in node.args]
    name = type(node).__name__
    named = {"Add": np.add, "Mul": np.multiply, "And": np.logical_and, "Or": np.logical_or}
    if name in named:
        return reduce(named[name], parts)
    if isinstance(node, sympy.Pow):
        whole = node.exp.is_Integer
        return np.power(parts[0], int(node.exp) if whole and node.exp > 0 else parts[1])
    if isinstance(node, Maximum | Minimum):
        larger = parts[0] >= parts[1] if isinstance(node, Maximum) else parts[0] <= parts[1]
        return np.where(larger, parts[0], parts[1])
    if isinstance(node, sympy.core.relational.Relational):
        compared = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}
        return {**compared, "==": np.equal, "!=": np.not_equal}[node.rel_op](*parts)
    if name in {"erf", "erfc"}:
        return getattr(np, name, getattr(special, name))(*parts)
    renamed = {"atan": "arctan", "asinh": "arcsinh", "Abs": "abs"}.get(name, name)
    return getattr(np, renamed)(*parts)


def log_likelihood(model: Model, arrays: dict[str, Any], x: Any, y: int, np: Any) -> Any:
    """Return log P(y | x)."""
    known = {**arrays, "x": x}
    for name, value in model.lines:
        known[name] = value(known, np)
    scores = known["scores"]
    top = np.max(scores)
    return scores[y] - top - np.log(np.sum(np.exp(scores - top)))


def automatic(model: Model, arrays: dict[str, Any], x: Any, y: int) -> dict[str, np.ndarray]:
    """Return ∂L/∂ every array by JAX, or by central differences."""
    try:
        import jax
    except ImportError:
        return differences(model, arrays, x, y)
    jax.config.update("jax_enable_x64", True)
    found = jax.grad(lambda a: log_likelihood(model, a, x, y, _Jax()))(arrays)
    return {name: np.asarray(value) for name, value in found.items()}


class _Jax:
    """jax.numpy with erf and erfc."""

    def __getattr__(self, name: str) -> Any:
        import jax

        if name in {"erf", "erfc"}:
            return getattr(jax.scipy.special, name)
        return getattr(jax.numpy, name)


def differences(model: Model, arrays: dict[str, Any], x: Any, y: int) -> dict[str, np.ndarray]:
    """Return ∂L/∂ every array by central differences."""
    found = {}
    for name, array in arrays.items():
        slopes = np.empty_like(array)
        for place in np.ndindex(array.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = array.copy()
                moved[place] += step
                ends.append(log_likelihood(model, {**arrays, name: moved}, x, y, np))
            slopes[place] = (ends[0] - ends[1]) / 2e-5
        found[name] = slopes
    return found


def compare(
    model: Model, oracle: Any, examples: int = 3, proof: bool = True
) -> tuple[float, float]:
    """Return the largest relative error of the gradients, and the seconds that deriving took."""
    start = time.process_time()
    derivation = derive(
        model.text,
        model.values,
        trainable=model.trainable,
        **model.bindings,
    )
    rows = derivation.dataset
    seconds = time.process_time() - start
    if proof:
        derivation.verify(trials=1)
    arrays: dict[str, Any] = {
        name: model.rng.normal(size=shape) for name, shape in model.shapes.items()
    }
    given = dict(arrays)
    for learned in model.trainable:
        symbol, parameter = learned.split(".")
        arrays[learned] = np.asarray(model.rng.uniform(0.5, 2))
        given[derivation.model.trainable(symbol)[parameter]] = arrays[learned]
    x = model.rng.normal(size=(examples, model.vectors["x"]))
    y = model.rng.integers(0, 2, size=examples)
    wanted = [oracle(model, arrays, row, label) for row, label in zip(x, y, strict=True)]
    worst = 0.0
    for name, array in arrays.items():
        parameter = name
        if "." in name:
            symbol, parameter = name.split(".")
            parameter = derivation.model.trainable(symbol)[parameter]
        one = derivation.gradient(parameter).evaluate(x=x[0], y=int(y[0]), **given)
        many = rows.gradient(parameter).evaluate(x=x, y=y, **given)
        for found, expected in ((one, wanted[0][name]), (many, sum(w[name] for w in wanted))):
            assert found.shape == np.shape(array)
            scale = max(np.max(np.abs(expected), initial=0), 1e-3)
            worst = max(worst, float(np.max(np.abs(found - expected), initial=0) / scale))
    return worst, seconds


def main() -> int:
    """Run the models asked for; print those that fail, and what they took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100, help="how many models")
    parser.add_argument("--seed", type=int, default=0, help="of the first model; the next add 1")
    parser.add_argument("--no-verify", action="store_true", help="compare gradients only")
    options = parser.parse_args()
    failed, refused, slowest = 0, 0, (0.0, "")
    for seed in range(options.seed, options.seed + options.count):
        model = random_model(np.random.default_rng(seed))
        try:
            error, seconds = compare(model, automatic, proof=not options.no_verify)
        except InputError as refusal:
            refused += 1
            print(f"seed {seed}: {model}\n    refused: {refusal}", flush=True)
            continue
        except Exception as problem:
            failed += 1
            print(f"seed {seed}: {model}\n    {type(problem).__name__}: {problem}", flush=True)
            continue
        slowest = max(slowest, (seconds, str(model)))
        if not error < 1e-6:
            failed += 1
            print(f"seed {seed}: {model}\n    relative error {error:.1e}", flush=True)
    print(f"{options.count} models, {refused} refused, {failed} failed")
    print(f"the slowest took {slowest[0]:.2f} s to derive: {slowest[1]}")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
