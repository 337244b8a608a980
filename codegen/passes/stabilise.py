"""Stabilise softmax and log-sum-exp by shifting each row by its maximum, which changes neither.

    log Σ_j exp(s_j) = t + log Σ_j exp(s_j − t)      exp(s_i)/Σ_j exp(s_j) = exp(s_i − t)/Σ_j
    exp(s_j − t)

with t = max_j s_j: the largest exponent is 0, nothing overflows, and the sum is at least 1. In A −
log Σ the shift is taken from A first, (A − t) − log Σ: t + log Σ would lose log Σ where t is huge.
The logarithm is taken as log1p(Σ − 1), and Σ − 1 summed as such, without the largest term: where
one score stands far above the others, L = −log1p(Σ − 1) is all that is left of them. So does an error:

    δ_{i,y} − e_i/Σ = (δ_{i,y} (Σ − 1) + (δ_{i,y} − e_i))/Σ

which for the gold class is what the others have, where 1 − P loses the digits of a P near 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from codegen.passes.names import fresh, names_of
from codegen.program import (
    ONE,
    Array,
    Assign,
    Delta,
    Entry,
    Expression,
    Operation,
    Program,
    Reduction,
    Statement,
    entries,
    rewritten,
)

__all__ = ["stabilise"]


@dataclass(frozen=True)
class _Shifted:
    """The named parts of a shifted sum: the maximum t, exponentials e, total − 1, the total."""

    top: Entry
    exponentials: Entry  # at the index of the sum
    rest: Entry
    total: Entry

    @property
    def logarithm(self) -> Expression:
        """The logarithm of the total."""
        return Operation("log1p", (self.rest,))


@dataclass
class _Shifts:
    """The shifted sums so far, by what they replace, and the statements that compute them."""

    taken: set[str]
    known: dict[Reduction, _Shifted] = field(default_factory=dict)
    quotients: dict[str, tuple[_Shifted, tuple[int, ...]]] = field(default_factory=dict)
    pending: list[Statement] = field(default_factory=list)

    def of(self, node: Reduction) -> _Shifted:
        """Return the parts of this sum of exponentials."""
        canonical = _renamed(node)
        if canonical not in self.known:
            self.known[canonical] = self._enter(node)
        return self.known[canonical]

    def note(self, statement: Assign, value: Expression) -> None:
        """Remember a statement P = e/Σ."""
        for parts in self.known.values():
            if _is_quotient(value, parts):
                self.quotients[statement.target.array.name] = parts, statement.numbers

    def _enter(self, node: Reduction) -> _Shifted:
        exponent = next(entries(node.body))
        row = exponent.indices[:-1]
        sizes = exponent.array.sizes
        top = Entry(Array(fresh("top", self.taken), sizes[:-1]), row)
        e = Entry(Array(fresh("e", self.taken), sizes), (*row, node.index))
        rest = Entry(Array(fresh("rest", self.taken), sizes[:-1]), row)
        total = Entry(Array(fresh("total", self.taken), sizes[:-1]), row)
        shifted = Operation("exp", (Operation("+", (exponent, Operation("negate", (top,)))),))
        self.pending += [
            Assign((top,), Reduction("max", node.index, node.size, exponent)),
            Assign((e,), shifted),
            Assign((rest,), Reduction("sum_beyond_1", node.index, node.size, e)),
            Assign((total,), Operation("+", (rest, ONE))),
        ]
        return _Shifted(top, e, rest, total)


def _is_quotient(value: Expression, parts: _Shifted) -> bool:
    match value:
        case Operation("/", (Entry() as above, below)):
            return above.array == parts.exponentials.array and below == parts.total
    return False


def stabilise(program: Program) -> Program:
    """Return the program with every softmax and log-sum-exp shifted by the row's maximum."""
    shifts = _Shifts(names_of(program))
    statements: list[Statement] = []
    for statement in program.statements:
        if isinstance(statement, Assign):
            changed = _stabilised(statement, shifts)
            statements += shifts.pending
            shifts.pending.clear()
            statements.append(changed)
        else:
            statements.append(statement)
    return program.with_statements(statements)


def _stabilised(statement: Assign, shifts: _Shifts) -> Assign:
    """Return the statement in shifted sums, with the numbers of the equations that it now holds."""
    numbers = set(statement.numbers)
    value = rewritten(statement.value, lambda node: _rewrite(node, shifts, numbers))
    shifts.note(statement, value)
    return replace(statement, value=value, numbers=tuple(sorted(numbers)))


def _rewrite(node: Expression, shifts: _Shifts, numbers: set[int]) -> Expression | None:
    match node:
        case Operation("+", (Delta() as delta, Operation("negate", (Entry() as p,)))) | Operation(
            "+", (Operation("negate", (Entry() as p,)), Delta() as delta)
        ) if p.array.name in shifts.quotients and p.indices[-1] == delta.left:
            parts, own = shifts.quotients[p.array.name]
            numbers.update(own)
            return _error(delta, p, parts)
        case Operation("+", operands):
            return _difference(operands, shifts)
        case Operation("/", (Operation("exp", (Entry() as exponent,)), Reduction() as denominator)):
            return _quotient(exponent, denominator, shifts)
        case Operation("log", (Reduction() as total,)) if _is_sum_exp(total):
            parts = shifts.of(total)
            return Operation("+", (parts.top, parts.logarithm))
    return None


def _difference(operands: tuple[Expression, ...], shifts: _Shifts) -> Expression | None:
    """Rewrite A − log Σ exp(s_j) as (A − t) − log Σ exp(s_j − t)."""
    for term in operands:
        match term:
            case Operation("negate", (Operation("log", (Reduction() as total,)),)) if _is_sum_exp(
                total
            ):
                rest = tuple(other for other in operands if other is not term)
                parts = shifts.of(total)
                shifted = Operation("+", (*rest, Operation("negate", (parts.top,))))
                return Operation("+", (shifted, Operation("negate", (parts.logarithm,))))
    return None


def _quotient(exponent: Entry, denominator: Reduction, shifts: _Shifts) -> Expression | None:
    """Rewrite exp(s_i)/Σ_j exp(s_j) as exp(s_i − t)/Σ_j exp(s_j − t)."""
    if not _is_sum_exp(denominator):
        return None
    index = exponent.indices[-1]
    summed = next(entries(denominator.body))
    if _at(summed, index) != exponent:
        return None
    parts = shifts.of(denominator)
    return Operation("/", (_at(parts.exponentials, index), parts.total))


def _error(delta: Delta, p: Entry, parts: _Shifted) -> Expression:
    """Rewrite δ − P as (δ (Σ − 1) + (δ − e))/Σ."""
    e = _at(parts.exponentials, p.indices[-1])
    beside = Operation("+", (delta, Operation("negate", (e,))))
    above = Operation("+", (Operation("*", (delta, parts.rest)), beside))
    return Operation("/", (above, parts.total))


def _at(entry: Entry, index: str | Entry) -> Entry:
    return replace(entry, indices=(*entry.indices[:-1], index))


def _renamed(node: Reduction) -> Reduction:
    """Return the sum with a bound index that does not depend on how it was named."""
    body = rewritten(node.body, lambda part: _at(part, "·") if isinstance(part, Entry) else None)
    return Reduction(node.name, "·", node.size, body)


def _is_sum_exp(node: Reduction) -> bool:
    """Return whether the node is Σ_j exp(s[…, j]) over the last index of an array."""
    match node:
        case Reduction("sum", index, _, Operation("exp", (Entry() as exponent,))):
            return exponent.indices[-1:] == (index,)
    return False
