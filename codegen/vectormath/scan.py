"""Compare a float32 function with a reference over a range of bit patterns, compiled."""

import math

import numpy as np
from numba import njit

__all__ = ["scan_kernel", "ulps_apart"]

BLOCK = 1 << 12
LIMIT = 2.0**128


@njit(error_model="numpy")
def ulps_apart(value, truth):
    """Return the error of a float32 in units in the last place of the truth, a float64.

    NaN where NaN is due and a zero of the right sign count as exact; infinity counts as 2¹²⁸.
    """
    if math.isnan(truth):
        return 0.0 if math.isnan(value) else math.inf
    if math.isnan(value):
        return math.inf
    if truth == 0.0 and value == 0.0:
        return 0.0 if math.copysign(1.0, truth) == math.copysign(1.0, value) else math.inf
    truth = min(max(truth, -LIMIT), LIMIT)
    value = min(max(value, -LIMIT), LIMIT)
    exponent = (np.float64(abs(truth)).view(np.int64) >> np.int64(52)) - np.int64(1023)
    exponent = min(max(exponent, np.int64(-126)), np.int64(127))
    unit = np.int64((exponent + np.int64(1000)) << np.int64(52)).view(np.float64)
    return abs(value - truth) / unit


@njit(error_model="numpy")
def quick_bound(value, truth):
    """Return at least the error in units in the last place; NaN where it needs a closer look."""
    bits = np.uint64(np.float64(truth).view(np.uint64) & np.uint64(0x7FF0000000000000))
    power = np.uint64(bits).view(np.float64)
    unit = (power if power > 2.0**-126 else 2.0**-126) * 2.0**-23
    return abs(value - truth) / (unit if truth != 0.0 else 0.0)


def scan_kernel(function, reference, near):
    """Compile scan(start, stop, step) → the greatest error over these bits, and where it is.

    `function` is the float32 candidate, `reference` a float64 function; beyond |x| = near the
    candidate must return NaN.
    """

    @njit(error_model="numpy", nogil=True)
    def scan(start, stop, step):
        x = np.empty(BLOCK, dtype=np.float32)
        y = np.empty(BLOCK, dtype=np.float32)
        truth = np.empty(BLOCK, dtype=np.float64)
        error = np.empty(BLOCK, dtype=np.float64)
        worst, where = -1.0, start
        for first in range(start, stop, BLOCK * step):
            for i in range(BLOCK):
                x[i] = np.uint32(first + i * step).view(np.float32)
            for i in range(BLOCK):
                y[i] = function(x[i])
            for i in range(BLOCK):
                truth[i] = reference(np.float64(x[i]))
            for i in range(BLOCK):
                error[i] = quick_bound(np.float64(y[i]), truth[i])
            for i in range(BLOCK):
                if error[i] <= worst:
                    continue
                due = truth[i] if abs(x[i]) <= near else math.nan
                closer = ulps_apart(np.float64(y[i]), due)
                if closer > worst:
                    worst, where = closer, first + i * step
        return worst, where

    return scan
