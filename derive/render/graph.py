"""g and g′ of an activation as inline SVG, break points marked, for pages and notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isfinite

from derive.activation import Activation
from derive.render.plots import CLIP, RANGE, Curve, curves, marks

__all__ = ["graph_svg"]

Place = Callable[[float, float], tuple[float, float]]

WIDTH, HEIGHT, MARGIN = 360, 230, 14
ACROSS = (-4, -2, 2, 4)  # what is written along x
LEAST = 1.0  # y is shown at least from −1/4 to 1, so that 0 and 1 have their places


def graph_svg(activation: Activation) -> str:
    """Return an ``<svg>`` of g, a line, and g′, dashed, on [−4, 4]; a dot is the value at a kink."""
    g, slope = curves(activation)
    low, high = _range(g, slope)

    def at(x: float, y: float) -> tuple[float, float]:
        across = (x - RANGE[0]) / (RANGE[1] - RANGE[0])
        up = (y - low) / (high - low)
        return MARGIN + across * (WIDTH - 2 * MARGIN), HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN)

    def lines() -> Iterator[str]:
        yield from _axes(at, low, high)
        for curve, style in ((slope, "error-line"), (g, "forward-line")):
            for piece in curve.pieces:
                points = " ".join(f"{a:.4g},{b:.4g}" for a, b in (at(x, y) for x, y in piece))
                yield f'<polyline points="{points}" fill="none" class="{style}"/>'
        for x, point in marks(activation):
            value = float(point.value) if point.value.is_real else float("nan")
            if point.kind in ("kink", "jump") and isfinite(value) and low <= value <= high:
                a, b = at(x, value)
                yield f'<circle cx="{a:.4g}" cy="{b:.4g}" r="3.2" class="forward"/>'
        yield from _numbers(at, low, high)

    label = "The graph of the activation, a line, and of its derivative, dashed"
    body = "\n".join(lines())
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" '
        f'style="max-width:{WIDTH}px">\n{body}\n</svg>'
    )


def _range(*found: Curve) -> tuple[float, float]:
    """Return what y is shown: all that is drawn, with 0 and some room."""
    heights = [y for curve in found for piece in curve.pieces for _, y in piece]
    low, high = min([-LEAST / 4, *heights]), max([LEAST, *heights])
    room = 0.06 * (high - low)
    return max(low - room, -CLIP), min(high + room, CLIP)


def _axes(at: Place, low: float, high: float) -> Iterator[str]:
    (left, zero), (right, _) = at(RANGE[0], 0), at(RANGE[1], 0)
    middle, top = at(0, high)
    _, bottom = at(0, low)
    yield f'<path d="M{left:.4g} {zero:.4g}H{right:.4g}" class="axis"/>'
    yield f'<path d="M{middle:.4g} {bottom:.4g}V{top:.4g}" class="axis"/>'
    for x in ACROSS:
        a, b = at(x, 0)
        yield f'<path d="M{a:.4g} {b - 3:.4g}v6" class="axis"/>'
    for y in _upward(low, high):
        a, b = at(0, y)
        yield f'<path d="M{a - 3:.4g} {b:.4g}h6" class="axis"/>'


def _numbers(at: Place, low: float, high: float) -> Iterator[str]:
    """Write the numbers of the axes, above the curves that pass there."""
    for x in ACROSS:
        a, b = at(x, 0)
        yield _label(a, b + 15 if b < HEIGHT - 24 else b - 7, x)
    for y in _upward(low, high):
        a, b = at(0, y)
        yield _label(a - 11, b + 4, y)


def _upward(low: float, high: float) -> list[int]:
    wide = high - low >= 5
    return [y for y in range(int(low), int(high) + 1) if y and not (wide and y % 2)]


def _label(x: float, y: float, number: int) -> str:
    text = str(number).replace("-", "−")
    return f'<text x="{x:.4g}" y="{y:.4g}" class="quiet small">{text}</text>'
