"""Which function of :mod:`codegen.vectormath` serves an operation at a level."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from codegen import vectormath
from codegen.scalar.levels import LOOSE, Level
from codegen.scalar.terms import MULTIPLES
from codegen.vectormath.catalogue import CATALOGUE

__all__ = ["available", "error_of", "function_name", "library", "takes_rounded"]

FAMILIES = ("float64", "float32", "wide", "doubledouble", "far")
PERIODIC = ("sin", "cos")
INSTEAD = {
    "wide": ("wide", "f64", "dd"),
    "f32": ("f32",),
    "f64": ("f64", "dd"),
    "loose": ("loose",),
    "dd": ("dd",),
    "far": ("far",),
}


@cache
def library() -> Mapping[str, object]:
    """Return every public function of vectormath by name."""
    found: dict[str, object] = {}
    modules = [
        import_module(f"{vectormath.__name__}.{name}")
        for name in ("arithmetic", "multiples", "periodic", "scaled")
    ]
    for family in FAMILIES:
        package = import_module(f"{vectormath.__name__}.{family}")
        modules += [
            import_module(f"{package.__name__}.{module.name}")
            for module in iter_modules(package.__path__)
        ]
    for module in modules:
        found.update({name: getattr(module, name) for name in getattr(module, "__all__", ())})
        found.update({name: value for name, value in vars(module).items() if name == "f32"})
    return found


def function_name(op: str, level: str) -> str | None:
    """Return the name of the function, None where there is none at that level or a better one."""
    if op in PERIODIC and level == "wide":
        level = "f64"  # the wide ones are for float32 arguments only
    if op in MULTIPLES and level == "far":
        level = "dd"  # sines and cosines are within the range of floats
    for suffix in INSTEAD[level]:
        for name in (f"{op}_{suffix}", f"{op}_near_{suffix}"):
            if name in library():
                return name
    return None


def available(op: str, level: str) -> bool:
    """Return whether an operation has a function at a level."""
    return function_name(op, level) is not None


def error_of(op: str, level: Level) -> float:
    """Return the greatest relative error of an operation's function at a level that has one."""
    return CATALOGUE[f"{op}_loose"].bound if level is LOOSE else level.function


def takes_rounded(op: str) -> bool:
    """Return whether a function of one float64 serves where its argument is a pair, to be rounded."""
    return f"{op}_f64" in library() and f"{op}_pair_f64" not in library()
