"""Keep the measured errors in `record.toml`, each with a hash of the source that was measured."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from codegen.vectormath.catalogue import CATALOGUE
from codegen.vectormath.extract import sources
from codegen.vectormath.measure import Measurement

__all__ = ["FILE", "fingerprint", "read", "stale", "write"]

FILE = Path(__file__).parent / "record.toml"
HEADER = """\
# The greatest error measured for each function: in ULP for f64 and f32, relative for wide and dd.
# Written by `python -m codegen.vectormath.verify --record`; `x` and `low` are the worst argument,
# `source` is the hash of the text that was measured.
"""


def fingerprint(name: str) -> str:
    """Return a short hash of a function's source text and all it needs."""
    return hashlib.sha256(sources([name]).encode()).hexdigest()[:16]


def _tables() -> dict[str, dict[str, str | float | int | bool]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}


def read() -> dict[str, Measurement]:
    """Return the recorded measurements by name."""
    return {
        name: Measurement(
            name,
            float(table["error"]),
            float.fromhex(str(table["x"])),
            float.fromhex(str(table["low"])),
            int(table["count"]),
            bool(table["exhaustive"]),
        )
        for name, table in _tables().items()
    }


def stale() -> list[str]:
    """Return the catalogue's measured names whose source changed since it was recorded."""
    return [n for n, t in _tables().items() if n not in CATALOGUE or t["source"] != fingerprint(n)]


def write(measurements: Mapping[str, Measurement], renewed: Collection[str] = ()) -> None:
    """Write the record in the catalogue's order; ``renewed`` names what was measured just now."""
    known = _tables()
    blocks = [HEADER]
    for name in CATALOGUE:
        if name not in measurements:
            continue
        found = measurements[name]
        kept = name in known and name not in renewed
        source = known[name]["source"] if kept else fingerprint(name)
        blocks.append(
            f"[{name}]\n"
            f"error = {found.error!r}\n"
            f'x = "{found.x.hex()}" # {found.x!r}\n'
            f'low = "{found.low.hex()}"\n'
            f"count = {found.count}\n"
            f"exhaustive = {str(found.exhaustive).lower()}\n"
            f'source = "{source}"\n'
        )
    FILE.write_text("\n".join(blocks), encoding="utf-8")
