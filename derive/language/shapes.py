"""Unify the sizes of a model: which of them must be one, and which two uses contradict each "
"other."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from derive.errors import InputError

__all__ = ["CLASSES", "FEATURE_COUNT", "Sizes", "size_of"]

CLASSES = "classes"
FEATURE_COUNT = "features"


def size_of(vector: str) -> str:
    """Return the size variable of a bias vector."""
    return f"size of {vector}"


@dataclass(frozen=True)
class _Use:
    """Two size variables that a part of the text makes equal."""

    left: str
    right: str
    part: str


class Sizes:
    """Size variables, of which each use may make two equal."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._uses: list[_Use] = []

    def root(self, variable: str) -> str:
        """Return the representative of all variables equal to this one."""
        while (parent := self._parent.get(variable, variable)) != variable:
            variable = parent
        return variable

    def unify(self, left: str, right: str, part: str) -> None:
        """Make two sizes equal because of that part of the text; InputError on a contradiction.

        Any two sizes may be equal but two: there is no model in which the number of classes and the
        number of features are one by its text.
        """
        if left == right:
            return
        self._uses.append(_Use(left, right, part))
        first, second = self.root(left), self.root(right)
        if first != second:
            self._parent[second] = first
        if self.root(CLASSES) == self.root(FEATURE_COUNT):
            self._refuse()

    def _refuse(self) -> None:
        first, *_, last = parts if len(parts := self._between()) > 1 else parts * 2
        both = f"{first} and {last} together make" if first != last else f"{first} makes"
        raise InputError(
            f"the sizes do not fit: {both} the number of classes m equal to the number of features "
            "n; use a matrix with a name of its own in one of these places"
        )

    def _between(self) -> list[str]:
        """Return the parts of the text that tie the features to the classes, in that order."""
        came: dict[str, tuple[str, str]] = {}
        todo = deque([FEATURE_COUNT])
        while CLASSES not in came:
            here = todo.popleft()
            for use in self._uses:
                for start, end in ((use.left, use.right), (use.right, use.left)):
                    if start == here and end not in came and end != FEATURE_COUNT:
                        came[end] = (here, use.part)
                        todo.append(end)
        parts: list[str] = []
        here = CLASSES
        while here != FEATURE_COUNT:
            here, part = came[here]
            parts.append(part)
        parts.reverse()
        inner = [part for part in parts[:-1] if part != parts[-1]]
        return inner if len(set(inner)) > 1 else parts
