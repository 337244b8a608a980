"""Draw the results: bars of time by contestant for each work, on a logarithmic axis."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from codegen.benchmarks.report import duration
from codegen.benchmarks.run import Result
from derive.files import write_whole

__all__ = ["draw_results"]

BAR = 0.8  # of the height of a work


def draw_results(path: Path, results: Sequence[Result], title: str) -> None:
    """Write the plot in the form that the suffix names, without a display."""
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(entry.name for result in results for entry in result.entries))
    figure = Figure(figsize=(8, 1 + 0.9 * len(results)), layout="constrained")
    axes = figure.subplots()
    height = BAR / len(names)
    for place, name in enumerate(names):
        rows = [
            (number, entry.seconds, duration(entry.seconds))
            for number, result in enumerate(results)
            for entry in result.entries
            if entry.name == name
        ]
        at = [number + (place - (len(names) - 1) / 2) * height for number, _, _ in rows]
        bars = axes.barh(at, [seconds for _, seconds, _ in rows], height * 0.9, label=name)
        axes.bar_label(bars, [text for _, _, text in rows], padding=2, fontsize="x-small")
    for number, result in enumerate(results):
        ends = (number - BAR / 2, number + BAR / 2)
        limit = "limit of the machine" if number == 0 else None
        axes.plot([result.limit.seconds] * 2, ends, color="black", lw=1, ls=":", label=limit)
    labels = [f"{result.work.kind.value}\n{result.work}\n{result.dtype}" for result in results]
    axes.set_yticks(range(len(results)), labels, fontsize="small")
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.margins(x=0.12)
    axes.set_xlabel("median seconds, less is better")
    axes.set_title(title, fontsize="medium")
    axes.legend(fontsize="small", loc="best")
    content = io.BytesIO()
    kind = path.suffix.lower()[1:]
    dated = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(kind)
    figure.savefig(content, format=kind, dpi=150, metadata=dated)
    write_whole(path, content.getvalue())
