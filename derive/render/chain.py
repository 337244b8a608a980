"""The chain rule for one parameter, each factor named: error, slope, linear function."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sympy import Add, Expr, Sum, Symbol

from derive.notation import Activated, Partial
from derive.render.box import Big
from derive.render.frames import Frame, latex_of
from derive.render.statement import Presenter
from derive.render.tex import to_latex
from derive.steps import Kind
from derive.sums import index

__all__ = ["chain", "chain_frame"]


def chain(presenter: Presenter, parameter: str) -> list[str]:
    """Return the quantities from L to the parameter, through elementwise steps: z, a for V.

    Empty where the parameter is used more than once, or a quantity on the way is.
    """
    objective = presenter.derivation.objective
    quantity = next(q for q in objective.model.parameters if q.name == parameter)
    users = list(objective.consumers(quantity))
    if len(users) != 1:
        return []
    path = [users[0].quantity.name]
    errors = {e.quantity.name: e.right for e in presenter.derivation.of_kind(Kind.ERROR)}
    while True:
        right = errors[f"err_{path[0]}"]
        consumers = list(
            objective.consumers(objective.defined[Symbol(path[0], real=True)].quantity)
        )
        elementwise = not right.has(Sum) and not isinstance(right, Add)
        if len(consumers) != 1 or not elementwise or consumers[0] is objective.loss:
            return path
        path.insert(0, consumers[0].quantity.name)


def chain_frame(presenter: Presenter, parameter: str) -> Frame | None:
    """Return the frame of the chain rule for a parameter; None where its path is no chain."""
    path = chain(presenter, parameter)
    model = presenter.derivation.model
    quantity = next(q for q in model.parameters if q.name == parameter)
    if len(path) < 2 or not quantity.sizes:
        return None
    at = tuple(index(name) for name, _ in zip("ij", quantity.sizes, strict=False))
    k = index("k")
    loss = presenter.derivation.objective.loss.quantity.at()
    entries = [_entry(presenter, name, k) for name in path]
    left = Partial(loss, quantity.at(*at))
    factors = [
        Partial(above, below)
        for above, below in zip([loss, *entries], [*entries, quantity.at(*at)], strict=True)
    ]
    names = list(_names(presenter, path))
    braces = r"\quad ".join(
        rf"\underbrace{{{latex_of(presenter.scalar(factor))}}}_{{\substack{{{name}}}}}"
        for factor, name in zip(factors, names, strict=True)
    )
    total = Big(presenter.scalar(k))
    local = Partial(entries[0], quantity.at(*at))
    body = "\n\n".join(
        [
            _definitions(presenter, path),
            rf"\formula{{{latex_of(presenter.scalar(left))} = {to_latex(total)} {braces}}}",
            r"\begin{itemize}\setlength{\itemsep}{0.6em}"
            rf"\item The factors after the first make up ${latex_of(presenter.scalar(local))}$;"
            rf" with the error in front the product is ${latex_of(presenter.scalar(left))}$."
            rf"\item Only the term with $k = i$ is not 0.\end{{itemize}}",
        ]
    )
    title = rf"The chain rule for $\displaystyle {latex_of(presenter.names.whole(parameter))}$"
    return Frame(title, body)


def _entry(presenter: Presenter, name: str, k: Symbol) -> Expr:
    return presenter.derivation.objective.defined[Symbol(name, real=True)].quantity.at(k)


def _definitions(presenter: Presenter, path: list[str]) -> str:
    formulas = []
    for name in path:
        equation = next(e for e in presenter.derivation.equations if e.quantity.name == name)
        statement = presenter.state(equation)
        if statement.matrix is not None and statement.matrix_left is not None:
            left, right = latex_of(statement.matrix_left), latex_of(statement.matrix)
            formulas.append(f"{left} = {right}")
    listed = r",\qquad ".join(formulas)
    return rf"\formula{{{listed}}}"


def _is_slope(right: Expr, below: str) -> bool:
    """Return whether the derivative with respect to ``below`` is g′ there, not a gate's value."""
    symbol = Symbol(below, real=True)
    of_it = (function for function in right.atoms(Activated) if symbol in function.free_symbols)
    return not right.is_Mul and any(of_it)


def _names(presenter: Presenter, path: list[str]) -> Iterator[str]:
    """Yield what each factor is: the error, a slope for each elementwise step, a linear part."""
    first = latex_of(presenter.names.whole(f"err_{path[0]}"))
    whole = latex_of(presenter.names.whole(path[0]))
    yield rf"{first}\\ \text{{the gradient at }}{whole}"
    for above, below in pairwise(path):
        definition = presenter.derivation.objective.defined[Symbol(above, real=True)]
        at = latex_of(presenter.names.whole(below))
        if _is_slope(definition.right, below):
            slope = rf"\text{{slope of the activation at }}{at}"
            yield rf"{slope}\\ \text{{(depends on its current value)}}"
        else:
            yield rf"\text{{elementwise in }}{at}"
    yield r"\text{gradient of a}\\ \text{linear function}"
