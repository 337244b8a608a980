"""See a float64's bits as an unsigned integer, and back."""

import numpy as np

from codegen.vectormath.arithmetic import scalar

__all__ = ["bits_f64", "float_f64"]


@scalar
def bits_f64(x):
    """Return the bits of a float64."""
    return np.float64(x).view(np.uint64)


@scalar
def float_f64(bits):
    """Return the float64 that has these bits."""
    return np.uint64(bits).view(np.float64)
