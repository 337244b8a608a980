"""Terms → Python source: one assignment an operation, each in the precision assigned to it.

float32 code computes in float64 from the first operation on that needs it, and rounds once at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from codegen.scalar.draft import INFIX
from codegen.scalar.levels import LEVELS
from codegen.scalar.literals import bound, literal
from codegen.scalar.names import Names
from codegen.scalar.quarter_turns import of_factor, of_offset
from codegen.scalar.ranges import ranges
from codegen.scalar.terms import GIVEN, MULTIPLES, TRUTHS, Node, Terms
from codegen.scalar.write_far import FarWriter

__all__ = ["Writer", "written"]

LOGIC = {"and": "&", "or": "|"}
TURNED = {"lt": ">", "lt_either": ">", "le": ">=", "eq": "=="}  # a constant stands on the right


def written(terms: Terms, levels: Sequence[int], dtype: str, parameters: Sequence[str]) -> str:
    """Return the source of a function g of x and the parameters, to be measured."""
    return Writer(terms, levels, dtype).function("g", parameters, "Return the outputs.")


class Writer(FarWriter):
    """Write one function."""

    def function(self, name: str, parameters: Sequence[str], words: str) -> str:
        """Return the source of a function of x and the parameters that returns the outputs."""
        needed = self.terms.needed()
        self.chosen, self.known = Names(tuple(parameters)), ranges(self.terms)
        for number in needed:
            for argument in self.terms.nodes[number].args:
                self.uses[argument] = self.uses.get(argument, 0) + 1
        self.summands = {
            argument
            for number in needed
            if self.terms.nodes[number].op == "add"
            for argument in self.terms.nodes[number].args
            if self.uses[argument] == 1 and argument not in self.terms.outputs
        }
        self.final = self._final_ones(needed)
        for number in needed:
            self._write(number)
        results = [self._result(number) for number in self.terms.outputs]
        body = [*self.lines, f"return {', '.join(results)}"]
        head = ["@scalar", f"def {name}({', '.join(['x', *parameters])}):", f'    """{words}"""']
        return "\n".join([*head, *(f"    {line}" for line in body)]) + "\n"

    def _final_ones(self, needed: Sequence[int]) -> set[int]:
        """Return the operations after which only choices and scaling come, so that they may be rounded."""
        free, used = set(self.terms.outputs), set[int]()
        for number in reversed(needed):
            node = self.terms.nodes[number]
            passed: tuple[int, ...] = ()
            if number in free and number not in used:
                factor = self._factor(node) if node.op == "mul" else None
                if node.op == "select":
                    passed = node.args[1:]
                elif factor is not None:
                    passed = (node.args[1 - factor],)
            free.update(passed)
            used.update(set(node.args) - set(passed))
        return free - used

    def _result(self, number: int) -> str:
        value = self.names[number]
        if self.kinds[number] == "far":
            value = self._as(number, "f64")
        if self.kinds[number] == "dd":
            value = f"{value} + {self.lows[number]}" if self.lows[number] != "0.0" else value
        if self.kinds[number] in ("f64", "dd", "far") and self.dtype == "float32":
            return f"f32({value})"
        return value

    def _write(self, number: int) -> None:
        node = self.terms.nodes[number]
        level = LEVELS[self.dtype][self.levels[number]].name
        if node.op in TRUTHS:
            self._truth(number, node)
        elif node.op in GIVEN:
            self._leaf(number, node, level)
        elif node.op in MULTIPLES:
            self._multiple(number, node, level)
        else:
            kinds = {self.kinds[a] for a in node.args if self.kinds[a] != "bool"}
            if "far" in kinds or level == "far":
                self._far(number, node, level)
            elif "dd" in kinds or level in ("loose", "dd"):
                self._pair(number, node, level)
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
            level = "f64" if number in self.final and level in ("loose", "dd") else level
            self.kinds[number] = {"wide": "f64", "loose": "dd", "far": "dd"}.get(level, level)
            self.names[number] = self._number(high, self.kinds[number])
            if self.kinds[number] == "dd":
                self.lows[number] = repr(low)

    def _multiple(self, number: int, node: Node, level: str) -> None:
        """Write the sine or cosine of c·x + d by words of quarter turns."""
        x, c, d = node.args
        c_words, d_words = (
            of_factor(self.terms.nodes[c].number),
            of_offset(self.terms.nodes[d].number),
        )
        numbers = [self._number(word, "f64") for word in (*c_words, *d_words)]
        given = ", ".join([self._as(x, "f64"), *numbers])
        if level in ("loose", "dd", "far"):
            name = self.chosen.of(node.op)
            self.lines.append(f"{name}, {name}_low = {self._function(node.op, 'dd')}({given})")
            self.names[number], self.lows[number], self.kinds[number] = name, f"{name}_low", "dd"
        else:
            self._name(number, f"{self._function(node.op, 'f64')}({given})", "f64")

    def _truth(self, number: int, node: Node) -> None:
        kinds = {self.kinds[a] for a in node.args}
        if "far" in kinds:
            self._name(number, self._far_truth(node), "bool", simple=True)
            return
        kind = "f32" if kinds <= {"f32"} else "f64"
        values = [self._as(a, kind) for a in node.args]
        beside = self._beside(node)
        if beside is not None:
            text = beside
        elif node.op in ("lt", "le") and any(self.lows[a] != "0.0" for a in node.args):
            text = self._by_lows(node)
        elif node.op == "not":
            text = f"not {values[0]}"
        elif node.op in LOGIC:
            text = f" {LOGIC[node.op]} ".join(values)
        elif self.terms.nodes[node.args[0]].op == "constant" and node.op in TURNED:
            text = f"{values[1]} {TURNED[node.op]} {values[0]}"
        else:
            text = f" {INFIX[node.op]} ".join(values)
        self._name(number, text, "bool", simple=True)

    def _by_lows(self, node: Node) -> str:
        """Return a comparison of pairs, of the second words where the first are equal."""
        (one, one_low), (other, other_low) = (self._normal(argument) for argument in node.args)
        tie = f"({one} == {other}) & ({one_low} {INFIX[node.op]} {other_low})"
        return f"({one} < {other}) | ({tie})"

    def _beside(self, node: Node) -> str | None:
        """Return x < 3/10 as x ≤ the float next to 3/10, whatever that is rounded to.

        What is chosen among inputs and floats, as x is where it is held within limits, is like x.
        """
        if node.op not in ("lt", "le"):
            return None
        below = self.terms.nodes[node.args[0]].op == "constant"
        constant, compared = node.args if below else node.args[::-1]
        fixed = self.terms.nodes[constant]
        if fixed.op != "constant" or not self._is_input(compared):
            return None
        near = bound(fixed.number, self.dtype, upward=below)
        if near == bound(fixed.number, self.dtype, upward=not below):
            return None
        kind = "f32" if self.dtype == "float32" else "f64"
        return f"{self._as(compared, kind)} {'>=' if below else '<='} {self._number(near, kind)}"

    def _is_input(self, number: int) -> bool:
        """Return whether an operation is an input, or a choice between inputs and floats of the dtype."""
        node = self.terms.nodes[number]
        if node.op == "select":
            return all(self._is_input(argument) for argument in node.args[1:])
        if node.op == "constant":
            return bound(node.number, self.dtype, True) == bound(node.number, self.dtype, False)
        return node.op in ("x", "parameter")

    def _plain(self, number: int, node: Node, kind: str, level: str) -> None:
        values = [self._as(a, kind) for a in node.args]
        fused = self._fused(node, values) if kind == "f64" else None
        if fused is not None:
            text = fused
        elif node.op in INFIX:
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
            text = f"np.sqrt({values[0]})"
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
        if node.op == "mul" and kind == "f64" and number in self.summands:
            self.kinds[number], self.lows[number] = kind, "0.0"
            self.names[number], self.factors[number] = f"({text})", (values[0], values[1])
        else:
            self._name(number, text, kind)

    def _fused(self, node: Node, values: Sequence[str]) -> str | None:
        """Return a sum with a product that stands in it alone as one operation, rounded once."""
        if node.op != "add":
            return None
        for product, other in (node.args, node.args[::-1]):
            if product in self.factors:
                rest = values[node.args.index(other)]
                return f"{self._call('fma')}({', '.join(self.factors[product])}, {rest})"
        return None
