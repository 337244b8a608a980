"""Derivations that several tests of the renderers share; each is made once."""

from __future__ import annotations

from functools import cache

from derive import Derivation, derive
from derive.steps import Kind

__all__ = ["MODELS", "derivation", "numbers"]

MODELS = {
    "logistic": "softmax(W f(x))",
    "hidden": "softmax(W g(V f(x)))",
    "biases": "softmax(W g(V f(x) + b) + c)",
    "deep": "softmax(W4 g(W3 g(W2 g(W1 f(x) + b1) + b2) + b3) + b4)",
    "gated": "softmax(W (silu(U f(x)) * (V f(x))))",
    "residual": "z = g(V f(x)); softmax(W (z + h(U z)) + c)",
    "tied": "softmax(W g(V^T g(V f(x))))",
    "linear": "softmax(W V f(x))",
}


@cache
def derivation(name: str, trainable: tuple[str, ...] = (), **activations: str) -> Derivation:
    """Return the derivation of one of MODELS, or of a model's text."""
    return derive(MODELS.get(name, name), trainable=trainable, **activations)


def numbers(made: Derivation) -> list[int]:
    """Return the numbers of what a deck derives."""
    return [equation.number for equation in made.of_kind(Kind.ERROR, Kind.GRADIENT)]
