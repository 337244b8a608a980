"""Names: which are reserved, which are free, and what a misspelt one may have meant."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable

from derive.errors import InputError
from derive.language.tokens import Token

__all__ = ["RESERVED", "check_reserved", "free_name", "free_names", "fused"]

RESERVED = {
    "x": "the feature vector",
    "f": "the feature function",
    "y": "the labels",
    "X": "the features of a data set",
    "L": "the log-likelihood",
    "P": "the class probabilities",
    "out": "where a kernel writes",
    "order": "the order of the examples",
    "learning_rate": "the learning rate",
    "batch_size": "the batch size",
    "sample_weight": "the weights of the examples",
    "omega": "the weights of the examples",
    "eta": "the learning rate",
    "softmax": "the classifier",
    "log": "part of log softmax(...)",
}


def check_reserved(token: Token) -> None:
    """Raise InputError if the name is taken by the notation or by Python."""
    name = token.text
    meaning = RESERVED.get(name)
    if keyword.iskeyword(name):
        meaning = "a word of Python"
    if name.startswith("err_"):
        meaning = "the error at a quantity"
    if meaning:
        raise InputError(
            f"the name {name} at {token.place} is reserved, it is {meaning}: choose another name, "
            f"such as {'W' if name[0].isupper() else 'b'}1"
        )


def fused(name: str) -> tuple[str, str]:
    """Split Wf or W1tanh into a matrix's name and the small letters that end it, perhaps none."""
    head = name.rstrip("abcdefghijklmnopqrstuvwxyz_")
    return head, name[len(head) :]


def free_name(letters: Iterable[str], taken: Collection[str]) -> str:
    """Return the first of the letters that is not taken, else the first letter with a number."""
    return free_names(letters, 1, taken)[0]


def free_names(letters: Iterable[str], count: int, taken: Collection[str]) -> list[str]:
    """Return count names: a letter for one, letter1, letter2 … for several, none of them taken."""
    letters = list(letters)
    for letter in letters:
        names = [letter] if count == 1 else [f"{letter}{k}" for k in range(1, count + 1)]
        if not set(names) & set(taken):
            return names
    numbered = (f"{letters[0]}{k}" for k in range(1, count + len(taken) + 1))
    return [name for name in numbered if name not in taken][:count]
