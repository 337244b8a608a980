"""The part of a generated module that belongs on a slide: where the numbered equations stand."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from derive.errors import InputError

__all__ = ["kernel_of"]

NUMBERED = re.compile(r"# \((\d+)\)")


def kernel_of(path: str) -> str:
    """Return the function of a Python file that computes the most numbered equations.

    Raises InputError where the file cannot be read or holds no line such as ``# (9)  err(a) = …``.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
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
    return best
