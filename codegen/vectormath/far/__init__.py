"""Numbers beyond the range of float64: (high + low)·2^power, a normal pair with 1 ≤ |high| < 2."""
