"""Lines of Python that fit the page, broken as the formatters break them."""

from __future__ import annotations

import contextlib
import io
import re
import string
import sys
import tokenize
from collections.abc import Iterable, Iterator
from itertools import pairwise

__all__ = ["WIDTH", "broken", "import_lines", "tidy"]

WIDTH = 100
NARROW = 88  # at which formatters and linters that nobody configured break an import
OPENING, CLOSING = "([{", ")]}"
NAMED = f"{string.ascii_letters}{string.digits}_"  # what a name may end in
# What may stand before an expression that is put in brackets:
STATEMENT = re.compile(r"return |lambda [^:]*: |[^()=]+ [-+*/]?= ")
OPERATORS = (
    "if else",
    "or",
    "and",
    "< <= > >= == !=",
    "|",
    "^",
    "&",
    "<< >>",
    "+ -",
    "* / // % @",
)
BINDING = {name: order for order, row in enumerate(OPERATORS) for name in row.split()}


def tidy(text: str) -> str:
    """Return Python text with the blank lines and line breaks of the formatters."""
    lines: list[str] = []
    blank = 0
    decorated = quoted = False
    for line in map(str.rstrip, text.splitlines()):
        if not line:
            blank += 1
            continue
        within, quoted = quoted, quoted != (line.count('"""') % 2 == 1)
        if within:  # a docstring, whose lines are as long as they are
            lines += [""] * min(blank, 1) + [line]
            blank = 0
            continue
        defines = line.startswith(("def ", "@", "class "))
        begins = defines or line.startswith("# ")
        commented = bool(lines) and lines[-1].startswith("# ")
        if begins and lines and not decorated and (not commented or (defines and blank)):
            lines += ["", ""]
        elif blank and lines:
            lines += [""] * min(blank, 2 if begins or not line.startswith(" ") else 1)
        decorated = line.startswith("@") or (decorated and not defines)
        lines += broken(line)
        blank = 0
    return "\n".join(lines) + "\n"


def broken(line: str) -> Iterator[str]:
    """Yield a line, broken where it is too long: inside its last brackets, or at its operators."""
    body = line.lstrip()
    if len(line) <= WIDTH or body.startswith(("#", '"""')):
        yield line
        return
    indent = line[: len(line) - len(body)]
    inside = _last_brackets(body)
    stated = STATEMENT.match(body)
    if stated is not None and _needs_brackets(body, stated.end(), indent):
        comma = "," * (body.endswith(",") and body.startswith("lambda"))
        yield f"{indent}{body[: stated.end()]}("
        yield from _in_brackets(f"{indent}    {body[stated.end() :].removesuffix(comma or ' ')}")
        yield f"{indent}){comma}"
        return
    if inside is None:
        yield line
        return
    begin, end, commas = inside
    yield indent + body[: begin + 1]
    inner = f"{indent}    {body[begin + 1 : end]}"
    listed = commas and " for " not in inner and _is_display(body, begin)
    if len(inner) <= WIDTH and not listed:
        yield inner
    elif not commas and not _is_call(body, begin):  # a comma would make a tuple of it
        yield from _in_brackets(inner)
    else:
        places = [begin, *commas, end]
        for first, last in pairwise(places):
            yield from broken(f"{indent}    {body[first + 1 : last].strip()},")
    yield indent + body[end:]


def _is_call(body: str, begin: int) -> bool:
    """Return whether the bracket that opens there holds the arguments of a call, or those of a def."""
    return body[begin] == "(" and not _is_display(body, begin)


def _is_display(body: str, begin: int) -> bool:
    """Return whether the brackets make a tuple or a list: each element then has its own line."""
    return not body[:begin].endswith((*NAMED, *CLOSING))


def _needs_brackets(body: str, start: int, indent: str) -> bool:
    """Return whether the expression from there on is broken at its operators, in brackets of its own."""
    terms = list(_terms(body[start:].removesuffix(",")))
    if len(terms) < 2:
        return False
    inside = _last_brackets(body)
    if inside is None or len(terms) > 2:
        return True
    begin, _, _ = inside
    return body[begin] == "[" or len(indent) + begin >= WIDTH


def _in_brackets(line: str) -> Iterator[str]:
    """Yield an expression that stands in brackets, broken at its operators where it is too long."""
    body = line.lstrip()
    terms = list(_terms(body)) if len(line) > WIDTH else [body]
    if len(terms) == 1:
        yield from broken(line)
        return
    for term in terms:
        yield from _in_brackets(line[: len(line) - len(body)] + term)


def _terms(expression: str) -> Iterator[str]:
    """Yield an expression in parts, each but the first with the operator before it that binds least."""
    found: list[tuple[int, int]] = []
    depth, before = 0, ""
    with contextlib.suppress(tokenize.TokenError):
        for token in tokenize.generate_tokens(io.StringIO(expression).readline):
            depth += (token.string in OPENING) - (token.string in CLOSING) if token.string else 0
            operand = before and (before[-1].isalnum() or before[-1] in "_)]}\"'")
            if not depth and token.string in BINDING and operand and before not in BINDING:
                found.append((BINDING[token.string], token.start[1]))
            before = token.string
    loosest = min(found, default=(0, 0))[0]
    places = [0, *(place for binding, place in found if binding == loosest), len(expression)]
    for first, last in pairwise(places):
        yield expression[first:last].strip()


def _last_brackets(body: str) -> tuple[int, int, list[int]] | None:
    """Return where the brackets to break open and close, and their commas: last, or of a def."""
    stack: list[tuple[int, list[int]]] = []
    found = None
    with contextlib.suppress(tokenize.TokenError):
        for token in tokenize.generate_tokens(io.StringIO(body).readline):
            place = token.start[1]
            if token.type != tokenize.OP:
                continue
            if token.string in OPENING:
                stack.append((place, []))
            elif token.string in CLOSING and stack:
                begin, commas = stack.pop()
                if not stack and body.startswith("def "):
                    return begin, place, commas
                if not stack and body[place + 1 :].strip() in ("", ":", ","):
                    found = (begin, place, commas)
            elif token.string == "," and stack:
                stack[-1][1].append(place)
    return found


def import_lines(*groups: Iterable[str]) -> str:
    """Return import statements sorted and joined, the standard library's first."""
    plain: set[str] = set()
    names: dict[str, set[str]] = {}
    for line in {line for group in groups for line in group}:
        if line.startswith("from "):
            module, name = line.removeprefix("from ").split(" import ")
            names.setdefault(module, set()).add(name)
        else:
            plain.add(line)
    lines = [(line.split()[1], 0, line) for line in plain]
    lines += [(module, 1, _from_import(module, found)) for module, found in names.items()]
    blocks = []
    for standard in (True, False):
        block = [entry for entry in lines if _is_standard(entry[0]) is standard]
        blocks.append("\n".join(line for *_, line in sorted(block, key=lambda e: (e[1], e[0]))))
    return "\n\n".join(block for block in blocks if block)


def _from_import(module: str, names: Iterable[str]) -> str:
    """Return one import, a name a line where it is longer than what most linters allow."""
    ordered = sorted(names, key=_name_order)
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= NARROW:
        return line
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in ordered), ")"])


def _name_order(name: str) -> tuple[bool, str]:
    return not name[0].isupper(), name


def _is_standard(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in sys.stdlib_module_names
