"""The signs and function names that formulas are made of."""

from __future__ import annotations

from derive.render.box import Box, Kind, Letter
from derive.render.names import plain_letter

__all__ = ["COMMA", "MINUS", "PARTIAL", "PLUS", "RELATIONS", "SIGN", "function_name", "joined"]

MINUS, PLUS, PARTIAL, COMMA = (
    Letter("−", "-", Kind.OPERATOR),
    Letter("+", "+", Kind.OPERATOR),
    Letter("∂", r"\partial ", Kind.PREFIX),
    Letter(",", ",", Kind.PUNCTUATION),
)
SIGN = Letter("−", "-", Kind.PREFIX)
RELATIONS = {
    "==": Letter("=", "=", Kind.RELATION),
    "!=": Letter("≠", r"\neq", Kind.RELATION),
    "<": Letter("<", "<", Kind.RELATION),
    "<=": Letter("≤", r"\le", Kind.RELATION),
    ">": Letter(">", ">", Kind.RELATION),
    ">=": Letter("≥", r"\ge", Kind.RELATION),
}
_COMMANDS = ("log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "coth", "sec")
_SPELLED = {"atan": "arctan", "asin": "arcsin", "acos": "arccos", "asinh": "arsinh", "sigmoid": "σ"}


def function_name(name: str) -> Letter:
    """Return how an elementary function is called: tanh, arctan, σ."""
    shown = _SPELLED.get(name, name)
    if len(shown) == 1:
        return plain_letter("sigma") if shown == "σ" else Letter(shown, shown)
    if shown in (*_COMMANDS, "arctan", "arcsin", "arccos", "exp"):
        return Letter(shown, rf"\{shown}", Kind.NAME)
    return Letter(shown, rf"\operatorname{{{shown}}}", Kind.NAME)


def joined(boxes: list[Box], *between: Box) -> list[Box]:
    """Return the boxes with others between them."""
    items: list[Box] = []
    for position, box in enumerate(boxes):
        items.extend([*between, box] if position else [box])
    return items
