"""Kernels as the template lays them out, with the memory that each works in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codegen.emit.sizes import size_text
from codegen.emit.statements import ERRORS, EXAMPLES, Kernel, kernel, sums_kernel
from codegen.program import Array, Program, Role

__all__ = ["KernelPage", "kernel_pages", "summed", "tuple_text"]

DOCSTRINGS = {
    "likelihood": "Return L of the rows of X.",
    ERRORS: "Return L of the rows of X; leave in memory what the gradients are sums of.",
    "add_gradients": "Set a share of each gradient to keep × what was there + scale × the gradient.",
    "probabilities": "Fill P with the class probabilities of the rows of X.",
    "classes": "Fill labels with the likeliest class of each row of X.",
}


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
    docstring: str
    body: tuple[str, ...]
    returned: str
    memory: tuple[_Memory, ...]
    allocation: str
    row_bytes: str  # how many bytes of memory a row takes
    sources: tuple[str, ...]


def kernel_pages(program: Program, comments: Mapping[int, str]) -> Iterator[KernelPage]:
    """Yield the kernel of a program, or the two of one that has sums."""
    results = {a.name for a in program.outputs if a.role is not Role.LOSS}
    code = kernel(program, comments, results)
    yield _page(ERRORS if program.sums else program.name, program, code)
    if program.sums:
        yield _page(program.name, program, sums_kernel(program, comments))


def _page(name: str, program: Program, code: Kernel) -> KernelPage:
    widths = [
        size_text(program.inputs, array.sizes[1]) for array in code.memory if len(array.sizes) > 1
    ]
    sources = [
        a.name for a in program.inputs if any(f"{a.name}.shape" in width for width in widths)
    ]
    memory = tuple(_memory(array, program.inputs) for array in code.memory)
    prefix = "_csr_" if any(array.sparse for array in program.inputs) else "_"
    return KernelPage(
        prefix + name,
        code.arguments,
        DOCSTRINGS[name],
        code.body,
        code.returned,
        memory,
        tuple_text([f"np.empty({array.shape}, dtype)" for array in memory]),
        _row_bytes(widths, sources),
        tuple(sources),
    )


def _row_bytes(widths: Sequence[str], sources: Sequence[str]) -> str:
    if not widths:
        return "0"
    counted = [
        width if times == 1 else f"{times} * {width}" for width, times in Counter(widths).items()
    ]
    return f"({' + '.join(counted)}) * {sources[0]}.itemsize"


def tuple_text(items: Sequence[str]) -> str:
    return f"({', '.join(items)}{',' * (len(items) == 1)})"


def _memory(array: Array, inputs: Sequence[Array]) -> _Memory:
    shape = ["rows" if size == EXAMPLES else size_text(inputs, size) for size in array.sizes]
    return _Memory(array.name, f"({', '.join(shape)})" if len(shape) > 1 else shape[0])


def summed(inputs: Sequence[Array], page: KernelPage) -> list[str]:
    """Return how drivers call the inputs of the sums: X_tile where there is a row an example."""
    return [
        f"{array.name}_tile" if array.sizes[:1] == (EXAMPLES,) else array.name
        for array in inputs
        if array.name in page.arguments
    ]
