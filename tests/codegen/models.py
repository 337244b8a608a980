"""Models of every kind that passes must treat alike, and random arguments of programs."""

from __future__ import annotations

import numpy as np

from codegen.program import Program, Role

MODELS = {
    "logistic regression": ("softmax(W f(x))", {}, ()),
    "one hidden layer": ("softmax(W g(V f(x)))", {"g": "tanh"}, ()),
    "biases": ("softmax(W g(V f(x) + b) + c)", {"g": "tanh"}, ()),
    "three layers": ("softmax(U h(W g(V x + a) + b) + c)", {"g": "tanh", "h": "tanh"}, ()),
    "gated": ("softmax(W (g(U f(x)) * (V f(x))))", {"g": "tanh"}, ()),
    "residual": ("z = g(V f(x)); softmax(W (z + h(U z)))", {"g": "tanh", "h": "tanh"}, ()),
    "tied": ("softmax(W g(V^T g(V f(x))))", {"g": "tanh"}, ()),
    "shared bias": ("softmax(W g(V x + b) + U g(T x + b))", {"g": "tanh"}, ()),
    "learned": ("softmax(W g(V f(x)))", {"g": "tanh(beta*x)", "beta": "1.5"}, ("g.beta",)),
    "numbers": ("softmax(0.5*(W g(V x)) - 2*c)", {"g": "tanh"}, ()),
    "no hidden layer": ("softmax(W (b + x * x))", {}, ()),
    "skip": ("softmax(W (x + g(V x)) + U x)", {"g": "tanh"}, ()),
    "a gate in a gate": ("z = g(V x); softmax(W (z * ((z + b) + (z * z))))", {"g": "tanh"}, ()),
    "a squared bias": ("softmax(b * (W x) + c * (c + c * b))", {}, ()),
    "names of indices": ("k = tanh(V x); softmax(W (k * k) + b * (b + W k))", {}, ()),
    "a bias in a product": ("softmax(W (b * g(b + V x)) + U b)", {"g": "tanh"}, ()),
    "linear": ("softmax(A B f(x))", {}, ()),
}


def arguments(program: Program, seed: int = 0) -> dict[str, np.ndarray]:
    """Return random inputs of a program, every size another number."""
    generator = np.random.default_rng(seed)
    lengths: dict[str, int] = {}
    arrays = {}
    sizes = [size for array in program.inputs for size in array.sizes]
    for size in dict.fromkeys(sizes):
        lengths[size] = 2 + len(lengths)
    for array in program.inputs:
        shape = tuple(lengths[size] for size in array.sizes)
        arrays[array.name] = generator.normal(size=shape)
    for array in program.inputs:
        if array.role is Role.LABELS:
            scores = min(lengths.values())
            arrays[array.name] = generator.integers(0, scores, arrays[array.name].shape)
    return arrays
