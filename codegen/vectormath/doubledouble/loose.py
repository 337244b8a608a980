"""Add, multiply, divide and take roots of pairs of finite numbers without bringing them to normal form.

The low part of a result may reach a few ulp(high), which costs the next operation next to nothing, so
that a product is four operations and a quotient has one division. Relative error 2⁻⁹⁶ or less, of a sum
in relation to the larger term. Infinities end in nan: for those :mod:`.pairs`.
"""

import numpy as np

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar, two_product, two_sum

__all__ = [
    "add_floats_loose",
    "add_loose",
    "add_ordered_loose",
    "div_floats_loose",
    "div_loose",
    "mul_float_loose",
    "mul_floats_loose",
    "mul_loose",
    "sqrt_loose",
    "sub_floats_loose",
    "sub_loose",
]


@scalar
def add_loose(a, a_low, b, b_low):
    """Return a + b."""
    high, error = two_sum(a, b)
    return high, error + (a_low + b_low)


@scalar
def add_ordered_loose(a, a_low, b, b_low):
    """Return a + b where |a| ≥ |b|."""
    high, error = fast_two_sum(a, b)
    return high, error + (a_low + b_low)


@scalar
def sub_loose(a, a_low, b, b_low):
    """Return a − b."""
    return add_loose(a, a_low, -b, -b_low)


@scalar
def mul_loose(a, a_low, b, b_low):
    """Return a·b."""
    high, error = two_product(a, b)
    return high, fma(a, b_low, fma(a_low, b, error))


@scalar
def mul_float_loose(a, a_low, b):
    """Return a·b of a pair and a float64 number."""
    high, error = two_product(a, b)
    return high, fma(a_low, b, error)


@scalar
def div_loose(a, a_low, b, b_low):
    """Return a/b, by one division."""
    inverse = 1.0 / b
    high = a * inverse
    return high, (fma(-high, b, a) + fma(-high, b_low, a_low)) * inverse


@scalar
def sqrt_loose(a, a_low):
    """Return √a."""
    root = np.sqrt(a)
    return root, (fma(-root, root, a) + a_low) * (0.5 / root)


@scalar
def add_floats_loose(a, b):
    """Return a + b of two float64 numbers."""
    return two_sum(a, b)


@scalar
def sub_floats_loose(a, b):
    """Return a − b of two float64 numbers."""
    return two_sum(a, -b)


@scalar
def mul_floats_loose(a, b):
    """Return a·b of two float64 numbers."""
    return two_product(a, b)


@scalar
def div_floats_loose(a, b):
    """Return a/b of two float64 numbers, by one division."""
    inverse = 1.0 / b
    high = a * inverse
    return high, fma(-high, b, a) * inverse
