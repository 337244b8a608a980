"""Near functions have what the others have, bit for bit, and less to compute."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.emit.counts import operations
from codegen.emit.near import near
from codegen.emit.specialise import Specialiser
from codegen.scalar.code import scalar_code
from codegen.scalar.measure import function, over
from codegen.vectormath import imports, sources
from derive.activation import activation

SAME = np.array([0.0, -0.0, 1e-310, -1e-310, 0.3, -7.5])


def _near(body: str, more: str = "") -> str:
    lines = body.replace("\n", "\n    ")
    specialiser = Specialiser(
        f'@scalar\ndef g_float64(x{more}):\n    """Return g(x)."""\n    {lines}'
    )
    specialiser.near("g_float64", 512.0)
    return specialiser.text().partition('|x| ≤ 512."""\n')[2].strip()


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("return select(x == np.inf, 1.0, x + 1.0)", "return x + 1.0"),
        ("inside = select(x > 900.0, 900.0, x)\nreturn inside - 3.0", "return x - 3.0"),
        ("low = x < -1e5\nreturn select(low, 0.5, 1.0) * (x + x)", "return x + x"),
        ("low = x < -1e5\nreturn fma(x, select(low, 0.5, 1.0), 2.0)", "return x + 2.0"),
        ("low = (x < 0.0) & (abs(x) > 1e5)\nreturn select(low, 0.5, x + x)", "return x + x"),
        ("return select(x == x, x * x, np.nan)", "return x * x"),
        (
            "y = x + x\nif abs(x) <= 1e10:\n    return y + 1.0\nreturn y / 3.0",
            "y = x + x\n    return y + 1.0",
        ),
        (
            "if x > 600.0:\n    x = x - 1.0\nelse:\n    x = x + 1.0\nreturn x + x",
            "x = x + 1.0\n    return x + x",
        ),
    ],
)
def test_what_only_far_x_need_is_left_out(body, left):
    assert _near(body) == left


@pytest.mark.parametrize(
    "body",
    [
        "return select(x < 0.25, 1.0, x + 1.0)",  # depends on x
        "return select(1.0 / x > 1e6, 1.0, x)",  # x may be 0
        "return (x + 0.0) - 1.0",  # −0 + 0 is 0
        "if x < 0.25:\n    return select(x > 600.0, 1.0, x)\nreturn x + 1.0",  # branches
        "root = np.sqrt(x)\nreturn select(root == root, root, 0.0)",  # may be no number
    ],
)
def test_what_depends_on_near_x_stays(body):
    assert _near(body) == ""


def test_a_parameter_may_be_anything():
    assert _near("return select(a * x < 1e300, x, 0.0)", more=", a") == ""


def test_the_name_of_a_function_that_is_there_is_not_taken():
    functions = (
        "h_near_f64(x):\n    return select(x > 0.25, 1.0, x + 1.0)",
        "h_f64(x):\n    return select(x > 600.0, 1.0, h_near_f64(x))",
        "g_float64(x):\n    return h_f64(x)",
    )
    specialiser = Specialiser("\n".join(f"@scalar\ndef {text}" for text in functions))
    specialiser.near("g_float64", 512.0)
    assert "def h_near_2_f64(x):" in specialiser.text()
    assert "return h_near_f64(x)" in specialiser.text()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "formula", ["silu", "gelu_tanh", "x*exp(-x**2)", "x*cos(2*x)", "x+sin(x)**2"]
)
def test_near_functions_have_the_same_bits(formula, dtype):
    name = f"g_value_and_derivative_{dtype}"
    code = scalar_code("g", activation(formula), (dtype,))
    found = near(code.source, {"g": [name]})
    counts = operations(f"{code.source}\n{found.source}")
    again, limit = found.by_dtype["g"][dtype], found.limits["g"]
    assert counts[again] < counts[name]
    x = np.random.default_rng(5).uniform(-limit, limit, 20_000)
    x = np.concatenate([x, np.ldexp(x, -(np.arange(20_000) % 1074)), SAME, [limit, -limit]]).astype(
        dtype
    )
    required = sorted({*code.requires, *found.requires})
    text = "\n".join([*imports(required), sources(required), code.functions, found.source])
    for every, close in zip(*(over(function(text, n), 2)(x) for n in (name, again)), strict=True):
        assert every.tobytes() == close.tobytes()
