"""The passes in their order; each takes a program and returns one."""

from __future__ import annotations

from codegen.passes.accumulate import accumulate
from codegen.passes.contract import contract
from codegen.passes.divide import divide
from codegen.passes.fuse import fuse
from codegen.passes.pair import pair
from codegen.passes.pick import pick
from codegen.passes.reuse import reuse
from codegen.passes.select import select
from codegen.passes.shrink import shrink
from codegen.passes.stabilise import stabilise
from codegen.program import Program

__all__ = ["PASSES", "improve"]

PASSES = (pick, stabilise, select, contract, accumulate, pair, divide, fuse, shrink, reuse)


def improve(program: Program) -> Program:
    """Return the program after every pass."""
    for apply in PASSES:
        program = apply(program)
    return program
