"""Extract the source text of functions with everything they need, for pasting into a module.

The text comes from this package's own files, so a pasted function is the tested one. A definition
is a top-level function or constant; the files are read in the order of `MODULES`, each of which
uses only earlier ones, so that file order is a topological order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["MODULES", "imports", "needs", "sources"]

FOLDER = Path(__file__).parent
FAMILIES = {
    "float64": (
        "bits",
        "polynomials",
        "exponential",
        "logarithm",
        "error_function",
        "trigonometric",
        "algebraic",
    ),
    "wide": ("polynomials", "exponential", "logarithm", "error_function", "trigonometric"),
    "doubledouble": (
        "pairs",
        "loose",
        "polynomials",
        "exponential",
        "logarithm",
        "error_function",
        "trigonometric",
        "loose_functions",
    ),
}
FAMILIES["float32"] = FAMILIES["float64"]
MODULES = (
    "arithmetic",
    *(f"{folder}.{name}" for folder, names in FAMILIES.items() for name in names),
    "scaled",
    "two_over_pi",
    "turns",
    "periodic",
    "multiples",
    "far.numbers",
    "far.functions",
)


@dataclass(frozen=True)
class Definition:
    """Hold one top-level definition: its text, the names in it, and whom it belongs to.

    Attributes:
        name: what it defines.
        text: its source, decorators included.
        names: every name that occurs in the text.
        owner: the function that this one registers a type or a lowering for, else None.
    """

    name: str
    text: str
    names: frozenset[str]
    owner: str | None


def _definition(node: ast.stmt, lines: list[str]) -> Definition | None:
    """Return the definition that a statement makes; None for imports and `__all__`."""
    names = frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        source = _text(node, node.lineno, lines)
        return None if name == "__all__" else Definition(name, source, names, None)
    if not isinstance(node, ast.FunctionDef):
        return None
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    source = _text(node, first, lines)
    owners = [
        decorator.args[0].id
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and isinstance(decorator.args[0], ast.Name)
    ]
    return Definition(node.name, source, names, owners[0] if owners else None)


def _text(node: ast.stmt, first: int, lines: list[str]) -> str:
    """Return a statement's source from its first line on, without a comment that follows it."""
    *whole, last = lines[first - 1 : node.end_lineno]
    return "\n".join([*whole, last.encode()[: node.end_col_offset].decode()])


@cache
def _library() -> tuple[dict[str, Definition], dict[str, str]]:
    """Return the definitions by name in file order, and foreign names with their import line."""
    definitions: dict[str, Definition] = {}
    foreign: dict[str, str] = {}
    for module in MODULES:
        text = (FOLDER / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in ast.parse(text).body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    foreign[alias.asname or alias.name] = ast.unparse(ast.Import([alias]))
            elif isinstance(node, ast.ImportFrom) and not str(node.module).startswith("codegen"):
                for alias in node.names:
                    line = ast.unparse(ast.ImportFrom(node.module, [alias], 0))
                    foreign[alias.asname or alias.name] = line
            elif found := _definition(node, lines):
                definitions[found.name] = found
    return definitions, foreign


@cache
def _direct(name: str) -> frozenset[str]:
    """Return the definitions that one definition needs at once, its registrations included."""
    definitions, _ = _library()
    named = definitions[name].names & definitions.keys()
    return (named | {d.name for d in definitions.values() if d.owner == name}) - {name}


def _closure(names: Iterable[str]) -> list[Definition]:
    definitions, _ = _library()
    wanted: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            raise KeyError(f"{name!r} is not a function of codegen.vectormath; see CATALOGUE")
        if name not in wanted:
            wanted.add(name)
            waiting += _direct(name)
    return [d for d in definitions.values() if d.name in wanted]


def needs(name: str) -> tuple[str, ...]:
    """Return the names of the definitions that `name` needs, itself left out."""
    return tuple(d.name for d in _closure([name]) if d.name != name)


def sources(names: Iterable[str]) -> str:
    """Return the source text of functions and of all they need, in a fixed topological order.

    Imports are left to the caller: `imports(names)`.

    Raises:
        KeyError: a name is not defined in the package.
    """
    blocks: list[str] = []
    previous = ""
    for definition in _closure(names):
        kind = "function" if definition.text.startswith(("@", "def ")) else "constant"
        between = "\n" if kind == previous == "constant" else "\n\n\n"
        blocks += [between if blocks else "", definition.text]
        previous = kind
    return "".join(blocks) + "\n" if blocks else ""


def imports(names: Iterable[str]) -> tuple[str, ...]:
    """Return the sorted import lines that the text of `sources(names)` relies on."""
    _, foreign = _library()
    used: set[str] = set().union(*(d.names for d in _closure(names)))
    return tuple(sorted({line for name, line in foreign.items() if name in used}))
