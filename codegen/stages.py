"""What a module looks like on its way: the derivation, the programs, the source."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codegen import generate
from codegen.passes import improve, improve_for_sparse_features
from codegen.programs import lower_to_programs
from codegen.recipe import Recipe
from derive.render import render

__all__ = ["STAGES"]


def _derivation(recipe: Recipe) -> str:
    return render(recipe.derivation(), "text")


def _program(recipe: Recipe) -> str:
    programs = lower_to_programs(recipe.derivation())
    dense = [str(program) for program in programs.after(improve)]
    sparse = [
        str(program).replace("(", " of sparse features(", 1)
        for program in programs.after(improve_for_sparse_features)
    ]
    return "\n\n".join((*dense, *sparse)) + "\n"


STAGES: Mapping[str, Callable[[Recipe], str]] = {
    "derivation": _derivation,
    "program": _program,
    "source": generate,
}
