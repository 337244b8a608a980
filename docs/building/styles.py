"""The style of derivations and cards, the one that notebooks use, with the site's two schemes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

__all__ = ["style"]


def style() -> Iterator[tuple[str, str]]:
    """Yield the style sheet; the site's own switch decides what is dark, not the browser."""
    text = files("derive.render").joinpath("templates/style.css.jinja").read_text(encoding="utf-8")
    dark = re.search(
        r"@media \(prefers-color-scheme: dark\) \{\n(  \.derivation \{.*?\})", text, re.S
    )
    assert dark is not None
    plain = re.sub(r"@media \(prefers-color-scheme: dark\) \{.*?\n\}\n", "", text, flags=re.S)
    scheme = dark[1].replace(".derivation {", '[data-md-color-scheme="slate"] .derivation {')
    yield "assets/derivation.css", f"{plain}\n{scheme}\n"
