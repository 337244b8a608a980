"""Add, multiply, divide and take roots of double-double numbers, given as (high, low).

A pair is normal: |low| ≤ ulp(high)/2. The public operations end with low = 0 where high is not
finite, so that infinities behave as they do in float64; those in `…_finite_dd` skip that.
Relative error 2⁻¹⁰² or less (Joldes, Muller, Popescu 2017). A product below 2⁻⁹⁶⁹ loses its low
part, as float64 has no room for it.
"""

import numpy as np

from codegen.vectormath.arithmetic import fast_two_sum, fma, scalar, select, two_product, two_sum

__all__ = [
    "add_dd",
    "add_floats_dd",
    "div_dd",
    "div_floats_dd",
    "horner_dd",
    "mul_dd",
    "mul_floats_dd",
    "settle_dd",
    "sqrt_dd",
    "sub_dd",
    "sub_floats_dd",
]


@scalar
def settle_dd(high, low):
    """Return a normal pair, with low = 0 where high is not finite."""
    total, rest = fast_two_sum(high, low)
    finite = abs(high) < np.inf
    return select(finite, total, high), select(finite, rest, 0.0)


@scalar
def add_finite_dd(a, a_low, b, b_low):
    """Return the sum of two finite pairs."""
    high, error = two_sum(a, b)
    low, rest = two_sum(a_low, b_low)
    high, error = fast_two_sum(high, error + low)
    return fast_two_sum(high, error + rest)


@scalar
def mul_finite_dd(a, a_low, b, b_low):
    """Return the product of two finite pairs."""
    high, error = two_product(a, b)
    return fast_two_sum(high, fma(a, b_low, fma(a_low, b, error)))


@scalar
def div_finite_dd(a, a_low, b, b_low):
    """Return the quotient of two finite pairs, b ≠ 0."""
    inverse = 1.0 / b
    high = a * inverse
    rest = fma(-high, b, a) + fma(-high, b_low, a_low)
    return fast_two_sum(high, rest * inverse)


@scalar
def sqrt_finite_dd(a, a_low):
    """Return the square root of a finite pair > 0."""
    root = np.sqrt(a)
    return fast_two_sum(root, (fma(-root, root, a) + a_low) * (0.5 / root))


@scalar
def horner_dd(p, p_low, x, x_low, c, c_low):
    """Return p·x + c, one step of Horner's scheme, to 2⁻¹⁰⁴ of the larger term.

    The pair returned is not normal: its low part may reach a few ulp(high). That suffices for the
    next step and keeps the chain of dependent operations short.
    """
    product, error = two_product(p, x)
    high, rest = two_sum(c, product)
    return high, fma(p, x_low, fma(p_low, x, error)) + (rest + c_low)


@scalar
def add_dd(a, a_low, b, b_low):
    """Return a + b."""
    high, error = two_sum(a, b)
    low, rest = two_sum(a_low, b_low)
    middle, error = fast_two_sum(high, error + low)
    finite = abs(high) < np.inf
    middle, error = fast_two_sum(middle, error + rest)
    return select(finite, middle, high), select(finite, error, 0.0)


@scalar
def sub_dd(a, a_low, b, b_low):
    """Return a − b."""
    return add_dd(a, a_low, -b, -b_low)


@scalar
def mul_dd(a, a_low, b, b_low):
    """Return a·b."""
    high, error = two_product(a, b)
    return settle_dd(high, fma(a, b_low, fma(a_low, b, error)))


@scalar
def div_dd(a, a_low, b, b_low):
    """Return a/b."""
    high = a / b
    rest = fma(-high, b, a) + fma(-high, b_low, a_low)
    regular = (abs(high) < np.inf) & (abs(b) < np.inf)
    return settle_dd(high, select(regular, rest / b, 0.0))


@scalar
def sqrt_dd(a, a_low):
    """Return √a; NaN below 0."""
    root = np.sqrt(a)
    rest = (fma(-root, root, a) + a_low) * (0.5 / root)
    return settle_dd(root, select((a > 0.0) & (a < np.inf), rest, 0.0))


@scalar
def add_floats_dd(a, b):
    """Return a + b of two float64 numbers."""
    high, low = two_sum(a, b)
    return high, select(abs(high) < np.inf, low, 0.0)


@scalar
def sub_floats_dd(a, b):
    """Return a − b of two float64 numbers."""
    return add_floats_dd(a, -b)


@scalar
def mul_floats_dd(a, b):
    """Return a·b of two float64 numbers."""
    high, low = two_product(a, b)
    return high, select(abs(high) < np.inf, low, 0.0)


@scalar
def div_floats_dd(a, b):
    """Return a/b of two float64 numbers."""
    high = a / b
    regular = (abs(high) < np.inf) & (abs(b) < np.inf)
    return high, select(regular, fma(-high, b, a) / b, 0.0)
