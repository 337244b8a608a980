"""Bind a model's activation symbols: g=mish, g='x*tanh(x)', g.beta=1.5, beta=1.5, trainable "
"g.beta."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from derive.activation import Activation, activation, library
from derive.errors import InputError, quoted
from derive.formula import X, formula
from derive.language.tokens import GREEK, NAME, canonical
from derive.library import entry
from derive.spelling import did_you_mean

__all__ = ["Parameter", "Value", "bind", "split_arguments"]

Value = str | float | Activation

BINDING = re.compile(rf"\s*({NAME}(?:\.{NAME})?)\s*=(?!=)(.*)", re.DOTALL)
KEY = re.compile(rf"{NAME}(?:\.{NAME})?")
KEY_LENGTH = 90
SYMBOL = re.compile(rf"(?:[a-z]|{'|'.join(sorted(set(GREEK.values())))})(?:_?[0-9]+)?")


@dataclass(frozen=True)
class Parameter:
    """A parameter of an activation."""

    function: str
    parameter: str

    def __str__(self) -> str:
        return f"{self.function}.{self.parameter}"


def split_arguments(arguments: Iterable[str]) -> tuple[str | None, dict[str, str]]:
    """Split a command line's arguments into the model's text, if one is given, and the bindings.

    A binding begins NAME= or NAME.NAME= (not ==) and has no ; and no softmax( in it. InputError
    where two arguments are models or two bind one name.
    """
    text: str | None = None
    bindings: dict[str, str] = {}
    for argument in arguments:
        match = BINDING.fullmatch(argument)
        if match is None or ";" in argument or re.search(r"softmax\s*\(", argument):
            if text is not None:
                raise InputError(
                    f"{quoted(text)} and {quoted(argument)} are both read as models: give one "
                    "model, in quotes, and bindings such as g=tanh without blanks around ="
                )
            text = argument
            continue
        key = canonical(match[1])
        if key in bindings:
            raise InputError(f"{key} is bound twice on the command line: leave one of them out")
        bindings[key] = match[2].strip()
    return text, bindings


def bind(
    functions: Sequence[str],
    names: Collection[str],
    bindings: Mapping[str, Value],
    trainable: Sequence[str],
) -> tuple[dict[str, Activation | None], tuple[Parameter, ...]]:
    """Return the activation of each function symbol (None: abstract), and what is learned.

    ``names`` are the model's matrices and vectors. InputError for a binding that nothing uses, a
    symbol without a meaning, a parameter without a value.
    """
    return _Binder(functions, names, bindings).bind(trainable)


class _Binder:
    """The bindings by what they bind: activations as typed, and parameters of each."""

    def __init__(
        self, functions: Sequence[str], names: Collection[str], bindings: Mapping[str, Value]
    ) -> None:
        self.functions = functions
        self.names = names
        given = _by_canonical_name(bindings)
        self.sources: dict[str, str | Activation | None] = {
            name: self.source(name, given.pop(name, None)) for name in functions
        }
        self.parameters = {name: _parameters(self.sources[name], name) for name in functions}
        self.values: dict[str, dict[str, Value]] = {name: {} for name in functions}
        for key, value in given.items():
            target = self.resolve(key, f"the binding {key}={_shown(value)}")
            if target.parameter in self.values[target.function]:
                raise InputError(f"{target} is bound twice: leave one of the two bindings out")
            self.values[target.function][target.parameter] = value

    def source(self, name: str, value: Value | None) -> str | Activation | None:
        if isinstance(value, str | Activation):
            return value
        if value is not None:
            raise InputError(
                f"{name}={_shown(value)} binds an activation to a number: bind it to a library "
                f"name or a formula in x, as in {name}=tanh"
            )
        if entry(name):
            return name
        if SYMBOL.fullmatch(name):
            return None
        raise InputError(
            f"the activation {quoted(name)} is not in the library{did_you_mean(name, library())}: "
            f"type a name of the library, or bind it to a formula in x, as in {name}='x*tanh(x)'"
        )

    def resolve(self, key: str, what: str) -> Parameter:
        """Return which activation's parameter a name such as g.beta or beta means."""
        function, dot, parameter = key.partition(".")
        if not dot:
            return self.resolve_bare(key, what)
        if function not in self.functions:
            raise InputError(
                f"{what} is of no use, as the model has no activation "
                f"{quoted(function)}{did_you_mean(function, self.functions)}: "
                f"{self.known_functions()}"
            )
        return Parameter(function, self.spelling(function, parameter, what))

    def spelling(self, function: str, parameter: str, what: str) -> str:
        """Return the parameter as the formula spells it: beta may be written β there."""
        known = self.parameters[function]
        if self.sources[function] is None:
            raise InputError(
                f"{what} is of no use, as {function} is abstract and has no parameters: bind it "
                f"too, as in {function}=swish"
            )
        if parameter not in known:
            has = f"has the parameters {', '.join(known)}" if known else "has no parameters"
            raise InputError(
                f"{what} is of no use{did_you_mean(parameter, known)}: the activation {function} "
                f"{has}"
            )
        return known[parameter]

    def resolve_bare(self, key: str, what: str) -> Parameter:
        owners = [name for name in self.functions if key in self.parameters[name]]
        options = " or ".join(f"{owner}.{key}" for owner in owners)
        if key in self.names:
            way = "bind activations and their parameters only, as in g=tanh or g.beta=1.5"
            raise InputError(
                f"{what} names a matrix or vector of the model, whose entries are learned: "
                + (
                    f"if you mean the parameter of an activation, write {options}"
                    if owners
                    else way
                )
            )
        if len(owners) > 1:
            raise InputError(f"{what} could mean {options}: write one of these")
        if not owners:
            known = [
                *self.functions,
                *(key for name in self.functions for key in self.parameters[name]),
            ]
            raise InputError(
                f"{what} is of no use in this model{did_you_mean(key, known)}: "
                f"{self.known_functions()}"
            )
        return Parameter(owners[0], self.parameters[owners[0]][key])

    def known_functions(self) -> str:
        if not self.functions:
            return "it has no activations, so leave the binding out"
        having = "; ".join(
            f"{name} has the parameters {', '.join(self.parameters[name])}"
            for name in self.functions
            if self.parameters[name]
        )
        return f"its activations are {', '.join(self.functions)}" + (
            f", and {having}" * bool(having)
        )

    def bind(
        self, trainable: Sequence[str]
    ) -> tuple[dict[str, Activation | None], tuple[Parameter, ...]]:
        keys = (trainable,) if isinstance(trainable, str) else tuple(trainable)
        learned = tuple(
            dict.fromkeys(
                self.resolve(canonical(_checked(str(key))), f"trainable {key}") for key in keys
            )
        )
        bound: dict[str, Activation | None] = {}
        for name, source in self.sources.items():
            own = tuple(item.parameter for item in learned if item.function == name)
            if source is None:
                bound[name] = None
                continue
            try:
                found = activation(source, self.values[name], own)
            except InputError as error:
                raise InputError(f"{name}={_shown(source)}: {error}") from None
            bound[name] = found
            inherited = (parameter for parameter in found.trainable if parameter not in own)
            learned += tuple(Parameter(name, parameter) for parameter in inherited)
        return bound, learned


def _checked(key: str) -> str:
    """Return what a binding binds, g or g.beta, if it is made of names."""
    if len(key) > KEY_LENGTH or not KEY.fullmatch(key):
        raise InputError(
            f"{quoted(key, 30)} cannot be bound, as no activation or parameter has such a name: "
            "type g=tanh or g.beta=1.5"
        )
    return key


def _by_canonical_name(bindings: Mapping[str, Value]) -> dict[str, Value]:
    given: dict[str, Value] = {}
    for key, value in bindings.items():
        name = canonical(_checked(str(key)))
        if name in given:
            raise InputError(f"{name} is bound twice: leave one of the two bindings out")
        given[name] = value
    return given


def _parameters(source: str | Activation | None, name: str) -> dict[str, str]:
    """Return the parameters of an activation: canonical name → name in its formula."""
    if source is None:
        return {}
    if isinstance(source, Activation):
        return {canonical(key): key for key in source.parameters}
    if (known := entry(source.strip())) is not None:
        return {canonical(key): key for key in known.parameters}
    try:
        symbols = formula(source).free_symbols - {X}
    except InputError as error:
        raise InputError(f"{name}={_shown(source)}: {error}") from None
    return {canonical(symbol.name): symbol.name for symbol in sorted(symbols, key=str)}


def _shown(value: Value | None) -> str:
    return value.name if isinstance(value, Activation) else quoted(str(value))[1:-1]
