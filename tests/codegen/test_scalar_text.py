"""Scalar functions in a module: the operations that were certified, without parentheses that say nothing."""

import ast

from codegen.emit.scalar_text import line, tidied

SOURCE = '''@scalar
def g_float64(x):
    """Return g(x) and g′(x)."""
    power, power_low = exp_dd((-(abs((2.0 * x)))), 0.0)
    total = 1.0 + ((power * power) * 3.0)
    return total, (1.0 - (total - 1e-05))


@scalar
def h_float64(x, b):
    return ((b * x) / 2.0,)
'''


def test_the_operations_and_their_order_stay():
    assert ast.dump(ast.parse(tidied(SOURCE))) == ast.dump(ast.parse(SOURCE))


def test_a_reader_sees_each_parenthesis_that_is_needed_and_no_other():
    assert tidied(SOURCE).splitlines()[3:6] == [
        "    power, power_low = exp_dd(-abs(2.0 * x), 0.0)",
        "    total = 1.0 + power * power * 3.0",
        "    return total, 1.0 - (total - 1e-05)",
    ]


def test_a_large_number_is_written_as_ruff_formats_it():
    (statement,) = ast.parse("size = select(x > 1e300, 2.5e+22, 1e-300)").body
    assert line(statement) == "size = select(x > 1e300, 2.5e22, 1e-300)"
