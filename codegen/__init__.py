"""Generate verified Numba kernels from a derivation: ``codegen.compile`` and ``codegen generate``.

Reading order: :func:`generate` below is the table of contents; then :mod:`codegen.program` (the
intermediate representation), :mod:`codegen.lower`, :mod:`codegen.passes`, :mod:`codegen.emit`, and
:mod:`codegen.plan` for what is on disk. Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from codegen.recipe import Recipe

__all__ = ["compile", "generate"]


def generate(recipe: Recipe) -> str:
    """Return the source of the module of a recipe.

    1. derive   model text → numbered equations, each the replay of its steps
    2. lower    equations → programs: log-likelihood, gradients, probabilities, class
    3. improve  programs → programs: stable, in matrix products, fused by rows, in little memory
    4. scalar   activations → accurate code for g, g′, ∂g/∂β, with its certificate
    5. emit     programs and scalar code → the text of one self-contained file
    """
    from codegen.emit import emit
    from codegen.functions import scalar_functions
    from codegen.passes import improve
    from codegen.programs import lower_to_programs
    from derive import derive

    derivation = derive(recipe.model, recipe.bindings, trainable=recipe.trainable)
    programs = lower_to_programs(derivation)
    improved = programs.after(improve)
    scalars = scalar_functions(derivation.model, recipe.dtypes)
    return emit(derivation, improved, scalars, recipe.dtypes)


def compile(
    model: str = "softmax(W g(V f(x)))",
    parameters: Mapping[str, float | str] | None = None,
    /,
    *,
    trainable: Sequence[str] = (),
    dtype: str = "both",
    **activations: str,
) -> ModuleType:
    """Return the generated module of a model, made, verified and cached at its first use.

    ``model`` is written as on the slide; an activation is bound by keyword to a library name or a
    formula in x (``g="mish"``), its parameters by the mapping (``{"g.beta": 1.5}``). ``dtype`` is
    float32, float64 or both. Raises :class:`~derive.errors.InputError` on bad input and
    :class:`~derive.errors.VerificationError` where a kernel does not hold what it should.
    """
    from codegen.plan import module_of
    from codegen.recipe import dtypes_of, recipe_of

    bindings = {**activations, **(parameters or {})}
    return module_of(recipe_of(model, None, bindings, trainable, dtypes_of(dtype)))
