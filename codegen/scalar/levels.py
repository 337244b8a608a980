"""The precisions that an operation may be computed in.

float32 works in float32, then in float64 with functions good to 2^−38, then in float64 throughout; float64
works in float64, then in pairs (double-double), first loose ones of what is finite, with functions good to
2^−56 or so, each to what its catalogue entry says, then in normal form, with functions to 2^−91;
where what lies on the way leaves the range of floats, both may work in pairs with an exponent apart (far).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DIGITS", "F64", "FAR", "FORMATS", "LEVELS", "LOOSE", "PAIR", "PAIRED", "Level"]


@dataclass(frozen=True)
class Level:
    """A precision: relative errors of arithmetic and of functions, range, and smallest unit."""

    name: str
    arithmetic: float
    function: float
    least: int
    most: int


F32 = Level("f32", 2.0**-24, 2.0**-23.5, -150, 128)
WIDE = Level("wide", 2.0**-53, 2.0**-38, -1075, 1024)
F64 = Level("f64", 2.0**-53, 2.0**-52.5, -1075, 1024)
LOOSE = Level("loose", 2.0**-96, 2.0**-56, -1075, 1000)
PAIR = Level("dd", 2.0**-102, 2.0**-91, -1075, 1024)
FAR = Level("far", 2.0**-102, 2.0**-91, -(2**39), 2**39)
LEVELS = {"float32": (F32, WIDE, F64, LOOSE, PAIR, FAR), "float64": (F64, LOOSE, PAIR, FAR)}
PAIRED = 106
DIGITS = {"f32": 24, "wide": 53, "f64": 53, "loose": PAIRED, "dd": PAIRED, "far": PAIRED}
FORMATS = {"float32": (24, -149, 128), "float64": (53, -1074, 1024)}
