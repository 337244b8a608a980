"""The prose of a module: its docstring, and what its public functions say of their arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codegen.scalar.code import ScalarCode
from codegen.scalar.settings import ends
from derive.derivation import Derivation
from derive.graph import Model
from derive.render.digits import all_digits

__all__ = [
    "Elementwise",
    "Parameter",
    "activation_line",
    "elementwise_functions",
    "module_docstring",
    "parameter_lines",
    "parameter_ranges",
]


@dataclass(frozen=True)
class Parameter:
    """A parameter of the model and the names of its sizes."""

    name: str
    sizes: tuple[str, ...]

    @property
    def sizes_tuple(self) -> str:
        """Return the sizes as a Python tuple; a scalar's one entry is a size too."""
        names = [f'"{size}"' for size in self.sizes or ("1",)]
        return f"({', '.join(names)}{',' * (len(names) == 1)})"


@dataclass(frozen=True)
class Elementwise:
    """A public elementwise function: g, g′ or both, of an activation."""

    symbol: str
    quantity: str  # value, derivative or value_and_derivative
    parameters: tuple[str, ...]
    several: bool

    @property
    def name(self) -> str:
        return f"{self.symbol}_{self.quantity}"

    @property
    def public(self) -> str:
        return f"{self.quantity}_{self.symbol}" if self.several else self.quantity

    @property
    def outputs(self) -> int:
        return 2 if self.quantity == "value_and_derivative" else 1

    @property
    def fresh(self) -> str:
        """Return a tuple of new arrays for what is made of x."""
        array = "np.empty(x.shape, x.dtype)"
        return f"({array},)" if self.outputs == 1 else f"({array}, {array})"

    @property
    def public_arguments(self) -> str:
        learned = [f"{name}: Array | float" for name in self.parameters]
        out = "Sequence[Array]" if self.outputs == 2 else "Array"
        return ", ".join(["x: Array", *learned, f"out: {out} | None = None"])

    @property
    def returns(self) -> str:
        return "Sequence[Array]" if self.outputs == 2 else "Array"

    @property
    def outs(self) -> tuple[str, ...]:
        return ("value", "derivative") if self.outputs == 2 else ("out",)

    @property
    def kernel_arguments(self) -> tuple[str, ...]:
        return "x", *self.parameters, *self.outs

    @property
    def block_arguments(self) -> tuple[str, ...]:
        """The arguments for a block of x."""
        return "x[block]", *self.parameters, *(f"{out}[block]" for out in self.outs)

    @property
    def checked_parameters(self) -> list[str]:
        return [f'_activation_parameter("{name}", {name}, x.dtype)' for name in self.parameters]

    @property
    def targets(self) -> str:
        return ", ".join(f"{name}[k]" for name in self.outs)

    def call(self, where: str = "") -> str:
        """Return how it is called for an entry of x; ``where`` ends the name."""
        arguments = ["x[k]", *(f"{name}_0" for name in self.parameters)]
        return f"{self.name}{where}({', '.join(arguments)})"

    @property
    def words(self) -> str:
        return {
            "value": f"{self.symbol}(x)",
            "derivative": f"{self.symbol}′(x)",
            "value_and_derivative": f"{self.symbol}(x) and {self.symbol}′(x)",
        }[self.quantity]

    @property
    def docstring(self) -> str:
        out = "two arrays" if self.outputs == 2 else "an array"
        return f"Return {self.words} of each entry of x, of any shape; out: {out} to fill."


def elementwise_functions(derivation: Derivation) -> list[Elementwise]:
    """Return the elementwise functions of every activation."""
    model = derivation.model
    several = len(model.activations) > 1
    return [
        Elementwise(symbol, quantity, tuple(model.trainable(symbol).values()), several)
        for symbol in model.activations
        for quantity in ("value", "derivative", "value_and_derivative")
    ]


def parameter_lines(model: Model) -> list[Parameter]:
    """Return the parameters in order with the names of their sizes."""
    return [Parameter(q.name, tuple(size.name for size in q.sizes)) for q in model.parameters]


def module_docstring(
    derivation: Derivation,
    scalars: Mapping[str, ScalarCode],
    comments: Mapping[int, str],
    by_feature: Sequence[str],
) -> str:
    """Return the docstring: the model, its equations by number, the accuracy of its functions.

    ``by_feature`` are the parameters of which a sparse X reads only what its non-zeros name.
    """
    model = derivation.model
    named = [
        activation_line(model, symbol)
        for symbol, activation in model.activations.items()
        if activation is not None
    ]
    head = f"P(y|x) = {model.text}"
    lines = [f"{head}: L, its gradients, and steps that ascend it.", ""]
    lines += [f"    {text}" for text in named]
    lines += [""] if named else []
    lines += ["Examples are rows of X; ω are their weights, Y their labels as one-hot rows.", ""]
    width = max(len(f"({number})") for number in comments)
    lines += [f"    {f'({number})':{width}}  {text}" for number, text in comments.items()]
    lines += _sparse(model, by_feature)
    lines += _accuracy(scalars, model)
    return "\n".join(lines).rstrip() + "\n"


def _sparse(model: Model, by_feature: Sequence[str]) -> list[str]:
    """Return what a user of sparse features should know of the order of memory."""
    if not by_feature:
        return []
    sizes = {quantity.name: quantity.sizes for quantity in model.parameters}
    columns = [name for name in by_feature if sizes[name][-1] == model.features.sizes[-1]]
    lines = [
        "",
        "X may be a CSR array of SciPy: a step then reads and writes only what its non-zeros name.",
    ]
    if columns:
        lines.append(
            f"That is fastest with a feature's weights side by side: {columns[0]} = "
            f"np.asfortranarray({columns[0]})."
        )
    return lines


def parameter_ranges(model: Model) -> list[str]:
    """Return for each trainable parameter of an activation the range over which it was measured."""
    found = []
    for symbol in model.activations:
        learned = model.trainable(symbol)
        for own, name in learned.items():
            low, high = sorted(ends(float(model.bound_activation(symbol).parameters[own])))
            found.append(f"{name} from {low:g} to {high:g}")
    return found


def _accuracy(scalars: Mapping[str, ScalarCode], model: Model) -> list[str]:
    """Return what was measured of each activation's functions, a line a quantity and dtype."""
    ranges = parameter_ranges(model)
    table = [
        (
            row.dtype,
            f"{symbol} {_quantity(row.quantity, model.labels[symbol])}",
            f"{row.max_ulp:.2f} ULP",
            row.exemptions,
        )
        for symbol, code in scalars.items()
        for row in code.certificate
    ]
    if not table:
        return []
    counts = {row.dtype: row.count for code in scalars.values() for row in code.certificate}
    inputs = " and ".join(f"{count} inputs in {dtype}" for dtype, count in counts.items())
    first, second, third = (max(len(line[k]) for line in table) for k in range(3))
    return [
        "",
        f"The largest errors that were found, over {inputs}{':' * (not ranges)}",
        *([f"with {', '.join(ranges)}:"] if ranges else []),
        "",
        *(
            f"    {dtype:{first}}  {name:{second}}  {error:>{third}}  {words}".rstrip()
            for dtype, name, error, words in table
        ),
    ]


def _quantity(measured: str, labels: Mapping[str, str]) -> str:
    """Return a quantity of a certificate, such as ∂²/∂x∂b, with what the parameters are called."""
    return re.sub("(?<=∂)[^∂²/]+", lambda own: labels.get(own[0], own[0]), measured)


def activation_line(model: Model, symbol: str) -> str:
    """Return the formula of an activation with its parameters: their values, what they are called."""
    activation = model.bound_activation(symbol)
    given = [
        f"{own} = {all_digits(activation.parameters[own])}"
        + " to begin with, trained" * (own in activation.trainable)
        + f" ({label} below)" * (own != label)
        for own, label in model.labels[symbol].items()
    ]
    return f"{symbol}(x) = {activation.text}{' with ' * bool(given)}{', '.join(given)}"
