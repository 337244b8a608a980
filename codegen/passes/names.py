"""Names for the arrays that passes introduce, apart from those that exist."""

from __future__ import annotations

from collections.abc import Collection

from codegen.program import Program

__all__ = ["free_index", "fresh", "names_of"]

LETTERS = ("r", "p", "q", "t", "u", "v", "w")


def fresh(name: str, taken: set[str]) -> str:
    """Return the name, with an underscore for each time it is taken, and take it."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def free_index(preferred: str, taken: Collection[str]) -> str:
    """Return the preferred name of an index, or the first other letter that is not taken."""
    return next((name for name in (preferred, *LETTERS) if name not in taken), f"{preferred}_index")


def names_of(program: Program) -> set[str]:
    """Return the names of the arrays and scalars of a program."""
    arrays = (*program.inputs, *program.outputs, *program.locals)
    return {array.name for array in arrays} | set(program.scalars)
