"""Know the exact values: Arb balls for finite arguments, at as many bits as it takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from flint import arb, ctx

__all__ = ["BASES", "base_name", "exact", "relative_error", "ulps"]

LEAST_BITS = 160
MOST_BITS = 20_000
FORMATS = MappingProxyType({"float32": (24, -126, 128), "float64": (53, -1022, 1024)})

BASES: Mapping[str, Callable[[arb], arb]] = MappingProxyType(
    {
        "exp": lambda x: x.exp(),
        "exp_pair": lambda x: x.exp(),
        "expm1": lambda x: x.expm1(),
        "gaussian": lambda x: (-x * x).exp(),
        "tanh": lambda x: x.tanh(),
        "sinh": lambda x: x.sinh(),
        "cosh": lambda x: x.cosh(),
        "sech2": lambda x: x.sech() ** 2,
        "sigmoid": lambda x: 1 / (1 + (-x).exp()),
        "log": lambda x: x.log(),
        "log1p": lambda x: x.log1p(),
        "softplus": lambda x: x.exp().log1p(),
        "asinh": lambda x: x.asinh(),
        "erf": lambda x: x.erf(),
        "erfc": lambda x: x.erfc(),
        "erfcx": lambda x: (x * x).exp() * x.erfc(),
        "normal_cdf": lambda x: (-x / arb(2).sqrt()).erfc() / 2,
        "sin": lambda x: x.sin(),
        "sin_near": lambda x: x.sin(),
        "sin_pair": lambda x: x.sin(),
        "sin_scaled": lambda x: (x * 2**64).sin(),
        "cos": lambda x: x.cos(),
        "cos_near": lambda x: x.cos(),
        "cos_pair": lambda x: x.cos(),
        "cos_scaled": lambda x: (x * 2**64).cos(),
        "atan": lambda x: x.atan(),
        "sqrt1p_square": lambda x: (1 + x * x).sqrt(),
    }
)


def base_name(name: str) -> str:
    """Return a function's name without its family's suffix."""
    return name.rsplit("_", 1)[0]


def exact(base: str, x: float, low: float = 0.0, bits: int = 80) -> arb | None:
    """Return a ball for the function at x + low with `bits` correct bits; None if it has no value.

    Args:
        base: a key of BASES.
        x: a finite argument.
        low: what is added to it, for arguments given as an unevaluated sum.
        bits: relative accuracy wanted.
    """
    working = LEAST_BITS + bits
    while working < MOST_BITS:
        ctx.prec = working
        ball = BASES[base](arb(x) + arb(low))
        if ball.is_finite() and (ball.rel_accuracy_bits() >= bits or ball.is_zero()):
            return ball.mid()
        if not ball.is_finite() and working > 16 * LEAST_BITS + bits:
            return None
        working *= 2
    return None


def ulps(value: float, truth: arb, dtype: str) -> float:
    """Return |value − truth| in units in the last place of the truth.

    An infinite value counts as the first power of two that the format cannot hold, and so does a
    truth beyond it.
    """
    digits, least, most = FORMATS[dtype]
    if math.isnan(value):
        return math.inf
    limit = arb(2) ** most
    size = abs(truth)
    ctx.prec = LEAST_BITS
    if size >= limit:
        truth, exponent = (limit if truth > 0 else -limit), most - 1
    elif truth.is_zero():
        exponent = least
    else:
        exponent = max(_exponent(size), least)
    given = arb(value) if math.isfinite(value) else arb(math.copysign(1.0, value)) * limit
    return float(abs(given - truth) / arb(2) ** (exponent - digits + 1))


def _exponent(size: arb) -> int:
    """Return the exponent of a positive number: 2ᵉ ≤ size < 2ᵉ⁺¹."""
    mantissa, exponent = size.mid().man_exp()
    return int(mantissa).bit_length() - 1 + int(exponent)


def relative_error(high: float, low: float, truth: arb) -> float:
    """Return |high + low − truth|/|truth|; 0 where both are 0."""
    if not math.isfinite(high) or not math.isfinite(low):
        return math.inf
    ctx.prec = 4 * LEAST_BITS
    difference = abs(arb(high) + arb(low) - truth)
    if truth.is_zero():
        return 0.0 if difference.is_zero() else math.inf
    return float(difference / abs(truth))
