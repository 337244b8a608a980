"""How wide a formula will be, in em of its font: enough to choose where to break it.

The numbers are those of Computer Modern (cmmi10, cmr10, cmsy10), rounded up.
"""

from __future__ import annotations

from derive.render.box import (
    Big,
    Box,
    Cases,
    Exponential,
    Fence,
    Frac,
    Kind,
    Letter,
    Marked,
    Root,
    Row,
    Script,
    Space,
    Tinted,
    Under,
)

__all__ = ["height", "width"]

_NARROW = "fijlrst()[]|,.1:;I"
_WIDE = "MWmwV⊙∂Σ"
_SCRIPT = 0.72


def width(box: Box) -> float:
    """Return an upper estimate of a formula's width in display style, in em."""
    match box:
        case Letter(text=text, kind=kind):
            around = {Kind.OPERATOR: 0.5, Kind.RELATION: 0.6, Kind.PUNCTUATION: 0.2}.get(kind, 0.0)
            return around + sum(_character(c) for c in text)
        case Space(latex=latex):
            return 0.17 if latex else 0.0
        case Row(items=items):
            return sum(width(item) for item in items)
        case Tinted(body=body) | Marked(body=body):
            return width(body)
        case Under(body=body, label=label):
            return max(width(body), _SCRIPT * width(label))
        case Fence(body=body):
            return width(body) + (1.2 if height(body) > 1.6 else 0.8)
        case Root(body=body):
            return width(body) + 0.9
        case Exponential(argument=argument):
            return 0.5 + _SCRIPT * width(argument)
        case Big(index=index, lower=Box() as lower, upper=Box() as upper):
            limits = width(index) + width(lower) + 0.6
            return max(1.45, _SCRIPT * limits, _SCRIPT * width(upper)) + 0.17
        case Big(index=index):
            return max(1.45, _SCRIPT * width(index)) + 0.17
        case Cases(rows=rows):
            return 1.8 + max(width(v) for v, _ in rows) + max(width(c) for _, c in rows) + 1.0
        case Frac(above=above, below=below, small=small):
            return max(width(above), width(below)) * (_SCRIPT if small else 1.0) + 0.25
        case Script(base=base, sub=sub, sup=sup):
            scripts = max(width(sub) if sub else 0.0, width(sup) if sup else 0.0)
            return width(base) + _SCRIPT * scripts + 0.06
    raise TypeError(f"no width for {type(box).__name__}")


def _character(c: str) -> float:
    if c in _NARROW:
        return 0.42
    if c in _WIDE or c.isupper():
        return 0.95 if c in _WIDE else 0.78
    return 0.78 if c in "+−=<>≤≥≠×" else 0.58


def height(box: Box, *, inline: bool = False) -> float:
    """Return an estimate of a formula's height in lines; ``inline`` as inside a fraction."""
    match box:
        case Row(items=items):
            return max((height(item, inline=inline) for item in items), default=1.0)
        case Tinted(body=body) | Marked(body=body) | Fence(body=body):
            return height(body, inline=inline)
        case Root(body=body):
            return height(body, inline=inline) + 0.2
        case Under(body=body):
            return height(body, inline=inline) + 1.1
        case Big(upper=upper):
            return 1.25 if inline else 2.4 if upper else 1.9
        case Cases(rows=rows):
            return sum(max(height(v, inline=True), height(c, inline=True), 1.15) for v, c in rows)
        case Frac(above=above, below=below, small=small):
            parts = height(above, inline=True) + height(below, inline=True)
            return 1.3 if small or inline else parts + 0.2
        case Script(base=base, sub=sub, sup=sup):
            return height(base, inline=inline) + 0.15 * bool(sub or sup)
        case _:
            return 1.0
