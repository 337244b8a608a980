"""The passes in their order; each takes a program and returns one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from codegen.passes.tile import tile
from codegen.program import Program

__all__ = [
    "PASSES",
    "SPARSE_PASSES",
    "improve",
    "improve_for_sparse_features",
    "tiled",
    "tiled_for_sparse_features",
]

Pass = Callable[[Program], Program]

PRODUCTS = (pick, stabilise, select, contract, accumulate)  # to matrix products
LOOPS = (fuse, shrink, reuse)  # to loops over rows in little memory
PASSES = (*PRODUCTS, pair, divide, *LOOPS)
SPARSE_PASSES = (*PRODUCTS, sparsify, pair, divide, *LOOPS)


def improve(program: Program) -> Program:
    """Return the program after every pass."""
    return _after(PASSES, program)


def improve_for_sparse_features(program: Program) -> Program:
    """Return the program after every pass, with X given by its non-zeros."""
    return _after(SPARSE_PASSES, program)


def tiled(program: Program) -> Program | None:
    """Return the program after every pass, in tiles of classes; None where it cannot be."""
    return _in_tiles(program, PASSES)


def tiled_for_sparse_features(program: Program) -> Program | None:
    """Return the program in tiles of classes, with X given by its non-zeros."""
    return _in_tiles(program, SPARSE_PASSES)


def _in_tiles(program: Program, passes: Sequence[Pass]) -> Program | None:
    before = _after(passes[: -len(LOOPS)], program)
    after = tile(before)
    return None if after is before else _after(LOOPS, after)


def _after(passes: Sequence[Pass], program: Program) -> Program:
    return reduce(lambda before, apply: apply(before), passes, program)
