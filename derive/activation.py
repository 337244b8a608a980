"""An activation: a formula in x with named parameters, their exact values, and its origin."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from types import MappingProxyType

from sympy import Expr, Rational, Symbol

from derive.domain import part_without_values
from derive.errors import InputError, quoted
from derive.formula import X, formula, parameter, suggestion
from derive.library import Entry, entries, entry
from derive.limits import NAME
from derive.number import exact

__all__ = ["Activation", "activation", "library", "random_smooth"]


@dataclass(frozen=True)
class Activation:
    """A scalar function of x, applied to each entry of a vector.

    ``expression`` is in :data:`derive.formula.X` and one real Symbol for each parameter; ``bound``
    has the values of all parameters that are not ``trainable`` put in. ``text`` is as typed.
    """

    name: str
    text: str
    expression: Expr = field(hash=False)
    parameters: Mapping[str, Rational] = field(default_factory=dict, hash=False)
    trainable: tuple[str, ...] = ()
    year: int | None = None
    source: str = ""
    kinks: str = ""

    @cached_property
    def bound(self) -> Expr:
        """Return the expression with the value of each parameter that is not trainable put in."""
        fixed = {n: v for n, v in self.parameters.items() if n not in self.trainable}
        return self._with(fixed)

    @cached_property
    def valued(self) -> Expr:
        """Return the expression with the values of all parameters put in."""
        return self._with(self.parameters)

    def _with(self, values: Mapping[str, Expr]) -> Expr:
        try:
            return formula(self.text, values)
        except InputError as error:
            given = ", ".join(f"{name}={value}" for name, value in values.items())
            raise InputError(f"with {given}, {error}" if given else str(error)) from None

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Return the symbols of the trainable parameters, in the order declared."""
        return tuple(parameter(name) for name in self.trainable)

    def __str__(self) -> str:
        values = ", ".join(
            f"{name}={value}" + (" (trainable)" if name in self.trainable else "")
            for name, value in self.parameters.items()
        )
        return f"{self.letters}(x) = {self.text}" + (f" with {values}" if values else "")

    @property
    def letters(self) -> str:
        """Return what may stand before (x): the name, or g for a formula, whose text is its name."""
        return self.name if self.name.isidentifier() else "g"

    def _repr_html_(self) -> str:
        from derive.render.card import card

        return card(self)


class _Library(Mapping[str, Activation]):
    """The library by name; an activation is parsed when it is first asked for."""

    def __getitem__(self, name: str) -> Activation:
        return _from_entry(entries()[name])

    def __iter__(self) -> Iterator[str]:
        return iter(entries())

    def __len__(self) -> int:
        return len(entries())

    def __contains__(self, name: object) -> bool:
        return name in entries()


@cache
def library() -> Mapping[str, Activation]:
    """Return the activations of activations.toml by name, in its order."""
    return _Library()


@cache
def _from_name(name: str) -> Activation:
    found = entries()[name]
    return Activation(
        found.name, found.formula, formula(found.formula), found.parameters,
        year=found.year, source=found.source, kinks=found.kinks,
    )  # fmt: skip


def _from_entry(found: Entry) -> Activation:
    return _from_name(found.name)


def activation(
    value: str | Activation,
    parameters: Mapping[str, object] | None = None,
    trainable: Iterable[str] = (),
    name: str | None = None,
) -> Activation:
    """Return the activation of a library name, of a formula in x, or of an Activation.

    ``parameters`` give values (exactly as typed) that replace the library's; a formula's own
    parameters must all have one. ``trainable`` names those that are learned. Raises InputError.
    """
    base = value if isinstance(value, Activation) else _read(value)
    base = replace(base, name=name or base.name)
    known = [symbol.name for symbol in sorted(base.expression.free_symbols - {X}, key=str)]
    known = list(base.parameters) or known
    given = {
        key: exact(number, f"the value of {base.name}'s parameter {quoted(key)}")
        for key, number in (parameters or {}).items()
    }
    names = (trainable,) if isinstance(trainable, str) else tuple(dict.fromkeys(trainable))
    for key in (*given, *names):
        if key not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise InputError(
                f"{base.name} has no parameter {quoted(key)}{suggestion(key, set(known))}: {has}"
            )
    values = {key: given.get(key, base.parameters.get(key)) for key in known}
    missing = [key for key, number in values.items() if number is None]
    if missing:
        raise InputError(
            f"the formula {quoted(base.text)} has the parameter {missing[0]} without a value: give "
            f"one, such as {missing[0]}=1"
            + (f" ({', '.join(missing)} need one)" if missing[1:] else "")
        )
    exact_values = {key: number for key, number in values.items() if number is not None}
    result = replace(
        base,
        parameters=MappingProxyType(exact_values),
        trainable=names or tuple(base.trainable),
    )
    _ = result.bound  # a value that makes the formula meaningless is refused here, not later
    _check_domain(result)
    return result


def _check_domain(activation: Activation) -> None:
    part = part_without_values(activation.valued)
    if part is None:
        return
    where = "" if part == activation.valued else f"{quoted(str(part))} in "
    raise InputError(
        f"{where}{quoted(activation.text)} has no real value at any number that was tried, "
        "from -2**1000 to 2**1000: look at its roots and logarithms"
    )


def _read(value: str) -> Activation:
    if not isinstance(value, str):
        raise InputError(
            f"an activation is a library name or a formula in x, not {quoted(repr(value))}: give a "
            "text such as 'tanh' or 'x*tanh(x)'"
        )
    text = " ".join(value.split())
    found = entry(text)
    if found is not None:
        return _from_entry(found)
    if NAME.fullmatch(text) and text not in {"x", "pi"}:
        raise InputError(
            f"there is no activation {quoted(text)}{suggestion(text, set(entries()))}: give a "
            "library name or a formula in x such as 'x*tanh(x)'"
        )
    return Activation(text, text, formula(text))


def random_smooth(seed: int) -> Activation:
    """Return a random smooth activation, to stand in for an abstract one where it is verified."""
    draw = random.Random(seed)

    def number(low: float, high: float) -> str:
        return f"{draw.uniform(low, high):.3f}"

    text = (
        f"{number(0.3, 1.2)}*x + {number(0.3, 1.2)}*tanh({number(0.5, 1.5)}*x - {number(0.1, 0.9)})"
        f" + {number(0.1, 0.6)}*sin({number(0.5, 1.5)}*x + {number(0.1, 0.9)})"
        f" + {number(0.1, 0.6)}*exp(-{number(0.2, 0.8)}*x**2)"
    )
    return replace(activation(text), name=f"smooth_{seed}")
