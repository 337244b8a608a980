"""List what the package offers: each function's type, error bound, domain, method and source.

Bounds are in units in the last place of the exact result (ULP), hold over the whole stated domain
and are those that `python -m codegen.vectormath.verify` measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codegen.vectormath.extract import needs

__all__ = ["CATALOGUE", "Function"]


@dataclass(frozen=True)
class Function:
    """Describe one function.

    Attributes:
        name: as it is called, with its suffix.
        mathematics: what it computes.
        dtype: of arguments and results: float64, float32, or "any" of the two.
        family: f64 and f32 (within about an ULP), wide (float64, good enough for a float32 result),
            dd (double-double: each number is two arguments or results), loose (the same, finite and not
            in normal form), arithmetic.
        arity: the number of arguments.
        bound: greatest error: in ULP for f64 and f32, relative for wide, dd, loose and arithmetic.
        domain: where the bound holds; outside it the result is NaN.
        method: one sentence, with its source.
        needs: names of the functions and constants that it calls, directly or not.
    """

    name: str
    mathematics: str
    dtype: str
    family: str
    arity: int
    bound: float
    domain: str
    method: str

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the names of everything the function's source text refers to."""
        return needs(self.name)


ALL = "all floats"
POSITIVE = "x ≥ 0, NaN below"
EXP = "x = n ln 2 + r (Cody and Waite 1980), minimax polynomial in r, the sum in two parts"
LOG = "x = 2ᵏ m, minimax polynomial in (m − 1)/(m + 1) (FreeBSD msun), leading terms in two parts"
EXP_PLAIN = "x = n ln 2 + r (Cody and Waite 1980), minimax polynomial in r"
ERF = "e^(−x²) times a minimax polynomial in (x − 3)/(x + 3) (Shepherd and Laframboise 1981)"
ATAN = "arctan((|x| − 1)/(|x| + 1)) + π/4 and the like, minimax"
TRIG = "x = n π/2 + r by three words of π/2 and fma (Cody and Waite 1980), minimax polynomials"

# mathematics, method, ULP in float64, ULP in float32
Row = tuple[str, str, float, float]
ONE_ARGUMENT: dict[str, Row] = {
    "exp": ("eˣ", EXP_PLAIN, 1.05, 1.05),
    "expm1": ("eˣ − 1", EXP, 0.85, 0.85),
    "gaussian": ("e^(−x²)", f"{EXP}; x² by fma", 0.65, 0.76),
    "tanh": ("tanh x", f"E/(E + 2), E = expm1(2|x|); {EXP}", 0.75, 0.75),
    "sinh": ("sinh x", f"(E + E/(E + 1))/2, E = expm1(|x|); {EXP}", 0.8, 0.8),
    "cosh": ("cosh x", f"(e^|x| + e^−|x|)/2; {EXP}", 0.7, 0.7),
    "sech2": ("1/cosh² x", f"4u/(1 + u)², u = e^(−2|x|); {EXP}", 0.8, 0.76),
    "sigmoid": ("1/(1 + e⁻ˣ)", f"u/(1 + u), u = e^−|x|; {EXP}", 0.76, 0.76),
    "log": ("log x", LOG, 0.65, 0.65),
    "log1p": ("log(1 + x)", f"1 + x in two parts; {LOG}", 0.7, 0.7),
    "softplus": ("log(1 + eˣ)", f"max(x, 0) + log1p(e^−|x|); {LOG}", 0.76, 0.76),
    "asinh": ("arsinh x", f"log of |x| + √(1 + x²) in two parts; {LOG}", 0.7, 0.7),
    "erf": ("erf x", f"minimax polynomial below 0.84; {ERF}", 0.9, 0.9),
    "erfc": ("erfc x", f"1 − erf x below 0.66; {ERF}", 1.0, 1.3),
    "normal_cdf": ("Φ(x)", f"erfc(−x/√2)/2 with x²/2 by fma; {ERF}", 1.2, 1.3),
    "atan": ("arctan x", ATAN, 0.7, 0.7),
    "sqrt1p_square": ("√(1 + x²)", "x² by fma, one Newton step for the rest", 0.51, 0.51),
}
NEAR: dict[str, Row] = {
    "sin_near": ("sin x", TRIG, 0.75, 0.8),
    "cos_near": ("cos x", TRIG, 0.75, 0.8),
}

WIDE_BOUND = 2.0**-39
WIDE = {
    "exp": "x ≥ −708, 0 below",
    "gaussian": "|x| ≤ 26, 0 beyond",
    "sech2": "|x| ≤ 354, 0 beyond",
    "sigmoid": "x ≥ −708, 0 below",
    "softplus": "x ≥ −708, 0 below",
    "erfc": "x ≤ 26, 0 beyond",
    "normal_cdf": "x ≥ −37, 0 below",
    "log": "normal x, 0 and infinity",
    "asinh": "|x| ≤ 1e150 and infinity",
    "sin_near": "float32 numbers, |x| ≤ 2³⁸",
    "cos_near": "float32 numbers, |x| ≤ 2³⁸",
}
NOT_WIDE = ("sinh", "cosh", "sqrt1p_square")

# mathematics, method, domain
PAIR_BOUND = 2.0**-92
EXP_DD = "x = n ln 2 + 4r with three words of ln 2, minimax polynomial in r, p(2 + p) twice"
LOG_DD = "x = 2ᵏ m, minimax polynomial in (m − 1)/(m + 1), all in pairs"
TRIG_DD = "x = n π/2 + r by four words of π/2 and fma, minimax polynomials in pairs"
PAIRS: dict[str, tuple[str, str, str]] = {
    "exp": ("eˣ", EXP_DD, ALL),
    "expm1": ("eˣ − 1", EXP_DD, ALL),
    "tanh": ("tanh x", f"E/(E + 2), E = expm1(2|x|); {EXP_DD}", ALL),
    "sigmoid": ("1/(1 + e⁻ˣ)", f"u/(1 + u), u = e^−|x|; {EXP_DD}", ALL),
    "sech2": ("1/cosh² x", f"4u/(1 + u)², u = e^(−2|x|); {EXP_DD}", ALL),
    "log": ("log x", LOG_DD, ALL),
    "log1p": ("log(1 + x)", LOG_DD, ALL),
    "softplus": ("log(1 + eˣ)", f"max(x, 0) + log1p(e^−|x|); {LOG_DD}", ALL),
    "asinh": ("arsinh x", f"log1p(|x| + x²/(1 + √(1 + x²))); {LOG_DD}", ALL),
    "erf": ("erf x", ERF, ALL),
    "erfc": ("erfc x", ERF, ALL),
    "erfcx": ("e^(x²) erfc x", ERF, ALL),
    "normal_cdf": ("Φ(x)", ERF, ALL),
    "sin_near": ("sin x", TRIG_DD, "|x| ≤ 2³⁸"),
    "cos_near": ("cos x", TRIG_DD, "|x| ≤ 2³⁸"),
    "atan": ("arctan x", "one Newton step from the float64 arctan, with sin and cos", ALL),
}
LOOSE_DOMAIN = "1e-300 to 1e300"
IN_PART = "leading terms in two parts"
LOOSE: dict[str, tuple[str, str, float]] = {
    "exp": ("eˣ", f"{EXP_PLAIN}, {IN_PART}", 2.0**-57.5),
    "expm1": ("eˣ − 1", f"{EXP_PLAIN}, {IN_PART}", 2.0**-56.3),
    "tanh": ("tanh x", f"E/(E + 2), E = expm1(2|x|); {EXP_PLAIN}, {IN_PART}", 2.0**-56.3),
    "log": ("log x", f"{LOG}; s f²/2 too", 2.0**-56.2),
    "log1p": ("log(1 + x)", f"1 + x in two parts; {LOG}; s f²/2 too", 2.0**-56.2),
    "sin": ("sin x", f"{TRIG}, {IN_PART}", 2.0**-55.9),
    "cos": ("cos x", f"{TRIG}, {IN_PART}", 2.0**-55.9),
    "atan": ("arctan x", f"{ATAN}; {IN_PART}", 2.0**-55),
}
JOLDES = "error-free sums and products by fma (Joldes, Muller and Popescu 2017)"
PAIR_ARITHMETIC = {
    "add": ("a + b", 4),
    "sub": ("a − b", 4),
    "mul": ("a·b", 4),
    "div": ("a/b", 4),
    "sqrt": ("√a", 2),
    "add_floats": ("a + b of two floats", 2),
    "sub_floats": ("a − b of two floats", 2),
    "mul_floats": ("a·b of two floats", 2),
    "div_floats": ("a/b of two floats", 2),
}
ARITHMETIC = {
    "fma": ("a·b + c, rounded once", "the fma instruction; exact fractions in Python", 3),
    "select": ("b where a, else c", "LLVM's select", 3),
    "two_sum": ("a + b = high + low", "Knuth, TAOCP 4.2.2", 2),
    "fast_two_sum": ("a + b = high + low for |a| ≥ |b|", "Dekker 1971", 2),
    "two_product": ("a·b = high + low", "by fma", 2),
}


HANEK = "beyond 2³⁸ x·2/π modulo 4 from six words of 2/π (Payne and Hanek 1983)"
PERIODIC = {
    "f64": ("float64", 0.75, ALL),
    "f32": ("float32", 0.501, ALL),
    "wide": ("float64", WIDE_BOUND, "float32 numbers"),
    "dd": ("float64", PAIR_BOUND, ALL),
}


def _periodic() -> list[Function]:
    """Return the rows of sin and cos for arguments of any size."""
    rows = []
    for family, (dtype, bound, domain) in PERIODIC.items():
        for name in ("sin", "cos"):
            row = (f"{name} x", dtype, family, 2 if family == "dd" else 1, bound, domain, HANEK)
            rows.append(Function(f"{name}_{family}", *row))
    for name in ("sin", "cos"):
        row = (f"{name} 2⁶⁴x", "float64", "dd", 2, PAIR_BOUND, ALL, HANEK)
        rows.append(Function(f"{name}_scaled_dd", *row))
    return rows


def _arguments_in_pairs() -> list[Function]:
    """Return the rows of float64 functions of an argument given as an unevaluated sum."""
    return [
        Function("exp_pair_f64", "e^(x + low)", "float64", "f64", 2, 0.65, ALL, EXP),
        Function("sin_pair_f64", "sin(x + low)", "float64", "f64", 2, 0.75, ALL, HANEK),
        Function("cos_pair_f64", "cos(x + low)", "float64", "f64", 2, 0.75, ALL, HANEK),
        Function("exp_pair_f32", "e^(x + low)", "float32", "f32", 2, 0.76, ALL, EXP),
    ]


def _loose() -> list[Function]:
    """Return the rows of functions whose results are pairs with some bits more than float64."""
    return [
        Function(f"{name}_loose", mathematics, "float64", "loose", 2, bound, LOOSE_DOMAIN, method)
        for name, (mathematics, method, bound) in LOOSE.items()
    ]


def _scaled() -> list[Function]:
    """Return the rows of e^(x²) erfc x, which is wanted for x ≥ 0."""
    row = ("e^(x²) erfc x", "float64")
    return [
        Function("erfcx_f64", *row, "f64", 1, 1.5, POSITIVE, ERF),
        Function("erfcx_wide", *row, "wide", 1, WIDE_BOUND, POSITIVE, ERF),
    ]


def _typed(dtype: str, family: str, near: str) -> list[Function]:
    """Return the rows of the float64 or float32 family."""
    rows = []
    for table, domain in ((ONE_ARGUMENT, ALL), (NEAR, near)):
        for name, (mathematics, method, double, single) in table.items():
            bound = double if family == "f64" else single
            full = f"{name}_{family}"
            rows.append(Function(full, mathematics, dtype, family, 1, bound, domain, method))
    return rows


def _wide() -> list[Function]:
    """Return the rows of the wide family: float64's, less exact."""
    return [
        Function(f"{n}_wide", r[0], "float64", "wide", 1, WIDE_BOUND, WIDE.get(n, ALL), r[1])
        for n, r in (ONE_ARGUMENT | NEAR).items()
        if n not in NOT_WIDE
    ]


def _paired() -> list[Function]:
    """Return the rows of the double-double family."""
    rows = []
    for name, (mathematics, method, domain) in PAIRS.items():
        rows.append(
            Function(f"{name}_dd", mathematics, "float64", "dd", 2, PAIR_BOUND, domain, method)
        )
    for name, (mathematics, arity) in PAIR_ARITHMETIC.items():
        row = (mathematics, "float64", "dd", arity, 2.0**-102, "finite results", JOLDES)
        rows.append(Function(f"{name}_dd", *row))
        row = (mathematics, "float64", "loose", arity, 2.0**-96, LOOSE_DOMAIN, JOLDES)
        rows.append(Function(f"{name}_loose", *row))
    row = ("a·b of a pair and a float", "float64", "loose", 3, 2.0**-96, LOOSE_DOMAIN, JOLDES)
    rows.append(Function("mul_float_loose", *row))
    return rows


def _basic() -> list[Function]:
    return [
        Function(name, mathematics, "any", "arithmetic", arity, 0.0, ALL, method)
        for name, (mathematics, method, arity) in ARITHMETIC.items()
    ]


def _catalogue() -> dict[str, Function]:
    rows = _basic() + _typed("float64", "f64", "|x| ≤ 2³⁸") + _typed("float32", "f32", "|x| ≤ 2¹⁴")
    rows += _wide() + _paired() + _periodic() + _arguments_in_pairs() + _scaled() + _loose()
    return {row.name: row for row in rows}


CATALOGUE: Mapping[str, Function] = MappingProxyType(_catalogue())
