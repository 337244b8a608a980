"""Boxes as MathML Core, which browsers show without any script."""

from __future__ import annotations

from derive.render.box import (
    Big,
    Box,
    Cases,
    Exponential,
    Fence,
    Frac,
    Kind,
    Letter,
    Marked,
    Root,
    Row,
    Script,
    Space,
    Tinted,
    Under,
    row,
)
from derive.render.escape import escape_html
from derive.render.glyphs import bold
from derive.render.width import height

__all__ = ["to_mathml"]

EULER = Letter("e", "e", Kind.NUMBER)


def to_mathml(box: Box, *, display: bool = True) -> str:
    """Return a ``<math>`` element; colours are classes named after the inks."""
    attribute = ' displaystyle="true"' if display else ""
    return f"<math{attribute}>{_write(box)}</math>"


def _write(box: Box) -> str:
    match box:
        case Letter():
            return _letter(box)
        case Space(latex=latex):
            return '<mspace width="0.17em"/>' if latex else ""
        case Row(items=items):
            return f"<mrow>{''.join(map(_write, items))}</mrow>"
        case Tinted(body=body, ink=ink):
            return f'<mrow class="{ink.value}">{_write(body)}</mrow>'
        case Marked(body=body):
            return f'<mrow class="marked">{_write(body)}</mrow>'
        case Under(body=body, label=label):
            brace = f'<munder>{_write(row(body))}<mo stretchy="true">⏟</mo></munder>'
            return f"<munder>{brace}{_write(label)}</munder>"
        case Fence(body=body, left=left, right=right):
            stretchy = "true" if height(body) > 1.5 else "false"
            sides = [
                f'<mo stretchy="{stretchy}" form="{form}">{side}</mo>'
                for form, side in (("prefix", left), ("postfix", right))
            ]
            return f"<mrow>{sides[0]}{_write(body)}{sides[1]}</mrow>"
        case Root(body=body):
            return f"<msqrt>{_write(body)}</msqrt>"
        case Exponential(argument=argument):
            return f"<msup>{_letter(EULER)}{_one(argument)}</msup>"
        case Big(index=index, lower=Box() as lower, upper=Box() as upper):
            below = f"<mrow>{_write(index)}<mo>=</mo>{_write(lower)}</mrow>"
            return f"<munderover><mo>∑</mo>{below}{_one(upper)}</munderover>"
        case Big(index=index):
            return f"<munder><mo>∑</mo>{_one(index)}</munder>"
        case Cases(rows=rows):
            lines = "".join(
                f"<mtr><mtd>{_write(v)}</mtd><mtd>{_write(c)}</mtd></mtr>" for v, c in rows
            )
            return f'<mrow><mo stretchy="true">{{</mo><mtable class="cases">{lines}</mtable></mrow>'
        case Frac(above=above, below=below, small=small):
            style = ' displaystyle="false"' if small else ""
            return f"<mfrac{style}>{_one(above)}{_one(below)}</mfrac>"
        case Script():
            return _script(box)
    raise TypeError(f"no MathML for {type(box).__name__}")


def _letter(letter: Letter) -> str:
    plain = letter.text.replace("ᵀ", "⊤")
    text = escape_html(bold(plain) if letter.kind is Kind.BOLD else plain)
    match letter.kind:
        case Kind.NUMBER:
            return f"<mn>{text}</mn>"
        case Kind.OPERATOR | Kind.RELATION:
            return f"<mo>{text}</mo>"
        case Kind.PREFIX:
            return f'<mo form="prefix" lspace="0" rspace="0">{text}</mo>'
        case Kind.PUNCTUATION:
            return f'<mo separator="true">{text}</mo>'
        case Kind.WORDS:
            return f"<mtext>{text.replace(' ', chr(0xA0))}</mtext>"
        case Kind.NAME | Kind.BOLD:
            return f'<mi mathvariant="normal">{text}</mi>'
        case _:
            return f"<mi>{text}</mi>"


def _one(box: Box) -> str:
    """Return exactly one element."""
    return f"<mrow>{_write(box)}</mrow>"


def _script(box: Script) -> str:
    base = _one(box.base)
    if box.sub is not None and box.sup is not None:
        return f"<msubsup>{base}{_one(box.sub)}{_one(box.sup)}</msubsup>"
    if box.sub is not None:
        return f"<msub>{base}{_one(box.sub)}</msub>"
    return f"<msup>{base}{_one(box.sup or row())}</msup>"
