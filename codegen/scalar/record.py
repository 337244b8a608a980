"""The committed record of certificates, keyed by the hash of the code that was measured."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import tomlkit

from codegen.scalar.certificate import Row

__all__ = ["Entry", "entries", "recorded", "write"]

RECORD = Path(__file__).parent / "record.toml"
HEADER = "Largest errors measured, by the hash of the code; written by `codegen certify`."


@dataclass(frozen=True)
class Entry:
    """What was measured of the code of a formula in a dtype."""

    formula: str
    dtype: str
    hash: str
    rows: tuple[Row, ...]


@cache
def entries() -> tuple[Entry, ...]:
    """Return the whole record."""
    if not RECORD.exists():
        return ()
    text = tomllib.loads(RECORD.read_text(encoding="utf-8"))
    return tuple(
        Entry(entry["formula"], entry["dtype"], entry["hash"], tuple(_rows(entry)))
        for entry in text.get("certificate", [])
    )


def _rows(entry: Mapping[str, Any]) -> Iterator[Row]:
    for row in entry["rows"]:
        where, words = float.fromhex(row["where"]), row.get("exemptions", "")
        found = (entry["dtype"], row["quantity"], row["max_ulp"], where, row["count"])
        yield Row(*found, words)


def recorded(code_hash: str) -> tuple[Row, ...] | None:
    """Return the rows recorded for the code with this hash; None if there are none."""
    return next((entry.rows for entry in entries() if entry.hash == code_hash), None)


def write(code_hash: str, formula: str, rows: Sequence[Row]) -> None:
    """Enter the rows of one code into the record, in place of those for the same formula and dtype.

    Those of the same code at more inputs are kept.
    """
    known = recorded(code_hash)
    if known is not None and known[0].count > rows[0].count:
        return
    document = tomlkit.document()
    if RECORD.exists():
        document = tomlkit.parse(RECORD.read_text(encoding="utf-8"))
    else:
        document.add(tomlkit.comment(HEADER))
    kept = [
        entry
        for entry in document.unwrap().get("certificate", [])
        if entry["hash"] != code_hash
        and (entry["formula"], entry["dtype"]) != (formula, rows[0].dtype)
    ]
    kept.append(
        {
            "formula": formula,
            "dtype": rows[0].dtype,
            "hash": code_hash,
            "rows": [_row(row) for row in rows],
        }
    )
    document["certificate"] = _array(sorted(kept, key=lambda e: (e["formula"], e["dtype"])))
    RECORD.write_text(tomlkit.dumps(document), encoding="utf-8")
    entries.cache_clear()


def _row(row: Row) -> dict[str, object]:
    result: dict[str, object] = {
        "quantity": row.quantity,
        "max_ulp": round(row.max_ulp, 4),
        "where": row.where.hex(),
        "count": row.count,
    }
    return result | ({"exemptions": row.exemptions} if row.exemptions else {})


def _array(listed: Sequence[dict]) -> tomlkit.items.AoT:
    array = tomlkit.aot()
    for entry in listed:
        table = tomlkit.table()
        for key in ("formula", "dtype", "hash"):
            table.add(key, entry[key])
        rows = tomlkit.array()
        for row in entry["rows"]:
            inline = tomlkit.inline_table()
            inline.update(row)
            rows.append(inline)
        rows.multiline(True)
        table.add("rows", rows)
        array.append(table)
    return array
