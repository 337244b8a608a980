"""A recipe: everything that the text of a generated module depends on, as the user typed it."""

from __future__ import annotations

import hashlib
import json
import keyword
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from derive.arguments import mapping, text, texts
from derive.errors import InputError, quoted
from derive.language.tokens import canonical
from derive.spelling import did_you_mean

if TYPE_CHECKING:
    from derive.derivation import Derivation

__all__ = [
    "BOTH",
    "DEFAULT_MODEL",
    "DTYPES",
    "JAX",
    "NUMBA",
    "TARGETS",
    "TORCH",
    "Recipe",
    "activation_recipe",
    "check_name",
    "check_target",
    "dtypes_of",
    "functions_of",
    "recipe_of",
]

DTYPES = ("float32", "float64")
BOTH = "both"
NAME_LENGTH = 60
NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{NAME_LENGTH - 1}}}")
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{k}" for port in ("com", "lpt") for k in range(10))}
)  # no files on Windows, whatever the suffix
IMPORTED = frozenset(
    [
        "collections",
        "contextlib",
        "ctypes",
        "fractions",
        "functools",
        "jax",
        "math",
        "multiprocessing",
        "numba",
        "numbers",
        "numpy",
        "os",
        "queue",
        "re",
        "scipy",
        "threading",
        "time",
        "torch",
        "typing",
    ]
)  # what a module imports: under such a name it would import itself where its folder is on the path
DEFAULT_MODEL = "softmax(W g(V f(x)))"
NUMBA, TORCH, JAX = TARGETS = ("numba", "torch", "jax")


@dataclass(frozen=True)
class Recipe:
    """A model, its bindings, what is learned of its activations, for which dtypes, with what L2 term.

    ``l2`` names the strength of an L2 term, in ASCII; see :mod:`derive.penalty`. ``target`` is the library
    that the module is for; see :mod:`codegen.targets`.
    """

    model: str = DEFAULT_MODEL
    bindings: Mapping[str, str | float] = field(default_factory=dict)
    trainable: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = DTYPES
    l2: str | None = None
    target: str = NUMBA

    def __post_init__(self) -> None:
        object.__setattr__(self, "bindings", MappingProxyType(dict(self.bindings)))
        object.__setattr__(self, "l2", self.l2 and canonical(self.l2))
        unknown = [dtype for dtype in self.dtypes if dtype not in DTYPES]
        if unknown or not self.dtypes:
            raise InputError(f"the dtypes are {self.dtypes!r}: name some of {', '.join(DTYPES)}")
        object.__setattr__(self, "dtypes", tuple(d for d in DTYPES if d in self.dtypes))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what pickle needs: a proxy of a mapping cannot be pickled."""
        return type(self), tuple(
            dict(self.bindings) if each.name == "bindings" else getattr(self, each.name)
            for each in fields(self)
        )

    @property
    def hash(self) -> str:
        """The SHA-256 of what was typed."""
        typed: list[Any] = [self.model, dict(sorted(self.bindings.items()))]
        typed += [self.trainable, self.dtypes, *([self.l2] if self.l2 else [])]
        typed += [self.target] if self.target != NUMBA else []
        return hashlib.sha256(json.dumps(typed, ensure_ascii=False).encode()).hexdigest()

    @property
    def arguments(self) -> str:
        """Return the bindings as a command line has them."""
        return " ".join(shlex.quote(f"{name}={value}") for name, value in self.bindings.items())

    @property
    def facts(self) -> dict[str, object]:
        """Return what a program wants to know of it."""
        return {
            "model": self.model,
            "bind": dict(self.bindings),
            "trainable": list(self.trainable),
            "dtypes": list(self.dtypes),
            "l2": self.l2,
            "target": self.target,
        }

    def __str__(self) -> str:
        learned = " ".join(f"--trainable {shlex.quote(name)}" for name in self.trainable)
        l2 = f"--l2 {self.l2}" if self.l2 else ""
        target = f"--target {self.target}" if self.target != NUMBA else ""
        return " ".join(part for part in (self.model, self.arguments, learned, l2, target) if part)

    def derivation(self) -> Derivation:
        """Return the derivation that the module is made from."""
        from derive.derivation import derive

        return derive(self.model, self.bindings, trainable=self.trainable, l2=self.l2)


def dtypes_of(name: str) -> tuple[str, ...]:
    """Return the dtypes that float32, float64 or both stands for."""
    if name == BOTH:
        return DTYPES
    if name not in DTYPES:
        raise InputError(f"the dtype is {name!r}: type float32, float64 or both")
    return (str(name),)


def check_target(name: str) -> str:
    """Return the target, or raise InputError if there is none of that name."""
    if name not in TARGETS:
        known = f"{', '.join(TARGETS[:-1])} or {TARGETS[-1]}"
        raise InputError(f"the target is {name!r}{did_you_mean(name, TARGETS)}: type {known}")
    return name


def check_name(name: str, others: Iterable[str] = ()) -> str:
    """Return the name of a module, or raise InputError if it is no plain name for a file.

    ``others`` are modules beside it, none of which may be the same but for capital letters.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            f"{quoted(name)} cannot be the name of a module: type up to {NAME_LENGTH} letters from a to "
            "z, digits and underscores, beginning with a letter, such as my_tish"
        )
    same = [other for other in others if other != name and other.casefold() == name.casefold()]
    if keyword.iskeyword(name):
        why = "as it is a word of Python"
    elif name.casefold() in DEVICES:
        why = "as Windows keeps it for a device"
    elif name in IMPORTED:
        why = f"as generated modules import {name}"
    elif same:
        why = f"as {same[0]} is one, and a file of that name on many systems"
    else:
        return name
    raise InputError(
        f"{name} cannot be the name of a module, {why}: type another one, such as my_{name}"
    )


def recipe_of(
    model: str,
    formula: str | None,
    bindings: Mapping[str, str | float],
    trainable: Sequence[str],
    dtypes: Sequence[str],
    l2: str | None = None,
    target: str = NUMBA,
) -> Recipe:
    """Return the recipe of what was typed; a formula binds the only unbound activation."""
    bound = {name: _typed(name, value) for name, value in bindings.items()}
    unbound = unbound_activations(model, bound)
    if formula is not None:
        if len(unbound) != 1:
            found = (
                f"the unbound activations {', '.join(unbound)}"
                if unbound
                else "no unbound activation"
            )
            raise InputError(
                f"the formula {formula!r} has nothing to bind, as {model} has {found}: "
                "bind by name, as in g=tanh"
            )
        bound = {unbound[0]: formula, **bound}
    elif unbound:
        raise InputError(
            f"the activation {unbound[0]} of {model} is abstract, and a kernel needs numbers: "
            f"bind it, as in {unbound[0]}=tanh"
        )
    learned = texts(trainable, "trainable")
    strength = l2 if l2 is None else text(l2, "l2")
    return Recipe(model, bound, learned, tuple(dtypes), strength, check_target(target))


def _typed(name: str, value: object) -> str | float:
    """Return a binding as a text or a plain number; InputError for what is neither."""
    if isinstance(value, str | float):
        return value
    if value is None:
        raise InputError(f"{name} is bound to None: bind it to a text or a number, or leave it out")
    from derive.number import exact

    exact(value, f"the value of {name}")
    return value if isinstance(value, int) else str(value)


def activation_recipe(
    name: str,
    parameters: Mapping[str, float | str] | None,
    trainable: Sequence[str],
    dtypes: Sequence[str],
    target: str,
) -> Recipe:
    """Return the recipe of the default model with an activation, its parameters as ``beta`` or ``g.beta``."""
    given = {_of_g(key): value for key, value in mapping(parameters, "parameters").items()}
    learned = [_of_g(key) for key in texts(trainable, "trainable")]
    return recipe_of(DEFAULT_MODEL, None, {"g": name, **given}, learned, dtypes, None, target)


def _of_g(parameter: str) -> str:
    return parameter if "." in str(parameter) else f"g.{parameter}"


def functions_of(model: str) -> tuple[str, ...]:
    """Return the activation symbols of a model."""
    from derive.language.elaborate import elaborate
    from derive.language.parser import parse

    return tuple(elaborate(parse(model), model).functions)


def unbound_activations(model: str, bindings: Mapping[str, object]) -> tuple[str, ...]:
    """Return the activation symbols that neither a binding nor the library gives a meaning."""
    from derive.library import entry

    return tuple(name for name in functions_of(model) if name not in bindings and not entry(name))
