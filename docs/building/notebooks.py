"""The tutorial notebook as a page: executed while the site is built, with what its cells show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient

from cells import html_block

__all__ = ["notebook"]

NOTEBOOK = Path(__file__).parents[1] / "notebook.ipynb"


def notebook() -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown of the page; raises CellExecutionError where a cell fails."""
    with TemporaryDirectory() as folder:
        found = nbformat.read(NOTEBOOK, as_version=4)
        NotebookClient(found, kernel_name="python3", cwd=folder, timeout=600).execute()
    yield "tutorials/notebook.md", "\n\n".join(map(_cell, found.cells)) + "\n"


def _cell(cell: Any) -> str:
    if cell.cell_type == "markdown":
        return str(cell.source)
    parts = [f"```python\n{cell.source}\n```", *map(_output, cell.outputs)]
    return "\n\n".join(part for part in parts if part)


def _output(output: Any) -> str:
    if output.output_type == "stream":
        return f"```text\n{output.text.rstrip()}\n```" if output.name == "stdout" else ""
    data = output.get("data", {})
    if "text/html" in data:
        return html_block(data["text/html"])
    return f"```text\n{data.get('text/plain', '')}\n```"
