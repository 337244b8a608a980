"""Names for values in emitted code, which say what was done: the second product is product_2."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Names"]

WORDS = {
    "add": "total",
    "sub": "difference",
    "add_exact": "shifted",
    "sub_exact": "offset",
    "mul": "product",
    "div": "ratio",
    "neg": "negative",
    "sqrt": "root",
    "abs": "size",
    "select": "chosen",
    "lt": "below",
    "lt_either": "below",
    "le": "within",
    "eq": "equal",
    "and": "both",
    "or": "either",
    "not": "other",
    "exp": "power",
    "expm1": "growth",
    "log": "logarithm",
    "log1p": "logarithm",
    "tanh": "tangent",
    "sinh": "sine",
    "cosh": "cosine",
    "sin": "sine",
    "sin_multiple": "sine",
    "sin_scaled": "sine",
    "cos": "cosine",
    "cos_multiple": "cosine",
    "cos_scaled": "cosine",
    "tan": "tangent",
    "atan": "angle",
    "asinh": "area",
    "erf": "error",
    "erfc": "rest",
    "erfcx": "rest",
    "split": "part",
}


@dataclass
class Names:
    """The names of one function; those of its arguments are ``given``."""

    given: tuple[str, ...] = ()
    taken: dict[str, int] = field(default_factory=dict)

    def of(self, op: str) -> str:
        """Return a new name for the result of an operation."""
        word = WORDS.get(op, op)
        self.taken[word] = count = self.taken.get(word, 0) + 1
        name = word if count == 1 else f"{word}_{count}"
        return name if name not in self.given else self.of(op)
