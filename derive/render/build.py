"""LaTeX to PDF with whatever engine is installed, safely: no shell escape, a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from derive.errors import InputError
from derive.files import write_whole

__all__ = ["ENGINES", "build_pdf", "compile_tex"]

ENGINES = ("pdflatex", "lualatex", "xelatex", "tectonic")
TIME_LIMIT = 120  # seconds
PARANOID = {"openin_any": "p", "openout_any": "p"}  # TeX reads and writes in its folder alone
_HOW = (
    "install one (Debian: apt install texlive-latex-recommended texlive-pictures; macOS: MacTeX; "
    "Windows: MiKTeX), or compile the .tex elsewhere"
)


def build_pdf(tex: str, target: Path) -> str:
    """Compile to ``target`` and return a sentence that says what was written.

    Without an engine the .tex is written beside it, and the sentence says how to get one. Raises
    InputError where the engine fails; the .tex and its .log are kept then.
    """
    source = target.with_suffix(".tex")
    engine = next((name for name in ENGINES if shutil.which(name)), None)
    if engine is None:
        write_whole(source, tex)
        return f"wrote {source}, but no PDF: there is no TeX engine on the path; {_HOW}"
    with tempfile.TemporaryDirectory(prefix="derive-") as folder:
        pdf, log = compile_tex(tex, Path(folder), engine)
        if pdf is None:
            write_whole(source, tex)
            write_whole(target.with_suffix(".log"), log)
            raise InputError(
                f"{engine} could not compile the deck ({_first_error(log)}); "
                f"see {target.with_suffix('.log')} and {source}"
            )
        write_whole(target, pdf.read_bytes())
    return f"wrote {target}"


def compile_tex(
    tex: str, folder: Path, engine: str, seconds: float = TIME_LIMIT
) -> tuple[Path | None, str]:
    """Compile in the folder; return the PDF, None where that failed, and the engine's log."""
    (folder / "deck.tex").write_text(tex, encoding="utf-8")
    command = [engine, "deck.tex"]
    if engine != "tectonic":
        flags = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
        command = [engine, *flags, "deck.tex"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **PARANOID},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, f"! stopped after {seconds:g} seconds"
    log = folder / "deck.log"
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    pdf = folder / "deck.pdf"
    written = done.returncode == 0 and pdf.exists()
    return (pdf if written else None), text or done.stdout.decode(errors="replace")


def _first_error(log: str) -> str:
    lines = (line[1:].strip() for line in log.splitlines() if line.startswith("!"))
    return next(lines, "no message")
