"""Operations on pairs: a number is two names, ``u`` and ``u_low``."""

from __future__ import annotations

from codegen.scalar.draft import INFIX, Draft
from codegen.scalar.functions import available, library, takes_rounded
from codegen.scalar.ranges import larger
from codegen.scalar.terms import FUNCTIONS, Node

__all__ = ["PairWriter"]


class PairWriter(Draft):
    """Write the operations of levels ``loose`` and ``dd``, and those with arguments of these."""

    def _pair(self, number: int, node: Node, level: str) -> None:
        """Write an operation on pairs; its result is rounded to one number unless its level keeps it."""
        self._on_pairs(number, node, level)
        if self.kinds[number] == "dd":
            if any(a in self.loose for a in node.args):
                self.loose.add(number)
            if number in self.final:
                self._round(number)

    def _round(self, number: int) -> None:
        """Go on with the rounded value of a pair alone."""
        self.names[number] = self._rounded(number)
        self.kinds[number], self.lows[number] = "f64", "0.0"
        self.loose.discard(number)

    def _on_pairs(self, number: int, node: Node, level: str) -> None:
        loose = level == "loose" or (level != "dd" and any(a in self.loose for a in node.args))
        keep = level in ("loose", "dd")
        parts = [self._parts_of(a) for a in node.args]
        values, lows = [high for high, _ in parts], [low for _, low in parts]
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
        if factor is not None and (
            not keep or number in self.final or self.terms.is_power_of_two(node.args[factor])
        ):  # what is added up afterwards may cancel, and is to be a pair by e^−k too
            self._scaled(number, node, values, lows, factor)
            return
        if loose and f"{node.op}_loose" in library() and (keep or node.op not in FUNCTIONS):
            last = node.op == "mul" and number in self.final and set(lows) != {"0.0"}
            self._loosely(number, node, values, lows, keep and not last)
            return
        rounds = loose and not keep and takes_rounded(node.op)
        if not rounds:
            parts = [self._normal(a) for a in node.args]
            values, lows = [high for high, _ in parts], [low for _, low in parts]
        if not keep and not rounds:
            text = self._last(node, values, lows)
            if text is not None:
                self._name(number, text, "f64")
                return
        if rounds or (node.op not in (*INFIX, "sqrt") and not available(node.op, "dd")):
            rounded = self._as(node.args[0], "f64")
            self._name(number, f"{self._function(node.op, 'f64')}({rounded})", "f64")
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

    def _parts_of(self, number: int) -> tuple[str, str]:
        """Return the two names of a value."""
        if self.kinds[number] == "dd":
            return self.names[number], self.lows[number]
        return self._as(number, "f64"), "0.0"

    def _normal(self, number: int) -> tuple[str, str]:
        """Return the two names of a value, brought to normal form where it is loose."""
        if number in self.loose and number not in self.normal:
            name = self.chosen.of(self.terms.nodes[number].op)
            both = ", ".join(self._parts_of(number))
            self.lines.append(f"{name}, {name}_low = {self._call('fast_two_sum')}({both})")
            self.names[number], self.lows[number] = name, f"{name}_low"
            self.loose.discard(number)
        return self._parts_of(number)

    def _loosely(
        self, number: int, node: Node, values: list[str], lows: list[str], keep: bool
    ) -> None:
        """Write arithmetic on finite pairs, rounded once where it is not kept."""
        if not keep and node.op == "mul":
            (a, b), (a_low, b_low), call = values, lows, self._call("fma")
            least = f"{a_low} * {b}" if b_low == "0.0" else f"{a} * {b_low}"
            if "0.0" not in lows:
                least = f"{call}({a}, {b_low}, {a_low} * {b})"
            self._name(number, f"{call}({a}, {b}, {least})", "f64")
            return
        if not keep and node.op in ("add", "sub"):
            self._name(number, self._last(node, values, lows) or "", "f64")
            return
        name = self.chosen.of(node.op)
        ordered = self._ordered(node, values, lows)
        if ordered is not None:
            call = ordered
        elif set(lows) == {"0.0"} and f"{node.op}_floats_loose" in library():
            call = f"{self._call(f'{node.op}_floats_loose')}({', '.join(values)})"
        elif node.op == "mul" and "0.0" in lows:
            (pair, single) = (0, 1) if lows[1] == "0.0" else (1, 0)
            given = f"{values[pair]}, {lows[pair]}, {values[single]}"
            call = f"{self._call('mul_float_loose')}({given})"
        else:
            both = ", ".join(f"{value}, {low}" for value, low in zip(values, lows, strict=True))
            call = f"{self._call(f'{node.op}_loose')}({both})"
        self.lines.append(f"{name}, {name}_low = {call}")
        self.names[number], self.lows[number], self.kinds[number] = name, f"{name}_low", "dd"
        self.loose.add(number)
        exact = set(lows) == {"0.0"} and node.op in ("add", "sub", "mul")
        if exact or node.op in FUNCTIONS:
            self.normal.add(number)  # its low part is the error of its high one
        if not keep:
            self._round(number)

    def _ordered(self, node: Node, values: list[str], lows: list[str]) -> str | None:
        """Return the sum of two terms of which one is the larger always, in half the operations."""
        if node.op not in ("add", "sub"):
            return None
        pairs = list(zip(values, lows, strict=True))
        if node.op == "sub":
            pairs[1] = _negative(values[1]), _negative(lows[1])
        if larger(self.known, self.terms, *node.args[::-1]):
            pairs = pairs[::-1]
        elif not larger(self.known, self.terms, *node.args):
            return None
        if set(lows) == {"0.0"}:
            return f"{self._call('fast_two_sum')}({pairs[0][0]}, {pairs[1][0]})"
        both = ", ".join(f"{value}, {low}" for value, low in pairs)
        return f"{self._call('add_ordered_loose')}({both})"

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
            low = f"{call}({values[0]} < 0.0, -{lows[0]}, {lows[0]})"
            pieces = [f"abs({values[0]})", low]
        self.lines.append(f"{name} = {pieces[0]}")
        if set(lows) == {"0.0"}:
            self.names[number], self.lows[number], self.kinds[number] = name, "0.0", "f64"
            return
        self.lines.append(f"{name}_low = {pieces[1]}")
        self.names[number], self.lows[number], self.kinds[number] = name, f"{name}_low", "dd"
        moved = node.args[1:] if node.op == "select" else node.args
        if all(a in self.normal or self.kinds[a] != "dd" for a in moved):
            self.normal.add(number)

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
        self.names[number], self.lows[number], self.kinds[number] = name, "0.0", "f64"
        if lows[other] == "0.0":
            return
        self.lines.append(f"{name}_low = {lows[other]} * {values[factor]}")
        self.lows[number], self.kinds[number] = f"{name}_low", "dd"
        self.loose.add(number)

    def _exact_sum(self, number: int, node: Node, values: list[str], lows: list[str]) -> None:
        """Write a sum whose high parts add up without rounding."""
        name, sign = self.chosen.of(self.terms.nodes[number].op), INFIX[node.op]
        high = f"{values[0]} {sign} {values[1]}"
        low = lows[0] if lows[1] == "0.0" else f"{lows[0]} {sign} {lows[1]}"
        if lows[0] == "0.0" and lows[1] != "0.0":
            low = f"{sign if sign == '-' else ''}{lows[1]}"
        self.names[number], self.lows[number], self.kinds[number] = name, "0.0", "f64"
        if low == "0.0":
            self.lines.append(f"{name} = {high}")
            return
        self.lines.append(f"{name}, {name}_low = {self._call('fast_two_sum')}({high}, {low})")
        self.lows[number], self.kinds[number] = f"{name}_low", "dd"
        self.normal.add(number)

    def _last(self, node: Node, values: list[str], lows: list[str]) -> str | None:
        """Return an operation on pairs whose result is rounded at once, where that is cheaper."""
        if node.op in ("add", "sub"):
            sign = INFIX[node.op]
            lower = f"{lows[0]} {sign} {lows[1]}"
            if "0.0" in lows:
                lower = lows[0] if lows[1] == "0.0" else f"{'-' if sign == '-' else ''}{lows[1]}"
            return f"({values[0]} {sign} {values[1]}) + ({lower})"
        if f"{node.op}_pair_f64" in library():
            return f"{self._call(f'{node.op}_pair_f64')}({values[0]}, {lows[0]})"
        return None


def _negative(value: str) -> str:
    """Return the text of a number with the other sign."""
    if value == "0.0":
        return value
    return value.removeprefix("-") if value.startswith("-") else f"-{value}"
