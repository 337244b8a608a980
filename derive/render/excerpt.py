"""The kernel that belongs on a slide: where the numbered equations stand in what is generated."""

from __future__ import annotations

import ast
import re
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from derive.errors import InputError
from derive.files import read_whole

if TYPE_CHECKING:
    from derive.derivation import Derivation

__all__ = ["check_kernel", "generated_kernel", "kernel_of"]

GENERATORS = "gradscribe.kernel"  # the entry points that make a listing from a derivation
NUMBERED = re.compile(r"# \((\d+)\)")
EQUATION = re.compile(r"# \((\d+)\)  (.*)")


def kernel_of(path: str) -> str:
    """Return the function of a Python file that computes the most numbered equations.

    After it come those that compute others, as where a kernel is in two parts.

    Raises InputError where the file cannot be read or holds no line such as ``# (9)  err(a) = …``.
    """
    try:
        text = read_whole(path)
        functions = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise InputError(f"--kernel {path} cannot be read ({reason}): name a module") from None
    except (SyntaxError, ValueError):
        raise InputError(f"--kernel {path} is no Python file: name a generated module") from None
    bodies = [ast.get_source_segment(text, function) or "" for function in functions]
    best = max(bodies, key=lambda body: len(NUMBERED.findall(body)), default="")
    if not NUMBERED.search(best):
        raise InputError(
            f"--kernel {path} has no function with numbered equations: name a generated module, "
            "as in --kernel generated/mish.py"
        )
    chosen, numbers = [best], set(NUMBERED.findall(best))
    for body in bodies:
        if not numbers.issuperset(found := NUMBERED.findall(body)):
            chosen.append(body)
            numbers.update(found)
    return "\n\n".join(chosen)


def check_kernel(path: str, source: str, derivation: Derivation) -> None:
    """Refuse a kernel whose numbered equations are not those of the derivation, where that is known.

    What the activations are makes no difference to its lines, which call them by their names.
    """
    theirs = dict(EQUATION.findall(source))
    for number, ours in EQUATION.findall(generated_kernel(derivation) or ""):
        if (found := theirs.get(number)) != ours:
            raise InputError(
                f"--kernel {path} is of another model: it has {found or 'nothing'} as ({number}), "
                f"expected {ours}: name the module of {derivation.model.text}, or leave --kernel out"
            )


def generated_kernel(derivation: Derivation) -> str | None:
    """Return the listing that an installed generator makes of a derivation; None without one.

    A derivation of some of the gradients has none: a kernel computes all of them.
    """
    if derivation.wrt:
        return None
    if "kernel" not in derivation.kept:
        generator = next(iter(entry_points(group=GENERATORS)), None)
        derivation.kept["kernel"] = None if generator is None else generator.load()(derivation)
    return cast("str | None", derivation.kept["kernel"])
