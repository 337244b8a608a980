"""State what is approximated by a polynomial: the function, the interval, the weight.

A row is mathematics only; `derive_coefficients` turns the rows into polynomial functions, one set
for each arithmetic. `derive_coefficients.FAMILIES` says how accurate each set must be.
"""

from __future__ import annotations

from dataclasses import dataclass

import mpmath
from mpmath import mpf

from codegen.vectormath.minimax import Real

__all__ = ["APPROXIMATIONS", "Approximation", "erfcx_scaled"]


@dataclass(frozen=True)
class Approximation:
    """Name a function of one variable, where it is needed, and what its error is worth.

    Attributes:
        name: of the polynomial, without the family's suffix.
        argument: the name of its variable.
        formula: what it approximates, for its docstring.
        function: the same, exact to mpmath's working precision.
        low: left end of the interval.
        high: right end of the interval.
        weight: (polynomial − function) · weight is an error relative to the final result.
        families: suffixes of the families that use it.
    """

    name: str
    argument: str
    formula: str
    function: Real
    low: str
    high: str
    weight: Real
    families: tuple[str, ...] = ("f64", "f32", "wide", "dd")


def _guarded(function: Real, limit: Real) -> Real:
    """Return `function` with `limit` at 0, evaluated with room for the cancellation near 0."""

    def guarded(x: mpf) -> mpf:
        if x == 0:
            return limit(x)
        with mpmath.workprec(3 * mpmath.mp.prec):
            value = function(x)
        return +value

    return guarded


def _exp_tail(r: mpf) -> mpf:
    return (mpmath.exp(r) - 1 - r) / r**2


def _exp_rise(r: mpf) -> mpf:
    return mpmath.expm1(r) / r


def _exp_cubic(r: mpf) -> mpf:
    return (mpmath.exp(r) - 1 - r - r**2 / 2) / (r**3 / 2)


def _log_tail(z: mpf) -> mpf:
    s = mpmath.sqrt(z)
    return (2 * mpmath.atanh(s) - 2 * s) / (s * z)


def _atan_tail(z: mpf) -> mpf:
    t = mpmath.sqrt(z)
    return (mpmath.atan(t) - t) / (t * z)


def _sin_tail(z: mpf) -> mpf:
    r = mpmath.sqrt(z)
    return (mpmath.sin(r) - r) / (r * z)


def _sin_fifth(z: mpf) -> mpf:
    r = mpmath.sqrt(z)
    return (mpmath.sin(r) - r + r * z / 6) / (r * z * z)


def _cos_tail(z: mpf) -> mpf:
    return (mpmath.cos(mpmath.sqrt(z)) - 1 + z / 2) / z**2


def _erf_excess(z: mpf) -> mpf:
    x = mpmath.sqrt(z)
    return mpmath.erf(x) / x - 1


def erfcx_scaled(t: mpf) -> mpf:
    """Return (x + ½) e^(x²) erfc(x) for t = (x − 3)/(x + 3); its limit at t = 1 is 1/√π."""
    if t == 1:
        return 1 / mpmath.sqrt(mpmath.pi)
    x = 3 * (1 + t) / (1 - t)
    if x > 40:
        # Laplace's continued fraction: erfcx(x) √π = 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …
        fraction = x
        for k in range(600, 0, -1):
            fraction = x + mpf(k) / 2 / fraction
        return (x + mpf("0.5")) / (fraction * mpmath.sqrt(mpmath.pi))
    with mpmath.workprec(mpmath.mp.prec + 40):
        value = (x + mpf("0.5")) * mpmath.exp(x * x) * mpmath.erfc(x)
    return +value


def _erfcx_rise(t: mpf) -> mpf:
    """Return (E(t) − E(0))/t for E = erfcx_scaled."""
    with mpmath.workprec(3 * mpmath.mp.prec):
        t = t if t != 0 else mpf(2) ** -mpmath.mp.prec
        value = (erfcx_scaled(t) - erfcx_scaled(mpf(0))) / t
    return +value


APPROXIMATIONS = (
    Approximation(
        name="exp_cubic",
        argument="r",
        formula="(eʳ − 1 − r − r²/2)/(r³/2)",
        function=_guarded(_exp_cubic, lambda _: mpf(1) / 3),
        low="-0.3470",
        high="0.3470",
        weight=lambda r: r**2 / 2,
        families=("f64", "f32"),
    ),
    Approximation(
        name="exp_rise",
        argument="r",
        formula="(eʳ − 1)/r, for eʳ",
        function=_guarded(_exp_rise, lambda _: mpf(1)),
        low="-0.3470",
        high="0.3470",
        weight=lambda r: abs(r) * mpmath.exp(-r),
        families=("wide",),
    ),
    Approximation(
        name="expm1_rise",
        argument="r",
        formula="(eʳ − 1)/r, for eʳ − 1",
        function=_guarded(_exp_rise, lambda _: mpf(1)),
        low="-0.3470",
        high="0.3470",
        weight=lambda r: 1 / _exp_rise(r) if r else mpf(1),
        families=("wide",),
    ),
    Approximation(
        name="exp_quarter",
        argument="r",
        formula="(eʳ − 1 − r)/r²",
        function=_guarded(_exp_tail, lambda _: mpf(1) / 2),
        low="-0.0868",
        high="0.0868",
        weight=abs,
        families=("dd",),
    ),
    Approximation(
        name="log_tail",
        argument="z",
        formula="(2 artanh(s) − 2s)/s³ for z = s²",
        function=_guarded(_log_tail, lambda _: mpf(2) / 3),
        low="0",
        high="0.02945",
        weight=lambda z: z / 2,
    ),
    Approximation(
        name="atan_tail",
        argument="z",
        formula="(arctan(t) − t)/t³ for z = t²",
        function=_guarded(_atan_tail, lambda _: -mpf(1) / 3),
        low="0",
        high="0.1716",
        weight=lambda z: z,
        families=("f64", "f32", "wide"),
    ),
    Approximation(
        name="sin_tail",
        argument="z",
        formula="(sin(r) − r)/r³ for z = r²",
        function=_guarded(_sin_tail, lambda _: -mpf(1) / 6),
        low="0",
        high="0.6200",
        weight=lambda z: z,
    ),
    Approximation(
        name="sin_fifth",
        argument="z",
        formula="(sin(r) − r + r³/6)/r⁵ for z = r²",
        function=_guarded(_sin_fifth, lambda _: mpf(1) / 120),
        low="0",
        high="0.6200",
        weight=lambda z: z**2,
        families=("f64",),
    ),
    Approximation(
        name="cos_tail",
        argument="z",
        formula="(cos(r) − 1 + r²/2)/r⁴ for z = r²",
        function=_guarded(_cos_tail, lambda _: mpf(1) / 24),
        low="0",
        high="0.6200",
        weight=lambda z: z**2,
    ),
    Approximation(
        name="erf_excess",
        argument="z",
        formula="erf(x)/x − 1 for z = x²",
        function=_guarded(_erf_excess, lambda _: 2 / mpmath.sqrt(mpmath.pi) - 1),
        low="0",
        high="0.7120",
        weight=lambda z: mpf(1),
    ),
    Approximation(
        name="erfcx_rise",
        argument="t",
        formula="(E(t) − E(0))/t, E = (x + ½) e^(x²) erfc(x), t = (x − 3)/(x + 3)",
        function=_erfcx_rise,
        low="-1",
        high="1",
        weight=lambda t: 2 * abs(t),
        families=("f64", "f32", "wide"),
    ),
    Approximation(
        name="erfcx_scaled",
        argument="t",
        formula="(x + ½) e^(x²) erfc(x), t = (x − 3)/(x + 3)",
        function=erfcx_scaled,
        low="-1",
        high="1",
        weight=lambda t: mpf(2),
        families=("dd",),
    ),
)
