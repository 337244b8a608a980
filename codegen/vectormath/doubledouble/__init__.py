"""Compute in double-double: an unevaluated sum of two float64, about 106 bits."""
