"""What lecturers argue about, and how much of a derivation is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

from derive.arguments import mapping, text, texts
from derive.errors import InputError

__all__ = ["Detail", "ErrorNames", "Layout", "Options", "Sign", "Variant"]

Sign = Literal["log-likelihood", "negative"]
Layout = Literal["denominator", "numerator"]
ErrorNames = Literal["err", "delta"]
Detail = Literal["brief", "lecture", "full"]
Variant = Literal["slides", "handout", "notes"]

_CHOICES = {
    "sign": get_args(Sign),
    "layout": get_args(Layout),
    "names": get_args(ErrorNames),
    "detail": get_args(Detail),
    "variant": get_args(Variant),
    "index_base": (0, 1),
}


@dataclass(frozen=True)
class Options:
    """How a derivation is written; none of these changes a number of an equation.

    ``sign``: maximise the log-likelihood L, or minimise its negative. ``layout``: gradients shaped
    like what they belong to (denominator), or Jacobians (numerator), their transposes. ``names``:
    errors as err(z) or δ. ``rename``: display names of quantities and activations, such as
    {"V": "U"}. ``part``: only one piece, such as model, loss, gradient:W, activation, algorithm.
    ``source``: the text of a generated kernel for its slide.
    """

    sign: Sign = "log-likelihood"
    layout: Layout = "denominator"
    names: ErrorNames = "err"
    index_base: Literal[0, 1] = 1
    rename: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    detail: Detail = "lecture"
    variant: Variant = "slides"
    part: str | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                allowed = ", ".join(str(choice) for choice in choices)
                raise InputError(f"{name} {value!r} is not one of {allowed}")
        names = mapping(self.rename, "rename")
        texts(names.values(), "rename")
        object.__setattr__(self, "rename", MappingProxyType(names))
        for name in ("part", "source"):
            if getattr(self, name) is not None:
                text(getattr(self, name), name)
