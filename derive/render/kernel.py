"""The slides of the generated kernel, whose comments bear the numbers of the slides' equations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

from derive.render.escape import escape_latex
from derive.render.excerpt import generated_kernel
from derive.render.frames import Frame
from derive.render.statement import Presenter

__all__ = ["kernel_frames"]

LINES = 23  # of a frame, in \\scriptsize
REMARKS = 5  # lines that the remarks after the last take
COLUMNS = 92  # of a line
COMMENT = re.compile(r"(?P<indent> *)# \((?P<number>\d+)\)  (?P<formula>.*)")


def kernel_frames(presenter: Presenter) -> Iterator[Frame]:
    """Yield the kernel given by ``options.source``, else what an installed generator makes."""
    source = presenter.options.source or generated_kernel(presenter.original)
    if not source:
        return
    lines = [part for line in source.rstrip().splitlines() for part in _wrapped(line)]
    notes = _remarks(presenter)
    taken = len(lines) + (REMARKS if notes else 0)
    size = ceil(taken / ceil(taken / LINES))
    for start in range(0, len(lines), size):
        body = "\n".join(map(_code, lines[start : start + size]))
        title = "The generated kernel" if not start else "The generated kernel (continued)"
        said = notes if start + size >= len(lines) else ""
        yield Frame(title, f"{{\\scriptsize\\setlength{{\\parskip}}{{0pt}}{body}}}{said}")


def _wrapped(line: str) -> Iterator[str]:
    """Break a line that is too long for a slide after a comma, the rest further in."""
    while len(line) > COLUMNS and (at := line.rfind(", ", 0, COLUMNS)) > 0:
        yield line[: at + 1]
        line = " " * 8 + line[at + 2 :]
    yield line


def _code(line: str) -> str:
    """Return one line of the listing, an equation's number in bold."""
    if (comment := COMMENT.fullmatch(line)) is not None:
        text = (
            rf"\textcolor{{quiet}}{{\# \textbf{{({comment['number']})}}\enspace "
            rf"{escape_latex(comment['formula'])}}}"
        )
    else:
        text = escape_latex(line.strip())
    indent = 0.525 * (len(line) - len(line.lstrip()))
    return rf"\codeline{{{indent:.2f}em}}{{{text}}}"


def _remarks(presenter: Presenter) -> str:
    """Say whose gradient is returned and, for renamed quantities, how the kernel calls them."""
    said = []
    if presenter.options.sign == "negative":
        said.append(
            r"\texttt{gradients} returns the gradient of $+\mathcal{L}$, the log-likelihood: "
            r"the negative of the gradient of $J$ on these slides."
        )
    if presenter.options.rename:
        pairs = (
            rf"\texttt{{{escape_latex(old)}}} for {escape_latex(new)}"
            for old, new in presenter.options.rename.items()
        )
        said.append(f"It says {', '.join(pairs)}.")
    return rf"\par{{\small\textcolor{{quiet}}{{{' '.join(said)}}}}}" if said else ""
