"""Select the statements that the wanted results need, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from codegen.program import Program, reads, writes

__all__ = ["select"]


def select(program: Program) -> Program:
    """Return the program without the statements and inputs that no output depends on.

    A statement whose result is among the inputs is left out: it is given.
    """
    given = {array.name for array in program.inputs}
    wanted = {array.name for array in program.outputs}
    kept = []
    for statement in reversed(program.statements):
        if {array.name for array in writes(statement)} & (wanted - given):
            kept.append(statement)
            wanted |= {array.name for array in reads(statement)}
    inputs = tuple(array for array in program.inputs if array.name in wanted)
    return replace(program, inputs=inputs, statements=tuple(reversed(kept)))
