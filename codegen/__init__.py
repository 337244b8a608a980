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

    from codegen.benchmarks.shown import Benchmark
    from codegen.certification.card import Certified
    from codegen.recipe import Recipe
    from derive.activation import Activation

__all__ = ["bench", "certify", "compile", "generate"]


def generate(recipe: Recipe) -> str:
    """Return the source of the module of a recipe.

    1. derive   model text → numbered equations, each the replay of its steps
    2. lower    equations → programs: log-likelihood, gradients, probabilities, class
    3. improve  programs → programs: stable, in matrix products, fused by rows, in little memory;
                once for X as an array and once for its non-zeros, each again in tiles of classes
    4. scalar   activations → accurate code for g, g′, ∂g/∂β, with its certificate
    5. emit     programs and scalar code → the text of one self-contained file
    """
    from codegen import passes
    from codegen.emit import emit
    from codegen.functions import scalar_functions
    from codegen.programs import lower_to_programs
    from codegen.recipe import TORCH
    from codegen.second_order import second_order

    derivation = recipe.derivation()
    programs = lower_to_programs(derivation)
    dense = programs.after(passes.improve, passes.tiled)
    sparse = programs.after(passes.improve_for_sparse_features, passes.tiled_for_sparse_features)
    twice = second_order(derivation, programs.updates.apart) if recipe.target == TORCH else None
    scalars = scalar_functions(derivation.model, recipe.dtypes, second=twice is not None)
    return emit(derivation, dense, sparse, scalars, recipe.dtypes, twice)


def compile(
    model: str = "softmax(W g(V f(x)))",
    parameters: Mapping[str, float | str] | None = None,
    /,
    *,
    trainable: Sequence[str] = (),
    dtype: str = "both",
    l2: str | None = None,
    **activations: str,
) -> ModuleType:
    """Return the generated module of a model, made, verified and cached at its first use.

    ``model`` is written as on the slide; an activation is bound by keyword to a library name or a
    formula in x (``g="mish"``), its parameters by the mapping (``{"g.beta": 1.5}``). ``dtype`` is
    float32, float64 or both. ``l2="alpha"`` gives the module an L2 term of that strength. Raises
    :class:`~derive.errors.InputError` on bad input and
    :class:`~derive.errors.VerificationError` where a kernel does not hold what it should.
    """
    from codegen.plan import module_of
    from codegen.recipe import dtypes_of, recipe_of
    from derive.arguments import mapping

    bindings = {**activations, **mapping(parameters, "parameters")}
    return module_of(recipe_of(model, None, bindings, trainable, dtypes_of(dtype), l2))


def certify(
    activation: str | Activation,
    parameters: Mapping[str, object] | None = None,
    /,
    *,
    samples: int = 20_000,
    dtype: str = "both",
) -> Certified:
    """Return the largest errors of an activation's value and derivative, in ULP, with its card.

    ``activation`` is a library name, a formula in x or an :class:`~derive.activation.Activation`.
    Raises :class:`~derive.errors.InputError`, and CertificateError where a bound is missed.
    """
    from codegen.certification.card import Certified
    from codegen.recipe import dtypes_of
    from codegen.scalar import certify
    from derive.activation import activation as read
    from derive.arguments import mapping, whole

    found = read(activation, mapping(parameters, "parameters"))
    count = whole(samples, "samples", 1)
    return Certified(found, certify(found, count, dtypes=dtypes_of(dtype)))


def bench(
    name: str,
    *bindings: str,
    sizes: Sequence[str] = (),
    against: Sequence[str] | None = None,
    dtype: str = "float32",
    rounds: int = 9,
) -> Benchmark:
    """Return the times of a module, an activation, a formula or a model beside those of its peers.

    As ``codegen bench`` does, whose help explains the sizes; medians of interleaved rounds.
    """
    from codegen.benchmarks.shown import measured
    from codegen.doctor.processor import cores
    from derive.arguments import text, texts, whole

    return measured(
        text(name, "the name"),
        texts(bindings, "the bindings"),
        texts(sizes, "sizes"),
        against if against is None else texts(against, "against"),
        dtype,
        whole(rounds, "rounds", 1),
        cores(),
    )
