"""Boxes as plain Unicode text on one line."""

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
from derive.render.glyphs import subscript, superscript

__all__ = ["to_text"]

_SPACED = (Kind.OPERATOR, Kind.RELATION)
_VULGAR = {("1", "2"): "½", ("1", "4"): "¼", ("3", "4"): "¾", ("1", "3"): "⅓", ("2", "3"): "⅔"}


def to_text(box: Box) -> str:
    """Return the boxes as one line of text: Σ_k W_ik z_k."""
    return " ".join(_text(box).split())


def _text(box: Box) -> str:
    match box:
        case Letter(text=text, kind=kind):
            return f" {text} " if kind in _SPACED else text + " " * (kind is Kind.PUNCTUATION)
        case Space():
            return " "
        case Row(items=items):
            return "".join(_text(item) for item in items)
        case Tinted(body=body) | Marked(body=body) | Under(body=body):
            return _text(body)
        case Fence(body=body, left=left, right=right):
            return f"{left}{to_text(body)}{right}"
        case Root(body=body):
            inner = to_text(body)
            return f"√{inner}" if len(inner) == 1 else f"√({inner})"
        case Exponential(argument=argument):
            return f"exp({to_text(argument)})"
        case Big(index=index):
            return f"Σ_{_grouped(to_text(index))} "
        case Cases(rows=rows):
            return "{" + ", ".join(f"{to_text(v)} {to_text(c)}" for v, c in rows) + "}"
        case Frac():
            return _fraction(box)
        case Script():
            return _script(box)
    raise TypeError(f"no text for {type(box).__name__}")


def _fraction(box: Frac) -> str:
    above, below = to_text(box.above), to_text(box.below)
    if (above, below) in _VULGAR:
        return _VULGAR[above, below]
    above = f"({above})" if _composite(box.above, products=False) else above
    below = f"({below})" if _composite(box.below, products=True) else below
    bar = "/" if _short(box.above) and _short(box.below) else " / "
    return above + bar + below


def _short(box: Box) -> bool:
    return not isinstance(_bare(box), Row) or getattr(_bare(box), "tight", False)


def _bare(box: Box) -> Box:
    while isinstance(box, Tinted | Marked | Under):
        box = box.body
    return box


def _composite(box: Box, *, products: bool) -> bool:
    """Return whether a numerator or denominator needs parentheses."""
    box = _bare(box)
    if isinstance(box, Frac):
        return True
    if not isinstance(box, Row) or box.tight:
        return False
    if products and isinstance(box.items[0], Big):
        return False
    loose = [item for item in box.items if isinstance(item, Letter) and item.kind in _SPACED]
    return bool(loose) or (products and any(isinstance(item, Space | Big) for item in box.items))


def _script(box: Script) -> str:
    base = to_text(box.base)
    if _composite(box.base, products=True):
        base = f"({base})"
    sub = box.sub and to_text(box.sub)
    if sub and sub.isdigit() and (box.sup is None or set(to_text(box.sup)) == {"′"}):
        return base + (subscript(sub) or sub) + (to_text(box.sup) if box.sup else "")
    sub = f"_{_grouped(to_text(box.sub).replace(', ', ','))}" if box.sub else ""
    if box.sup is None:
        return base + sub
    power = to_text(box.sup)
    raised = superscript(power.replace(" ", ""))
    if raised is not None:
        return base + raised + sub
    return f"{base}{sub}^{power if len(power) == 1 else f'({power})'}"


def _grouped(text: str) -> str:
    """Put braces around a subscript that is more than letters."""
    plain = text.isalnum() or (text.isalpha() and len(text) == 1)
    return text if plain else "{" + text + "}"
