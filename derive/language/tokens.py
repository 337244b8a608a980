"""Split a model's text into tokens: names in Latin or Greek letters, numbers, a handful of marks.

A Greek letter is read as its English name (σ as sigma), a subscript digit as a digit (W₁ as W1), so
that every name is plain ASCII from here on and two names that look alike are one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NoReturn

from derive.errors import InputError, quoted

__all__ = ["NAME", "NAME_LENGTH", "Token", "canonical", "tokenize"]

LENGTH = 4000  # characters of a model's text
TOKENS = 1000
NAME_LENGTH = 30
NUMBER_LENGTH = 30
EXPONENT = 30  # a factor lies between 1e-30 and 1e30, so that float32 holds it

GREEK = {
    letter: name
    for letters, names in (
        ("αβγδεζηθικλμ", "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu"),
        ("νξπρστυφχψω", "nu xi pi rho sigma tau upsilon phi chi psi omega"),
        ("ΓΔΘΛΞΠΣΦΨΩ", "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"),
        ("ϕϵϑϱ", "phi epsilon theta rho"),
    )
    for letter, name in zip(letters, names.split(), strict=True)
}
SUBSCRIPTS = {digit: str(value) for value, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")}
LETTERS = "A-Za-z" + "".join(GREEK)
NAME = rf"[{LETTERS}][{LETTERS}0-9_{''.join(SUBSCRIPTS)}]*"
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
TRANSPOSE = (
    r"\^\s*(?:T(?![A-Za-z0-9_])|⊤|\{\s*(?:T|⊤|\\top)\s*\}|\\top(?![A-Za-z]))"
    r"|ᵀ|'|\.T(?![A-Za-z0-9_])"
)
PATTERN = re.compile(
    rf"(?P<blank>[ \t\r\n]+)|(?P<transpose>{TRANSPOSE})|(?P<number>{NUMBER})|(?P<name>{NAME})"
    r"|(?P<mark>[()+\-−*⊙@/;=,^])",
    re.ASCII,
)
SPELLINGS = {"−": "-", "⊙": "*"}
MENDS = {
    "·": "write W z to multiply by a matrix, z * h for an elementwise product",
    "×": "write W z to multiply by a matrix, z * h for an elementwise product",
    "[": "use ( and )",
    "]": "use ( and )",
    "{": "use ( and )",
    "}": "use ( and )",
    "′": "a transpose is V^T",
    "’": "a transpose is V^T",
    "\\": "write names without a backslash, as sigma",
    ":": "a binding is an argument of its own, as g=tanh",
    "|": "write the classifier alone, as softmax(W f(x))",
}


@dataclass(frozen=True)
class Token:
    """A piece of the text: kind is name, number, transpose, mark or end; start counts from 0."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def place(self) -> str:
        """Return where it stands, counted from 1 as people do."""
        return f"character {self.start + 1}"

    def is_mark(self, *marks: str) -> bool:
        return self.kind == "mark" and self.text in marks


def canonical(name: str) -> str:
    """Return a name in ASCII: Greek letters by their English names, subscripts as digits."""
    return "".join(SUBSCRIPTS.get(letter, GREEK.get(letter, letter)) for letter in name)


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the tokens of a model's text, the last one of kind end; InputError for any other "
    "mark."""
    if len(text) > LENGTH:
        raise InputError(f"the model has {len(text)} characters, the limit is {LENGTH}: shorten it")
    tokens = []
    position = 0
    while position < len(text):
        match = PATTERN.match(text, position)
        if match is None:
            _refuse(text, position)
        if match.lastgroup != "blank":
            tokens.append(_token(match))
        position = match.end()
        if len(tokens) > TOKENS:
            raise InputError(
                f"the model has more than {TOKENS} names, numbers and marks, the limit is "
                f"{TOKENS}: shorten it"
            )
    return (*tokens, Token("end", "", len(text), len(text)))


def _token(match: re.Match[str]) -> Token:
    kind, text, place = match.lastgroup or "", match[0], f"character {match.start() + 1}"
    if kind == "name":
        text = canonical(text)
        _check_name(text, place)
    elif kind == "number":
        _check_number(text, place)
    return Token(kind, SPELLINGS.get(text, text), match.start(), match.end())


def _check_name(name: str, place: str) -> None:
    if len(name) > NAME_LENGTH:
        raise InputError(
            f"the name {quoted(name, 20)} at {place} has {len(name)} letters, the limit is "
            f"{NAME_LENGTH}: shorten it"
        )
    if name.endswith("_") or "__" in name:
        raise InputError(
            f"the name {quoted(name)} at {place} is not allowed: an underscore stands singly "
            "between letters or digits, as in W_1"
        )


def _check_number(text: str, place: str) -> None:
    if len(text) > NUMBER_LENGTH:
        raise InputError(
            f"the number {quoted(text, 20)} at {place} has {len(text)} characters, the limit is "
            f"{NUMBER_LENGTH}: round it"
        )
    value = abs(float(text))
    if value and not 10.0**-EXPONENT <= value <= 10.0**EXPONENT:
        raise InputError(
            f"the number {quoted(text)} at {place} is not between 1e-{EXPONENT} and 1e{EXPONENT}: "
            "a factor must lie in that range"
        )


def _refuse(text: str, position: int) -> NoReturn:
    mark = text[position]
    name = unicodedata.name(mark, "").lower()
    shown = f"'{mark}'" if mark.isprintable() else ascii(mark)
    if name and not mark.isascii():
        shown += f" ({name})"
    mend = MENDS.get(mark) or MENDS.get(unicodedata.normalize("NFKC", mark)[:1])
    mend = mend or "leave it out, or type names in Latin or Greek letters"
    raise InputError(
        f"character {position + 1} of the model is {shown}, which no model contains: {mend}"
    )
