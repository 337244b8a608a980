"""Boxes as LaTeX of amsmath only: for articles, Beamer, MathJax and KaTeX alike."""

from __future__ import annotations

from derive.render.box import (
    Big,
    Box,
    Cases,
    Exponential,
    Fence,
    Frac,
    Ink,
    Kind,
    Letter,
    Marked,
    Root,
    Row,
    Script,
    Space,
    Tinted,
    Under,
    walk,
)
from derive.render.escape import escape_latex

__all__ = ["to_latex"]

_INKS = {Ink.FORWARD: r"\fwd", Ink.ERROR: r"\bwd", Ink.PARAMETER: r"\wgt"}
_FENCES = {"{": r"\{", "}": r"\}"}


def to_latex(box: Box, *, colours: bool = False, overlay: str = "") -> str:
    """Return the boxes as LaTeX.

    With ``colours``, objects are wrapped in the deck's colour macros and the marked part in
    ``\\marked``, shown on the given overlay.
    """
    return _Writer(colours, overlay).write(box).strip()


class _Writer:
    def __init__(self, colours: bool, overlay: str) -> None:
        self.colours = colours
        self.overlay = overlay

    def write(self, box: Box) -> str:
        match box:
            case Letter(latex=latex, kind=Kind.WORDS):
                return rf"\text{{{escape_latex(latex)}}}"
            case Letter(latex=latex, kind=Kind.NUMBER):
                return latex.replace("…", r"\ldots ")
            case Letter(latex=latex, kind=kind):
                return f" {latex} " if kind in (Kind.OPERATOR, Kind.RELATION) else latex
            case Space(latex=latex):
                return latex
            case Row(items=items):
                return _joined([self.write(item) for item in items])
            case Tinted(body=body, ink=ink):
                inner = self.write(body)
                return f"{_INKS[ink]}{{{inner}}}" if self.colours else inner
            case Marked(body=body):
                inner = self.write(body)
                return rf"\marked{self.overlay}{{{inner}}}" if self.colours else inner
            case Under(body=body, label=label):
                return rf"\underbrace{{{self.write(body)}}}_{{{self.write(label)}}}"
            case Fence():
                return self._fence(box)
            case Root(body=body):
                return rf"\sqrt{{{self.write(body)}}}"
            case Exponential(argument=argument):
                if any(isinstance(part, Frac | Cases) and part for part in walk(argument)):
                    return rf"\exp\left({self.write(argument)}\right)"
                return f"e^{{{self.write(argument)}}}"
            case Big(index=index, lower=Box() as lower, upper=Box() as upper):
                low, high = f"{self.write(index)}={self.write(lower)}", self.write(upper)
                return rf"\sum_{{{low}}}^{{{high}}} "
            case Big(index=index):
                return rf"\sum_{{{self.write(index)}}} "
            case Cases(rows=rows):
                lines = r" \\ ".join(f"{self.write(v)} & {self.write(c)}" for v, c in rows)
                return rf"\begin{{cases}} {lines} \end{{cases}}"
            case Frac(above=above, below=below, small=small):
                command = r"\tfrac" if small else r"\frac"
                return rf"{command}{{{self.write(above)}}}{{{self.write(below)}}}"
            case Script():
                return self._script(box)
        raise TypeError(f"no LaTeX for {type(box).__name__}")

    def _fence(self, box: Fence) -> str:
        body = self.write(box.body)
        left, right = _FENCES.get(box.left, box.left), _FENCES.get(box.right, box.right)
        inside = [part for part in walk(box.body) if part is not box]
        if any(
            isinstance(part, Cases) or (isinstance(part, Frac) and not part.small)
            for part in inside
        ):
            return rf"\left{left}{body}\right{right}"
        if any(isinstance(part, Big) for part in inside):
            return rf"\Bigl{left}{body}\Bigr{right}"
        if left == "|":
            return rf"\lvert {body}\rvert "
        return f"{left}{body}{right}"

    def _script(self, box: Script) -> str:
        base = self.write(box.base)
        inner = box.base
        while isinstance(inner, Tinted | Marked):
            inner = inner.body
        if isinstance(inner, Row | Script):
            base = f"{{{base}}}"
        sub = f"_{_group(self.write(box.sub))}" if box.sub else ""
        if isinstance(box.sup, Letter) and set(box.sup.text) == {"′"}:
            return base + "'" * len(box.sup.text) + sub
        return base + sub + (f"^{_group(self.write(box.sup))}" if box.sup else "")


def _group(text: str) -> str:
    """Put braces around what is more than one character."""
    return text if len(text) == 1 else f"{{{text}}}"


def _joined(parts: list[str]) -> str:
    """Join, with a space where a command would swallow the letter after it."""
    text = ""
    for part in parts:
        command = text.rsplit("\\", 1)[-1] if "\\" in text else ""
        if part[:1].isalpha() and command.isalpha():
            text += " "
        text += part
    return text
