"""What a module looks like on its way: the derivation, the programs, the source."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codegen import generate
from codegen.passes import improve
from codegen.programs import lower_to_programs
from codegen.recipe import Recipe
from derive.render import render

__all__ = ["STAGES"]


def _derivation(recipe: Recipe) -> str:
    return render(recipe.derivation(), "text")


def _program(recipe: Recipe) -> str:
    derivation = recipe.derivation()
    programs = lower_to_programs(derivation).after(improve)
    return "\n\n".join(map(str, programs)) + "\n"


STAGES: Mapping[str, Callable[[Recipe], str]] = {
    "derivation": _derivation,
    "program": _program,
    "source": generate,
}
