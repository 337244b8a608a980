"""Compute e^(x²) erfc(x) for x ≥ 0, the part of erfc that varies slowly, NaN below 0."""

import numpy as np

from codegen.vectormath.arithmetic import fma, scalar, select
from codegen.vectormath.float64.error_function import erfcx_parts_f64
from codegen.vectormath.float64.polynomials import ERF_SLOPE_F64
from codegen.vectormath.wide.polynomials import ERFCX_AT_3_WIDE, erfcx_rise_wide

__all__ = ["erfcx_f64", "erfcx_wide"]

FAR = 1e100  # from here on it is 1/(x √π)


@scalar
def erfcx_f64(x):
    """Return e^(x²) erfc(x) for x ≥ 0."""
    far = x > FAR
    high, rest = erfcx_parts_f64(select(far, FAR, x), 0.0)
    result = select(far, 0.5 * ERF_SLOPE_F64 / x, high + rest)
    return select(x >= 0.0, result, np.nan)


@scalar
def erfcx_wide(x):
    """Return e^(x²) erfc(x) to about 2⁻⁴⁰ for x ≥ 0."""
    far = x > FAR
    size = select(far, FAR, x)
    below, above = size + 0.5, size + 3.0
    inverse = 1.0 / (above * below)
    t = (size - 3.0) * below * inverse
    near = fma(t, erfcx_rise_wide(t), ERFCX_AT_3_WIDE) * (above * inverse)
    result = select(far, 0.5 * ERF_SLOPE_F64 / x, near)
    return select(x >= 0.0, result, np.nan)
