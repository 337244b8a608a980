"""The shape of a formula's text, from Python's parser; every error points at a character."""

from __future__ import annotations

import ast
import re
import warnings
from keyword import kwlist
from typing import TypeGuard

from derive.errors import InputError, quoted
from derive.functions import FUNCTIONS
from derive.limits import check_tree

__all__ = ["chain", "is_not", "parsed"]

WORDS = frozenset(
    {"if", "else", "and", "or", "not", "True", "False"}
)  # Python's words that may stand
WORD = re.compile(r"[^\W\d]\w*")
SIDE_BY_SIDE = re.compile(r"(?<=[\w)]) +(?=[\w(])|(?<=\))(?=[\w(])|(?<![\w.])[0-9.]+(?=[^\W\d_])")


def parsed(text: str) -> ast.expr:
    """Return the syntax tree of a text that :func:`derive.limits.check_text` let pass."""
    for word in WORD.finditer(text):
        if word[0] in kwlist and word[0] not in WORDS:
            raise InputError(
                f"{word[0]} is a word of Python that no formula contains (character "
                f"{word.start() + 1} of {quoted(text)}): {_other(word[0])}"
            )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise _unreadable(text, error) from None
    except (ValueError, MemoryError, RecursionError):
        raise InputError(
            f"the formula {quoted(text)} is too deeply nested to read: shorten it"
        ) from None
    check_tree(tree)
    return tree


def _other(word: str) -> str:
    return "name the parameter lam" if word == "lambda" else f"choose another name than {word}"


def _unreadable(text: str, error: SyntaxError) -> InputError:
    place = min(max(error.offset or 1, 1), len(text) + 1)
    gap = next(
        (g for g in SIDE_BY_SIDE.finditer(text) if not _around(text, g.start(), g.end()) & WORDS),
        None,
    )
    if "never closed" in error.msg or text.count("(") > text.count(")"):
        return InputError(
            f"a parenthesis of {quoted(text)} is never closed: add ) after what opens at character "
            f"{_unclosed(text)}"
        )
    if text.count(")") > text.count("("):
        return InputError(
            f"the ) at character {place} of {quoted(text)} closes nothing: leave it out"
        )
    if text.count("|") == 2 and not re.search(r"[<>=]", text):
        return InputError(f"the formula {quoted(text)} has bars: the absolute value is abs(x)")
    if gap is not None:
        word = re.search(r"\w+$", text[: gap.start()])
        if word and word[0] in FUNCTIONS:
            return InputError(
                f"{word[0]} has no parenthesis at character {gap.end() + 1} of {quoted(text)}: "
                f"write {word[0]}(x)"
            )
        return InputError(
            f"two factors stand side by side at character {gap.end() + 1} of {quoted(text)}: "
            "write * between them"
        )
    if text[-1] in "+-*/<>=!&|,.^" or text.endswith(tuple(WORDS - {"True", "False"})):
        return InputError(
            f"the formula {quoted(text)} stops after {text[-1]}: finish it, as in x*tanh(x)"
        )
    if re.search(r"(?<![<>=!])=(?!=)", text) and "=" in error.msg + text:
        return InputError(
            f"the formula {quoted(text)} has a single = where none belongs: type == to compare"
        )
    return InputError(
        f"the formula {quoted(text)} cannot be read at character {place}: check what stands there, "
        "and write it as in x*tanh(log(1 + exp(x)))"
    )


def _around(text: str, start: int, end: int) -> set[str]:
    before = re.search(r"\w+$", text[:start])
    after = re.match(r"\w+", text[end:])
    return {match[0] for match in (before, after) if match}


def _unclosed(text: str) -> int:
    opened: list[int] = []
    for position, mark in enumerate(text, start=1):
        if mark == "(":
            opened.append(position)
        elif mark == ")" and opened:
            opened.pop()
    return opened[-1] if opened else len(text)


def is_not(node: ast.AST) -> TypeGuard[ast.UnaryOp]:
    """Return whether a node is ``not a`` or ``~a``."""
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert)


def chain(node: ast.BinOp, kinds: tuple[type, ...]) -> list[tuple[ast.operator | None, ast.expr]]:
    """Return the operands of a left-deep chain of such operators, with their operators."""
    links: list[tuple[ast.operator | None, ast.expr]] = []
    rest: ast.expr = node
    while isinstance(rest, ast.BinOp) and isinstance(rest.op, kinds):
        links.append((rest.op, rest.right))
        rest = rest.left
    return [(None, rest), *reversed(links)]
