"""What a module looks like on its way: the derivation, the programs, the source."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codegen import generate, passes
from codegen.programs import lower_to_programs
from codegen.recipe import Recipe
from derive.render import render

__all__ = ["STAGES"]


def _derivation(recipe: Recipe) -> str:
    return render(recipe.derivation(), "text")


def _program(recipe: Recipe) -> str:
    programs = lower_to_programs(recipe.derivation())
    dense = [str(program) for program in programs.after(passes.improve, passes.tiled)]
    by_non_zeros = programs.after(
        passes.improve_for_sparse_features, passes.tiled_for_sparse_features
    )
    sparse = [str(program).replace("(", " of sparse features(", 1) for program in by_non_zeros]
    return "\n\n".join((*dense, *sparse)) + "\n"


STAGES: Mapping[str, Callable[[Recipe], str]] = {
    "derivation": _derivation,
    "program": _program,
    "source": generate,
}
