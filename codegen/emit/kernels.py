"""Kernels as the template lays them out, with the memory that each works in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codegen.emit.sizes import size_text
from codegen.emit.statements import EXAMPLES, KEPT, ROW, SHARE, Body, StatementWriter
from codegen.program import Array, Program, Role, Tiles, reads, writes

__all__ = [
    "ERRORS",
    "IN_TILES",
    "Kernel",
    "KernelPage",
    "kernel",
    "kernel_pages",
    "summed",
    "sums_kernel",
    "tuple_text",
]

ERRORS = "errors"  # what is called the kernel that comes before the sums of another
TILE_WIDTH = "classes"
IN_TILES = "_in_tiles"  # the end of the name of a program that goes through classes by tiles
DOCSTRINGS = {
    "likelihood": "Return L of the rows of X{tiles}.",
    ERRORS: "Return L of the rows of X{tiles}; leave in memory what the gradients are sums of.",
    "add_gradients": "Set a share of each gradient{tiles} to keep × what was there + scale × the gradient.",
    "probabilities": "Fill P with the class probabilities of the rows of X.",
    "classes": "Fill labels with the likeliest class of each row of X.",
    "gradients_and_error_rows": "As _errors; fill the error at the features too.",
    "gradients_and_error_sums": "As _add_gradients.",
    "curvature_rows": "Leave in memory what the changes of the gradients are sums of.",
    "curvature_sums": "Set a share of each change to keep × what was there + scale × the change.",
}
NAMES = {"add_gradients": (ERRORS, "add_gradients")}  # of the two kernels of a program with sums


@dataclass(frozen=True)
class Kernel:
    """A program, or its sums, as Python: arguments, memory, body."""

    arguments: tuple[str, ...]
    memory: tuple[Array, ...]
    body: Body


def kernel(program: Program, comments: Mapping[int, str], results: set[str]) -> Kernel:
    """Return the statements of a program as Python; ``comments`` are the equations by number.

    ``results`` names the outputs that are arrays of the caller; the others are returned.
    """
    writer = StatementWriter(program, comments)
    written = {array for statement in program.statements for array in writes(statement)}
    arguments = [array.name for array in program.inputs]
    arguments += [a.name for a in program.outputs if a in written and a.name in results]
    arguments += ["memory"] if writer.memory else []
    arguments += [KEPT, ROW] if writer.tiled and program.sums else []
    return Kernel(tuple(arguments), writer.memory, writer.body(program.statements))


def sums_kernel(program: Program, comments: Mapping[int, str]) -> Kernel:
    """Return the sums of a program as Python: a share of the rows of each gradient.

    The shares are of the same sizes whatever is summed, and no entry is in two of them.
    """
    writer = StatementWriter(program, comments, shared=True)
    read = {array for statement in program.sums for array in reads(statement)}
    arguments = [  # the features tell the dtype and how many examples there are
        array.name for array in program.inputs if array in read or array.role is Role.FEATURES
    ]
    arguments += program.scalars
    arguments += [array.name for array in program.outputs if array.role is Role.GRADIENT]
    arguments += ["memory"] if writer.memory else []
    arguments += [KEPT] if writer.tiled else []
    return Kernel((*arguments, *SHARE), (), writer.body(program.sums))


@dataclass(frozen=True)
class _Memory:
    """An array of a kernel's memory and how its shape is written."""

    name: str
    shape: str


@dataclass(frozen=True)
class KernelPage:
    """A kernel as the template lays it out."""

    name: str
    arguments: tuple[str, ...]
    of_share: tuple[str, ...]  # the arguments for a share of the rows, of which ``own`` is memory
    own: str
    shared: bool  # whether it is told which share of the rows of its targets to do
    docstring: str
    body: tuple[str, ...]
    returned: str
    memory: tuple[_Memory, ...]
    shapes: str  # of its memory
    row_bytes: str  # how many bytes of memory a row takes
    sources: tuple[str, ...]  # the arguments that tell the sizes of its memory


def kernel_pages(program: Program, comments: Mapping[int, str]) -> Iterator[KernelPage]:
    """Yield the kernel of a program, or the two of one that has sums."""
    results = {a.name for a in program.outputs if a.role is not Role.LOSS}
    code = kernel(program, comments, results)
    own, tiles = _name_and_tiles(program.name)
    if not program.sums:
        yield _page(own + tiles, program, code)
        return
    rows, sums = NAMES.get(own, (f"{own}_rows", f"{own}_sums"))
    yield _page(rows + tiles, program, code)
    yield _page(sums + tiles, program, sums_kernel(program, comments))


def _name_and_tiles(name: str) -> tuple[str, str]:
    own = name.removesuffix(IN_TILES)
    return own, name[len(own) :]


def _page(name: str, program: Program, code: Kernel) -> KernelPage:
    tiled = next((s.size for s in program.statements if isinstance(s, Tiles)), "")
    sizes = {
        size: TILE_WIDTH if size == tiled else size_text(program.inputs, size)
        for array in code.memory
        for size in array.sizes
        if size != EXAMPLES
    }
    widths = [sizes[array.sizes[1]] for array in code.memory if len(array.sizes) > 1]
    telling = {place.split(".")[0] for place in sizes.values()}
    sources = [array.name for array in program.inputs if array.name in telling]
    if code.memory and not sources:  # the tiles' width alone: any parameter tells the dtype
        sources = [a.name for a in program.inputs if a.role is Role.PARAMETER][:1]
    memory = tuple(_memory(array, sizes) for array in code.memory)
    prefix = "_csr_" if any(array.sparse for array in program.inputs) else "_"
    own, tiles = _name_and_tiles(name)
    return KernelPage(
        prefix + name,
        code.arguments,
        tuple(_of_share(program, name) for name in code.arguments),
        tuple_text([f"memory[{place}][start:stop]" for place in range(len(memory))]),
        code.arguments[-2:] == SHARE,
        DOCSTRINGS[own].format(tiles=", in tiles of classes" if tiles else ""),
        (*code.body.prologue, *code.body.lines),
        code.body.returned,
        memory,
        tuple_text([array.shape for array in memory]),
        _row_bytes(widths, sources),
        (*([TILE_WIDTH, SHARE[1]] if tiles else []), *sources),
    )


def _of_share(program: Program, argument: str) -> str:
    """Return an argument of a kernel for the rows from start to stop."""
    if argument in ("memory", ROW):
        return "own" if argument == "memory" else f"{ROW} + start"
    arrays = {array.name: array for array in (*program.inputs, *program.outputs)}
    array = arrays.get(argument)
    if array is None or array.sizes[:1] != (EXAMPLES,):
        return argument
    return f"_csr_rows({argument}, start, stop)" if array.sparse else f"{argument}[start:stop]"


def _row_bytes(widths: Sequence[str], sources: Sequence[str]) -> str:
    if not widths:
        return "0"
    counted = [
        width if times == 1 else f"{times} * {width}" for width, times in Counter(widths).items()
    ]
    return f"({' + '.join(counted)}) * {sources[0]}.itemsize"


def tuple_text(items: Sequence[str]) -> str:
    return f"({', '.join(items)}{',' * (len(items) == 1)})"


def _memory(array: Array, sizes: Mapping[str, str]) -> _Memory:
    shape = ["rows" if size == EXAMPLES else sizes[size] for size in array.sizes]
    if shape[1:] == [TILE_WIDTH]:  # each core has its own when they share the classes
        shape[0] = f"{SHARE[1]} * rows"
    return _Memory(array.name, f"({', '.join(shape)})" if len(shape) > 1 else shape[0])


def summed(inputs: Sequence[Array], page: KernelPage | None) -> list[str]:
    """Return how drivers call the inputs of the sums: X_tile where there is a row an example."""
    return [
        f"{array.name}_tile" if array.sizes[:1] == (EXAMPLES,) else array.name
        for array in inputs
        if page and array.name in page.arguments
    ]
