"""The heart of a kernel as a listing for a lecture: what computes the gradients, and no more."""

from __future__ import annotations

from codegen.equations import equation_comments
from codegen.passes import improve
from codegen.program import Role
from codegen.programs import lower_to_programs
from codegen.source import kernel
from derive.derivation import Derivation

__all__ = ["listing"]

INDENT = "    "


def listing(derivation: Derivation) -> str:
    """Return the kernel of L and its gradients from its first numbered equation on.

    The lines are those of the generated module; what reads sizes and hands out memory is left out.
    An activation that is not bound yet is called by its name. Installed as the entry point
    ``gradscribe.kernel``, it gives the slides of :mod:`derive` their listing.
    """
    program = lower_to_programs(derivation).after(improve).gradients
    results = {array.name for array in program.outputs if array.role is not Role.LOSS}
    code = kernel(program, equation_comments(derivation), results)
    body = code.body[len(code.prologue) :]
    returned = [array.name for array in program.outputs if array.role is Role.LOSS]
    return "\n".join(
        [
            f"def _{program.name}({', '.join((*code.arguments, 'memory'))}):",
            f"{INDENT}…",
            *(INDENT + line for line in body),
            f"{INDENT}return {', '.join(returned)}",
        ]
    )
