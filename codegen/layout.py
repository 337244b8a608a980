"""Lines of Python that fit the page, broken as the formatters break them."""

from __future__ import annotations

import contextlib
import io
import sys
import tokenize
from collections.abc import Iterable, Iterator
from itertools import pairwise

__all__ = ["WIDTH", "import_lines", "tidy"]

WIDTH = 100
NARROW = 88  # at which formatters and linters that nobody configured break an import
OPENING, CLOSING = "([{", ")]}"


def tidy(text: str) -> str:
    """Return Python text with the blank lines and line breaks of the formatters."""
    lines: list[str] = []
    blank = 0
    for line in map(str.rstrip, text.splitlines()):
        if not line:
            blank += 1
            continue
        begins = line.startswith(("def ", "@", "class ", "# "))
        continues = bool(lines) and lines[-1].startswith(("@", "# "))
        if begins and lines and not continues:
            lines += ["", ""]
        elif blank and lines:
            lines += [""] * min(blank, 2 if begins or not line.startswith(" ") else 1)
        lines += _broken(line)
        blank = 0
    return "\n".join(lines) + "\n"


def _broken(line: str) -> Iterator[str]:
    """Yield a line, broken inside its last brackets where it is too long."""
    body = line.lstrip()
    if len(line) <= WIDTH or body.startswith(("#", '"""')):
        yield line
        return
    indent = line[: len(line) - len(body)]
    inside = _last_brackets(body)
    if inside is None:
        yield line
        return
    begin, end, commas = inside
    yield indent + body[: begin + 1]
    inner = f"{indent}    {body[begin + 1 : end]}"
    if len(inner) <= WIDTH:
        yield inner
    else:
        places = [begin, *commas, end]
        for first, last in pairwise(places):
            yield from _broken(f"{indent}    {body[first + 1 : last].strip()},")
    yield indent + body[end:]


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
