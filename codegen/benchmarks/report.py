"""The results as a table for people and as JSON for programs."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

from codegen.benchmarks.run import Result
from codegen.benchmarks.work import Kind
from codegen.recipe import Recipe

__all__ = ["duration", "facts", "notes", "table"]


def duration(seconds: float) -> str:
    """Return three digits with a unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def table(results: Sequence[Result]) -> Table:
    """Return a table: a line a work, a column a contestant with its time and its ratio to ours."""
    names = list(dict.fromkeys(entry.name for result in results for entry in result.entries))
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    shown.add_column("work")
    shown.add_column("dtype", no_wrap=True)
    for name in (*names, "limit"):
        shown.add_column(name, justify="right", no_wrap=True)
    for result in results:
        cells = {}
        for entry in result.entries:
            ratio = result.ratio(entry)
            times = "" if entry is result.entries[0] else f"\n{ratio:.3g}×"
            cells[entry.name] = duration(entry.seconds) + times
        bound = f"{duration(result.limit.seconds)}\n{_letter(result)}"
        row = [cells.get(name, "—") for name in names]
        shown.add_row(f"{result.work.kind.value}\n{result.work}", result.dtype, *row, bound)
    return shown


def _letter(result: Result) -> str:
    if result.work.kind is Kind.ELEMENTWISE:
        return "a copy"
    return "GEMM" if result.limit.by == "matrix products" else "memory"


def notes(results: Iterable[Result], missing: Mapping[str, str]) -> list[str]:
    """Return what a reader must know of the table, each line once."""
    lines = [f"{name} {reason}" for name, reason in missing.items()]
    for result in results:
        for name, reason in result.missing:
            lines.append(f"{name} {reason}: not measured on {result.work.kind.value}")
        lines += [f"{e.name} is measured {e.note}" for e in result.entries if e.note]
    return list(dict.fromkeys(lines))


def facts(
    recipe: Recipe, results: Sequence[Result], versions: Mapping[str, str], threads: int
) -> dict[str, Any]:
    """Return everything that was measured, in seconds."""
    return {
        "model": recipe.model,
        "bindings": dict(recipe.bindings),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "threads": threads,
        "versions": dict(versions),
        "results": [
            {
                "work": result.work.kind.value,
                "size": str(result.work),
                "dtype": result.dtype,
                "limit": {"seconds": result.limit.seconds, "by": result.limit.by},
                "entries": [
                    {
                        "name": entry.name,
                        "seconds": entry.seconds,
                        "least": entry.least,
                        "ratio": result.ratio(entry),
                        "deviation": entry.deviation,
                        "note": entry.note,
                    }
                    for entry in result.entries
                ],
                "missing": dict(result.missing),
            }
            for result in results
        ],
    }
