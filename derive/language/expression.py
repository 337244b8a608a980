"""Read a vector or matrix expression by recursive descent.

total     = [ sign ] term { sign term }
term      = product { "*" product | "/" product }
product   = primary { [ "@" ] primary }
primary   = ( NUMBER | "x" | "f(x)" | NAME | NAME "(" total ")" | "(" total ")" ) { "^T" }
"""

from __future__ import annotations

from typing import NoReturn

from sympy import Rational

from derive.errors import InputError, quoted
from derive.language.naming import check_reserved, fused
from derive.language.tokens import Token
from derive.language.tree import (
    Call,
    Elementwise,
    Features,
    Juxtaposed,
    Name,
    Node,
    Number,
    Total,
    Transposed,
)
from derive.library import entry

__all__ = ["ExpressionParser"]


class ExpressionParser:
    """The text, its tokens, and how far they are read."""

    def __init__(self, text: str, tokens: tuple[Token, ...]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    @property
    def following(self) -> Token:
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def total(self) -> Node:
        start = self.token.start
        terms = [(self.sign(), self.term())]
        while self.token.is_mark("+", "-"):
            terms.append((self.sign(), self.term()))
        if terms[0][0] == 1 and len(terms) == 1:
            return terms[0][1]
        return Total(start, terms[-1][1].end, tuple(terms))

    def sign(self) -> int:
        sign = 1
        while self.token.is_mark("+", "-"):
            sign = -sign if self.take().text == "-" else sign
        return sign

    def term(self) -> Node:
        factors = [("*", self.product())]
        while self.token.is_mark("*", "/"):
            mark = self.take()
            if mark.text == "*" and self.token.is_mark("*"):
                raise InputError(
                    f"** at {mark.place} is no operation of a model: write z * z for a square, or "
                    "bind an activation such as g='x**2'"
                )
            factors.append((mark.text, self.signed_product()))
        first, last = factors[0][1], factors[-1][1]
        if len(factors) == 1:
            return first
        return Elementwise(first.start, last.end, tuple(factors))

    def signed_product(self) -> Node:
        start, sign = self.token.start, self.sign()
        product = self.product()
        return product if sign == 1 else Total(start, product.end, ((sign, product),))

    def product(self) -> Node:
        factors = [self.primary()]
        while self.token.kind in ("name", "number") or self.token.is_mark("(", "@"):
            if self.token.is_mark("@"):
                self.take()
            factors.append(self.primary())
        if len(factors) == 1:
            return factors[0]
        return Juxtaposed(factors[0].start, factors[-1].end, tuple(factors))

    def primary(self) -> Node:
        node = self.operand()
        marks, end = 0, node.end
        while self.token.kind == "transpose":
            marks, end = marks + 1, self.take().end
        if marks:
            node = Transposed(node.start, end, node, marks)
        if self.token.is_mark("^"):
            raise InputError(
                f"^ at {self.token.place} must be followed by T: V^T is a transpose, and there are "
                "no powers (write z * z)"
            )
        return node

    def operand(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return Number(token.start, token.end, Rational(token.text))
        if token.kind == "name":
            return self.name(token)
        if token.is_mark("("):
            if self.token.is_mark(")"):
                raise InputError(
                    f"the parentheses at {token.place} are empty: write a vector in them"
                )
            inner = self.total()
            self.close("(", token)
            return inner
        self.at -= 1
        return self.refuse_mark("a name, a number or a ( is expected")

    def name(self, token: Token) -> Node:
        applied = self.token.is_mark("(")
        if token.text == "x" and not applied:
            return Features(token.start, token.end)
        if token.text == "f":
            return self.features(token)
        if token.text == "softmax":
            raise InputError(
                f"softmax at {token.place} stands inside the model: it is the classifier, once and "
                "outermost, after the ; of the last definition (a hidden layer takes an "
                "elementwise activation, as in g(V f(x)))"
            )
        check_reserved(token)
        if token.text[0].isupper() and self.token.start == token.end and applied:
            self.check_fused(token)
        if not applied or token.text[0].isupper():
            return Name(token.start, token.end, token.text)
        self.take()
        if self.token.is_mark(")"):
            raise InputError(
                f"{token.text} at {token.place} is applied to nothing: write its argument, as in "
                f"{token.text}(V f(x))"
            )
        argument = self.total()
        end = self.close(token.text)
        return Call(token.start, end, token.text, argument)

    def check_fused(self, token: Token) -> None:
        """Refuse Wf(x) and Wg(V f(x)), which slides print for W f(x) and W g(V f(x)), and "
        "ReLU(z)."""
        if known := entry(token.text) or entry(token.text.lower()):
            raise InputError(
                f"{token.text}( at {token.place} has a capital, hence is a matrix: an activation "
                f"is small, write {known.name}(…)"
            )
        head, tail = fused(token.text)
        if tail == "f" or len(tail) == 1 or entry(tail):
            raise InputError(
                f"{token.text}( at {token.place} runs two names together: write {head} {tail}(…) "
                f"with a blank, or {token.text} (…) if the matrix is called {token.text}"
            )

    def features(self, token: Token) -> Node:
        inside = self.tokens[self.at : self.at + 3]
        if [piece.text for piece in inside] == ["(", "x", ")"]:
            self.at += 3
            return Features(token.start, inside[-1].end)
        raise InputError(
            f"f at {token.place} is the feature function: write f(x), or x (for an activation use "
            "another letter, as in g(V f(x)))"
        )

    def close(self, what: str, opening: Token | None = None) -> int:
        if self.token.is_mark(")"):
            return self.take().end
        if self.token.is_mark(","):
            raise InputError(
                f"the comma at {self.token.place} gives {what} a second argument: it takes one "
                "vector"
            )
        where = f" opened at {opening.place}" if opening else f" of {what}"
        return self.refuse_mark(
            f"the parenthesis{where} goes on with + - * or a factor, or ends with )"
        )

    def refuse_mark(self, expected: str) -> NoReturn:
        token = self.token
        seen = "the text ends" if token.kind == "end" else f"{quoted(token.text)} stands"
        raise InputError(f"{seen} at {token.place}: {expected}")
