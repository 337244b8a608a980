"""Python as a page shows it: the code, then what it prints and what its last expression is."""

from __future__ import annotations

import ast
import contextlib
import io
from pathlib import Path
from typing import Any

__all__ = ["Namespace", "html_block"]


class Namespace:
    """The names that the code of one page has made, and the folder that it runs in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, Any] = {}

    def shown(self, code: str) -> str:
        """Run code and return it as Markdown with what came out."""
        tree = ast.parse(code)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        printed = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed):
            exec(compile(tree, "page", "exec"), self.names)
            value = None
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "page", "eval"), self.names)
        parts = [f"```python\n{code.rstrip()}\n```"]
        text = printed.getvalue().rstrip()
        if value is not None and not hasattr(value, "_repr_html_"):
            text = f"{text}\n{value!r}".strip()
        if text:
            parts.append(f"```text\n{text}\n```")
        if hasattr(value, "_repr_html_"):
            parts.append(html_block(value._repr_html_()))
        return "\n\n".join(parts)

    def printed(self, code: str) -> str:
        """Run code and return what it prints."""
        printed = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed):
            exec(compile(code, "page", "exec"), self.names)
        return printed.getvalue()


def html_block(html: str) -> str:
    """Return HTML as a block that Markdown leaves alone: no blank line, and no style of its own."""
    _, _, rest = html.rpartition("</style>")
    lines = [line for line in rest.splitlines() if line.strip()]
    return '<div class="shown">\n' + "\n".join(lines) + "\n</div>"
