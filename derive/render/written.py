"""The model as it was typed, as boxes: order and parentheses are the user's."""

from __future__ import annotations

from derive.language import tree
from derive.language.parser import parse
from derive.render.box import Box, Fence, Frac, Kind, Letter, Space, row
from derive.render.matrices import ODOT, raised
from derive.render.names import Names
from derive.render.signs import MINUS, PLUS, SIGN
from derive.render.typeset import Typesetter

__all__ = ["BAR", "DOT", "SOFTMAX", "model_formulas"]

SOFTMAX = Letter("softmax", r"\operatorname{softmax}", Kind.NAME)
DOT = Letter("·", r"\cdot", Kind.OPERATOR)
BAR = Letter("|", r"\mid", Kind.RELATION)


def model_formulas(names: Names) -> tuple[tuple[Box, Box], ...]:
    """Return P(y | x) = softmax(…), then each definition that the text makes, as (left, right)."""
    script = parse(names.model.text)
    writer = _Writer(names)
    features = Letter("x", r"\mathbf{x}", Kind.BOLD)
    left = row(Letter("P", "P"), Fence(row(Letter("y", "y"), BAR, features)))
    first = (left, row(SOFTMAX, Fence(writer.write(script.scores))))
    rest = ((names.whole(a.name), writer.write(a.right)) for a in script.assignments)
    return (first, *rest)


class _Writer:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.numbers = Typesetter(names)

    def write(self, node: tree.Node) -> Box:
        match node:
            case tree.Number(value=value):
                return self.numbers(value)
            case tree.Features():
                return self.names.whole(self.names.model.features.name)
            case tree.Name(name=name):
                return self.names.whole(name)
            case tree.Call(function=function, argument=argument):
                return row(self.names.activation(function), Fence(self.write(argument)))
            case tree.Transposed(operand=operand, marks=marks):
                inner = self._factor(operand)
                return raised(inner, bare=True) if marks % 2 else inner
            case tree.Juxtaposed(factors=factors):
                items = [self._factor(factor) for factor in factors]
                return row(*[part for item in items for part in (Space(), item)][1:])
            case tree.Elementwise(factors=factors):
                return self._elementwise(factors)
            case tree.Total(terms=terms):
                return self._total(terms)
        raise TypeError(f"no notation for {type(node).__name__}")

    def _factor(self, node: tree.Node) -> Box:
        box = self.write(node)
        return Fence(box) if isinstance(node, tree.Total | tree.Elementwise) else box

    def _elementwise(self, factors: tuple[tuple[str, tree.Node], ...]) -> Box:
        """Join by ⊙; numbers stand beside a factor or below a fraction bar."""
        whole: Box | None = None
        numeric = False
        for mark, node in factors:
            box = self._factor(node)
            if whole is None:
                whole = box
            elif mark == "/":
                whole = Frac(whole, box)
            else:
                sign = DOT if isinstance(node, tree.Number) else ODOT
                whole = row(whole, Space() if numeric else sign, box)
            numeric = isinstance(node, tree.Number)
        return whole if whole is not None else row()

    def _total(self, terms: tuple[tuple[int, tree.Node], ...]) -> Box:
        items: list[Box] = []
        for sign, term in terms:
            if items:
                items.append(PLUS if sign > 0 else MINUS)
            elif sign < 0:
                items.append(SIGN)
            items.append(self._factor(term) if isinstance(term, tree.Total) else self.write(term))
        return row(*items)
