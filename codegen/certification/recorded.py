"""The committed record of certificates as people look it up: by formula, not by code."""

from __future__ import annotations

from codegen.scalar.certificate import Row
from codegen.scalar.record import entries
from derive.activation import Activation

__all__ = ["recorded_rows"]


def recorded_rows(activation: Activation) -> tuple[Row, ...]:
    """Return what the record says of an activation, in every dtype; nothing is searched for."""
    formula = str(activation.bound)
    return tuple(row for entry in entries() if entry.formula == formula for row in entry.rows)
