"""See a float32's bits as an unsigned integer, and back.

Written from `float64/bits.py` by `python -m codegen.vectormath.retype`.
"""

import numpy as np

from codegen.vectormath.arithmetic import scalar

__all__ = ["bits_f32", "float_f32"]


@scalar
def bits_f32(x):
    """Return the bits of a float32."""
    return np.float32(x).view(np.uint32)


@scalar
def float_f32(bits):
    """Return the float32 that has these bits."""
    return np.uint32(bits).view(np.float32)
