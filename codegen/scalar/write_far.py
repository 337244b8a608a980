"""Operations on numbers that may leave the range of floats: three names, ``u``, ``u_low`` and ``u_power``."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from codegen.scalar.draft import INFIX
from codegen.scalar.literals import literal
from codegen.scalar.terms import Node
from codegen.scalar.write_pairs import PairWriter

__all__ = ["FarWriter"]

FAR = {"add_exact": "add", "sub_exact": "sub"}
MOVED = ("select", "neg", "abs", *FAR)  # what rounds nothing


@dataclass
class FarWriter(PairWriter):
    """Write the operations of level ``far``, and those with arguments of it."""

    split: dict[int, tuple[str, str, str]] = field(default_factory=dict)

    def _parts(self, number: int) -> tuple[str, str, str]:
        """Return the three names of a value, which is split once where it is of another kind."""
        if self.kinds[number] == "far":
            return self.names[number], self.lows[number], self.powers[number]
        if number not in self.split:
            self.split[number] = self._split(number)
        return self.split[number]

    def _split(self, number: int) -> tuple[str, str, str]:
        node = self.terms.nodes[number]
        if node.op == "constant":
            high, low = literal(node.number)
            mantissa, power = math.frexp(high)
            if math.isfinite(high) and high:
                parts = 2 * mantissa, math.ldexp(low, 1 - power), float(power - 1)
                return repr(parts[0]), repr(parts[1]), repr(parts[2])
        name = self.chosen.of("split")
        parts_of = name, f"{name}_low", f"{name}_power"
        pair = ", ".join(self._normal(number))
        call = f"{self._call('split_far')}({pair})"
        self.lines.append(f"{', '.join(parts_of)} = {call}")
        return parts_of

    def _far(self, number: int, node: Node, level: str) -> None:
        """Write an operation; its result is rounded to a pair or one number unless it is kept."""
        if node.op == "sign":
            high, call = self._parts(node.args[0])[0], self._call("select")
            below = f"{call}({high} < 0.0, -1.0, 0.0)"
            self._name(number, f"{call}({high} > 0.0, 1.0, {below})", "f64")
            return
        if node.op == "select":
            values = [self._parts(argument) for argument in node.args[1:]]
            condition, call = self.names[node.args[0]], self._call("select")
            pieces = [f"{call}({condition}, {a}, {b})" for a, b in zip(*values, strict=True)]
        elif node.op in ("neg", "abs"):
            high, low, power = self._parts(node.args[0])
            if node.op == "neg":
                pieces = [f"-{high}", f"-{low}", power]
            else:
                call = self._call("select")
                pieces = [f"{call}({high} < 0.0, -{part}, {part})" for part in (high, low)]
                pieces.append(power)
        else:
            call = self._function(FAR.get(node.op, node.op), "far")
            values = [self._parts(argument) for argument in node.args]
            given = ", ".join(", ".join(parts) for parts in values)
            pieces = [f"{call}({given})"]
        name = self.chosen.of(node.op)
        parts = name, f"{name}_low", f"{name}_power"
        if len(pieces) == 1:
            self.lines.append(f"{', '.join(parts)} = {pieces[0]}")
        else:
            self.lines += [f"{part} = {piece}" for part, piece in zip(parts, pieces, strict=True)]
        self.names[number], self.lows[number], self.powers[number] = parts
        self.kinds[number] = "far"
        scaled = node.op == "mul" and self._factor(node) is not None
        if level == "far" or scaled or node.op in MOVED:
            return
        given = ", ".join(parts)
        if level in ("loose", "dd"):
            pair = self.chosen.of(node.op)
            self.lines.append(f"{pair}, {pair}_low = {self._call('join_dd')}({given})")
            self.names[number], self.lows[number], self.kinds[number] = pair, f"{pair}_low", "dd"
        else:
            self._name(number, f"{self._call('join_f64')}({given})", "f64")

    def _far_truth(self, node: Node) -> str:
        """Return a comparison as that of a difference with 0."""
        given = ", ".join(", ".join(self._parts(argument)) for argument in node.args)
        return f"{self._call('sub_far')}({given})[0] {INFIX[node.op]} 0.0"
