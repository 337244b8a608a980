"""No pass changes what a program computes: each is run by an interpreter before and after."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from codegen.passes import (
    PASSES,
    SPARSE_PASSES,
    improve,
    improve_for_sparse_features,
    tiled,
    tiled_for_sparse_features,
)
from codegen.program import Program, Role
from codegen.programs import Programs, lower_to_programs
from derive import derive
from tests.codegen.interpreter import run
from tests.codegen.models import MODELS, arguments

PLAIN = {"scale": 1.0, "keep": 0.0}


@cache
def programs(name: str) -> Programs:
    text, bindings, trainable = MODELS[name]
    return lower_to_programs(derive(text, bindings, trainable=trainable))


def close(found: dict[str, object], expected: dict[str, object]) -> bool:
    return all(np.allclose(found[name], expected[name], rtol=1e-12) for name in expected)


@pytest.mark.parametrize("passes", [PASSES, SPARSE_PASSES], ids=["dense", "sparse"])
@pytest.mark.parametrize("place", range(4), ids=["likelihood", "gradients", "P", "class"])
@pytest.mark.parametrize("name", MODELS)
def test_no_pass_changes_what_a_program_computes(name: str, place: int, passes) -> None:
    program = list(programs(name))[place]
    inputs = arguments(program)
    expected = run(program, inputs)
    for apply in passes:
        program = apply(program)
        assert close(run(program, inputs, PLAIN), expected), apply.__name__


@pytest.mark.parametrize("tile", [tiled, tiled_for_sparse_features])
@pytest.mark.parametrize("name", MODELS)
def test_every_model_goes_through_its_classes_in_tiles(name: str, tile) -> None:
    for program in (programs(name).likelihood, programs(name).gradients):
        inputs = arguments(program)
        assert close(run(tile(program), inputs, PLAIN), run(program, inputs))


TO_THE_END = [improve, improve_for_sparse_features, tiled, tiled_for_sparse_features]


@pytest.mark.parametrize("to_the_end", TO_THE_END)
@pytest.mark.parametrize("name", MODELS)
def test_gradients_are_scaled_and_added_to_what_is_kept(name: str, to_the_end) -> None:
    program = to_the_end(programs(name).gradients)
    inputs = arguments(program)
    plain = run(program, inputs, PLAIN)
    start = {
        a.name: np.random.default_rng(1).normal(size=np.shape(plain[a.name]))
        for a in grads(program)
    }
    begun = {name: array.copy() for name, array in start.items()}
    found = run(program, {**inputs, **begun}, {"scale": 0.3, "keep": 0.7})
    for array in grads(program):
        expected = 0.7 * start[array.name] + 0.3 * plain[array.name]
        assert np.allclose(found[array.name], expected, rtol=1e-12)


@pytest.mark.parametrize("to_the_end", TO_THE_END)
@pytest.mark.parametrize("name", MODELS)
def test_a_parameter_can_be_updated_in_place_of_its_gradient(name: str, to_the_end) -> None:
    program = to_the_end(programs(name).gradients)
    inputs = arguments(program)
    plain = run(program, inputs, PLAIN)
    moved = {key: value.copy() for key, value in inputs.items()}
    in_place = {array.name: moved[array.of] for array in grads(program)}
    found = run(program, {**moved, **in_place}, {"scale": 0.1, "keep": 1.0})
    assert np.isclose(found["L"], plain["L"])
    for array in grads(program):
        expected = inputs[array.of] + 0.1 * plain[array.name]
        assert np.allclose(moved[array.of], expected, rtol=1e-12), array.of


def grads(program: Program):
    return [array for array in program.outputs if array.role is Role.GRADIENT]


def test_huge_scores_are_stable_after_the_passes_and_not_before() -> None:
    program = programs("logistic regression").likelihood
    inputs = arguments(program)
    inputs["W"] = inputs["W"] * 1e4
    with np.errstate(all="ignore"):
        assert not np.isfinite(run(program, inputs)["L"])
    assert np.isfinite(run(improve(program), inputs)["L"])


def test_no_array_of_a_program_in_tiles_has_all_scores_but_where_they_are_kept() -> None:
    text = str(tiled(programs("biases").gradients))
    assert text.count("for tiles of m:") == 3
    assert text.count("unless they are kept:") == 2
    assert "err_s in the memory of e" in text


def test_a_gradient_that_sums_over_all_classes_is_not_tiled() -> None:
    bindings = {"g": "tanh(beta*x)", "g.beta": 1.5}
    derivation = derive("softmax(g(W f(x)))", bindings, trainable=("g.beta",))
    assert tiled(lower_to_programs(derivation).gradients) is None
