"""Compute elementary functions in float64; one module a family of functions."""
