"""Divide: first what is done example by example, then the sums over all examples.

The first part can be shared out by rows of X, the second by rows of each gradient, and no two
shares write the same entry: cores then work without locks and without a copy of any gradient. As
the sums come last, a parameter that is updated in place of its gradient is read by nothing
after it is written.
"""

from __future__ import annotations

from dataclasses import replace

from codegen.program import Program, Role, Statement, writes

__all__ = ["divide"]


def divide(program: Program) -> Program:
    """Return the program with what writes a gradient as its sums."""
    rows = [statement for statement in program.statements if not _writes_gradient(statement)]
    sums = [statement for statement in program.statements if _writes_gradient(statement)]
    return replace(program, statements=tuple(rows), sums=tuple(sums))


def _writes_gradient(statement: Statement) -> bool:
    return any(array.role is Role.GRADIENT for array in writes(statement))
