"""The order of a lecture: passages with a key, a title and statements, alike in every form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sympy import MatrixSymbol, Symbol

from derive.errors import InputError
from derive.formula import parameter
from derive.graph import Quantity, Role
from derive.render.box import Box
from derive.render.digits import all_digits, long_numbers
from derive.render.network import network
from derive.render.recurrence import recurrences
from derive.render.statement import EQUALS, Presenter, Statement
from derive.render.unicode import to_text
from derive.render.written import model_formulas
from derive.spelling import did_you_mean
from derive.steps import Equation, Kind

if TYPE_CHECKING:
    from derive.graph import Model

__all__ = [
    "Given",
    "Passage",
    "activation_remarks",
    "given",
    "key_of",
    "lecture",
    "parameter_values",
    "size_counts",
    "size_words",
    "title",
    "unknown_part",
]


@dataclass(frozen=True)
class Passage:
    """A part of the lecture; ``key`` is what --part calls it."""

    key: str
    title: str
    statements: tuple[Statement, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """A quantity that the model is given, with its shape and what it means."""

    name: Box
    shape: Box | None
    meaning: str


def lecture(presenter: Presenter) -> tuple[Passage, ...]:
    """Return the derivation in passages, or those of the part that the options ask for.

    ``gradient`` means every gradient, ``gradient:W`` the one of W. Raises InputError for an unknown
    part.
    """
    part = presenter.options.part
    built = list(_passages(presenter))
    found = [make for key, make in built if part is None or part in (key, key.split(":")[0])]
    if not found:
        raise unknown_part(part, dict.fromkeys([*(key for key, _ in built), "picture"]))
    return tuple(make() for make in found)


def unknown_part(part: str | None, keys: Iterable[str]) -> InputError:
    """Return the error for a part that does not exist."""
    known = list(keys)
    meant = did_you_mean(part or "", known)
    return InputError(f"there is no part {part!r}{meant}: choose one of {', '.join(known)}")


Builder = Callable[[], Passage]


def _passages(presenter: Presenter) -> Iterator[tuple[str, Builder]]:
    """Yield every passage's key and what makes it."""

    def stated(key: str, title: str, of: Presenter, *kinds: Kind) -> tuple[str, Builder]:
        return key, lambda: Passage(key, title, tuple(of.statements(*kinds)))

    yield stated("model", "The model", presenter, Kind.FORWARD, Kind.PROBABILITIES)
    if presenter.options.sign == "negative":
        title = "The negative log-likelihood, to be minimised"
    else:
        title = "The log-likelihood, to be maximised"
    yield stated("loss", title, presenter, Kind.LOSS)
    for equation in presenter.derivation.of_kind(Kind.ERROR, Kind.GRADIENT):
        key = key_of(equation)
        yield key, partial(_derived, presenter, equation, key)
    if presenter.repeated and (found := tuple(recurrences(presenter))):
        remarks = tuple(f"{to_text(left)} = {to_text(right)}" for left, right in found)
        yield "layers", lambda: Passage("layers", "Every hidden layer alike", remarks=remarks)
    if any(presenter.derivation.of_kind(Kind.ACTIVATION)):
        yield "activation", partial(_activation, presenter)
    if presenter.options.part == "picture":
        yield "picture", partial(_picture, presenter)
    if not presenter.rows:
        yield "dataset", partial(_dataset, presenter)
    if any(presenter.derivation.of_kind(Kind.PENALISED)):
        yield stated("penalty", "The L2 term", presenter, Kind.PENALISED)
    yield stated("algorithm", "The update", presenter, Kind.UPDATE)


def _picture(presenter: Presenter) -> Passage:
    """Return the network in words, an arrow a line; forms that can draw do so."""
    arrows = network(presenter.derivation.model).arrows
    spell = presenter.spell
    lines = (
        f"{spell(arrow.source)} ─{arrow.label(spell)}→ {spell(arrow.target)}" for arrow in arrows
    )
    return Passage("picture", "The network", remarks=tuple(lines))


def _dataset(presenter: Presenter) -> Passage:
    statements = presenter.dataset.statements(Kind.FORWARD, Kind.ERROR, Kind.GRADIENT)
    count = to_text(presenter.names.example_count())
    one_hot = to_text(presenter.names.one_hot_rows())
    remark = f"{one_hot} has the one-hot vectors of the labels as its rows."
    title = f"The data set: {count} examples as rows"
    return Passage("dataset", title, tuple(statements), (remark,))


def key_of(equation: Equation) -> str:
    """Return what --part calls an error or a gradient: error:z, gradient:W."""
    name = equation.quantity.name
    if equation.kind is Kind.ERROR:
        return f"error:{name.removeprefix('err_')}"
    return f"gradient:{name.removeprefix('d')}"


def _derived(presenter: Presenter, equation: Equation, key: str) -> Passage:
    what, _, name = key.partition(":")
    title = f"The {what} {'at' if what == 'error' else 'of'} {presenter.spell(name)}"
    return Passage(key, title, (presenter.state(equation),))


def _activation(presenter: Presenter) -> Passage:
    statements = tuple(presenter.statements(Kind.ACTIVATION))
    title = "The activation and its derivative"
    return Passage("activation", title, statements, activation_remarks(presenter, statements))


def activation_remarks(
    presenter: Presenter,
    statements: Iterable[Statement],
    shown: Callable[[Box], str] = to_text,
    written: Callable[[str], str] = str,
) -> tuple[str, ...]:
    """Return what the numbers of activations are: their parameters, and what is cut with ….

    ``shown`` writes a name, ``written`` a text.
    """
    equations = [statement.equation for statement in statements]
    symbols = dict.fromkeys(equation.left.symbol.name for equation in equations)
    values = (parameter_values(presenter, symbol, shown) for symbol in symbols)
    cut = (pair for equation in equations for pair in long_numbers(equation.right))
    remarks = [f"{said}." for said in values if said]
    remarks += (written(f"{short} is {exact}.") for short, exact in cut)
    return tuple(dict.fromkeys(remarks))


def parameter_values(
    presenter: Presenter, symbol: str, shown: Callable[[Box], str] = to_text
) -> str:
    """Say what the parameters of an activation are, as in: in g, p is 1.5; nothing without any.

    ``shown`` writes a name.
    """
    model = presenter.derivation.model
    activation = model.bound_activation(symbol)
    values = [
        f"{shown(presenter.scalar(parameter(label)))} is {all_digits(activation.parameters[own])}"
        + " to begin with" * (own in activation.trainable)
        for own, label in model.labels[symbol].items()
    ]
    name = shown(presenter.names.activation(symbol))
    return f"In {name}, {' and '.join(values)}" if values else ""


def size_words(model: Model, size: Symbol) -> str:
    """Return what a size counts."""
    if size == model.features.sizes[0]:
        return "features"
    return "classes" if size == model.scores.sizes[-1] else "hidden units"


def given(presenter: Presenter) -> Iterator[Given]:
    """Yield the features and the parameters, each with its shape and meaning."""
    model = presenter.derivation.model
    for quantity in (model.features, *model.parameters):
        yield Given(
            presenter.names.whole(quantity.name),
            _shape(presenter, quantity),
            _meaning(presenter, quantity),
        )


def _shape(presenter: Presenter, quantity: Quantity) -> Box | None:
    if not quantity.sizes:
        return None
    columns = quantity.sizes[1] if len(quantity.sizes) > 1 else 1
    symbol = MatrixSymbol(quantity.name, quantity.sizes[0], columns)
    return presenter.plain.shape(symbol)


def _meaning(presenter: Presenter, quantity: Quantity) -> str:
    model = presenter.derivation.model
    if quantity.role is Role.FEATURES:
        return "the feature vector"
    if quantity.role is Role.ACTIVATION_PARAMETER:
        return "trainable parameter of an activation, shared by all units"
    counts = [f"{presenter.count(size)} {size_words(model, size)}" for size in quantity.sizes]
    if len(quantity.sizes) == 1:
        return f"bias: one number for each of the {counts[0]}"
    if size_words(model, quantity.sizes[0]) == "classes":
        return "one weight vector for each class"
    return f"weights: {counts[0]}, {counts[1]}"


def size_counts(presenter: Presenter) -> str:
    """Return what each size counts: n features, d hidden units, m classes."""
    model = presenter.derivation.model
    sizes = dict.fromkeys(size for quantity in model.quantities for size in quantity.sizes)
    return ", ".join(f"{presenter.count(size)} {size_words(model, size)}" for size in sizes)


def title(presenter: Presenter) -> str:
    """Return the model as a line of text."""
    (_, right), *where = model_formulas(presenter.names)
    parts = [f"{to_text(left)} {to_text(EQUALS)} {to_text(value)}" for left, value in where]
    return "; ".join([*parts, to_text(right)])
