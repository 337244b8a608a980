"""Σ and δ: contract, hoist, fold a definition back, and give bound indices readable names.

SymPy's ``doit``, ``simplify`` and ``expand`` rewrite exp(Σ) to Π exp and leave range conditions
behind; these few functions do just what a lecturer does with an index. A Sum may have several
limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from sympy import (
    Add,
    Dummy,
    Expr,
    Indexed,
    KroneckerDelta,
    Mul,
    Pow,
    Sum,
    Symbol,
    Tuple,
    exp,
    preorder_traversal,
)

from derive.graph import Definition, size
from derive.trees import free_symbols, rebuilt, replaced

__all__ = ["EXAMPLES", "collect", "contract", "fold", "hoist", "index", "rename_bound"]

EXAMPLES = size("B")  # how many examples a data set has
BOUND_NAMES = ("j", "k", "l", "p", "q", "r", "t", "u", "v", "w")
EXAMPLE_NAMES = ("b", "c", "e")


def index(name: str) -> Symbol:
    """Return the index of that name: an integer."""
    return Symbol(name, integer=True)


def contract(expression: Expr, free: Iterable[Symbol]) -> Expr:
    """Contract every δ between a bound index and one of the free ones: Σ_k δ_kp F(k) = F(p).

    Only these: Σ_i δ_{i,i*} s_i stays as it is, which keeps δ_{i,i*} − P_i together.
    """
    targets = set(free)
    if isinstance(expression, Sum):
        return _contract_sum(expression, targets)
    if not expression.has(KroneckerDelta):
        return expression
    return rebuilt(expression, tuple(contract(part, targets) for part in expression.args))


def _contract_sum(expression: Sum, targets: set[Symbol]) -> Expr:
    body = contract(expression.function, targets)
    bound = {limit[0] for limit in expression.limits}
    if not _selects(body, bound, targets):
        return hoist(Sum(body, *expression.limits))
    return Add(
        *(
            _contract_term(term, expression.limits, targets)
            for term in _products(body, bound, targets)
        )
    )


def _products(body: Expr, bound: set[Symbol], targets: set[Symbol]) -> Iterator[Expr]:
    """Yield the terms of a body, multiplied out until no sum has a δ to contract inside a product.

    Powers need no rule: a derivative of the first order is linear in its δ.
    """
    if isinstance(body, Add):
        for term in body.args:
            yield from _products(term, bound, targets)
        return
    factors = Mul.make_args(body)
    for place, factor in enumerate(factors):
        if isinstance(factor, Add) and _selects(factor, bound, targets):
            others = Mul(*factors[:place], *factors[place + 1 :])
            for term in factor.args:
                yield from _products(term * others, bound, targets)
            return
    yield body


def _selects(body: Expr, bound: set[Symbol], targets: set[Symbol]) -> bool:
    return any(_touches(delta, bound, targets) for delta in body.atoms(KroneckerDelta))


def _touches(delta: KroneckerDelta, bound: set[Symbol], targets: set[Symbol]) -> bool:
    pair = set(delta.args)
    return bool(pair & bound) and bool(pair & targets)


def _contract_term(term: Expr, limits: Sequence[tuple], targets: set[Symbol]) -> Expr:
    """Contract Σ over limits of one product."""
    for limit in limits:
        for factor in Mul.make_args(term):
            if isinstance(factor, KroneckerDelta) and _touches(factor, {limit[0]}, targets):
                (target,) = set(factor.args) - {limit[0]}
                rest = [other for other in limits if other is not limit]
                inner = replaced(term, {limit[0]: target})  # δ_tt is 1
                return _contract_term(inner, rest, targets) if rest else inner
    return hoist(Sum(term, *limits))


def hoist(expression: Sum) -> Expr:
    """Pull out of Σ_k what does not depend on k: Σ_k c F(k) = c Σ_k F(k).

    An index that nothing depends on keeps its Σ: Σ_k 1 is the number of values of k.
    """
    bound = {limit[0] for limit in expression.limits}
    outside: list[Expr] = []
    inside: list[Expr] = []
    for factor in Mul.make_args(expression.function):
        (inside if free_symbols(factor) & bound else outside).append(factor)
    return Mul(*outside, Sum(Mul(*inside), *expression.limits))


def collect(expression: Expr) -> Expr:
    """Factor out what all terms of a sum share: ω δ − ω P = ω (δ − P)."""
    if not expression.has(Add):
        return expression
    if not isinstance(expression, Add):
        return rebuilt(expression, tuple(collect(part) for part in expression.args))
    terms = [Mul.make_args(term) for term in expression.args]
    shared = [
        factor
        for factor in terms[0]
        if not factor.is_number and all(factor in other for other in terms[1:])
    ]
    if not shared:
        return expression
    common = Mul(*shared)
    return common * Add(*(term / common for term in expression.args))


def fold(expression: Expr, definition: Definition) -> Expr:
    """Write a defined quantity where its definition, a product with an exp(s_c) in it, stands.

    This is how exp(s_c)/Σ_j exp(s_j) becomes P_c again, for whichever index c; what stands before a
    Σ over c, as in (Σ_c exp(s_c) F(c))/Σ_j exp(s_j), is taken into it.
    """
    while (folded := _fold_once(expression, definition)) != expression:
        expression = folded
    place = {}
    for node in expression.atoms(Mul):
        for factor in node.args:
            if isinstance(factor, Sum) and factor.function.has(exp):
                inside = rename_bound(Sum(factor.function * node / factor, *factor.limits))
                folded = _fold_once(inside, definition)
                if folded != inside:
                    place[node] = hoist(folded)
    return fold(replaced(expression, place), definition) if place else expression


def _fold_once(expression: Expr, definition: Definition) -> Expr:
    (pattern,) = definition.right.atoms(exp) - _bound_parts(definition.right)
    score = pattern.exp
    place: dict[Expr, Expr] = {}
    for found in expression.atoms(exp):
        entry = found.exp
        if not (isinstance(entry, Indexed) and entry.base == score.base):
            continue
        at = dict(zip(score.indices, entry.indices, strict=True))
        wanted = [rename_bound(f) for f in Mul.make_args(replaced(definition.right, at))]
        whole = definition.quantity.at(*(at[i] for i in definition.indices))
        for node in preorder_traversal(expression):
            if isinstance(node, Mul):
                standing = {rename_bound(factor): factor for factor in _factors(node)}
                if all(factor in standing for factor in wanted):
                    place[node] = whole * node / Mul(*(standing[factor] for factor in wanted))
    return replaced(expression, place)


def _factors(product: Expr) -> list[Expr]:
    """Return the factors of a product, 1/u for each 1/uᵏ."""
    return [
        1 / factor.base if isinstance(factor, Pow) and factor.exp.is_negative else factor
        for factor in product.args
    ]


def _bound_parts(expression: Expr) -> set[Expr]:
    """Return the exponentials that stand under a Σ."""
    return set().union(*(node.atoms(exp) for node in expression.atoms(Sum)))


def rename_bound(expression: Expr, avoid: Iterable[Symbol] = ()) -> Expr:
    """Name bound indices j, k, l … by how deep their Σ stands (b, c for examples), apart from every
    free index.

    Two expressions that differ only in the names of bound indices become equal.
    """
    if not expression.has(Sum):
        return expression
    taken = {symbol.name for symbol in free_symbols(expression) if symbol.is_integer}
    return _renamed(expression, frozenset(taken | {symbol.name for symbol in avoid}))


@lru_cache(maxsize=4096)
def _renamed(expression: Expr, taken: frozenset[str]) -> Expr:
    return _rename(expression, taken, {EXAMPLES: 0, None: 0})


def _rename(expression: Expr, taken: frozenset[str], depth: dict[Symbol | None, int]) -> Expr:
    if not expression.has(Sum):
        return expression
    if not isinstance(expression, Sum):
        return rebuilt(expression, tuple(_rename(part, taken, depth) for part in expression.args))
    depth = dict(depth)
    place: dict[Expr, Expr] = {}
    for old, _, last in expression.limits:
        kind = EXAMPLES if last == EXAMPLES else None
        place[old] = _name(kind, depth[kind], taken)
        depth[kind] += 1
    new = {old: name for old, name in place.items() if old != name}
    if new.keys().isdisjoint(new.values()) and not expression.function.has(*new.values()):
        body = _rename(replaced(expression.function, new), taken, depth)
    else:  # a name wanted here is bound further in: step aside first
        fresh = {old: Dummy(integer=True) for old in place}
        body = _rename(replaced(expression.function, fresh), taken, depth)
        body = replaced(body, {fresh[old]: name for old, name in place.items()})
    return rebuilt(
        expression,
        (body, *(Tuple(place[old], *bounds) for old, *bounds in expression.limits)),
    )


def _name(kind: Symbol | None, depth: int, taken: frozenset[str]) -> Symbol:
    pool = EXAMPLE_NAMES if kind is EXAMPLES else BOUND_NAMES
    free = [name for name in pool if name not in taken]
    turn, place = divmod(depth, len(free))
    return index(free[place] + (str(turn) if turn else ""))
