"""The passes in their order; each takes a program and returns one."""

from __future__ import annotations

from functools import reduce

from codegen.passes.accumulate import accumulate
from codegen.passes.contract import contract
from codegen.passes.divide import divide
from codegen.passes.fuse import fuse
from codegen.passes.pair import pair
from codegen.passes.pick import pick
from codegen.passes.reuse import reuse
from codegen.passes.select import select
from codegen.passes.shrink import shrink
from codegen.passes.sparsify import sparsify
from codegen.passes.stabilise import stabilise
from codegen.program import Program

__all__ = ["PASSES", "SPARSE_PASSES", "improve", "improve_for_sparse_features"]

PRODUCTS = (pick, stabilise, select, contract, accumulate)  # to matrix products
LOOPS = (pair, divide, fuse, shrink, reuse)  # to loops over rows in little memory
PASSES = (*PRODUCTS, *LOOPS)
SPARSE_PASSES = (*PRODUCTS, sparsify, *LOOPS)


def improve(program: Program) -> Program:
    """Return the program after every pass."""
    return reduce(lambda before, apply: apply(before), PASSES, program)


def improve_for_sparse_features(program: Program) -> Program:
    """Return the program after every pass, with X given by its non-zeros."""
    return reduce(lambda before, apply: apply(before), SPARSE_PASSES, program)
