"""Read conditions and cases: Piecewise, a if c else b, comparisons, and, or, not."""

from __future__ import annotations

import ast
from collections.abc import Callable

from sympy import Expr, S
from sympy.core.relational import Eq, Ge, Gt, Le, Lt, Ne
from sympy.logic.boolalg import Boolean

from derive.conditions import Branch, both, compare, either, negate, piecewise, truth
from derive.errors import quoted
from derive.reading import TextReader, X
from derive.syntax import is_not

__all__ = ["RELATIONS", "CaseReader"]

COMPARISONS: dict[type, type] = {
    ast.Gt: Gt, ast.GtE: Ge, ast.Lt: Lt, ast.LtE: Le, ast.Eq: Eq, ast.NotEq: Ne
}  # fmt: skip
RELATIONS: dict[str, type] = {"Eq": Eq, "Ne": Ne, "Gt": Gt, "Ge": Ge, "Lt": Lt, "Le": Le}
PAIRS = "Piecewise takes pairs: Piecewise((value, condition), …, (value, True))"


class CaseReader(TextReader):
    """The part of a reader that knows conditions; values are its subclass's."""

    def expression(self, node: ast.AST) -> Expr:
        """Return the value that a node writes down."""
        raise NotImplementedError

    def written_cases(self, node: ast.Call) -> Expr:
        """Piecewise((value, condition), …, (value, True))."""
        pairs = []
        for pair in node.args:
            if not isinstance(pair, ast.Tuple) or len(pair.elts) != 2:
                raise self.refuse(pair, PAIRS)
            pairs.append((pair.elts[0], pair.elts[1]))
        if not pairs or node.keywords:
            raise self.refuse(node, PAIRS)
        return self.cases(node, pairs)

    def cases(self, node: ast.AST, pairs: list[tuple[ast.expr, ast.expr]]) -> Expr:
        """Return the expression by cases; one that cannot hold is not read."""
        branches: list[Branch] = []
        for value, test in pairs:
            condition = self.condition(test)
            if truth(condition) is False:
                continue
            branches.append((self.expression(value), condition))
            if truth(condition) is True:
                break
        self.budget.spend(*(part for branch in branches for part in branch))
        result = piecewise(branches, X)
        if result is None:
            raise self.refuse(
                node, "the cases leave some x without a value: end with (value, True)"
            )
        return result

    def condition(self, node: ast.AST) -> Boolean:
        """Return the condition that a node writes down."""
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return S.true if node.value else S.false
        if isinstance(node, ast.BoolOp):
            parts = [self.condition(part) for part in node.values]
            return self.joined(both if isinstance(node.op, ast.And) else either, parts)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
            parts = [self.condition(part) for part in (node.left, node.right)]
            return self.joined(both if isinstance(node.op, ast.BitAnd) else either, parts)
        if is_not(node):
            return negate(self.condition(node.operand))
        if isinstance(node, ast.Compare):
            return self.comparison(node)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in RELATIONS
        ):
            if len(node.args) != 2 or node.keywords:
                raise self.refuse(node, f"{node.func.id} takes 2 arguments: {node.func.id}(a, 0)")
            first, second = (self.expression(argument) for argument in node.args)
            return self.related(RELATIONS[node.func.id], first, second)
        raise self.refuse(
            node,
            f"{quoted(self.source(node), 30)} is not a condition: write a comparison such as x > 0, "
            "in parentheses where & or | joins two",
        )

    def comparison(self, node: ast.Compare) -> Boolean:
        """a < b, also chained: a < b <= c."""
        sides = [self.expression(side) for side in (node.left, *node.comparators)]
        relations = []
        for operator, first, second in zip(node.ops, sides, sides[1:], strict=False):
            if type(operator) not in COMPARISONS:
                raise self.refuse(node, "a comparison is one of < <= > >= == !=")
            relations.append(self.related(COMPARISONS[type(operator)], first, second))
        return self.joined(both, relations)

    def related(self, relation: type, first: Expr, second: Expr) -> Boolean:
        """Return one comparison, within the limits."""
        self.budget.spend(first, second)
        return compare(relation, first, second)

    def joined(self, join: Callable[..., Boolean], parts: list[Boolean]) -> Boolean:
        """Return the conditions joined, within the limits."""
        self.budget.spend(*parts)
        return join(*parts)
