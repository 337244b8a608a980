"""The intermediate representation: a program is a list of statements on named arrays.

Lowering gives one :class:`Assign` an equation, in index notation. Passes turn sums of products
into :class:`Product`, sums over examples into :class:`Total`, and what is left into loops over
rows (:class:`Rows`, :class:`Each`), with many classes in :class:`Tiles` of them. Nodes are frozen
and compared by value; ``str()`` of a program reads like pseudocode, each line with the number of
the equation that it computes.
"""

from __future__ import annotations

from codegen.program.expressions import (
    ONE,
    ZERO,
    Applied,
    Array,
    Delta,
    Entry,
    Expression,
    Further,
    Number,
    Operation,
    Reduction,
    Role,
    Scalar,
    entries,
    free_indices,
    rewritten,
    walk,
)
from codegen.program.statements import (
    Assign,
    Densify,
    Each,
    Product,
    Program,
    Rows,
    Statement,
    Tiles,
    Total,
    flattened,
    reads,
    writes,
)

__all__ = [
    "ONE",
    "ZERO",
    "Applied",
    "Array",
    "Assign",
    "Delta",
    "Densify",
    "Each",
    "Entry",
    "Expression",
    "Further",
    "Number",
    "Operation",
    "Product",
    "Program",
    "Reduction",
    "Role",
    "Rows",
    "Scalar",
    "Statement",
    "Tiles",
    "Total",
    "entries",
    "flattened",
    "free_indices",
    "reads",
    "rewritten",
    "walk",
    "writes",
]
