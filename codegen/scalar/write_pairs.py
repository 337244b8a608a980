"""Operations on pairs: a number is two names, ``u`` and ``u_low``."""

from __future__ import annotations

from codegen.scalar.draft import INFIX, Draft
from codegen.scalar.functions import available, library
from codegen.scalar.terms import Node

__all__ = ["PairWriter"]


class PairWriter(Draft):
    """Write the operations of level ``dd``, and those with arguments of it."""

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
