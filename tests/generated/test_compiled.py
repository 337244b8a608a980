"""Compiled kernels give what the same source gives as plain Python, in loops and through BLAS."""

from __future__ import annotations

import ast
import resource
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numba import njit
from numba.core.runtime import rtsys
from numba.core.runtime._nrt_python import memsys_enable_stats
from scipy.sparse import csr_array

from codegen.recipe import JAX
from codegen.settings import find_settings
from codegen.store import import_file, import_plain

FOLDER = Path(__file__).parents[2] / "generated"
SMALL, LARGE = (3, 4, 5, 3), (26, 30, 32, 28)  # batch, n, d, m: by loops, and by BLAS


@pytest.fixture(scope="module")
def compiled() -> ModuleType:
    return import_file("generated_silu", FOLDER / "silu.py")


@pytest.fixture(scope="module")
def plain() -> ModuleType:
    return import_plain(FOLDER / "silu.py")


def problem(sizes, dtype):
    batch, n, d, m = sizes
    generator = np.random.default_rng(5)
    W = generator.normal(size=(m, d)).astype(dtype)
    V = generator.normal(scale=0.3, size=(d, n)).astype(dtype)
    X = generator.normal(size=(batch, n)).astype(dtype)
    return W, V, X, generator.integers(0, m, batch)


def close(found, expected, dtype) -> bool:
    epsilon = np.finfo(dtype).eps
    return all(
        np.allclose(a, b, rtol=64 * epsilon, atol=256 * epsilon * max(1, np.max(np.abs(b))))
        for a, b in zip(found, expected, strict=True)
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=["loops", "BLAS"])
def test_gradients_and_steps(compiled, plain, sizes, dtype) -> None:
    W, V, X, y = problem(sizes, dtype)
    expected = plain.gradients(W, V, X, y)
    assert close(compiled.gradients(W, V, X, y), expected, dtype)
    weights = np.linspace(0.5, 1.5, y.size).astype(dtype)
    weighted = compiled.gradients(W, V, X, y, sample_weight=weights)
    assert close(weighted, plain.gradients(W, V, X, y, sample_weight=weights), dtype)
    order = np.random.default_rng(0).permutation(y.size)
    for batch_size in (1, 2, y.size):
        moved = [(W.copy(), V.copy()) for _ in range(2)]
        results = [
            module.ascent_epoch(*pair, X, y, 0.01, batch_size, order[: 8 * batch_size])
            for module, pair in zip((compiled, plain), moved, strict=True)
        ]
        assert np.isclose(*results, rtol=1e-4 if dtype == np.float32 else 1e-12)
        assert close(*moved, np.float32 if dtype == np.float32 else np.float64)


@pytest.mark.parametrize("form", [np.asarray, csr_array], ids=["dense", "CSR"])
@pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=["loops", "BLAS"])
def test_an_epoch_allocates_nothing_a_step(compiled, sizes, form) -> None:
    W, V, X, y = problem(sizes, np.float32)
    order = np.zeros(64, int)

    def allocations(steps: int) -> int:
        before = rtsys.get_allocation_stats().alloc
        compiled.ascent_epoch(W, V, form(X), y, 1e-3, 2, order[: 2 * steps])
        return rtsys.get_allocation_stats().alloc - before

    memsys_enable_stats()
    assert allocations(1) == allocations(32) == 0


@pytest.mark.parametrize("form", [np.asarray, csr_array], ids=["dense", "CSR"])
def test_an_epoch_asks_for_memory_before_its_steps(plain, form, monkeypatch) -> None:
    W, V, X, y = problem(SMALL, np.float32)
    asked, rooms = [], plain._rooms
    monkeypatch.setattr(plain, "_rooms", lambda *given: asked.append(given) or rooms(*given))

    def times(steps: int) -> int:
        asked.clear()
        plain.ascent_epoch(W, V, form(X), y, 1e-3, 2, np.zeros(2 * steps, int))
        return len(asked)

    assert 0 < times(1) == times(8)


def test_kernels_give_their_memory_back(compiled) -> None:
    rows, d, calls = 64, 1024, 2000
    W, V, X = (
        np.ones((3, d), np.float32),
        np.ones((d, 2), np.float32),
        np.ones((rows, 2), np.float32),
    )
    y, order, half = np.zeros(rows, int), np.arange(rows), rows // 2

    def run() -> None:
        compiled.gradients(W, V, X, y)
        compiled.predict(W, V, X)
        compiled.ascent_epoch(W, V, X, y, 0.0, half, order)
        compiled.log_likelihood(W, V, csr_array(X), y)

    run()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(calls):
        run()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < calls * rows * d * X.itemsize / 4


def test_memory_that_is_not_there_is_an_error_of_compiled_code(compiled) -> None:
    rooms, give_back = compiled._rooms, compiled._give_back

    @njit
    def ask(rows):
        arrays = rooms((rows, 2), X.dtype)
        first = arrays[0].ctypes.data % 64, arrays[1].ctypes.data % 64
        give_back(arrays)
        return first

    X = np.ones(1, np.float32)
    assert ask(3) == (0, 0)
    with pytest.raises(MemoryError, match="fewer rows"):
        ask(2**58)


def test_probabilities_and_classes(compiled, plain) -> None:
    dtype = np.float64
    W, V, X, y = problem(LARGE, dtype)
    P = compiled.predict_proba(W, V, X)
    assert close([P], [plain.predict_proba(W, V, X)], dtype)
    assert (compiled.predict(W, V, X) == P.argmax(axis=1)).all()
    likelihood = compiled.log_likelihood(W, V, X, y)
    assert np.isclose(likelihood, plain.log_likelihood(W, V, X, y), rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_elementwise_functions_are_equal_to_the_bit(compiled, plain, dtype) -> None:
    x = np.concatenate([np.linspace(-120, 120, 301), [0.0, -0.0, np.inf, -np.inf, np.nan]])
    x = x.astype(dtype)
    found = compiled.value_and_derivative(x)
    with np.errstate(invalid="ignore"):
        expected = plain.value_and_derivative(x)
    for fast, slow in zip(found, expected, strict=True):
        assert np.array_equal(fast, slow, equal_nan=True)


def unaligned(array):
    """Return the same numbers a byte beside where they ought to be."""
    moved = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
    moved[...] = array
    return moved


STRANGE = {
    "by columns": np.asfortranarray,
    "not contiguous": lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    "backwards": lambda array: array[::-1].copy()[::-1],
    "unaligned": unaligned,
    "read-only": lambda array: np.broadcast_to(array, array.shape),
    "of another byte order": lambda array: array.astype(array.dtype.newbyteorder()),
    "of half the digits": lambda array: array.astype(f"{array.dtype.kind}{array.itemsize // 2}"),
    "a matrix": lambda array: np.asmatrix(array) if array.ndim == 2 else array.tolist(),
    "masked": np.ma.masked_array,
    "an axis more": lambda array: array[None],
    "flat": np.ravel,
    "a number": lambda array: array.dtype.type(1),
    "larger": lambda array: np.concatenate([array, array]),
    "nothing": lambda array: None,
}


CALLS = {
    "gradients": lambda net, W, V, X, y: net.gradients(W, V, X, y),
    "gradients, filled": lambda net, W, V, X, y, *out: net.gradients(W, V, X, y, out=out),
    "log_likelihood": lambda net, W, V, X, y: net.log_likelihood(W, V, X, y),
    "predict_proba": lambda net, W, V, X: net.predict_proba(W, V, X),
    "predict": lambda net, W, V, X: net.predict(W, V, X),
    "ascent_step": lambda net, W, V, X, y: net.ascent_step(W, V, X, y, 0.1),
    "value": lambda net, x, out: net.value(x, out),
    "value and derivative": lambda net, x, *out: net.value_and_derivative(x, out),
}


def arguments_of(name: str) -> list[np.ndarray]:
    W, V, X, y = problem(SMALL, np.float32)
    return {
        "gradients, filled": [W, V, X, y, np.zeros_like(W), np.zeros_like(V)],
        "predict_proba": [W, V, X],
        "predict": [W, V, X],
        "value": [X[0].copy(), np.zeros_like(X[0])],
        "value and derivative": [X, np.zeros_like(X), np.zeros_like(X)],
    }.get(name, [W, V, X, y])


def outcome(call, net, arguments) -> list[object]:
    """Return what a call gives, or its error in words, and what its arguments are after it."""
    try:
        found = call(net, *arguments)
    except (TypeError, ValueError) as error:
        found = f"{type(error).__name__}: {error}"
    return [*(found if isinstance(found, tuple) else [found]), *arguments]


def alike(found, expected) -> bool:
    if expected is None or isinstance(expected, str | list):
        return found == expected
    same_kind = getattr(found, "dtype", None) == getattr(expected, "dtype", None)
    return (same_kind or np.ndim(expected) == 0) and close([found], [expected], np.float32)


@pytest.mark.parametrize("how", STRANGE)
@pytest.mark.parametrize("name", CALLS)
def test_strange_arrays_are_taken_or_refused_as_by_plain_python(compiled, plain, name, how) -> None:
    """Kernels that are compiled look at layouts themselves, and at nothing else."""
    call = CALLS[name]
    for _ in range(3):  # compiles, is noticed, and is used from then on
        call(compiled, *arguments_of(name))
    for place in range(len(arguments_of(name))):
        results = []
        for net in (compiled, plain):
            arguments = arguments_of(name)
            arguments[place] = STRANGE[how](arguments[place])
            results.append(outcome(call, net, arguments))
        assert len(results[0]) == len(results[1]), place
        assert all(map(alike, *results)), place


def test_an_error_comes_before_anything_is_written(compiled) -> None:
    W, V, X, y = problem(SMALL, np.float64)
    y[-1] = 99
    before = W.copy(), V.copy()
    with pytest.raises(ValueError, match=r"y\[2\] is 99"):
        compiled.ascent_epoch(W, V, X, y, 0.1)
    with pytest.raises(ValueError, match="V has shape"):
        compiled.ascent_step(W, V.T.copy(), X, np.zeros(3, int), 0.1)
    assert np.array_equal(W, before[0])
    assert np.array_equal(V, before[1])


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_module_imports_its_target_and_the_standard_library_alone(path: Path) -> None:
    recipe = find_settings(path.parent).modules[path.stem]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).split(".")[0])
    libraries = (
        {"jax", "numpy"} if recipe.target == JAX else {"numba", "numpy", "scipy", recipe.target}
    )
    assert found <= {*sys.stdlib_module_names, *libraries}
