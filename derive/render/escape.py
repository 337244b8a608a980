"""Running text made safe, one function a target; ``formula_…`` also lower indices."""

from __future__ import annotations

import html
import re

from derive.render.glyphs import GREEK, SUBSCRIPTS, SUPERSCRIPTS

__all__ = ["escape_html", "escape_latex", "formula_html", "formula_in_words"]

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    '"': "''",
    "`": r"\textasciigrave{}",
    "−": "$-$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "⊙": r"$\odot$",
    "∂": r"$\partial$",
    "∞": r"$\infty$",
    "≠": r"$\neq$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "→": r"$\rightarrow$",
    "←": r"$\leftarrow$",
    "↦": r"$\mapsto$",
    "√": r"$\surd$",
    "½": r"$\tfrac{1}{2}$",
    "…": r"\dots{}",
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "’": "'",
    "é": r"\'e",
    "ö": r"\"o",
    "ü": r"\"u",
    "ä": r"\"a",
    "\n": " ",
    "\t": " ",
}
_LATEX |= {text: f"${latex}$" for text, latex in GREEK.values()}
_LATEX |= {
    raised: f"$^{{{plain}}}$" for plain, raised in SUPERSCRIPTS.items() if not raised.isascii()
}
_LATEX |= {lowered: f"$_{{{plain}}}$" for plain, lowered in SUBSCRIPTS.items()}
_LATEX |= {"′": "$'$", "ᵀ": r"$^{\top}$"}
_SUBSCRIPT = re.compile(r"(?<=[^\W_])_(?:\{([^{}]+)\}|([A-Za-z0-9]+))")


def escape_latex(text: str) -> str:
    """Return running text for LaTeX; characters that a basic font lacks become ``?``."""
    return "".join(_LATEX.get(c, c if c.isascii() and c.isprintable() else "?") for c in text)


def formula_in_words(text: str) -> str:
    """Return a sentence that has index notation in it (Σ_k F(k)) for LaTeX, indices lowered."""
    pieces = _SUBSCRIPT.split(text)
    parts = [escape_latex(pieces[0])]
    for braced, plain, rest in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        lowered = (braced or plain).replace("*", "^*")
        parts += [f"$_{{{lowered}}}$", escape_latex(rest)]
    return "".join(parts)


def escape_html(text: str) -> str:
    """Return running text for HTML, quotes included, so that it is safe in attributes too."""
    return html.escape(text, quote=True)


def formula_html(text: str) -> str:
    """Return a sentence that has index notation in it for HTML, indices lowered."""
    pieces = _SUBSCRIPT.split(text)
    parts = [escape_html(pieces[0])]
    for braced, plain, rest in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        parts += [f"<sub>{escape_html(braced or plain)}</sub>", escape_html(rest)]
    return "".join(parts)
