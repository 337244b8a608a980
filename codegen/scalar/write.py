"""Terms → Python source: one assignment an operation, each in the precision assigned to it.

A number of level ``dd`` is two names, ``u`` and ``u_low``. float32 code computes in float64 from the first
operation on that needs it, and rounds once at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from codegen.scalar.functions import available, function_name, library
from codegen.scalar.literals import literal
from codegen.scalar.names import Names
from codegen.scalar.precision import LEVELS
from codegen.scalar.terms import COMPARISONS, Node, Terms

__all__ = ["Writer", "written"]

INFIX = {
    "add": "+",
    "sub": "-",
    "add_exact": "+",
    "sub_exact": "-",
    "mul": "*",
    "div": "/",
    "lt": "<",
    "le": "<=",
    "eq": "==",
}
LOGIC = {"and": "&", "or": "|"}
TURNED = {"lt": ">", "le": ">=", "eq": "=="}  # a constant stands on the right
TRUTH = {*COMPARISONS, "and", "or", "not"}
INLINE = 36


def written(terms: Terms, levels: Sequence[int], dtype: str, parameters: Sequence[str]) -> str:
    """Return the source of a function g of x and the parameters, to be measured."""
    return Writer(terms, levels, dtype).function("g", parameters, "Return the outputs.")


@dataclass
class Writer:
    """Write one function; ``called`` collects the names of the functions that it calls."""

    terms: Terms
    levels: Sequence[int]
    dtype: str
    called: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    lows: dict[int, str] = field(default_factory=dict)
    converted: dict[int, str] = field(default_factory=dict)
    uses: dict[int, int] = field(default_factory=dict)
    chosen: Names = field(default_factory=Names)

    @property
    def requires(self) -> tuple[str, ...]:
        """The names of the functions that were called, sorted."""
        text = "\n".join(self.lines)
        return tuple(sorted(self.called | {"scalar"} | ({"f32"} if "f32(" in text else set())))

    def function(self, name: str, parameters: Sequence[str], words: str) -> str:
        """Return the source of a function of x and the parameters that returns the outputs."""
        needed = self.terms.needed()
        self.chosen = Names(tuple(parameters))
        for number in needed:
            for argument in self.terms.nodes[number].args:
                self.uses[argument] = self.uses.get(argument, 0) + 1
        for number in needed:
            self._write(number)
        results = [self._result(number) for number in self.terms.outputs]
        body = [*self.lines, f"return {', '.join(results)}"]
        head = ["@scalar", f"def {name}({', '.join(['x', *parameters])}):", f'    """{words}"""']
        return "\n".join([*head, *(f"    {line}" for line in body)]) + "\n"

    def _result(self, number: int) -> str:
        value = self.names[number]
        if self.kinds[number] == "dd":
            value = f"{value} + {self.lows[number]}" if self.lows[number] != "0.0" else value
        if self.kinds[number] in ("f64", "dd") and self.dtype == "float32":
            return f"f32({value})"
        return value

    def _write(self, number: int) -> None:
        node = self.terms.nodes[number]
        level = LEVELS[self.dtype][self.levels[number]].name
        if node.op in TRUTH:
            self._truth(number, node)
        elif node.op in ("x", "parameter", "constant"):
            self._leaf(number, node, level)
        else:
            kinds = {self.kinds[a] for a in node.args if self.kinds[a] != "bool"}
            if "dd" in kinds or level == "dd":
                self._pair(number, node, level == "dd")
            else:
                kind = "f32" if level == "f32" and kinds <= {"f32"} else "f64"
                self._plain(number, node, kind, level)

    def _leaf(self, number: int, node: Node, level: str) -> None:
        kind = "f32" if self.dtype == "float32" else "f64"
        self.kinds[number], self.lows[number] = kind, "0.0"
        if node.op != "constant":
            self.names[number] = "x" if node.op == "x" else str(node.value)
        elif isinstance(node.value, (BooleanTrue, BooleanFalse)):
            self.kinds[number], self.names[number] = "bool", str(bool(node.value))
        else:
            high, low = literal(node.value)
            self.kinds[number] = "f64" if level in ("wide", "f64") else level
            self.names[number] = self._number(high, self.kinds[number])
            if level == "dd":
                self.kinds[number], self.lows[number] = "dd", repr(low)

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
            return self.names[number]
        if number not in self.converted:
            name = f"{self.names[number].strip('()')}_wide"
            if not name.isidentifier():
                name = self.chosen.of(self.terms.nodes[number].op)
            self.lines.append(f"{name} = np.float64({self.names[number]})")
            self.converted[number] = name
        return self.converted[number]

    def _name(self, number: int, text: str, kind: str, simple: bool = False) -> None:
        self.kinds[number], self.lows[number] = kind, "0.0"
        once = self.uses.get(number, 0) <= 1 and number not in self.terms.outputs
        if once and len(text) < INLINE and not simple:
            self.names[number] = f"({text})"
        else:
            self.names[number] = name = self.chosen.of(self.terms.nodes[number].op)
            self.lines.append(f"{name} = {text}")

    def _truth(self, number: int, node: Node) -> None:
        kinds = {self.kinds[a] for a in node.args}
        kind = "f32" if kinds <= {"f32"} else "f64"
        values = [self._as(a, kind) for a in node.args]
        bound = self._bound(node, kind)
        if bound is not None:
            text = bound
        elif node.op == "not":
            text = f"not {values[0]}"
        elif node.op in LOGIC:
            text = f" {LOGIC[node.op]} ".join(values)
        elif self.terms.nodes[node.args[0]].op == "constant" and node.op in TURNED:
            text = f"{values[1]} {TURNED[node.op]} {values[0]}"
        else:
            text = f" {INFIX[node.op]} ".join(values)
        self._name(number, text, "bool", simple=True)

    def _bound(self, node: Node, kind: str) -> str | None:
        """Return a comparison of x with a constant that is no float by the float next to it."""
        if node.op not in ("lt", "le"):
            return None
        left, right = (self.terms.nodes[argument] for argument in node.args)
        if {left.op, right.op} != {"x", "constant"}:
            return None
        fixed = left if left.op == "constant" else right
        high, low = literal(fixed.number)
        if not np.isfinite(high):
            return None
        near = np.float32(high) if kind == "f32" else np.float64(high)
        excess = (high - float(near)) + low
        if excess == 0:
            return None
        if fixed is left:
            bound = near if excess < 0 else np.nextafter(near, type(near)(np.inf))
            return f"x >= {self._number(float(bound), kind)}"
        bound = near if excess > 0 else np.nextafter(near, type(near)(-np.inf))
        return f"x <= {self._number(float(bound), kind)}"

    def _plain(self, number: int, node: Node, kind: str, level: str) -> None:
        values = [self._as(a, kind) for a in node.args]
        if node.op in INFIX:
            text = f"{values[0]} {INFIX[node.op]} {values[1]}"
        elif node.op == "neg":
            text = f"-{values[0]}"
        elif node.op == "abs":
            text = f"abs({values[0]})"
        elif node.op == "sign":
            zero, one, call = self._number(0.0, kind), self._number(1.0, kind), self._call("select")
            below = f"{call}({values[0]} < {zero}, -{one}, {zero})"
            text = f"{call}({values[0]} > {zero}, {one}, {below})"
        elif node.op == "sqrt":
            text = f"{'f32' if kind == 'f32' else 'np.float64'}(math.sqrt({values[0]}))"
        elif node.op == "select":
            text = f"{self._call('select')}({', '.join(values)})"
        else:
            suffix = level if kind == "f64" and level != "f32" else kind
            if kind == "f64" and level == "f32":
                suffix = "wide" if self.dtype == "float32" else "f64"
            called = self._function(node.op, suffix)
            text = f"{called}({', '.join(values)})"
            if called.endswith("_dd"):
                text = f"{called}({values[0]}, 0.0)[0]"
        self._name(number, text, kind)

    def _function(self, op: str, level: str) -> str:
        name = function_name(op, level)
        if name is None:
            raise LookupError(f"vectormath has no {op} in {level}")
        return self._call(name)

    def _call(self, name: str) -> str:
        self.called.add(name)
        return name

    def _pair(self, number: int, node: Node, keep: bool) -> None:
        """Write an operation on pairs; its result is rounded to one number unless it is kept."""
        values = [self._as(a, "f64") for a in node.args]
        lows = [self.lows[a] if self.kinds[a] == "dd" else "0.0" for a in node.args]
        if node.op == "sign":
            self.kinds[number] = "f64"
            call = self._call("select")
            below = f"{call}({values[0]} < 0.0, -1.0, 0.0)"
            self._name(number, f"{call}({values[0]} > 0.0, 1.0, {below})", "f64")
            return
        if node.op in ("neg", "abs", "select"):
            self._moved(number, node, values, lows)
            return
        if node.op in ("add_exact", "sub_exact"):
            self._exact_sum(number, node, values, lows)
            return
        factor = self._factor(node) if node.op == "mul" else None
        if factor is not None:
            self._scaled(number, node, values, lows, factor)
            return
        if not keep:
            text = self._last(node, values, lows)
            if text is not None:
                self._name(number, text, "f64")
                return
        if node.op not in (*INFIX, "sqrt") and not available(node.op, "dd"):
            self._name(number, f"{self._function(node.op, 'f64')}({values[0]})", "f64")
            return
        name = self.chosen.of(self.terms.nodes[number].op)
        if set(lows) == {"0.0"} and f"{node.op}_floats_dd" in library():
            call = f"{self._call(f'{node.op}_floats_dd')}({', '.join(values)})"
        else:
            both = ", ".join(f"{value}, {low}" for value, low in zip(values, lows, strict=True))
            call = f"{self._function(node.op, 'dd')}({both})"
        self.lines.append(f"{name}, {name}_low = {call}")
        self.names[number], self.lows[number] = name, f"{name}_low"
        self.kinds[number] = "dd" if keep else "f64"

    def _moved(self, number: int, node: Node, values: list[str], lows: list[str]) -> None:
        """Write an operation without rounding, on both parts alike."""
        name = self.chosen.of(self.terms.nodes[number].op)
        if node.op == "select":
            call = self._call("select")
            pieces = [f"{call}({values[0]}, {part[1]}, {part[2]})" for part in (values, lows)]
        elif node.op == "neg":
            pieces = [f"-{values[0]}", f"-{lows[0]}"]
        else:
            call = self._call("select")
            sign = f"{values[0]} < 0.0"
            pieces = [f"{call}({sign}, -{part[0]}, {part[0]})" for part in (values, lows)]
        self.lines.append(f"{name} = {pieces[0]}")
        self.lines.append(f"{name}_low = {pieces[1]}")
        self.names[number], self.lows[number], self.kinds[number] = name, f"{name}_low", "dd"

    def _factor(self, node: Node) -> int | None:
        """Return which argument of a product scales the other."""
        for position, argument in enumerate(node.args):
            if self.terms.scales(argument):
                return position
        return None

    def _scaled(
        self, number: int, node: Node, values: list[str], lows: list[str], factor: int
    ) -> None:
        """Write a product that is exact, or whose own error does not matter, on both parts."""
        name, other = self.chosen.of(self.terms.nodes[number].op), 1 - factor
        self.lines.append(f"{name} = {values[other]} * {values[factor]}")
        self.lines.append(f"{name}_low = {lows[other]} * {values[factor]}")
        self.names[number], self.lows[number], self.kinds[number] = name, f"{name}_low", "dd"

    def _exact_sum(self, number: int, node: Node, values: list[str], lows: list[str]) -> None:
        """Write a sum whose high parts add up without rounding."""
        name, sign = self.chosen.of(self.terms.nodes[number].op), INFIX[node.op]
        self.lines.append(f"{name} = {values[0]} {sign} {values[1]}")
        low = lows[0] if lows[1] == "0.0" else f"{lows[0]} {sign} {lows[1]}"
        if lows[0] == "0.0" and lows[1] != "0.0":
            low = f"{sign if sign == '-' else ''}{lows[1]}"
        self.names[number], self.lows[number], self.kinds[number] = name, f"({low})", "dd"
        if low == "0.0":
            self.kinds[number], self.lows[number] = "f64", "0.0"

    def _last(self, node: Node, values: list[str], lows: list[str]) -> str | None:
        """Return an operation on pairs whose result is rounded at once, where that is cheaper."""
        if node.op in ("add", "sub"):
            sign = INFIX[node.op]
            return f"({values[0]} {sign} {values[1]}) + ({lows[0]} {sign} {lows[1]})"
        if f"{node.op}_pair_f64" in library():
            return f"{self._call(f'{node.op}_pair_f64')}({values[0]}, {lows[0]})"
        return None
