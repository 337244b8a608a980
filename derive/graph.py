"""A model as a graph of named quantities, each defined in index notation by earlier ones.

The engine knows nothing of layers: a model is a list of definitions such as a_k = Σ_l V_kl f_l, in
an order in which each mentions only what stands before it. Everything else (shapes, gradients,
matrix forms, kernels) is worked out from these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from sympy import Expr, Indexed, IndexedBase, Symbol

from derive.errors import InputError

if TYPE_CHECKING:
    from derive.activation import Activation

__all__ = ["Definition", "Model", "Quantity", "Role", "size"]


class Role(Enum):
    """What a quantity is to the user."""

    FEATURES = "features"
    PARAMETER = "parameter"  # a matrix or a bias vector
    ACTIVATION_PARAMETER = "activation parameter"  # a trainable scalar such as β
    HIDDEN = "hidden"  # a vector that a definition gives
    SCORES = "scores"
    PROBABILITIES = "probabilities"
    LOSS = "loss"
    LABELS = "labels"
    WEIGHTS = "example weights"
    STRENGTH = "strength"  # of the L2 term: α
    ERROR = "error"  # ∂L/∂(a hidden quantity)
    GRADIENT = "gradient"  # ∂L/∂(a parameter)


def size(name: str) -> Symbol:
    """Return the symbolic size of that name: a positive integer."""
    return Symbol(name, integer=True, positive=True)


@cache
def _base(name: str, integer: bool) -> IndexedBase:
    return IndexedBase(Symbol(name, real=True, integer=True if integer else None))


@dataclass(frozen=True)
class Quantity:
    """A named scalar (sizes ()), vector (sizes (d,)) or matrix (sizes (m, d)) of reals."""

    name: str
    sizes: tuple[Symbol, ...]
    role: Role

    def at(self, *indices: Expr) -> Expr:
        """Return the entry at these indices, as many as there are sizes."""
        if len(indices) != len(self.sizes):
            raise ValueError(f"{self.name} has {len(self.sizes)} indices, not {len(indices)}")
        base = _base(self.name, self.role is Role.LABELS)
        return Indexed(base, *indices) if indices else base.label


@dataclass(frozen=True)
class Definition:
    """quantity[indices] = right, in index notation; the indices are free in right."""

    quantity: Quantity
    indices: tuple[Symbol, ...]
    right: Expr


@dataclass(frozen=True)
class Model:
    """A classifier softmax(scores) as a graph of named quantities.

    ``parameters`` stand in the order in which the text first names them, then trainable activation
    parameters in the order declared. ``definitions`` are in order of use; the last defines the
    scores.
    ``activations`` binds each activation symbol to its formula, or to None where it stays abstract;
    ``labels`` says for each that is bound what its parameters are called here.
    """

    text: str
    features: Quantity
    parameters: tuple[Quantity, ...]
    definitions: tuple[Definition, ...]
    activations: Mapping[str, Activation | None] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def scores(self) -> Quantity:
        return self.definitions[-1].quantity

    def bound_activation(self, name: str) -> Activation:
        """Return the activation of that symbol; InputError where it stays abstract."""
        activation = self.activations[name]
        if activation is None:
            raise InputError(
                f"the activation {name} is abstract here; bind it to get numbers, as in {name}=tanh"
            )
        return activation

    def trainable(self, name: str) -> dict[str, str]:
        """Map each trainable parameter of an activation to the quantity it is here."""
        activation = self.activations[name]
        return {own: self.labels[name][own] for own in activation.trainable} if activation else {}

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Return the features, the parameters, then every defined quantity."""
        defined = (definition.quantity for definition in self.definitions)
        return (self.features, *self.parameters, *defined)
