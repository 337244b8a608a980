"""Derive a classifier's gradients step by step, each line proved: ``from derive import derive``.

Reading order: :mod:`derive.derivation` (the front door), :mod:`derive.language` (a text becomes
named vectors), :mod:`derive.graph` (a model is a graph of named quantities),
:mod:`derive.objective` (P and L), :mod:`derive.backprop` (errors and gradients over the graph),
:mod:`derive.rules` (the differentiation rules), :mod:`derive.verify` (the proof).
"""

from importlib import import_module
from typing import TYPE_CHECKING

from derive.errors import InputError, VerificationError

if TYPE_CHECKING:
    from derive.derivation import Derivation, derive
    from derive.gradient import Gradient

__all__ = ["Derivation", "Gradient", "InputError", "VerificationError", "derive"]

HOMES = {
    "Derivation": "derive.derivation",
    "Gradient": "derive.gradient",
    "derive": "derive.derivation",
}


def __getattr__(name: str) -> object:
    """Import what needs SymPy when it is first asked for, so that ``derive --help`` is quick."""
    if name not in HOMES:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
