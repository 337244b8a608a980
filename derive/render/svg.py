"""The network with its errors as inline SVG, from the layout of :mod:`derive.render.network`."""

from __future__ import annotations

from collections.abc import Iterator

from derive.graph import Role
from derive.render.escape import escape_html
from derive.render.network import PROBABILITIES, Arrow, Network, Place, network
from derive.render.statement import Presenter
from derive.render.unicode import to_text
from derive.steps import Kind

__all__ = ["network_svg"]

STEP, LANE, MARGIN = 130, 190, 70
HALF_WIDTH, HALF_HEIGHT, ERROR = 14, 36, 82  # of a column; and how far below it its error stands

SMALLEST = 0.6  # of its size: on a narrow screen it is scrolled rather than too small to read


def network_svg(presenter: Presenter) -> str:
    """Return an ``<svg>`` of the forward values and of the errors that flow back."""
    net = network(presenter.derivation.model)
    errors = {e.quantity.name for e in presenter.derivation.of_kind(Kind.ERROR)}
    width = 2 * MARGIN + STEP * (net.columns - 1)
    arcs = {net.place(arrow.source).lane for arrow in net.arrows if _is_arc(net, arrow)}
    lanes = [place.lane for place in net.places]
    above = max(HALF_HEIGHT + (95 if lane in arcs else 35) - lane * LANE for lane in lanes)
    tall = above + max(ERROR + (60 if lane in arcs else 20) + lane * LANE for lane in lanes)

    def at(place: Place) -> tuple[float, float]:
        return MARGIN + place.column * STEP, above + place.lane * LANE

    def error(name: str) -> str:
        loss = name == PROBABILITIES
        names = presenter.names
        return to_text(names.loss() if loss else names.whole(f"err_{name}"))

    def lines() -> Iterator[str]:
        for arrow in net.arrows:
            start, end = at(net.place(arrow.source)), at(net.place(arrow.target))
            yield from _forward(_label(presenter, net, arrow), arrow, start, end)
            if f"err_{arrow.source}" in errors:
                ends = _half(error(arrow.source)), _half(error(arrow.target))
                yield from _backward(start, end, ends, is_arc=_is_arc(net, arrow))
        for place in net.places:
            yield from _column(presenter, place, *at(place))
            x, y = at(place)
            if f"err_{place.name}" in errors or place.role is Role.PROBABILITIES:
                yield _text(x, y + ERROR + 5, error(place.name), "error")

    label = "The network: forward values from left to right, errors back from right to left"
    markers = "".join(
        f'<marker id="{name}-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        f'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" class="{name}-fill"/></marker>'
        for name in ("forward", "error")
    )
    body = "\n".join(lines())
    limits = f"max-width:{width:g}px;min-width:{SMALLEST * width:g}px"
    return (
        f'<svg viewBox="0 0 {width:g} {tall:g}" role="img" aria-label="{label}" '
        f'style="{limits}">\n<defs>{markers}</defs>\n{body}\n</svg>'
    )


def _column(presenter: Presenter, place: Place, x: float, y: float) -> Iterator[str]:
    box = (
        f'x="{x - HALF_WIDTH:g}" y="{y - HALF_HEIGHT:g}" width="{2 * HALF_WIDTH}" '
        f'height="{2 * HALF_HEIGHT}" rx="7"'
    )
    yield f'<rect {box} class="forward-line paper"/>'
    for unit in (-22, 0, 22):
        yield f'<circle cx="{x:g}" cy="{y + unit:g}" r="7" class="forward-line paper"/>'
    yield _text(
        x, y - HALF_HEIGHT - 9, to_text(presenter.names.whole(place.name)), "forward strong"
    )
    yield _text(x, y + HALF_HEIGHT + 17, presenter.count(place.size), "quiet small")


def _is_arc(net: Network, arrow: Arrow) -> bool:
    """Return whether an arrow passes over a column of its lane."""
    return arrow.span > 1 and net.place(arrow.source).lane == net.place(arrow.target).lane


def _half(text: str) -> float:
    """Return how far from its middle a text ends, and an arrow may begin."""
    return max(30, 4.2 * len(text) + 6)


def _label(presenter: Presenter, net: Network, arrow: Arrow) -> str:
    """Return what stands on an arrow: V + b, g, softmax."""
    biases = "".join(f" + {presenter.spell(bias)}" for bias in net.biases(arrow))
    return arrow.label(presenter.spell) + biases


def _forward(
    label: str, arrow: Arrow, start: tuple[float, float], end: tuple[float, float]
) -> Iterator[str]:
    (x1, y1), (x2, y2) = start, end
    x1, x2 = x1 + HALF_WIDTH, x2 - HALF_WIDTH - 2
    middle, lift = (x1 + x2) / 2, 0.0
    if arrow.span > 1 and y1 == y2:
        lift = HALF_HEIGHT + 55
        top = y1 - lift - 30
        path = f"M{x1:g} {y1 - 20:g}C{x1 + 40:g} {top:g} {x2 - 40:g} {top:g} {x2:g} {y2 - 20:g}"
    else:
        path = f"M{x1:g} {y1:g}L{x2:g} {y2:g}"
    yield f'<path d="{path}" class="forward-line" marker-end="url(#forward-head)"/>'
    if label:
        style = "weight" if arrow.matrix else "forward"
        side = (y2 > y1) - (y2 < y1)  # above a slanting arrow, where it does not lead
        yield _text(middle + 6 * side, (y1 + y2) / 2 - lift - 8, label, style, side)


def _backward(
    start: tuple[float, float],
    end: tuple[float, float],
    ends: tuple[float, float],
    *,
    is_arc: bool,
) -> Iterator[str]:
    (x1, y1), (x2, y2) = start, end
    x1, x2, y1, y2 = x1 + ends[0], x2 - ends[1], y1 + ERROR, y2 + ERROR
    if is_arc:
        path = (
            f"M{x2:g} {y2 + 9:g}C{x2 - 30:g} {y2 + 45:g} {x1 + 30:g} {y1 + 45:g} {x1:g} {y1 + 9:g}"
        )
    else:
        path = f"M{x2:g} {y2:g}L{x1:g} {y1:g}"
    yield f'<path d="{path}" class="error-line" marker-end="url(#error-head)"/>'


def _text(x: float, y: float, text: str, style: str, side: int = 0) -> str:
    """Return a text in the middle of a place, or to its right (1) or left (−1)."""
    anchor = f' style="text-anchor:{"start" if side > 0 else "end"}"' if side else ""
    return f'<text x="{x:g}" y="{y:g}" class="{style}"{anchor}>{escape_html(text)}</text>'
