"""What the PyTorch part of a module is laid out from: names, signatures and calls of its kernels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codegen.derivatives import member, written
from codegen.emit.kernels import KernelPage, tuple_text
from codegen.emit.statements import EXAMPLES, SHARE
from codegen.pages import parameter_lines
from codegen.program import Program, Role
from codegen.programs import Penalty
from codegen.second_order import SecondOrder
from derive.derivation import Derivation
from derive.graph import Model
from derive.partials import Orders, orders_of, slots_of

__all__ = ["TORCH_IMPORTS", "torch_api", "torch_context", "torch_docstring"]

CHANGE = "dot_"  # how the name of a change along a direction begins
TORCH_IMPORTS = (
    "from multiprocessing import parent_process",
    "import re",
    "import torch",
    "from torch.autograd import forward_ad",
)


@dataclass(frozen=True)
class Factor:
    """A derivative as an operator that multiplies by it, and the operators that it changes by."""

    name: str
    words: str
    call: str
    higher: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    """An activation as an operator: its function, its layer, its node in a graph of autograd.

    ``factors`` are its derivatives, those of the first order first, ``slopes`` the names of these.
    """

    symbol: str
    function: str
    layer: str
    node: str
    formula: str
    parameters: Mapping[str, float]
    factors: tuple[Factor, ...]

    @property
    def slopes(self) -> list[str]:
        return [factor.name for factor in self.factors if factor.higher]

    @property
    def arguments(self) -> list[str]:
        return ["x", *self.parameters]

    @property
    def names(self) -> list[str]:
        return [f'"{name}"' for name in self.arguments]

    @property
    def entries(self) -> str:
        return _entries(self.arguments)

    @property
    def read(self) -> list[str]:
        return [f'_floats("{name}", {name})' for name in self.arguments]


@dataclass(frozen=True)
class Driver:
    """What goes through a batch tile by tile: what it is given and fills, and what it calls.

    ``gradient`` and ``point`` begin the names of the gradients and of where an L2 term is taken;
    ``keeps`` name the factors of what the first tile finds.
    """

    name: str
    docstring: str
    filled: str
    gradient: str
    point: str
    keeps: list[str]
    rows: KernelPage
    rows_call: str
    sums: KernelPage
    sums_call: str


def units(model: Model) -> list[Unit]:
    """Return the activations of a model."""
    end = "_{}" if len(model.activations) > 1 else ""
    found = []
    for symbol in model.activations:
        activation = model.bound_activation(symbol)
        learned = model.trainable(symbol)
        found.append(
            Unit(
                symbol,
                f"activation{end.format(symbol)}",
                f"Activation{end.format(symbol)}",
                f"_Node{end.format(symbol)}",
                activation.text,
                {name: float(activation.parameters[own]) for own, name in learned.items()},
                tuple(_factors(symbol, tuple(learned.values()))),
            )
        )
    return found


def _factors(symbol: str, parameters: Sequence[str]) -> Iterator[Factor]:
    """Yield what a derivative of x and the parameters multiplies by, up to the second order."""
    slots = range(1 + len(parameters))
    for total in (1, 2):
        for orders in orders_of(len(parameters), total):
            higher = [
                tuple(order + (k == slot) for k, order in enumerate(orders)) for slot in slots
            ]
            yield Factor(
                _times(symbol, orders, parameters),
                f"{written(symbol, orders, parameters)}(x)",
                member(orders).of(f"_{symbol}", _entries(("x", *parameters))),
                tuple(_times(symbol, each, parameters) for each in higher if total == 1),
            )


def _times(symbol: str, orders: Orders, parameters: Sequence[str]) -> str:
    """Return the name of what multiplies by a derivative: g_times_derivative_in_x_b."""
    order = "second_" * (sum(orders) == 2)
    names = ("x", *parameters)
    within = "".join(f"_{names[slot]}" for slot in slots_of(orders))
    return f"_{symbol}_times_{order}derivative" + f"_in{within}" * any(orders[1:])


def _entries(arguments: Sequence[str]) -> str:
    return ", ".join(f"{name}[k]" for name in arguments)


def torch_api(model: Model) -> list[str]:
    """Return the public names that PyTorch's users call."""
    return ["loss", *(name for unit in units(model) for name in (unit.function, unit.layer))]


def torch_docstring(model: Model) -> str:
    """Return what the docstring says of PyTorch."""
    *several, last = torch_api(model)
    return (
        f"\nFor PyTorch: {', '.join(several)}{' and ' * bool(several)}{last}, custom operators on CPU "
        "tensors,\ndifferentiable twice. dot_q is the change of q along a direction: the Hessian "
        "times it is\nthe change of the gradients.\n"
    )


def torch_context(
    derivation: Derivation,
    second: SecondOrder,
    pages: Mapping[str, KernelPage],
    penalty: Penalty | None = None,
) -> dict[str, Any]:
    """Return what the template needs besides what it needs for any module."""
    model = derivation.model
    names = [quantity.name for quantity in model.parameters]
    values = [*names, "X"]
    shapes = [
        f"{p.name} ({', '.join(p.sizes or '1')}{',' * (len(p.sizes) < 2)})"
        for p in parameter_lines(model)
    ]
    strength = penalty.strength if penalty else ""
    loss = f"L_{strength}" if penalty else "L"
    gradients = (
        f"Fill the gradients and the error at the features; return {loss}, and what is wrong."
    )
    product = f"Fill the Hessian of {loss} times a direction; return 0, and what is wrong."
    if penalty:
        first = penalty.numbers[1]
        product += f"\n\n    ({first}) and on are linear, and so hold of changes, too.\n    "
    found = units(model)
    return {
        "units": found,
        "trains": any(unit.parameters for unit in found),
        "tuple_of": tuple_text,
        "first": _driver(second.gradients, pages, gradients),
        "second": _driver(second.curvature, pages, product),
        "tensors": ", ".join(f"Tensor {name}" for name in values),
        "direction_tensors": ", ".join(f"Tensor dot_{name}" for name in values),
        "results": ", ".join(["Tensor"] * (1 + len(values))),
        "turned_tensors": ", ".join(["Tensor"] * len(values)),
        "typed": ", ".join(f"{name}: torch.Tensor" for name in values),
        "read": ", ".join(f'_floats("{name}", {name})' for name in values),
        "named": ", ".join(f"{name}={name}" for name in ("X", *names)),
        "count": len(values),
        "shapes": ", ".join(shapes),
        "loss": loss,
        "strength_given": f", {strength}: float" if penalty else "",
        "strength_in_schema": f", float {strength}" if penalty else "",
    }


def _driver(program: Program, pages: Mapping[str, KernelPage], docstring: str) -> Driver:
    rows, sums = pages[f"_{program.name}_rows"], pages[f"_{program.name}_sums"]
    by_rows = {a.name for a in (*program.inputs, *program.outputs) if a.sizes[:1] == (EXAMPLES,)}
    directions = [a.name for a in program.inputs if a.name.startswith(CHANGE)]
    filled = [a.name for a in program.outputs if a.role is not Role.LOSS]
    scale, *keeps = program.scalars
    summed = ["one" if name == scale else name for name in sums.arguments if name not in SHARE]
    return Driver(
        program.name,
        docstring,
        ", ".join([*directions, *filled]),
        f"{CHANGE}d" if directions else "d",
        CHANGE if directions else "",
        keeps,
        rows,
        _call(rows.arguments, by_rows),
        sums,
        _call(summed, by_rows),
    )


def _call(arguments: Sequence[str], by_rows: set[str]) -> str:
    """Return a kernel's arguments for one tile of rows."""
    given = [name for name in arguments if name != "memory"]
    return ", ".join(f"{name}[rows]" if name in by_rows else name for name in given)
