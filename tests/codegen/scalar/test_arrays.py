"""A function of vectormath over arrays gives the bits that it gives of one float after another."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from codegen.scalar.arrays import over_arrays
from codegen.scalar.functions import library
from codegen.scalar.sample import samples
from codegen.vectormath import CATALOGUE

COMPILED = ("sin_f64", "cos_dd")  # of those that branch; a second for each
BRANCHING = {name for name in library() if name.startswith(("sin_", "cos_")) and "near" not in name}
OPERATIONS = {"fma", "select", "f32"}
FAR = [name for name in library() if name.endswith("_far") and name not in BRANCHING]
MULTIPLES = [name for name in library() if "_multiple_" in name]
CALLED = [
    name
    for name in (*CATALOGUE, *FAR, *MULTIPLES)
    if name not in OPERATIONS and (name not in BRANCHING - {*MULTIPLES} or name in COMPILED)
]


def arguments(name: str) -> list[np.ndarray]:
    """Return a column for each argument: numbers in pairs and with exponents where it takes such."""
    names = list(inspect.signature(library()[name]).parameters)
    dtype = np.float32 if name.endswith("_f32") else np.float64
    if name.endswith("_wide"):
        points = samples("float32", 24, around=1).astype(np.float64)
    else:
        points = samples(np.dtype(dtype).name, 24, around=1)
    columns = []
    for k, argument in enumerate(names):
        column = np.roll(points, 7 * k)
        if argument.endswith("low") and k:
            column = columns[-1] * 2.0**-55
        elif "power" in argument:
            column = np.round(column % 100.0)
        columns.append(np.asarray(column, dtype))
    return columns


@pytest.mark.parametrize("name", CALLED)
def test_bits_are_those_of_one_float_after_another(name):
    with np.errstate(all="ignore"):
        columns = arguments(name)
        found = over_arrays(name)(*columns)
        wanted = [library()[name](*row) for row in zip(*columns, strict=True)]
    whole = np.stack(found if isinstance(found, tuple) else [found])
    exact = np.array(wanted, columns[0].dtype).reshape(columns[0].size, -1).T
    bits = np.uint32 if exact.dtype == np.float32 else np.uint64
    np.testing.assert_array_equal(np.isnan(whole), np.isnan(exact))
    there = ~np.isnan(exact)
    assert whole.dtype == exact.dtype
    np.testing.assert_array_equal(whole[there].view(bits), exact[there].view(bits))


def test_fma_rounds_once_in_the_type_of_its_arguments():
    fma = over_arrays("fma")
    for dtype, unit in ((np.float32, 2.0**-23), (np.float64, 2.0**-52)):
        a = np.array([1 + unit, 1.0], dtype)
        found = fma(a, a, -np.array([1 + 2 * unit, 1.0], dtype))
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, [unit**2, 0.0])
