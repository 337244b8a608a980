"""Offer branch-free elementary functions that LLVM vectorises, with stated error bounds.

Numba calls a scalar library for every exp and tanh; these functions are plain arithmetic on one
float, so that a loop over them becomes vector code on x86-64 and arm64 alike. There are four
families, told by the suffix of a name:

    exp_f64, exp_f32    float64 and float32, within about one ULP on all floats
    exp_wide            float64 in and out, about 2⁻⁴⁰: what a float32 formula needs on its way
    exp_dd              double-double, (high, low) in and out, about 2⁻⁹⁵

Reading order: `arithmetic` (fma, select, error-free sums), `float64/exponential` (how a function is
made), `approximations` and `minimax` (where the coefficients come from), `extract` (how the text
reaches a generated module). `float32/` is written from `float64/` by `retype`, every
`polynomials.py` by `derive_coefficients`; `verify` measures the bounds.

    CATALOGUE              name → Function: type, arity, bound, domain, method, needs
    sources(names)         the source text of functions and all they need
    imports(names)         the import lines which that text relies on

Everything is compiled without fast-math flags, whatever the calling kernel asks for.
"""

from codegen.vectormath.catalogue import CATALOGUE, Function
from codegen.vectormath.extract import imports, sources

__all__ = ["CATALOGUE", "Function", "imports", "sources"]
