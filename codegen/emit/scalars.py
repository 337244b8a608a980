"""The scalar functions of a module: activations, and the vector mathematics that they call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codegen.derivatives import functions_of_order, written
from codegen.emit.near import Near, near
from codegen.emit.scalar_text import tidied
from codegen.emit.specialise import limit_text
from codegen.pages import elementwise_functions
from codegen.scalar.code import ScalarCode
from codegen.vectormath import imports, sources
from derive.derivation import Derivation
from derive.graph import Model

__all__ = ["dispatched", "near_functions", "scalar_imports", "scalar_source"]

ONE_RESULT = re.compile(r"^( +return )(.+),$", re.MULTILINE)  # in a tuple, as formatters write it
EXP = {"float32": "exp_f32", "float64": "exp_f64"}


@dataclass(frozen=True)
class Dispatched:
    """A scalar function that exists for each dtype and is chosen by the dtype of x."""

    name: str
    arguments: str
    words: str
    by_dtype: Mapping[str, str]


def dispatched(derivation: Derivation, near: Near, *, second: bool = False) -> Iterator[Dispatched]:
    """Yield what kernels call of activations, with ``second`` g″ too, and exp."""
    yield Dispatched("exp", "x", "eˣ", EXP)
    model = derivation.model
    if second:
        yield from _derivatives(model, 2)
    for function in elementwise_functions(derivation):
        arguments = ", ".join(["x", *function.parameters])
        yield Dispatched(function.name, arguments, function.words, _by_dtype(function.name))
        if function.name in near.limits:
            name = f"{function.name}_near"
            words = f"{function.words}, |x| ≤ {limit_text(near.limits[function.name])},"
            yield Dispatched(name, arguments, words, near.by_dtype[function.name])
    yield from _derivatives(model, 1)


def _derivatives(model: Model, order: int) -> Iterator[Dispatched]:
    """Yield the functions of derivatives of an order, g′ apart, which is elementwise."""
    for symbol in model.activations:
        parameters = tuple(model.trainable(symbol).values())
        for function, given in functions_of_order(len(parameters), order).items():
            if function != "derivative":
                name = f"{symbol}_{function}"
                words = ", ".join(f"{written(symbol, orders, parameters)}(x)" for orders in given)
                arguments = ", ".join(["x", *parameters])
                yield Dispatched(name, arguments, words, _by_dtype(name))


def _by_dtype(name: str) -> dict[str, str]:
    return {dtype: f"{name}_{dtype}" for dtype in EXP}


def scalar_source(
    scalars: Mapping[str, ScalarCode], dtypes: Sequence[str], near: Near | None = None
) -> str:
    """Return the vector mathematics that is called, each function once, then activations, near ones last."""
    near = near or Near()
    required = sorted({*_required(scalars, dtypes), *near.requires})
    activations = (tidied(code.functions) for code in scalars.values())
    parts = [sources(required), *activations, near.source]
    text = "\n\n\n".join(part.strip() for part in parts if part.strip())
    return ONE_RESULT.sub(r"\1(\2,)", text)


def near_functions(derivation: Derivation, source: str, dtypes: Sequence[str]) -> Near:
    """Return the near functions of a module's elementwise functions, which stand in the source."""
    quantities = {
        function.name: [f"{function.name}_{dtype}" for dtype in dtypes]
        for function in elementwise_functions(derivation)
    }
    return near(source, quantities)


def scalar_imports(scalars: Mapping[str, ScalarCode], dtypes: Sequence[str]) -> Sequence[str]:
    """Return the imports of the vector mathematics that is called."""
    return imports(_required(scalars, dtypes))


def _required(scalars: Mapping[str, ScalarCode], dtypes: Sequence[str]) -> tuple[str, ...]:
    exponentials = {EXP[dtype] for dtype in dtypes}
    return tuple(sorted(exponentials.union(*(code.requires for code in scalars.values()))))
