"""Code run over arrays gives the bits of compiled code, and knows all that is written."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.scalar.measure import function, over
from codegen.scalar.run import run
from codegen.scalar.sample import samples

SOURCES = {
    "float32": """
@scalar
def g(x):
    u = exp_f32(-abs(x))
    v = np.float64(x) * np.sqrt(1.0 + np.float64(u))
    inside = not (x >= f32(1.5))
    return select(inside, u * f32(0.1) + x, x / (f32(1.0) + u)), f32(v)
""",
    "float64": """
@scalar
def g(x):
    a, a_low = mul_dd(0.1, 1e-18, x, 0.0)
    b, b_low = add_dd(a, a_low, 1.0, 0.0)
    deep = (a < -600.0) | (x == 3.0)
    return select(deep, exp_f64(a), b + b_low), select(x < 0.0, -b_low, b_low)
""",
}


@pytest.mark.parametrize("dtype", SOURCES)
def test_bits_are_those_of_compiled_code(dtype):
    points = samples(dtype, 2000)
    with np.errstate(all="ignore"):
        wanted = over(function(SOURCES[dtype], "g"), 2)(points)
    for found, exact in zip(run(SOURCES[dtype], points), wanted, strict=True):
        assert found.dtype == dtype
        bits = np.uint32 if dtype == "float32" else np.uint64
        there = ~np.isnan(exact)
        np.testing.assert_array_equal(np.isnan(found), np.isnan(exact))
        np.testing.assert_array_equal(found.view(bits)[there], exact.view(bits)[there])


def test_a_constant_fills_the_array_and_parameters_follow_x():
    source = "@scalar\ndef g(x, beta):\n    return 2.5, beta * x\n"
    x = np.array([1.0, 2.0])
    constant, product = run(source, x, {"beta": np.array([3.0, 4.0])})
    np.testing.assert_array_equal(constant, [2.5, 2.5])
    np.testing.assert_array_equal(product, [3.0, 8.0])
