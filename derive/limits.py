"""The limits that a formula from a stranger must keep; each refusal names its limit.

They are far above what an activation needs and far below what would make SymPy slow. All of them
are checked before SymPy evaluates anything that depends on them.
"""

from __future__ import annotations

import ast
import re
import unicodedata

from sympy import Basic, Expr, Pow, Rational, exp

from derive.errors import InputError, quoted

__all__ = [
    "DEPTH",
    "DIGITS",
    "EXPONENT",
    "HEIGHT",
    "LENGTH",
    "MAGNITUDE",
    "NAME_LENGTH",
    "NODES",
    "SIZE",
    "TOWER",
    "WORK",
    "check_name",
    "check_numbers",
    "check_text",
    "check_tree",
    "towers",
]

LENGTH = 4000  # characters of a text
DEPTH = 50  # levels of nesting
NODES = 2000  # nodes of the syntax tree
SIZE = 5000  # nodes of the expression once library functions are written out
HEIGHT = 150  # levels of that expression
WORK = 200_000  # nodes of all expressions that are built on the way to it
DIGITS = 400  # digits of a number, as typed or as worked out
EXPONENT = 1000  # of a power whose base depends on x
MAGNITUDE = 400  # decimal exponent of a constant
TOWER = 8  # powers and exponentials within each other in a constant

GREEK = "αβγδεζηθικλμνξπρσςτυφχψωΓΔΘΛΞΠΣΦΨΩ"
NAME = re.compile(rf"[A-Za-z{GREEK}][A-Za-z0-9_{GREEK}]*")
NAME_LENGTH = 40
MARKS = frozenset("+-*/^(),.<>=!&|~_ ")
LOOK_ALIKES = {
    "−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=",
    "²": "**2", "³": "**3", "√": "sqrt(…)", "∞": "a finite number", "[": "(", "]": ")",
    "{": "(", "}": ")", "′": "no prime", "∧": "and", "∨": "or", "¬": "not",
}  # fmt: skip


def check_text(text: str) -> str:
    """Return the text on one line, without outer blanks; InputError if it cannot be a formula."""
    if not isinstance(text, str):
        raise InputError(f"a formula is a text such as 'x*tanh(x)', not {quoted(repr(text))}")
    if len(text) > LENGTH:
        raise InputError(
            f"the formula has {len(text)} characters, the limit is {LENGTH}: shorten it"
        )
    text = " ".join(text.split())
    if not text:
        raise InputError("the formula is empty: type one in x, such as 'x*tanh(x)'")
    depth = 0
    for position, mark in enumerate(text, start=1):
        if not (mark in MARKS or (mark.isascii() and mark.isalnum()) or mark in GREEK):
            _refuse_mark(mark, position)
        depth += (mark == "(") - (mark == ")")
        if depth > DEPTH:
            raise InputError(
                f"the parentheses are nested more than {DEPTH} deep at character {position}, "
                f"the limit is {DEPTH}: write the formula flatter"
            )
    return text


def _refuse_mark(mark: str, position: int) -> None:
    name = unicodedata.name(mark, "").lower()
    known = f"'{mark}'" if mark.isprintable() else ascii(mark)
    known += f" ({name})" if name and not mark.isascii() else ""
    way = f"type {LOOK_ALIKES[mark]}" if mark in LOOK_ALIKES else "leave it out"
    raise InputError(
        f"character {position} is {known}, which no formula contains: {way} (a formula is made of "
        "names in Latin or Greek letters, decimal numbers, + - * / **, comparisons and parentheses)"
    )


def check_name(name: str) -> str:
    """Return the name if it may be an identifier of a formula."""
    if not NAME.fullmatch(name) or "__" in name:
        raise InputError(
            f"the name {quoted(name)} is not allowed: a name begins with a Latin or Greek letter "
            "and goes on with letters, digits and single underscores"
        )
    if len(name) > NAME_LENGTH:
        raise InputError(
            f"the name {quoted(name, 20)} has {len(name)} characters, the limit is {NAME_LENGTH}: "
            "shorten it"
        )
    return name


def check_tree(tree: ast.AST) -> None:
    """Refuse a syntax tree of too many nodes; a chain of one operator counts as one level."""
    nodes = 0
    todo: list[tuple[ast.AST, int]] = [(tree, 0)]
    while todo:
        node, depth = todo.pop()
        nodes += 1
        if nodes > NODES:
            raise InputError(
                f"the formula has more than {NODES} parts, the limit is {NODES}: shorten it"
            )
        if depth > DEPTH:
            raise InputError(
                f"the formula is nested more than {DEPTH} deep, the limit: write it flatter"
            )
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.expr_context | ast.operator):
                todo.append((child, depth + (not chained(node, child))))


def chained(parent: ast.AST, child: ast.AST) -> bool:
    """Return whether child only continues its parent's chain a + b − c … or a*b/c …."""
    if not (isinstance(parent, ast.BinOp) and parent.left is child):
        return False
    if not isinstance(child, ast.BinOp):
        return False
    sums, products = ast.Add | ast.Sub, ast.Mult | ast.Div
    return any(
        isinstance(parent.op, kind) and isinstance(child.op, kind) for kind in (sums, products)
    )


def check_numbers(expression: Expr) -> Expr:
    """Return the expression if the numbers that a step worked out are within their limits."""
    for node in (expression, *expression.args, *(b for a in expression.args for b in a.args)):
        if isinstance(node, Rational) and max(abs(node.p), node.q).bit_length() > 4 * DIGITS:
            raise InputError(
                f"a number of the formula works out to more than {DIGITS} digits, the limit is "
                f"{DIGITS}: use smaller or rounder numbers"
            )
        if isinstance(node, Pow) and node.exp.is_Rational and not node.is_number:
            _check_exponent(node.exp)
    return expression


def _check_exponent(exponent: Rational) -> None:
    if abs(exponent) > EXPONENT:
        raise InputError(
            f"the exponent {quoted(exponent, 20)} is too large, the limit is {EXPONENT} where the "
            "base depends on x: use a smaller one, or exp"
        )


def towers(constant: Basic) -> int:
    """Return how many powers and exponentials stand within each other in a constant.

    SymPy asks each of them twice and more whether it is an integer, or negative.
    """
    return isinstance(constant, Pow | exp) + max(map(towers, constant.args), default=0)
