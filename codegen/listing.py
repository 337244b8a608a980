"""The heart of a kernel as a listing for a lecture: what computes the gradients, and no more."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.emit.kernels import ERRORS, Kernel, kernel, sums_kernel
from codegen.equations import equation_comments
from codegen.layout import broken
from codegen.passes import improve
from codegen.program import Role
from codegen.programs import lower_to_programs
from derive.derivation import Derivation

__all__ = ["listing"]

INDENT = "    "


def listing(derivation: Derivation) -> str:
    """Return the kernels of L and its gradients, each from its first numbered equation on.

    The lines are those of the generated module; what reads sizes and hands out memory is left out.
    An activation that is not bound yet is called by its name. Installed as the entry point
    ``gradscribe.kernel``, it gives the slides of :mod:`derive` their listing.
    """
    program = lower_to_programs(derivation).after(improve).gradients
    comments = equation_comments(derivation)
    results = {array.name for array in program.outputs if array.role is not Role.LOSS}
    errors = _lines(ERRORS, kernel(program, comments, results))
    return "\n".join([*errors, "", *_lines(program.name, sums_kernel(program, comments))])


def _lines(name: str, code: Kernel) -> Iterator[str]:
    yield f"def _{name}({', '.join(code.arguments)}):"
    yield f"{INDENT}…"
    for line in code.body.lines:
        yield from broken(INDENT + line)
    if code.body.returned:
        yield f"{INDENT}return {code.body.returned}"
