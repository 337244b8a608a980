"""Tile: with many classes, go through them range by range, and never have all scores in memory.

The first sweep over the tiles finds, as it goes, each row's largest score t and Σ exp(s − t) − 1:
where a tile raises t, what was summed before is scaled down with it. A later sweep, that of the
gradients too, has each tile's scores computed again from narrow arrays, or finds them kept, and
makes of them what it needs: at most one more matrix product, and no matrix of examples by classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from codegen.passes.indices import renamed_expression
from codegen.passes.names import fresh, names_of
from codegen.program import (
    ONE,
    ZERO,
    Array,
    Assign,
    Entry,
    Expression,
    Further,
    Operation,
    Product,
    Program,
    Reduction,
    Role,
    Statement,
    Tiles,
    Total,
    entries,
    reads,
    rewritten,
    walk,
    writes,
)

__all__ = ["tile"]

LOWEST = Operation("lowest", ())  # the maximum of nothing
LESS_ONE = Operation("negate", (ONE,))  # the sum of nothing, less 1


def tile(program: Program) -> Program:
    """Return the program in tiles of classes, or as it is where that cannot be done."""
    shift = _shift(program.statements)
    if shift is None or not _can_be_tiled(program, shift):
        return program
    return _Sweeps(program, shift).program()


@dataclass(frozen=True)
class _Shift:
    """A shifted sum of exponentials as ``stabilise`` has it: t = max s, e = exp(s − t), Σ e − 1."""

    top: Assign
    exponentials: Assign
    rest: Assign

    @property
    def scores(self) -> Array:
        """The array whose rows are shifted: what is computed again, or kept."""
        return next(entries(self.top.value)).array

    @property
    def size(self) -> str:
        """The size that is tiled."""
        return self.scores.sizes[1]


def _shift(statements: Iterable[Statement]) -> _Shift | None:
    """Return the one shifted sum of a program; None if there is none, or more."""
    made = {s.target.array: s for s in statements if isinstance(s, Assign)}
    found = []
    for rest in made.values():
        match rest.value:
            case Reduction("sum_beyond_1", body=Entry(e)):
                top = next(x for x in entries(made[e].value) if len(x.indices) == 1)
                found.append(_Shift(made[top.array], made[e], rest))
    return found[0] if len(found) == 1 else None


def _can_be_tiled(program: Program, shift: _Shift) -> bool:
    """Return whether whatever has the size of classes needs no more than a range of them."""
    known = (shift.top, shift.rest)
    statements = (*program.statements, *program.sums)
    if not all(s in known or _needs_a_range(s, shift.size) for s in statements):
        return False
    ranged = {writes(s)[0] for s in program.sums if _is_ranged(s, shift.size)}
    others = {writes(s)[0] for s in program.sums if not _is_ranged(s, shift.size)}
    return not ranged & others


def _is_wide(array: Array, size: str) -> bool:
    """Return whether it has an entry for each example and class."""
    return array.role is Role.LOCAL and len(array.sizes) == 2 and array.sizes[1] == size


def _used(statement: Statement) -> tuple[Array, ...]:
    return tuple(dict.fromkeys((*writes(statement), *reads(statement))))


def _is_ranged(statement: Statement, size: str) -> bool:
    return any(_is_wide(array, size) for array in _used(statement))


def _needs_a_range(statement: Statement, size: str) -> bool:
    """Return whether a statement can be done for a range of classes, then for the next."""
    having = [array for array in _used(statement) if size in array.sizes]
    if not having:
        return True
    wide = [array for array in having if _is_wide(array, size)]
    if not wide or any(array.sizes.count(size) > 1 for array in having):
        return False
    match statement:
        case Product() | Total():
            others = [array for array in having if array not in wide]
            return len(wide) == 1 and {a.role for a in others} <= {Role.PARAMETER, Role.GRADIENT}
        case Assign((target, *_), Entry(indices=(_, Entry()))) if target.array not in wide:
            return True  # the entry that a label picks
        case Assign((target, *_), value) if target.array in wide:
            return not any(
                isinstance(part, Reduction)
                or (
                    isinstance(part, Entry)
                    and part.array.role is Role.PARAMETER
                    and not part.indices
                )
                for part in walk(value)
            )
    return False


class _Sweeps:
    """Sorts the statements of a program by how many sweeps must have been before."""

    def __init__(self, program: Program, shift: _Shift) -> None:
        self.given, self.shift = program, shift
        self.statements = [self._inlined(s) for s in program.statements]
        self.sums = [self._inlined(s) for s in program.sums]
        top, taken = shift.top.target, names_of(program)
        self.before, self.now = (
            replace(top, array=replace(top.array, name=fresh(f"{top.array.name}_{when}", taken)))
            for when in ("before", "now")
        )
        self.wide: list[Statement] = []
        self.reducing: dict[int, list[Statement]] = {}  # to something narrow, by their sweep
        self.narrow: dict[int, list[Statement]] = {}  # by the number of sweeps before
        self._sort()

    def _sort(self) -> None:
        sweeps: dict[str, int] = {}  # that must have been before an array can be there
        for statement in self.statements:
            number = max((sweeps.get(array.name, 0) for array in reads(statement)), default=0)
            if _is_wide(writes(statement)[0], self.shift.size):
                self.wide.append(statement)
            elif _is_ranged(statement, self.shift.size):
                number = 1 if statement == self.shift.rest else number + 1
                self.reducing.setdefault(number, []).append(statement)
            else:
                self.narrow.setdefault(number, []).append(statement)
            for array in writes(statement):
                sweeps[array.name] = max(number, sweeps.get(array.name, 0))

    def _inlined(self, statement: Statement) -> Statement:
        """Return the statement with exp(s − t) itself where it reads e, which no sweep keeps."""
        shifted = self.shift.exponentials
        if not isinstance(statement, Assign) or statement in (shifted, self.shift.rest):
            return statement

        def rule(node: Expression) -> Expression | None:
            match node:
                case Entry(array, indices) if array == shifted.target.array:
                    places = dict(zip(map(str, shifted.target.indices), indices, strict=True))
                    return renamed_expression(shifted.value, places)
            return None

        return replace(statement, value=rewritten(statement.value, rule))

    def program(self) -> Program:
        """Return the program in sweeps, with what is narrow before, between and after them."""
        statements = list(self.narrow.get(0, ()))
        for number in range(1, max((*self.narrow, *self.reducing)) + 1):
            reducing = self.reducing.get(number, [])
            statements += self._beginnings(reducing)
            statements.append(self._first(reducing) if number == 1 else self._later(reducing))
            statements += self.narrow.get(number, ())
        ranged = [statement for statement in self.sums if _is_ranged(statement, self.shift.size)]
        others = [statement for statement in self.sums if statement not in ranged]
        swept = [self._later(ranged)] if ranged else []
        return replace(self.given, statements=tuple(statements), sums=(*swept, *others))

    def _beginnings(self, reducing: Sequence[Statement]) -> Iterator[Statement]:
        """Yield what tiles go on from: the maximum of nothing and sums of nothing."""
        for statement in reducing:
            match statement:
                case Product(target, beta=beta) if beta == ZERO:
                    yield Assign((Entry(target, ("b", "k")),), ZERO)
                case Assign(targets) if statement == self.shift.top:
                    yield Assign(targets, LOWEST)
                case Assign(targets) if statement == self.shift.rest:
                    yield Assign(targets, LESS_ONE)

    def _first(self, reducing: Sequence[Statement]) -> Tiles:
        making = self._making(reducing, kept=())
        return Tiles(self.shift.size, (), tuple(self._going_on([*making, *reducing])))

    def _later(self, reducing: Sequence[Statement]) -> Tiles:
        """Return a sweep in which scores may have been kept, if nothing else needs their making."""
        scores = [s for s in self.wide if self.shift.scores in writes(s)]
        making = self._making(reducing, kept=scores)
        again = self._making(scores, kept=()) if self._are_read((*making, *reducing)) else []
        if any(statement in making for statement in again):
            making, again = self._making(reducing, kept=()), []
        return Tiles(self.shift.size, tuple(again), tuple(self._going_on([*making, *reducing])))

    def _are_read(self, statements: Iterable[Statement]) -> bool:
        return any(self.shift.scores in reads(statement) for statement in statements)

    def _making(self, wanted: Sequence[Statement], kept: Sequence[Statement]) -> list[Statement]:
        """Return what computes the wide arrays that are read, without the making of what is kept."""
        needed = {array for statement in wanted for array in _used(statement)}
        found: list[Statement] = []
        for statement in reversed([s for s in self.wide if s not in kept]):
            if needed & set(writes(statement)):
                found.insert(0, statement)
                needed |= set(reads(statement))
        return found

    def _going_on(self, statements: Sequence[Statement]) -> Iterator[Statement]:
        """Yield what a tile does, sums added to those of earlier tiles."""
        for statement in sorted(statements, key=[*self.statements, *self.sums].index):
            match statement:
                case Product(target) if target.role is Role.LOCAL and not _is_wide(
                    target, self.shift.size
                ):
                    yield replace(statement, beta=ONE)
                case Assign(value=Reduction() as value) if statement == self.shift.top:
                    yield Assign((self.before,), statement.target)
                    yield Assign((self.now,), Further(value, (self.before,)))
                case Assign() if (
                    statement == self.shift.exponentials and self.shift.rest in statements
                ):
                    yield replace(statement, value=rewritten(statement.value, self._of_now))
                case Assign(value=Reduction() as value) if statement == self.shift.rest:
                    so_far = (statement.target, self.before, self.now)
                    yield replace(statement, value=Further(value, so_far))
                    yield Assign(self.shift.top.targets, self.now)
                case _:
                    yield statement

    def _of_now(self, node: Expression) -> Expression | None:
        """Return the largest score so far where a maximum is read."""
        return self.now if node == self.shift.top.target else None
