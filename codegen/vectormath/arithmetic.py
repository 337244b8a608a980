"""Give scalar code the operations that Python lacks: fma, select, error-free sums.

`fma` and `select` are plain Python functions with a type and a lowering of their own: inside
`@njit` each becomes one LLVM instruction, outside it (and under NUMBA_DISABLE_JIT=1) the
body runs and gives the same bits. `scalar` compiles a function without any fast-math flag,
whatever the calling kernel uses, and has LLVM inline it, so that loops over it vectorise.
"""

import math
from fractions import Fraction

import numpy as np
from numba import types
from numba.extending import lower_builtin, register_jitable, type_callable

__all__ = ["beyond", "f32", "fast_two_sum", "fma", "scalar", "select", "two_product", "two_sum"]

scalar = register_jitable(forceinline=True, error_model="numpy", fastmath=False)
beyond = register_jitable(error_model="numpy", fastmath=False)  # called where others are inlined
f32 = np.float32


def fma(a, b, c):
    """Return a·b + c, rounded once."""
    kind = np.float32 if type(a) is np.float32 else np.float64
    if not (math.isfinite(a) and math.isfinite(b)):
        return kind(a * b + c)
    if not math.isfinite(c):
        return kind(c)
    exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
    if exact == 0:
        return kind(a * b + c) if a == 0 or b == 0 else kind(0)
    return _nearest(exact, kind)


def _nearest(exact, kind):
    """Round a fraction that is not 0 to float32 or float64, ties to even."""
    digits, least, most = (24, -149, 128) if kind is np.float32 else (53, -1074, 1024)
    size = abs(exact)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    exponent -= size < Fraction(2) ** exponent
    unit = Fraction(2) ** max(exponent - digits + 1, least)
    size = round(size / unit) * unit
    value = math.inf if size >= 2**most else float(size)
    return kind(value if exact > 0 else -value)


@type_callable(fma)
def _type_fma(context):
    return lambda a, b, c: a if a == b == c and a in (types.float32, types.float64) else None


@lower_builtin(fma, types.float32, types.float32, types.float32)
@lower_builtin(fma, types.float64, types.float64, types.float64)
def _lower_fma(context, builder, signature, arguments):
    return builder.fma(*arguments)


def select(condition, chosen, otherwise):
    """Return `chosen` where the condition holds; both are evaluated, nothing branches."""
    return chosen if condition else otherwise


@type_callable(select)
def _type_select(context):
    return lambda condition, a, b: a if condition == types.boolean and a == b else None


@lower_builtin(select, types.boolean, types.float32, types.float32)
@lower_builtin(select, types.boolean, types.float64, types.float64)
def _lower_select(context, builder, signature, arguments):
    return builder.select(*arguments)


@scalar
def fast_two_sum(a, b):
    """Return the rounded a + b and its error, exact for |a| ≥ |b| (Dekker 1971)."""
    high = a + b
    return high, b - (high - a)


@scalar
def two_sum(a, b):
    """Return the rounded a + b and its exact error (Knuth, TAOCP 4.2.2)."""
    high = a + b
    part = high - a
    return high, (a - (high - part)) + (b - part)


@scalar
def two_product(a, b):
    """Return the rounded a·b and its exact error, by fma."""
    high = a * b
    return high, fma(a, b, -high)
