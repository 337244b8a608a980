"""Read a model's text; whatever does not fit is answered by one sentence.

    script    = { NAME "=" total ";" } [ "log" ] "softmax" "(" total ")" [ ";" ]

where a total is what :mod:`derive.language.expression` reads.
"""

from __future__ import annotations

from typing import NoReturn

from derive.errors import InputError, quoted
from derive.language.expression import ExpressionParser
from derive.language.naming import check_reserved
from derive.language.tokens import Token, tokenize
from derive.language.tree import Assignment, Node, Script
from derive.spelling import did_you_mean

__all__ = ["EXAMPLE", "parse"]

EXAMPLE = "softmax(W g(V f(x)))"
DEPTH = 50  # levels of parentheses
SOFTMAX_SPELLINGS = ("softmax", "log_softmax", "logsoftmax")


def parse(text: str) -> Script:
    """Return the syntax tree of a model's text; InputError where it cannot be read."""
    if not isinstance(text, str):
        raise InputError(f"a model is a text such as {EXAMPLE}, not {quoted(repr(text))}")
    tokens = tokenize(text)
    if tokens[0].kind == "end":
        raise InputError(f"the model is empty: type one such as {EXAMPLE}")
    _check_parentheses(tokens)
    return ScriptParser(text, tokens).script()


def _check_parentheses(tokens: tuple[Token, ...]) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.is_mark("("):
            opened.append(token)
            if len(opened) > DEPTH:
                raise InputError(
                    f"the parentheses are nested more than {DEPTH} deep at {token.place}, the "
                    f"limit is {DEPTH}: name inner parts, as in z = g(V f(x)); softmax(W z)"
                )
        elif token.is_mark(")"):
            if not opened:
                raise InputError(
                    f"the ) at {token.place} closes nothing: leave it out, or add its ( before it"
                )
            opened.pop()
    if opened:
        raise InputError(
            f"the ( at {opened[-1].place} is never closed: add a ) where it ends, so that every ( "
            "has one"
        )


class ScriptParser(ExpressionParser):
    """Definitions and the classifier, made of expressions."""

    def script(self) -> Script:
        assignments = []
        while self.token.kind == "name" and self.following.is_mark("="):
            assignments.append(self.assignment())
        scores = self.classifier()
        if self.token.is_mark(";"):
            self.take()
        if self.token.kind != "end":
            self.refuse_rest()
        return Script(0, len(self.text), tuple(assignments), scores)

    def assignment(self) -> Assignment:
        name = self.take()
        self.take()
        if self.token.kind == "name" and self.token.text in ("softmax", "log"):
            raise InputError(
                f"'{name.text} =' at {name.place} names the classifier, which has no name: leave "
                "it out, so that the model ends with softmax(...)"
            )
        check_reserved(name)
        if name.text[0].isupper():
            raise InputError(
                f"{name.text} at {name.place} is capital, hence a matrix parameter, but it is "
                f"defined as a vector: write {name.text[0].lower()}{name.text[1:]} = …"
            )
        right = self.total()
        if not self.token.is_mark(";"):
            if self.token.kind == "end":
                raise InputError(
                    f"the model ends after the definition of {name.text}: add the classifier, as "
                    f"in ; softmax(W {name.text})"
                )
            self.refuse_mark(f"the definition of {name.text} ends with ; before the next part")
        self.take()
        return Assignment(name.start, right.end, name.text, right)

    def classifier(self) -> Node:
        if self.token.kind == "name" and self.token.text == "log":
            self.take()
        word = self.take()
        if word.kind != "name" or word.text != "softmax" or not self.token.is_mark("("):
            self.refuse_classifier(word)
        self.take()
        if self.token.is_mark(")"):
            raise InputError(
                f"softmax at {word.place} has nothing between its parentheses: write the scores "
                "there, as in softmax(W f(x))"
            )
        scores = self.total()
        self.close(word.text)
        return scores

    def refuse_classifier(self, word: Token) -> NoReturn:
        if word.kind == "end":
            raise InputError("the model ends without its classifier: end it with softmax(...)")
        if word.kind == "name" and word.text == "softmax":
            raise InputError(
                f"softmax at {word.place} needs parentheses around the scores: write softmax(W "
                "f(x))"
            )
        if word.kind == "name" and self.token.is_mark("("):
            if did_you_mean(word.text, SOFTMAX_SPELLINGS):
                wanted = "log softmax" if "log" in word.text.lower() else "softmax"
                raise InputError(
                    f"{quoted(word.text)} at {word.place} is unknown: did you mean {wanted}?"
                )
        elif len(self.tokens) == 2 and word.kind == "name" and word.text[0].islower():
            raise InputError(
                f"{quoted(word.text)} is no model: type one such as {EXAMPLE}, and bind an "
                f"activation by g={word.text}"
            )
        following = self.tokens[self.at : self.at + 2]
        if word.is_mark("(") and following and following[0].text == "softmax":
            raise InputError(
                f"the ( at {word.place} stands around softmax(...): leave it out, as in log "
                "softmax(W f(x)), where log is a word before softmax"
            )
        rest, semicolon, _ = self.text[word.start :].partition(";")
        if word.is_mark(";"):
            raise InputError(f"the ; at {word.place} ends no definition: leave it out")
        if semicolon:
            raise InputError(
                f"{quoted(rest)} at {word.place} is no definition: write it as z = …; with a small "
                "name before ="
            )
        if word.kind == "name" and word.text[0].isupper() and word.text.endswith("x"):
            rest = self.text[word.start : word.end - 1] + " x" + self.text[word.end :]
        raise InputError(
            f"the model must end with softmax(...), but {quoted(self.text[word.start :])} stands "
            f"at {word.place}: write softmax(…) around the scores, as in {_around(rest)}"
        )

    def refuse_rest(self) -> NoReturn:
        rest = quoted(self.text[self.token.start :])
        if self.token.kind == "name" and self.following.is_mark("="):
            raise InputError(
                f"{rest} at {self.token.place} follows softmax(...): a definition stands before "
                f"it, and a binding such as {self.token.text}=tanh is an argument of its own, "
                "outside the model's quotes"
            )
        raise InputError(
            f"nothing may follow softmax(...), but {rest} stands at {self.token.place}: move it "
            "into the parentheses, or leave it out"
        )


def _around(scores: str) -> str:
    """Return softmax(scores), or the standing example where the scores are long."""
    return f"softmax({' '.join(scores.split())})" if 0 < len(scores) <= 40 else EXAMPLE
