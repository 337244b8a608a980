"""Name sums: a sum over a row inside an equation is computed once a row, from terms with a name.

P_i (ṡ_i − Σ_j P_j ṡ_j) becomes t_j = P_j ṡ_j, total = Σ_j t_j and P_i (ṡ_i − total).
"""

from __future__ import annotations

from dataclasses import replace

from codegen.passes.names import fresh, names_of
from codegen.program import (
    Array,
    Assign,
    Entry,
    Expression,
    Operation,
    Program,
    Reduction,
    Role,
    Statement,
    entries,
    rewritten,
)

__all__ = ["name_sums"]


def name_sums(program: Program) -> Program:
    """Return the program with every sum of products that stands inside a row's equation named."""
    taken = names_of(program)
    statements: list[Statement] = []
    for statement in program.statements:
        if isinstance(statement, Assign) and len(statement.target.indices) > 1:
            statements += _named(statement, taken)
        else:
            statements.append(statement)
    return program.with_statements(statements)


def _named(statement: Assign, taken: set[str]) -> list[Statement]:
    """Return the statement after those that compute the sums inside it."""
    row = statement.target.indices[0]
    before: list[Statement] = []

    def rule(node: Expression) -> Expression | None:
        match node:
            case Reduction("sum", index, size, Operation("*") as body) if _of_row(node, row):
                rows = statement.target.array.sizes[0]
                array = Array(fresh(f"{statement.target.array.name}_terms", taken), (rows, size))
                terms = Entry(array, (row, index))
                name = fresh(f"{statement.target.array.name}_total", taken)
                total = Entry(Array(name, (rows,)), (row,))
                before.append(Assign((terms,), body))
                before.append(Assign((total,), Reduction("sum", index, size, terms)))
                return total
        return None

    value = rewritten(statement.value, rule)
    return [*before, replace(statement, value=value)]


def _of_row(node: Reduction, row: object) -> bool:
    """Return whether every factor is of this row: a sum over its entries, not a matrix product."""
    local = (Role.LOCAL, Role.RESULT)
    return all(e.indices == (row, node.index) and e.array.role in local for e in entries(node.body))
