"""A derivation in its forms: text, LaTeX, Beamer, HTML, JSON. One file a form."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from derive.budget import SHOWING, limited
from derive.errors import InputError
from derive.files import write_whole
from derive.render.options import Options

if TYPE_CHECKING:
    from derive.derivation import Derivation

__all__ = ["FORMS", "Options", "render", "save"]

FORMS = {
    "text": ("derive.render.text", "text"),
    "latex": ("derive.render.latex", "latex"),
    "beamer": ("derive.render.beamer", "beamer"),
    "html": ("derive.render.html", "html"),
    "json": ("derive.render.as_json", "as_json"),
}
SUFFIXES = {".txt": "text", ".tex": "latex", ".html": "html", ".json": "json", ".pdf": "beamer"}


@limited(SHOWING)
def render(derivation: Derivation, to: str = "text", options: Options | None = None) -> str:
    """Return the derivation in one of :data:`FORMS`; InputError for another."""
    if to not in FORMS:
        raise InputError(f"there is no form {to!r}: choose one of {', '.join(FORMS)}")
    module, function = FORMS[to]
    text: str = getattr(import_module(module), function)(derivation, options)
    return text


@limited(SHOWING)
def save(
    derivation: Derivation,
    path: str | Path,
    to: str | None = None,
    options: Options | None = None,
) -> str:
    """Write the derivation to a file and return a sentence that says what was written.

    The suffix picks the form where ``to`` is silent; .pdf compiles the deck, and where no TeX
    engine is found the .tex beside it is written. A .tex of form latex is a section of an article.
    Raises InputError for a suffix that names no form.
    """
    target = Path(path)
    form = to or SUFFIXES.get(target.suffix)
    if form is None:
        known = ", ".join(SUFFIXES)
        raise InputError(f"{target.name} does not end in one of {known}: rename it or give --to")
    if target.suffix == ".pdf":
        from derive.render.build import build_pdf

        return build_pdf(render(derivation, form, options), target)
    if form == "latex" and target.suffix == ".tex":
        from derive.render.latex import latex

        write_whole(target, latex(derivation, options, section=True))
    else:
        write_whole(target, render(derivation, form, options))
    return f"wrote {target}"
