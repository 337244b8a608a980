"""The committed record of certificates as people look it up: by formula, not by code."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from codegen.scalar.certificate import Row
from codegen.scalar.record import RECORD
from derive.activation import Activation

__all__ = ["recorded_rows"]


def recorded_rows(activation: Activation) -> tuple[Row, ...]:
    """Return what the record says of an activation, in every dtype; nothing is searched for."""
    return tuple(_rows(str(activation.bound)))


def _rows(formula: str) -> Iterator[Row]:
    text = RECORD.read_text(encoding="utf-8") if RECORD.exists() else ""
    for entry in tomllib.loads(text).get("certificate", ()):
        if entry["formula"] == formula:
            for row in entry["rows"]:
                where, words = float.fromhex(row["where"]), row.get("exemptions", "")
                found = (entry["dtype"], row["quantity"], row["max_ulp"], where, row["count"])
                yield Row(*found, words)
