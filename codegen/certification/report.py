"""Certificates as a table for people and as facts for programs, and how far certifying is."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from codegen.scalar.certificate import BOUNDS, Row
from codegen.scalar.settings import ends
from derive.activation import Activation
from derive.render.digits import all_digits

__all__ = ["Tell", "facts", "heading", "shown_progress", "table"]

Tell = Callable[[str, int, int], None]


def heading(symbol: str, activation: Activation) -> str:
    """Return g(x) = … with the values that its parameters had, or between which they were varied."""
    said = []
    for name, value in activation.parameters.items():
        low, high = sorted(ends(float(value)))
        varied = name in activation.trainable
        said.append(
            f"{name} from {low:g} to {high:g}" if varied else f"{name} = {all_digits(value)}"
        )
    return f"{symbol}(x) = {activation.text}{' with ' * bool(said)}{', '.join(said)}"


def table(certificates: Mapping[str, Sequence[Row]]) -> Table:
    """Return a table with a line for each quantity of each symbol in each dtype."""
    result = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    result.add_column("dtype", no_wrap=True)
    result.add_column("quantity", no_wrap=True)
    for name in ("max ULP", "bound", "at x =", "inputs"):
        result.add_column(name, justify="right", no_wrap=True)
    result.add_column("exempt")
    for symbol, rows in certificates.items():
        for row in rows:
            result.add_row(
                row.dtype,
                f"{row.quantity} of {symbol}",
                f"{row.max_ulp:.3f}",
                f"{BOUNDS[row.dtype]:g}",
                repr(row.where),
                f"{row.count:,}",
                row.exemptions,
            )
    return result


def facts(certificates: Mapping[str, Sequence[Row]]) -> list[dict[str, Any]]:
    """Return one object for each line; x is a text where JSON has no number for it."""
    return [
        {
            "activation": symbol,
            "dtype": row.dtype,
            "quantity": row.quantity,
            "max_ulp": _number(row.max_ulp),
            "bound": BOUNDS[row.dtype],
            "x": _number(row.where),
            "inputs": row.count,
            "exemptions": row.exemptions,
        }
        for symbol, rows in certificates.items()
        for row in rows
    ]


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else repr(value)


@contextmanager
def shown_progress(label: str) -> Iterator[Tell | None]:
    """Give what certifying tells its progress to: a bar on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def tell(dtype: str, done: int, whole: int) -> None:
            if dtype not in tasks:
                tasks[dtype] = progress.add_task(f"{label} {dtype}", total=whole)
            progress.update(tasks[dtype], completed=done, total=whole)

        yield tell
