"""Display names: how a quantity, a size or an activation is written, the same in every form.

An automatic name such as ``a1`` becomes a⁽¹⁾, ``err_z`` becomes err(z) or δ_z, the features f are
f(x). In the data-set form vectors become matrices with examples as rows and take capitals where
they are free.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from derive.errors import InputError, quoted
from derive.graph import Model, Role
from derive.language.tokens import NAME, NAME_LENGTH
from derive.render.box import Box, Fence, Ink, Kind, Letter, Row, Script, Tinted, row
from derive.render.glyphs import GREEK
from derive.render.options import Options
from derive.trees import free_symbols

__all__ = ["Names", "number", "plain_letter", "spelled"]

ERROR = "err_"
_SPLIT = re.compile(r"(?P<stem>[^\W\d_]+)_?(?P<label>\d+|(?<=_)\w+)?\Z")
_FEATURES_OF_ALL = "X"


def number(text: str) -> Letter:
    """Return a number."""
    return Letter(text, text, Kind.NUMBER)


def plain_letter(name: str, kind: Kind = Kind.VARIABLE) -> Letter:
    """Return one name without its label: a Greek letter, a letter, or an upright word."""
    text, latex = GREEK.get(name, (name, name))
    by_sign = dict(GREEK.values())
    latex = by_sign.get(name, latex)
    if kind is Kind.BOLD:
        return Letter(
            text, rf"\boldsymbol{{{latex}}}" if latex[0] == "\\" else rf"\mathbf{{{latex}}}", kind
        )
    if len(text) > 1:
        return Letter(text, rf"\mathrm{{{_escape(latex)}}}", Kind.NAME)
    return Letter(text, latex, kind)


def _escape(name: str) -> str:
    return name.replace("_", r"\_")


def split(name: str) -> tuple[str, str | None]:
    """Split ``a1``, ``W_2`` or ``W_out`` into the letter and its label."""
    match = _SPLIT.match(name)
    return (match["stem"], match["label"]) if match else (name, None)


def spelled(name: str, kind: Kind = Kind.VARIABLE) -> Box:
    """Return a name with its label raised: ``a1`` as a⁽¹⁾, ``W_out`` as W^out."""
    stem, label = split(name)
    base = plain_letter(stem, kind)
    if label is None:
        return base
    raised: Box = plain_letter(label, Kind.NAME)
    if label.isdigit():
        raised = Fence(number(label))
    return Script(base, sup=raised)


def lowered(name: str) -> Box:
    """Return the name of a function or of its parameter: ``h1`` as h₁, whole words as they are."""
    stem, label = split(name)
    base = plain_letter(stem)
    if label is None or len(base.text) > 1:
        return plain_letter(name)
    return Script(base, sub=number(label) if label.isdigit() else plain_letter(label, Kind.NAME))


class Names:
    """The display names of one derivation, for one example or (``rows``) for the data set.

    Raises InputError where ``options.rename`` names something unknown, or one name twice.
    """

    def __init__(self, model: Model, options: Options | None = None, *, rows: bool = False) -> None:
        self.model = model
        self.options = options or Options()
        self.rows = rows
        self._roles = {quantity.name: quantity.role for quantity in model.quantities}
        self._vectors = {q.name for q in model.quantities if len(q.sizes) == 1}
        self._shown = self._renamed()
        self._capitals = self._choose_capitals() if rows else {}

    def _renamed(self) -> Mapping[str, str]:
        constants = (label for labels in self.model.labels.values() for label in labels.values())
        known = list(dict.fromkeys([*self._roles, *self.model.activations, *constants]))
        for old, new in self.options.rename.items():
            if old not in known:
                raise InputError(f"nothing is named {old!r}: rename one of {', '.join(known)}")
            if len(new) > NAME_LENGTH or not re.fullmatch(NAME, new):
                raise InputError(
                    f"{quoted(new)} is no name for {old}: write a Latin or Greek letter, or letters "
                    f"and digits, at most {NAME_LENGTH}"
                )
        shown = {name: self.options.rename.get(name, name) for name in known}
        owners: dict[object, str] = {"L": "the log-likelihood", "P": "the probabilities"}
        for old, new in shown.items():
            key = spelled(new)
            other = owners.get(key) or owners.get(new)
            if other is not None and (old in self.options.rename or other in self.options.rename):
                raise InputError(f"{new!r} already names {other}: rename {old} to something else")
            owners[key] = old
        return MappingProxyType(shown)

    def _choose_capitals(self) -> dict[str, Box]:
        """Give forward values and errors capitals: E first, factors of gradients, then the rest."""
        parameters = [q.name for q in self.model.parameters]
        taken: list[Box] = [spelled(self._shown[name]) for name in parameters]
        taken += [spelled(name) for name in ("P", "L", "Y", "B", _FEATURES_OF_ALL)]
        chosen: dict[str, Box] = {}

        def claim(name: str, capital: str) -> None:
            if name not in chosen and (box := spelled(capital)) not in taken:
                taken.append(box)
                chosen[name] = box

        def capital(name: str) -> str:
            stem, label = split(self._shown[name])
            return stem.upper() + (f"_{label}" if label else "")

        scores = self.model.scores.name
        claim(ERROR + scores, "E")
        for name in self._partners():
            claim(name, capital(name))
        for name in self._linear_in_parameters():
            claim(ERROR + name, capital(name))
        for definition in self.model.definitions:
            claim(definition.quantity.name, capital(definition.quantity.name))
        return chosen

    def _linear_in_parameters(self) -> Iterable[str]:
        """Yield what is defined directly by a matrix or bias: its error enters a gradient."""
        arrays = {q.name for q in self.model.parameters if q.sizes}
        for definition in self.model.definitions:
            if arrays & {s.name for s in free_symbols(definition.right)}:
                yield definition.quantity.name

    def _partners(self) -> Iterable[str]:
        """Yield hidden quantities that a matrix multiplies: forward factors of gradients."""
        for definition in self.model.definitions:
            mentioned = {s.name for s in free_symbols(definition.right)}
            if any(len(q.sizes) == 2 and q.name in mentioned for q in self.model.parameters):
                yield from (n for n in self._hidden() if n in mentioned)

    def _hidden(self) -> list[str]:
        return [d.quantity.name for d in self.model.definitions]

    def role(self, name: str) -> Role | None:
        """Return the role of a quantity of the model."""
        return self._roles.get(name)

    def ink(self, name: str) -> Ink | None:
        """Return the colour of what the name stands for."""
        if name.startswith(ERROR):
            return Ink.ERROR
        role = self._roles.get(name)
        if role in (Role.PARAMETER, Role.ACTIVATION_PARAMETER):
            return Ink.PARAMETER
        if role is not None or name in ("P", _FEATURES_OF_ALL):
            return Ink.FORWARD
        return None

    def entry(self, name: str) -> Box:
        """Return the name to which an entry's indices are attached."""
        return self._tint(name, self._name(name, bold=False))

    def whole(self, name: str) -> Box:
        """Return the name of the whole vector (bold) or matrix."""
        return self._tint(name, self._name(name, bold=True))

    def activation(self, name: str) -> Box:
        """Return an activation's name: g, σ, h₁, quick_gelu."""
        return lowered(self._shown.get(name, name))

    def loss(self) -> Box:
        """Return the objective: L, or J for the negative log-likelihood."""
        if self.options.sign == "negative":
            return self._free("J", "Q", "F")
        return Letter("L", r"\mathcal{L}")

    def learning_rate(self) -> Box:
        """Return η, or another letter where the model uses it."""
        return self._free("eta", "rho", "epsilon")

    def example_count(self) -> Box:
        """Return B, the number of examples, or another letter where the model uses it."""
        return self._free("B", "N", "M", "K")

    def one_hot_rows(self) -> Box:
        """Return Y, the one-hot rows of the data set, or another letter where the model uses it."""
        return self._free("Y", "T", "D", "O")

    def _free(self, *candidates: str) -> Box:
        """Return the first of the letters that names no quantity."""
        taken = set(self._shown.values())
        return plain_letter(next((c for c in candidates if c not in taken), candidates[0]))

    def _tint(self, name: str, box: Box) -> Box:
        ink = self.ink(name)
        return Tinted(box, ink) if ink else box

    def _name(self, name: str, *, bold: bool) -> Box:
        if self._roles.get(name) is Role.ACTIVATION_PARAMETER:  # a_g, so called beside a vector a
            return lowered(self._shown[name])
        if name.startswith(ERROR):
            return self._error(name, bold=bold)
        if name == "L":
            return self.loss()
        if name.startswith("L_") and name not in self._roles:  # with an L2 term of that strength
            return Script(self.loss(), sub=spelled(name.removeprefix("L_")))
        if name == "e_{i^*}":
            return self.one_hot(self.gold())
        if self.rows:
            return self._row_matrix(name, bold=bold)
        if self._roles.get(name) is Role.FEATURES:
            letter = plain_letter(self._shown[name])
            argument = Fence(Letter("x", r"\mathbf{x}", Kind.BOLD))
            return row(letter, argument) if bold else letter
        if name not in self._roles and len(name) > 1:
            return lowered(self._shown.get(name, name))
        vector = name in self._vectors or name in ("P", "omega")
        return spelled(self._shown.get(name, name), Kind.BOLD if bold and vector else Kind.VARIABLE)

    def _row_matrix(self, name: str, *, bold: bool) -> Box:
        if name in self._capitals:
            return self._capitals[name]
        shown = spelled(self._shown.get(name, name))
        if bold and name in self._hidden():
            return row(shown, Fence(plain_letter(_FEATURES_OF_ALL)))
        vector = name == "omega" or (
            self._roles.get(name) is Role.PARAMETER and name in self._vectors
        )
        return spelled(self._shown.get(name, name), Kind.BOLD) if bold and vector else shown

    def _error(self, name: str, *, bold: bool) -> Box:
        if name in self._capitals:
            return self._capitals[name]
        of = self._name(name.removeprefix(ERROR), bold=True)
        if self.options.names == "delta":
            delta = Letter(
                "δ",
                r"\boldsymbol{\delta}" if bold else r"\delta",
                Kind.BOLD if bold else Kind.VARIABLE,
            )
            return Script(
                delta, sub=of if bold else self._name(name.removeprefix(ERROR), bold=False)
            )
        return Row((Letter("err", r"\mathrm{err}", Kind.NAME), Fence(of)), tight=True)

    def gold(self) -> Box:
        """Return i*, the index of the gold label."""
        return Script(Letter("i", "i"), sup=Letter("*", "*", Kind.NAME))

    def one_hot(self, index: Box) -> Box:
        """Return e_i, which is 1 in row i and 0 elsewhere."""
        return Script(Letter("e", r"\mathbf{e}", Kind.BOLD), sub=index)
