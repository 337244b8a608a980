"""From an activation to scalar functions of x: g, g′, both in one pass, and ∂g/∂β."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr, srepr

from codegen.cache import remembered, sources_hash
from codegen.scalar.certificate import Row
from codegen.scalar.prove import Proved, proved
from codegen.scalar.record import recorded
from codegen.scalar.served import Domain
from codegen.scalar.write import Writer
from codegen.vectormath import sources
from derive.activation import Activation
from derive.calculus import derivative
from derive.formula import X
from derive.subgradient import filled, repaired_derivative

__all__ = ["Quantities", "ScalarCode", "Typed", "code_hash", "kept", "quantities", "scalar_code"]

# What a search depends on besides the expressions, which say all of what derive makes of a formula:
SOURCES = ("codegen/scalar", "codegen/vectormath")
# What only measures what was found:
APART = frozenset(
    {"certify.py", "exhaustive.py", "measure.py", "record.py", "record.toml"}
    | {
        "catalogue.py",
        "derive_coefficients.py",
        "points.py",
        "reference.py",
        "scan.py",
        "verify.py",
    }
    | {"__pycache__"}
)


@dataclass(frozen=True)
class ScalarCode:
    """Scalar functions of one activation as source text, and what was measured of them.

    ``functions`` are the definitions of this activation alone; ``requires`` names the functions of
    :mod:`codegen.vectormath` that they call. A module with several activations needs the union.
    """

    functions: str
    requires: tuple[str, ...]
    certificate: tuple[Row, ...] = ()
    forms: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The definitions with the functions that they call, ready to be pasted into a module."""
        return sources(self.requires) + "\n\n" + self.functions

    @property
    def hash(self) -> str:
        """The SHA-256 of the code that is measured."""
        return hashlib.sha256(self.source.encode()).hexdigest()


@dataclass(frozen=True)
class Quantities:
    """g, g′ and the ∂g/∂β of the trainable β, with fixed parameters put in exactly."""

    value: Expr
    slope: Expr
    partials: tuple[Expr, ...]
    defaults: Mapping[str, float]


def quantities(activation: Activation) -> Quantities:
    """Return what is to be computed; derive's rules differentiate and choose at break points."""
    return Quantities(
        filled(activation),
        repaired_derivative(activation),
        tuple(derivative(activation.bound, parameter) for parameter in activation.symbols),
        {name: float(activation.parameters[name]) for name in activation.trainable},
    )


def scalar_code(
    symbol: str, activation: Activation, dtypes: Sequence[str] = ("float32", "float64")
) -> ScalarCode:
    """Return the scalar functions of the activation that a model calls by the symbol.

    For each dtype T: ``<symbol>_value_T(x, …)``, ``<symbol>_derivative_T``,
    ``<symbol>_value_and_derivative_T`` and, with trainable parameters, which follow x,
    ``<symbol>_parameter_derivatives_T``, a tuple. Raises CertificateError where the bound is missed.
    """
    typed = [kept(symbol, activation, dtype) for dtype in dtypes]
    rows: list[Row] = []
    for dtype, found in zip(dtypes, typed, strict=True):
        rows += recorded(code_hash(activation, dtype)) or found.rows
    return ScalarCode(
        "\n\n".join(found.text for found in typed),
        tuple(sorted({name for found in typed for name in found.requires})),
        tuple(rows),
        tuple(found.form for found in typed),
    )


def code_hash(activation: Activation, dtype: str) -> str:
    """Return the SHA-256 of the activation's code in a dtype, whatever it is called."""
    found = kept("g", activation, dtype)
    return hashlib.sha256((sources(found.requires) + found.text).encode()).hexdigest()


@dataclass(frozen=True)
class Typed:
    """The functions in one dtype, what they call, what was measured, the form chosen, and where it holds."""

    text: str
    requires: tuple[str, ...]
    rows: tuple[Row, ...]
    form: str
    domain: Domain


def kept(symbol: str, activation: Activation, dtype: str) -> Typed:
    """Return the functions in one dtype from the user's cache, searched for where they are not there."""
    wanted = quantities(activation)
    key = [symbol, dtype, sources_hash(SOURCES, APART), list(wanted.defaults.items())]
    key += [srepr(part) for part in (wanted.value, wanted.slope, *wanted.partials)]
    return remembered("scalar", key, _restored, lambda: _typed(symbol, wanted, dtype))


def _restored(stored: Any) -> Typed:
    rows = tuple(Row(**row) for row in stored["rows"])
    requires, domain = tuple(stored["requires"]), tuple(map(tuple, stored["domain"]))
    return Typed(stored["text"], requires, rows, stored["form"], domain)


def _typed(symbol: str, wanted: Quantities, dtype: str) -> Typed:
    """Search for the functions in one dtype."""
    both = proved((wanted.value, wanted.slope), X, dtype, ("value", "derivative"), wanted.defaults)
    pieces = [
        ("value", f"Return {symbol}(x).", both, (0,)),
        ("derivative", f"Return {symbol}′(x).", both, (1,)),
        ("value_and_derivative", f"Return {symbol}(x) and {symbol}′(x).", both, (0, 1)),
    ]
    rows = both.rows
    if wanted.partials:
        names = tuple(f"∂/∂{name}" for name in wanted.defaults)
        partials = proved(wanted.partials, X, dtype, names, wanted.defaults)
        words = f"Return ∂{symbol}/∂ each of {', '.join(wanted.defaults)}."
        pieces.append(("parameter_derivatives", words, partials, tuple(range(len(names)))))
        rows += partials.rows
    parts, requires = [], set[str]()
    for quantity, words, found, outputs in pieces:
        name = f"{symbol}_{quantity}_{dtype}"
        text, called = _function(name, words, found, outputs, tuple(wanted.defaults))
        if quantity == "parameter_derivatives" and len(outputs) == 1:
            text = text.rstrip("\n") + ",\n"
        parts.append(text)
        requires |= set(called)
    return Typed("\n\n".join(parts), tuple(sorted(requires)), rows, both.form, both.domain)


def _function(
    name: str, words: str, found: Proved, outputs: Sequence[int], parameters: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    kept, levels = found.only(outputs)
    writer = Writer(kept, levels, found.dtype)
    return writer.function(name, parameters, words), writer.requires
