"""The scores of a model in an array library, from which its autograd goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from codegen.benchmarks.arrays import array_lines, function_of
from codegen.benchmarks.formulas import array_function
from codegen.benchmarks.peer import UnservedError
from codegen.benchmarks.problem import Problem

__all__ = ["scores_function", "values"]

Function = Callable[..., Any]


def values(
    problem: Problem,
    functions: Mapping[str, Function],
    own: Callable[[str, Function], Function | None],
    exact: Mapping[str, Function],
) -> dict[str, Function]:
    """Return each activation by symbol: the library's own where it is the same, else its formula.

    ``own`` looks a name up, given a function that is right; ``exact`` has those. UnservedError
    where the library lacks a function.
    """
    found: dict[str, Function] = {}
    for symbol, activation in problem.subject.activations.items():
        count = len(activation.trainable)
        right = exact[function_of(symbol, (0,) * (count + 1))]
        library = None if count or activation.parameters else own(activation.name, right)
        try:
            found[symbol] = library or array_function(
                activation.bound, tuple(activation.trainable), functions
            )
        except KeyError as missing:
            raise UnservedError(f"has no {missing.args[0]}") from None
    return found


def scores_function(
    problem: Problem, functions: Mapping[str, Function], activations: Mapping[str, Function]
) -> Function:
    """Return the function of the parameters and X that gives the scores, one row an example."""
    subject = problem.subject
    inputs = ", ".join(array.name for array in subject.gradients.inputs[:-2])
    lines = array_lines(subject.forward, problem.lengths)
    result = subject.derivation.model.scores.name
    text = "\n    ".join([f"def scores({inputs}):", *lines, f"return {result}"])
    named = {
        function_of(symbol, (0,) * (len(subject.activations[symbol].trainable) + 1)): function
        for symbol, function in activations.items()
    }
    scope: dict[str, Any] = {**functions, **named}
    exec(compile(text, "<scores>", "exec"), scope)
    found: Function = scope["scores"]
    return found
