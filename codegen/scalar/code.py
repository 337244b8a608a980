"""From an activation to scalar functions of x: g, g′, both in one pass, and ∂g/∂β."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr

from codegen.scalar.certificate import Row
from codegen.scalar.prove import Proved, proved
from codegen.scalar.record import recorded
from codegen.scalar.write import Writer
from codegen.vectormath import sources
from derive.activation import Activation
from derive.calculus import derivative
from derive.formula import X
from derive.subgradient import filled, repaired_derivative

__all__ = ["Quantities", "ScalarCode", "code_hash", "quantities", "scalar_code"]


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
    parts, requires, forms = [], set[str](), []
    rows: list[Row] = []
    for dtype in dtypes:
        text, called, measured, form = _typed(symbol, activation, dtype)
        parts.append(text)
        requires |= called
        rows += recorded(code_hash(activation, dtype)) or measured
        forms.append(form)
    return ScalarCode("\n\n".join(parts), tuple(sorted(requires)), tuple(rows), tuple(forms))


def code_hash(activation: Activation, dtype: str) -> str:
    """Return the SHA-256 of the activation's code in a dtype, whatever it is called."""
    text, called, _, _ = _typed("g", activation, dtype)
    return hashlib.sha256((sources(sorted(called)) + text).encode()).hexdigest()


def _typed(
    symbol: str, activation: Activation, dtype: str
) -> tuple[str, set[str], tuple[Row, ...], str]:
    """Return the functions in one dtype, what they call, what was measured, and the form chosen."""
    wanted = quantities(activation)
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
    return "\n\n".join(parts), requires, rows, both.form


def _function(
    name: str, words: str, found: Proved, outputs: Sequence[int], parameters: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    kept, levels = found.only(outputs)
    writer = Writer(kept, levels, found.dtype)
    return writer.function(name, parameters, words), writer.requires
