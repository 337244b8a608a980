"""What a Derivation can show of itself, in a program and in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from derive.render import Options, render

if TYPE_CHECKING:
    from derive.derivation import Derivation

__all__ = ["Shown"]


class Shown:
    """Methods that render a derivation; keywords are those of :class:`derive.render.Options`."""

    def text(self, **options: Any) -> str:
        """Return the derivation as plain Unicode text."""
        return self._rendered("text", options)

    def latex(self, **options: Any) -> str:
        """Return ``align*`` blocks that need amsmath alone."""
        return self._rendered("latex", options)

    def beamer(self, **options: Any) -> str:
        """Return a Beamer deck."""
        return self._rendered("beamer", options)

    def html(self, **options: Any) -> str:
        """Return a self-contained HTML page."""
        return self._rendered("html", options)

    def json(self, **options: Any) -> str:
        """Return the equations and their steps as JSON."""
        return self._rendered("json", options)

    def _rendered(self, form: str, options: dict[str, Any]) -> str:
        return render(cast("Derivation", self), form, Options(**options))

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from derive.render.html import fragment

        return fragment(cast("Derivation", self))

    def _repr_latex_(self) -> str:
        return "\n".join(line for line in self.latex().splitlines() if not line.startswith("%"))
