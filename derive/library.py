"""The table of named activations, activations.toml, as text; nothing is parsed until it is used."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from sympy import Rational

from derive.number import exact

__all__ = ["Entry", "entries", "entry"]


@dataclass(frozen=True)
class Entry:
    """One table of activations.toml: formula and default parameters as they are written there."""

    name: str
    formula: str
    parameters: Mapping[str, Rational]
    year: int
    source: str
    kinks: str


@cache
def entries() -> Mapping[str, Entry]:
    """Return every activation of the library by name, in the order of the file."""
    text = files("derive").joinpath("activations.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text, parse_float=str)
    return MappingProxyType({name: _entry(name, table) for name, table in tables.items()})


def _entry(name: str, table: Mapping[str, object]) -> Entry:
    parameters = table.get("parameters", {})
    assert isinstance(parameters, dict)
    return Entry(
        name,
        str(table["formula"]),
        MappingProxyType({key: exact(value) for key, value in parameters.items()}),
        int(str(table["year"])),
        str(table["source"]),
        str(table["kinks"]),
    )


def entry(name: str) -> Entry | None:
    """Return the library's entry of that name, or of the alias of that name, or None."""
    return entries().get(name) or entries().get(aliases().get(name, ""))


@cache
def aliases() -> Mapping[str, str]:
    """Return other names in use → the library's name."""
    return MappingProxyType(
        {
            "SiLU": "silu", "GELU": "gelu", "ReLU": "relu", "ELU": "elu", "SELU": "selu",
            "logistic": "sigmoid", "hardswish": "hard_swish", "hardsigmoid": "hard_sigmoid",
            "hard_tanh": "hardtanh", "leakyrelu": "leaky_relu", "logsigmoid": "log_sigmoid",
            "gelu_new": "gelu_tanh", "sine": "siren_sine", "absolute": "modulus",
            "linear": "identity", "Mish": "mish", "hard_shrink": "hardshrink",
            "soft_shrink": "softshrink", "soft_plus": "softplus", "soft_sign": "softsign",
        }
    )  # fmt: skip
