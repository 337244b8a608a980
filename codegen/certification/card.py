"""An activation with its certificate, as a notebook shows it and as a program reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

from codegen.certification.report import heading
from codegen.scalar.certificate import BOUNDS, Row
from derive.activation import Activation

__all__ = ["Certified", "certificate_html"]


@dataclass(frozen=True)
class Certified:
    """An activation and the largest errors found of its value and derivative, a row each."""

    activation: Activation
    rows: tuple[Row, ...]

    def __str__(self) -> str:
        lines = [
            f"{row.dtype}  {row.quantity:10}  {row.max_ulp:.3f} ULP at x = {row.where!r}, "
            f"{row.count:,} inputs" + f" ({row.exemptions})" * bool(row.exemptions)
            for row in self.rows
        ]
        return "\n".join([heading(self.activation.letters, self.activation), *lines])

    def _repr_html_(self) -> str:
        from derive.render.card import card

        return card(self.activation, certificate_html(self.rows))


def certificate_html(rows: Sequence[Row]) -> str:
    """Return the rows as an HTML table."""
    head = "".join(
        f"<th>{name}</th>" for name in ("dtype", "", "largest error", "bound", "at x =", "inputs")
    )
    body = "".join(
        f"<tr><td>{row.dtype}</td><td>{escape(row.quantity)}</td><td>{row.max_ulp:.2f} ULP</td>"
        f"<td>{BOUNDS[row.dtype]:g} ULP</td><td>{row.where:.9g}</td><td>{row.count:,}</td></tr>"
        + f'<tr><td></td><td colspan="5">{escape(row.exemptions)}</td></tr>'
        * bool(row.exemptions)
        for row in rows
    )
    return f'<table class="certificate"><tr>{head}</tr>{body}</table>'
