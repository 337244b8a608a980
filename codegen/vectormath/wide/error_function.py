"""Compute erf, erfc and Φ in float64 to about 2⁻³⁹."""

import numpy as np

from codegen.vectormath.arithmetic import fma, scalar, select
from codegen.vectormath.float64.polynomials import ERFC_MAX_F64, SQRT_HALF_HIGH_F64
from codegen.vectormath.wide.exponential import exp_wide
from codegen.vectormath.wide.polynomials import (
    ERFCX_AT_3_WIDE,
    erf_excess_wide,
    erfcx_rise_wide,
)

__all__ = ["erf_wide", "erfc_wide", "normal_cdf_wide"]


@scalar
def erfc_finite_wide(size, exponent):
    """Return e^exponent · erfcx(size) for 0 ≤ size."""
    below, above = size + 0.5, size + 3.0
    inverse = 1.0 / (above * below)
    t = (size - 3.0) * below * inverse
    return fma(t, erfcx_rise_wide(t), ERFCX_AT_3_WIDE) * (above * inverse) * exp_wide(exponent)


@scalar
def erfc_wide(x):
    """Return erfc(x) = 1 − erf(x)."""
    size = abs(x)
    size = select(size > ERFC_MAX_F64, ERFC_MAX_F64, size)
    upper = erfc_finite_wide(size, -(size * size))
    return select(x < 0.0, 2.0 - upper, upper)


@scalar
def erf_wide(x):
    """Return erf(x): a polynomial near 0, 1 − erfc(|x|) elsewhere."""
    size = abs(x)
    size = select(size > ERFC_MAX_F64, ERFC_MAX_F64, size)
    square = size * size
    outer = 1.0 - erfc_finite_wide(size, -square)
    inner = fma(size, erf_excess_wide(square), size)
    return np.copysign(select(size < 0.75, inner, outer), x)


@scalar
def normal_cdf_wide(x):
    """Return Φ(x) = erfc(−x/√2)/2."""
    size = abs(x) * SQRT_HALF_HIGH_F64
    size = select(size > ERFC_MAX_F64, ERFC_MAX_F64, size)
    lower = 0.5 * erfc_finite_wide(size, -(size * size))
    return select(x > 0.0, 1.0 - lower, lower)
