"""Compute functions in float64 as far as a float32 result needs them."""
