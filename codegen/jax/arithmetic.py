"""What scalar code needs of arithmetic, in JAX: select, fma and error-free sums that XLA leaves whole.

XLA adds up constants, (x + c) − c = x, and LLVM fuses a product with a sum that follows it. A sum
passes `kept`, across which nothing is added up; a product whose error is wanted gives up its last bit by
an operation on integers, which nothing is fused with. The text of these functions is pasted into modules.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax


def kept(x):
    """Return x, and have XLA add up nothing across it: it is rounded to the precision that it has."""
    exponent_bits, mantissa_bits = (8, 23) if jnp.result_type(x) == np.float32 else (11, 52)
    return lax.reduce_precision(x, exponent_bits, mantissa_bits)


def f32(x):
    """Return x in float32."""
    return lax.convert_element_type(x, np.float32)


def f64(x):
    """Return x in float64."""
    return lax.convert_element_type(x, np.float64)


def bits_f32(x):
    """Return the bits of a float32."""
    return lax.bitcast_convert_type(f32(x), np.uint32)


def float_f32(bits):
    """Return the float32 that has these bits."""
    return lax.bitcast_convert_type(bits, np.float32)


def bits_f64(x):
    """Return the bits of a float64."""
    return lax.bitcast_convert_type(f64(x), np.uint64)


def float_f64(bits):
    """Return the float64 that has these bits."""
    return lax.bitcast_convert_type(bits, np.float64)


def fast_two_sum(a, b):
    """Return the rounded a + b and its error, exact for |a| ≥ |b| (Dekker 1971)."""
    high = kept(a + b)
    return high, b - kept(high - a)


def two_sum(a, b):
    """Return the rounded a + b and its exact error (Knuth, TAOCP 4.2.2)."""
    high = kept(a + b)
    part = kept(high - a)
    return high, (a - kept(high - part)) + (b - part)


def leading(x):
    """Return the leading 26 bits of a float64."""
    return float_f64(bits_f64(x) & np.uint64(0xFFFFFFFFF8000000))


def two_product(a, b):
    """Return a·b, its last bit cleared, and its error, by splitting both (Dekker 1971)."""
    high = float_f64(bits_f64(a * b) & np.uint64(0xFFFFFFFFFFFFFFFE))
    a_high, b_high = leading(a), leading(b)
    a_low, b_low = a - a_high, b - b_high
    return high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low


def fma(a, b, c):
    """Return a·b + c, rounded nearly once."""
    high, low = two_product(a, b)
    total, rest = two_sum(high, c)
    return jnp.where(abs(total) < np.inf, total + (rest + low), total)


def fma_f32(a, b, c):
    """Return a·b + c for float32, whose products float64 holds."""
    return f32(f64(a) * f64(b) + f64(c))


def branch(near, here, beyond):
    """Return here() where near holds, else beyond(), which is computed only if that is somewhere."""

    def both():
        return [jnp.where(near, a, b) for a, b in zip(here(), beyond(), strict=True)]

    return lax.cond(jnp.all(near), lambda: list(here()), both)
