"""Draw the error over x, with the bound: a panel for each dtype and activation."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codegen.certification.errors import QUANTITIES, Errors
from codegen.scalar.certificate import BOUNDS
from derive.files import write_whole

__all__ = ["draw_errors"]

COLOURS = ("tab:blue", "tab:orange")
LINEAR = 1e-3  # below it x is drawn linearly, so that 0 has a place
ROOM = 3.0  # decades about 0 that are drawn alike; farther out they are drawn ever closer
LABEL = 0.1  # of the way from 0 to the end: what a label needs
TICKS = (1.0, 1e3, 1e10, 1e38, 1e100, 1e300)


def draw_errors(path: Path, found: Mapping[str, Sequence[Errors]], title: str) -> None:
    """Write the plot in the form that the suffix names, without a display."""
    from matplotlib.figure import Figure

    panels = [(symbol, errors) for symbol, series in found.items() for errors in series]
    figure = Figure(figsize=(8, 2.6 * len(panels)), layout="constrained")
    grid = figure.subplots(len(panels), squeeze=False)[:, 0]
    for axes, (symbol, errors) in zip(grid, panels, strict=True):
        bound = BOUNDS[errors.dtype]
        for name, ulp, colour in zip(QUANTITIES, errors.ulp, COLOURS, strict=True):
            shown = np.minimum(ulp, 1.5 * bound)
            axes.plot(_place(errors.x), shown, ".", ms=2, color=colour, label=f"{name} of {symbol}")
        axes.axhline(bound, color="black", lw=0.8, ls="--", label="bound")
        _mark(axes, float(np.max(np.abs(errors.x))))
        axes.set_ylim(0, 1.1 * bound)
        axes.set_ylabel(f"ULP of {errors.dtype}")
    grid[0].set_title(title, fontsize="medium", loc="left")
    for axes in grid:
        axes.legend(
            loc="lower right", bbox_to_anchor=(1, 1), ncols=3, fontsize="small", frameon=False
        )
    grid[-1].set_xlabel("x")
    content = io.BytesIO()
    kind = path.suffix.lower()[1:]
    dated = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(kind)
    figure.savefig(content, format=kind, dpi=150, metadata=dated)
    write_whole(path, content.getvalue())


def _place(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where x is drawn: by the logarithm of its decades, to either side of 0."""
    decades = np.log10(1 + np.minimum(np.abs(x), 1e304) / LINEAR)
    return np.sign(x) * np.log1p(decades / ROOM)


def _mark(axes: Any, largest: float) -> None:
    """Label 0 and powers to either side of it, those that have room for a label."""
    at = dict(zip(TICKS, _place(np.array(TICKS)).tolist(), strict=True))
    end = float(_place(np.array(largest)))
    ticks = [0.0]
    for tick in TICKS:
        if tick <= largest and at[tick] - at.get(ticks[-1], 0.0) > LABEL * end:
            ticks.append(tick)
    every = np.array([*(-tick for tick in reversed(ticks[1:])), *ticks])
    axes.set_xticks(_place(every), [f"{tick:g}" for tick in every])
