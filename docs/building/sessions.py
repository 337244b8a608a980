"""Run the fences of a page that are marked, and show below each what comes out.

A page's fences run in order in one empty folder of its own, so that a tutorial is tried whenever the
site is built. In ``console run`` a line that begins ``$ `` begins a command, which must succeed
(``fails``: must fail); ``lines=8`` shows the first lines only. ``python run`` runs in one namespace a
page; of ``markdown run`` only what it prints is shown, as Markdown.
``derivation`` shows a model's equations as the HTML of derive does.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from cells import Namespace, html_block
from derive.bindings import split_arguments
from derive.derivation import derive
from derive.render.html import fragment
from derive.render.options import Options

__all__ = ["run_fences"]

FENCE = re.compile(
    r"^```(console run|python run|markdown run|derivation)\b([^\n]*)\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def run_fences(markdown: str, page: str) -> str:
    """Return the Markdown of a page with its fences run."""
    if not FENCE.search(markdown):
        return markdown
    with tempfile.TemporaryDirectory() as folder:
        namespace = Namespace(Path(folder))
        kinds: dict[str, Callable[[str, str], str]] = {
            "console run": lambda marks, body: _console(marks, body, Path(folder)),
            "python run": lambda _, body: namespace.shown(body),
            "markdown run": lambda _, body: namespace.printed(body),
            "derivation": _derivation,
        }

        def shown(found: re.Match[str]) -> str:
            kind, marks, body = found.groups()
            try:
                return kinds[kind](marks, body)
            except Exception as error:
                raise SystemExit(f"{page}: {body.strip()}\n{error}") from error

        return FENCE.sub(shown, markdown)


def _derivation(marks: str, body: str) -> str:
    options = dict(mark.split("=", 1) for mark in marks.split())
    text, bindings = split_arguments(shlex.split(body))
    html = fragment(derive(text or "softmax(W g(V f(x)))", bindings), Options(**options))
    return html_block(html)


def _console(marks: str, body: str, folder: Path) -> str:
    blocks = []
    for command in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        text = _output(command, folder, fails="fails" in marks)
        blocks.append(f"$ {command.rstrip()}\n{_cut(text, marks)}".rstrip())
    return "```console\n" + "\n".join(blocks) + "\n```"


def _cut(text: str, marks: str) -> str:
    """Return the first lines, and … for the rest."""
    limit = re.search(r"lines=(\d+)", marks)
    lines = text.rstrip().splitlines()
    if limit is None or len(lines) <= int(limit[1]):
        return "\n".join(lines)
    return "\n".join([*lines[: int(limit[1])], "…"])


def _output(command: str, folder: Path, *, fails: bool) -> str:
    """Return what a command prints on both streams."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": PATH, "NO_COLOR": "1", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if bool(done.returncode) is not fails:
        raise RuntimeError(f"exits with {done.returncode}:\n{done.stdout}")
    return done.stdout.replace(str(folder.resolve()), "…")
