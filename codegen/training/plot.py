"""Draw the learning curve: log-likelihood and held-out accuracy by epoch."""

from __future__ import annotations

import io
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from codegen.training.loop import Epoch
from codegen.training.outputs import check_output
from derive.errors import InputError
from derive.files import write_whole

__all__ = ["KINDS", "check_plot", "draw_learning_curve"]

KINDS = (".png", ".pdf", ".svg")


def check_plot(path: Path) -> None:
    """Refuse, before training, a plot that could not be drawn after it."""
    check_output(path, KINDS, "--plot")
    if find_spec("matplotlib") is None:
        raise InputError(
            "a plot needs Matplotlib, which is not installed: pip install 'gradscribe[plot]'"
        )


def draw_learning_curve(path: Path, epochs: Sequence[Epoch], title: str) -> None:
    """Write the plot in the form that the suffix names, without a display."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    numbers = [epoch.number for epoch in epochs]
    axes.plot(numbers, [epoch.log_likelihood for epoch in epochs], color="tab:blue")
    axes.set_xlabel("epoch")
    axes.set_ylabel("log-likelihood per example", color="tab:blue")
    axes.set_title(title, fontsize="medium")
    accuracies = [epoch.accuracy for epoch in epochs if epoch.accuracy is not None]
    if accuracies:
        right = axes.twinx()
        right.plot(numbers, accuracies, color="tab:orange")
        right.set_ylabel("held-out accuracy", color="tab:orange")
    content = io.BytesIO()
    kind = path.suffix.lower()[1:]
    dated = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(kind)
    figure.savefig(content, format=kind, dpi=150, metadata=dated)
    write_whole(path, content.getvalue())
