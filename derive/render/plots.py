"""g and g′ of an activation: derived on slides, plotted with pgfplots, break points marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

import numpy as np
from sympy import Expr

from derive.activation import Activation
from derive.arithmetic import Float64
from derive.breakpoints import BreakPoint, break_points
from derive.calculus import derivative
from derive.formula import X
from derive.render.escape import escape_latex
from derive.render.frames import Frame, derivation_frames, latex_of
from derive.render.lecture import parameter_values
from derive.render.statement import Presenter
from derive.steps import Kind

__all__ = ["Curve", "activation_frames", "curves", "marks", "sentence"]

RANGE = (-4.0, 4.0)
SAMPLES = 161
DENSER = 6  # times as many where a curve turns between the samples
CLIP = 5.0  # values beyond are not drawn
LONGEST_NAME = 24  # letters, in a title


@dataclass(frozen=True)
class Curve:
    """The pieces of a graph between its break points: each a tuple of (x, y)."""

    pieces: tuple[tuple[tuple[float, float], ...], ...]


def curves(activation: Activation) -> tuple[Curve, Curve]:
    """Return the graphs of g and g′ on [−4, 4], broken at break points and where not finite."""
    expression = activation.valued
    breaks = [point for point, _ in marks(activation)]
    return _curve(expression, breaks), _curve(derivative(expression, X), breaks)


def _curve(expression: Expr, breaks: list[float]) -> Curve:
    ends = [RANGE[0], *(x for x in breaks if RANGE[0] < x < RANGE[1]), RANGE[1]]
    pieces: list[tuple[tuple[float, float], ...]] = []
    for low, high in pairwise(ends):
        margin = 1e-6 * (high - low)
        count = max(8, int(SAMPLES * (high - low) / 8))
        xs, ys = _sampled(expression, low + margin, high - margin, count)
        dense_xs, dense_ys = _sampled(expression, low + margin, high - margin, DENSER * count)
        with np.errstate(all="ignore"):
            between = np.abs(np.interp(dense_xs, xs, ys) - dense_ys)
        smooth = not np.any(between[np.abs(dense_ys) <= CLIP] > CLIP / 50)
        pieces.extend(_finite(xs, ys) if smooth else _finite(dense_xs, dense_ys))
    return Curve(tuple(pieces))


def _sampled(
    expression: Expr, low: float, high: float, count: int
) -> tuple[np.ndarray, np.ndarray]:
    xs = np.linspace(low, high, count)
    with np.errstate(all="ignore"):
        return xs, np.broadcast_to(Float64().scalar(expression, {X: xs}), xs.shape)


def _finite(xs: np.ndarray, ys: np.ndarray) -> Iterator[tuple[tuple[float, float], ...]]:
    """Yield runs of points that can be drawn."""
    run: list[tuple[float, float]] = []
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if isfinite(y) and abs(y) <= CLIP:
            run.append((round(x, 4), round(y, 4)))
        else:
            if len(run) > 1:
                yield tuple(run)
            run = []
    if len(run) > 1:
        yield tuple(run)


def marks(activation: Activation) -> list[tuple[float, BreakPoint]]:
    """Return the break points inside the plot, those of a periodic family repeated."""
    found = []
    for point in break_points(activation):
        where = float(point.location)
        if point.period is None:
            shifts: list[float] = [0.0]
        else:
            period = float(point.period)
            turns = range(
                int((RANGE[0] - where) / period) - 1, int((RANGE[1] - where) / period) + 2
            )
            shifts = [turn * period for turn in turns]
        found += [(where + s, point) for s in shifts if RANGE[0] <= where + s <= RANGE[1]]
    return sorted(found, key=lambda mark: mark[0])


def activation_frames(presenter: Presenter) -> Iterator[Frame]:
    """Yield, for each bound activation, its graph and the derivation of g′ (and of each ∂g/∂β)."""
    statements = list(presenter.statements(Kind.ACTIVATION))
    for name, activation in presenter.derivation.model.activations.items():
        if activation is None:
            continue
        mine = [s for s in statements if s.equation.left.symbol.name == name]
        yield _plot_frame(presenter, name, activation)
        for statement in mine[1:]:
            slope = latex_of(presenter.scalar.activation(statement.equation.left))
            yield from derivation_frames(rf"The derivative ${slope}$", statement)


def _plot_frame(presenter: Presenter, name: str, activation: Activation) -> Frame:
    g, slope = curves(activation)
    shown = latex_of(presenter.names.activation(name))
    statement = next(
        s for s in presenter.statements(Kind.ACTIVATION) if s.equation.left.symbol.name == name
    )
    slope_name = presenter.scalar.activation(statement.equation.left.raised(0))
    formula = f"{latex_of(statement.left)} = {latex_of(statement.right)}"
    plot = "\n".join(
        [
            r"\begin{center}\begin{tikzpicture}\begin{axis}[width=0.88\textwidth,height=0.62\textheight,",
            r"axis lines=middle,axis line style={quiet},tick style={quiet},",
            r"ticklabel style={font=\scriptsize,quiet},xmin=-4,xmax=4,restrict y to domain=-6:6,",
            r"enlarge y limits=0.08,legend columns=-1,",  # above the curves, in a row: it hides none
            r"legend style={at={(0.5,1.02)},anchor=south,draw=none,font=\small,column sep=1ex}]",
            *_plots(g, "forward,very thick"),
            rf"\addlegendentry{{${shown}(x)$}}",
            *_plots(slope, "error,very thick,densely dashed"),
            rf"\addlegendentry{{${latex_of(slope_name)}(x)$}}",
            *_kinks(activation),
            r"\end{axis}\end{tikzpicture}\end{center}",
        ]
    )
    body = f"\\formula{{{formula}}}\n\n{plot}\n\n{_remark(presenter, name, activation)}"
    title = rf"The activation ${shown}$"
    if activation.name != name and len(activation.name) <= LONGEST_NAME:  # else a formula's text
        title += f": {escape_latex(activation.name)}"
    return Frame(title, body, f"({statement.number})")


def _plots(curve: Curve, style: str) -> Iterator[str]:
    for turn, piece in enumerate(curve.pieces):
        forget = ",forget plot" if turn else ""
        points = "".join(f"({x},{y})" for x, y in piece)
        yield rf"\addplot[{style}{forget}] coordinates {{{points}}};"
    if not curve.pieces:
        yield rf"\addplot[{style}] coordinates {{(-4,0)}};"


def _kinks(activation: Activation) -> Iterator[str]:
    for x, point in marks(activation):
        value = float(point.value) if point.value.is_real else float("nan")
        if point.kind in ("kink", "jump") and isfinite(value) and abs(value) <= CLIP:
            style = "only marks,mark=*,mark size=2pt,forward,forget plot"
            yield rf"\addplot[{style}] coordinates {{({x:.4f},{value:.4f})}};"


def _remark(presenter: Presenter, name: str, activation: Activation) -> str:
    values = parameter_values(presenter, name, lambda box: f"${latex_of(box)}$")
    points = [point for point in break_points(activation) if point.kind in ("kink", "jump", "pole")]
    texts = [values] if values else []
    texts += [escape_latex(sentence(point)) for point in points[:3]]
    texts += [r"\dots"] * (len(points) > 3)
    return rf"{{\small\textcolor{{quiet}}{{{'; '.join(texts)}}}}}" if texts else ""


def sentence(point: BreakPoint) -> str:
    """Return what happens at a break point and which derivative is chosen there."""
    place = f"{point.kind} at x = {_short(point.location)}"
    if point.period is not None:
        place += f" + k·{_short(point.period)}"
    if point.kind == "kink":
        before, after, slope = map(_short, (point.slope_left, point.slope_right, point.slope))
        return f"{place}: slope {before} before, {after} after, {slope} chosen"
    if point.kind == "jump":
        left, right, value = map(_short, (point.left, point.right, point.value))
        return f"{place}: from {left} to {right}, value {value}"
    return place


def _short(value: Expr) -> str:
    """Return a number in at most five digits."""
    if value.is_infinite:
        return "∞" if value > 0 else "−∞"
    return f"{float(value):.5g}".replace("-", "−") if value.is_real else str(value)
