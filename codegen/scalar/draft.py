"""A function while it is written: its lines so far, the name and the kind of each value, what it calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from codegen.scalar.functions import function_name
from codegen.scalar.literals import literal
from codegen.scalar.names import Names
from codegen.scalar.ranges import Range
from codegen.scalar.terms import Terms

__all__ = ["INFIX", "Draft"]

INFIX = {
    "add": "+",
    "sub": "-",
    "add_exact": "+",
    "sub_exact": "-",
    "mul": "*",
    "div": "/",
    "lt": "<",
    "lt_either": "<",
    "le": "<=",
    "eq": "==",
}
INLINE = 36


@dataclass
class Draft:
    """One function; ``called`` collects the names of the functions that it calls.

    A value of kind ``dd`` has a second name, in ``lows``; one of kind ``far`` a third, in ``powers``.
    Of those in ``loose`` the first name alone is not the rounded value, except where ``normal`` has them
    too. Nothing but choices among results follows those in ``final``, which are rounded at once.
    ``summands`` are what one sum alone needs, ``factors`` those of the products among them; ``known`` are
    the bounds on every operation.
    """

    terms: Terms
    levels: Sequence[int]
    dtype: str
    called: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    lows: dict[int, str] = field(default_factory=dict)
    powers: dict[int, str] = field(default_factory=dict)
    summands: set[int] = field(default_factory=set)
    factors: dict[int, tuple[str, str]] = field(default_factory=dict)
    converted: dict[int, str] = field(default_factory=dict)
    loose: set[int] = field(default_factory=set)
    normal: set[int] = field(default_factory=set)
    known: Sequence[Range] = ()
    final: set[int] = field(default_factory=set)
    uses: dict[int, int] = field(default_factory=dict)
    chosen: Names = field(default_factory=Names)

    @property
    def requires(self) -> tuple[str, ...]:
        """The names of the functions that were called, sorted."""
        text = "\n".join(self.lines)
        return tuple(sorted(self.called | {"scalar"} | ({"f32"} if "f32(" in text else set())))

    def _number(self, value: float, kind: str) -> str:
        text = repr(value).replace("e+", "e")
        text = {"nan": "np.nan", "inf": "np.inf", "-inf": "-np.inf"}.get(text, text)
        return f"f32({text})" if kind == "f32" else text

    def _as(self, number: int, kind: str) -> str:
        """Return a value as f32 or f64, converting once."""
        have = self.kinds[number]
        if have in (kind, "bool"):
            return self.names[number]
        node = self.terms.nodes[number]
        if node.op == "constant":
            return self._number(literal(node.value)[0], kind)
        if have == "dd":
            return self._rounded(number)
        if have == "far":
            return self._joined(number)
        if number not in self.converted:
            name = f"{self.names[number].strip('()')}_wide"
            if not name.isidentifier():
                name = self.chosen.of(self.terms.nodes[number].op)
            self.lines.append(f"{name} = np.float64({self.names[number]})")
            self.converted[number] = name
        return self.converted[number]

    def _rounded(self, number: int) -> str:
        """Return the rounded value of a pair, one sum where it is loose."""
        if number not in self.loose or number in self.normal:
            return self.names[number]
        if number not in self.converted:
            name = self.converted[number] = self.chosen.of(self.terms.nodes[number].op)
            self.lines.append(f"{name} = {self.names[number]} + {self.lows[number]}")
        return self.converted[number]

    def _name(self, number: int, text: str, kind: str, simple: bool = False) -> None:
        self.kinds[number], self.lows[number] = kind, "0.0"
        once = self.uses.get(number, 0) <= 1 and number not in self.terms.outputs
        if once and len(text) < INLINE and not simple:
            self.names[number] = f"({text})"
        else:
            self.names[number] = name = self.chosen.of(self.terms.nodes[number].op)
            self.lines.append(f"{name} = {text}")

    def _function(self, op: str, level: str) -> str:
        name = function_name(op, level)
        if name is None:
            raise LookupError(f"vectormath has no {op} in {level}")
        return self._call(name)

    def _call(self, name: str) -> str:
        self.called.add(name)
        return name

    def _joined(self, number: int) -> str:
        """Return a value of kind ``far`` as f64, converting once."""
        if number not in self.converted:
            name = self.converted[number] = f"{self.names[number]}_near"
            parts = f"{self.names[number]}, {self.lows[number]}, {self.powers[number]}"
            self.lines.append(f"{name} = {self._call('join_f64')}({parts})")
        return self.converted[number]
