"""Compute elementary functions in float32; one module a family of functions.

Written from `float64/__init__.py` by `python -m codegen.vectormath.retype`.
"""
