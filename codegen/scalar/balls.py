"""The operations of scalar code on Arb balls, with the real line's conventions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from flint import arb, ctx, fmpq, fmpz_poly
from sympy import Add, Expr, Float, Mul, Pow, Rational, S, pi
from sympy import asinh as sympy_asinh
from sympy import atan as sympy_atan
from sympy import cos as sympy_cos
from sympy import cosh as sympy_cosh
from sympy import erf as sympy_erf
from sympy import erfc as sympy_erfc
from sympy import exp as sympy_exp
from sympy import log as sympy_log
from sympy import sin as sympy_sin
from sympy import sinh as sympy_sinh
from sympy import tan as sympy_tan
from sympy import tanh as sympy_tanh
from sympy.logic.boolalg import BooleanFalse, BooleanTrue
from sympy.polys.rootoftools import ComplexRootOf

__all__ = ["OPERATIONS", "NoValueError", "UndecidedError", "constant"]

EVERY = arb(2) ** 4000  # an exponent beyond which exp is 0 or inf for every purpose
ASYMPTOTIC = arb(2) ** 14  # from which on each term of the series for erfcx has some thirty bits
ANYWHERE = arb(0, 1)  # the sine of what is so large that no precision would tell
SMALL = arb(2) ** -(2**40)
VAGUE = arb(1, 2.0**-20)  # of which powers and quotients are known to be huge, differences are not
SLIGHT = 2.0**-20  # an exponent that leaves a number beyond what any exponent could hold
LAST = 5000  # bits at which two sides that still overlap count as equal


class NoValueError(ArithmeticError):
    """The real line has no value here: the logarithm of a negative number, a division by 0."""


class UndecidedError(ArithmeticError):
    """Two balls overlap, so that the precision does not decide their order."""


def exponential(u: arb) -> arb:
    """e^u; a ball of the size of e^EVERY or its reciprocal for all that no exponent could hold."""
    if not u.is_finite():
        return arb(0) if u == arb.neg_inf() else arb.pos_inf() if u == arb.pos_inf() else arb.nan()
    if abs(u) > EVERY:
        return _vague(1 if u > 0 else -1)
    return u.exp()


@cache
def _largest() -> arb:
    """Return a ball of e^EVERY."""
    before, ctx.prec = ctx.prec, LAST
    try:
        return EVERY.exp()
    finally:
        ctx.prec = before


@cache
def _known() -> tuple[arb, arb]:
    """Return the positive numbers between which a ball stands for what it is, not for its size alone."""
    before, ctx.prec = ctx.prec, LAST
    try:
        most = (EVERY / 16).exp()
    finally:
        ctx.prec = before
    return 1 / most, most


def _beyond(u: arb) -> int:
    """Return 1 for a positive number that is larger than any exponent could hold, −1 for its reciprocal."""
    least, most = _known()
    return 1 if u > most else -1 if 0 < u < least else 0


def _vague(side: int) -> arb:
    """Return a ball that stands for such a number, or its reciprocal."""
    return VAGUE * _largest() if side > 0 else VAGUE / _largest()


def logarithm(u: arb) -> arb:
    """log u, −inf at 0."""
    if u < 0:
        raise NoValueError
    if u.is_zero() or u == arb.pos_inf():
        return arb.neg_inf() if u.is_zero() else u
    if _beyond(u):
        raise UndecidedError
    return u.log()


def root(u: arb) -> arb:
    """√u."""
    if u < 0:
        raise NoValueError
    side = _beyond(u)
    return _vague(side) if side and u.is_finite() else u.sqrt()


def power(base: arb, exponent: arb) -> arb:
    """Base to the exponent over the reals."""
    if exponent.is_integer() and abs(exponent) < 2**20:
        whole = _whole(exponent)
        return quotient(arb(1), base**-whole) if whole < 0 else base**whole
    if base.is_zero():
        if exponent > 0:
            return arb(0)
        raise NoValueError
    if base < 0:
        if not exponent.is_integer():
            raise NoValueError
        size = exponential(exponent * (-base).log())
        return -size if _whole(exponent) % 2 else size
    side = _beyond(base)
    if side and base.is_finite() and abs(exponent) > SLIGHT:
        return _vague(side if exponent > 0 else -side)
    return exponential(exponent * logarithm(base))


def _whole(number: arb) -> int:
    """Return the one integer in a ball."""
    found = number.unique_fmpz()
    assert found is not None
    return int(found)


def quotient(above: arb, below: arb) -> arb:
    """The quotient by anything but 0; 0 where what no exponent could hold divides."""
    if below.is_zero():
        raise NoValueError
    if below == arb.pos_inf() or below == arb.neg_inf():
        return arb(0) if above.is_finite() else arb.nan()
    return above / below


def less(a: arb, b: arb) -> bool:
    """Whether a < b; balls that overlap to the last precision count as equal."""
    if a < b:
        return True
    if a >= b:
        return False
    return _tie(a, b, False)


def less_or_equal(a: arb, b: arb) -> bool:
    """Whether a ≤ b, likewise."""
    if a <= b:
        return True
    if a > b:
        return False
    return _tie(a, b, True)


def equal(a: arb, b: arb) -> bool:
    """Whether a = b, likewise."""
    if a == b:
        return True
    if not a.overlaps(b):
        return False
    return _tie(a, b, True)


def _tie(a: arb, b: arb, verdict: bool) -> bool:
    if ctx.prec < LAST:  # nan too, which the root of a ball about 0 is
        raise UndecidedError
    return verdict and not (a.is_nan() or b.is_nan())


def signum(u: arb) -> arb:
    """−1, 0 or 1; no value where u is not known at all, as sin ∞ is not."""
    if u > 0:
        return arb(1)
    if u < 0:
        return arb(-1)
    if u.is_nan() or u.is_zero():
        return u
    if ctx.prec < LAST:
        raise UndecidedError
    if u.rad() >= ANYWHERE.rad():
        raise NoValueError
    return arb(0)


def complementary_scaled(u: arb) -> arb:
    """erfcx u = e^(u²) erfc u; of large u, where Arb's erfc has no digits, by its alternating series.

    Source: Abramowitz and Stegun, 7.1.23; what is left is less than the first term left out.
    """
    if not u > ASYMPTOTIC:
        return (u * u).exp() * u.erfc()
    term = total = 1 / (u * arb.pi().sqrt())
    for k in range(1, ctx.prec):
        term *= (1 - 2 * k) / (2 * u * u)
        total += term
        if abs(term) < total * arb(2) ** -ctx.prec:
            break
    return total + term * ANYWHERE


def error_function(u: arb) -> arb:
    """erf u, also at ±inf."""
    return u.sgn() if not u.is_finite() and not u.is_nan() else u.erf()


def complementary(u: arb) -> arb:
    """erfc u, also at ±inf and where no exponent could hold it."""
    if not u.is_finite() and not u.is_nan():
        return 1 - u.sgn()
    if u > EVERY:
        return arb(0)
    return (-u * u).exp() * complementary_scaled(u) if u > ASYMPTOTIC else u.erfc()


def _near_0(u: arb, function: Callable[[], arb]) -> arb:
    """A function that begins with u + O(u²), of which Arb knows little where no exponent of C holds u."""
    return u + u * u * arb(0, 1) if abs(u) < SMALL else function()


# a ball, or for a comparison a bool
OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "add_exact": lambda a, b: a + b,
    "sub_exact": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": quotient,
    "neg": lambda a: -a,
    "sqrt": root,
    "abs": abs,
    "lt": less,
    "lt_either": less,
    "le": less_or_equal,
    "eq": equal,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a: not a,
    "exp": exponential,
    "expm1": lambda a: exponential(a) if a > EVERY else _near_0(a, a.expm1),
    "log": logarithm,
    "log1p": lambda a: a.log1p() if abs(a) < 1 else logarithm(1 + a),
    "tanh": lambda a: a.sgn() if abs(a) > EVERY else _near_0(a, a.tanh),
    "sinh": lambda a: a.sgn() * exponential(abs(a)) if abs(a) > EVERY else _near_0(a, a.sinh),
    "cosh": lambda a: exponential(abs(a)) if abs(a) > EVERY else a.cosh(),
    "sin": lambda a: ANYWHERE if abs(a) > EVERY else a.sin(),
    "cos": lambda a: ANYWHERE if abs(a) > EVERY else a.cos(),
    "sin_multiple": lambda x, c, d: (c * x + d).sin(),
    "cos_multiple": lambda x, c, d: (c * x + d).cos(),
    "sin_scaled": lambda a: (a * 2**64).sin(),
    "cos_scaled": lambda a: (a * 2**64).cos(),
    "tan": lambda a: a.tan(),
    "atan": lambda a: a.atan(),
    "asinh": lambda a: a.sgn() * logarithm(2 * abs(a)) if _beyond(abs(a)) > 0 else a.asinh(),
    "erf": error_function,
    "erfc": complementary,
    "erfcx": complementary_scaled,
    "sign": signum,
}

CONSTANT_FUNCTIONS: dict[type, str] = {
    sympy_exp: "exp", sympy_log: "log", sympy_sin: "sin", sympy_cos: "cos", sympy_tan: "tan",
    sympy_sinh: "sinh", sympy_cosh: "cosh", sympy_tanh: "tanh", sympy_atan: "atan",
    sympy_asinh: "asinh", sympy_erf: "erf", sympy_erfc: "erfc",
}  # fmt: skip


def constant(value: Expr) -> Any:
    """Return the ball of a constant expression at the precision that is set; of true or false, a bool."""
    return _constant(value, ctx.prec)


@lru_cache(maxsize=4096)
def _constant(value: Expr, precision: int) -> Any:
    if isinstance(value, (BooleanTrue, BooleanFalse)):
        return bool(value)
    special = {
        S.NaN: arb.nan(), S.ComplexInfinity: arb.nan(),
        S.Infinity: arb.pos_inf(), S.NegativeInfinity: arb.neg_inf(),
        S.Exp1: arb(1).exp(), pi: arb.pi(),
    }  # fmt: skip
    if value in special:
        return special[value]
    if isinstance(value, Float):  # a limit that derive knows by its digits
        value = Rational(value)
    if isinstance(value, Rational):
        return arb(fmpq(int(value.p), int(value.q)))
    if isinstance(value, ComplexRootOf):
        return _polynomial_root(value)
    parts = [_constant(part, precision) for part in value.args]
    if isinstance(value, Add):
        return sum(parts, arb(0))
    if isinstance(value, Mul):
        product = arb(1)
        for part in parts:
            product *= part
        return product
    if isinstance(value, Pow):
        if value.exp == S.Half:
            return parts[0].sqrt()
        return power(parts[0], parts[1])
    return OPERATIONS[CONSTANT_FUNCTIONS[type(value)]](parts[0])


def _polynomial_root(value: ComplexRootOf) -> arb:
    """Return the ball of a polynomial's real root, whose index counts the real ones upwards."""
    polynomial = fmpz_poly([int(c) for c in reversed(value.poly.all_coeffs())])
    roots: Any = polynomial.complex_roots()  # pairs, unlike what its stub says
    real = (root.real for root, _ in roots if root.imag == 0)
    return sorted(real, key=lambda root: root.mid())[value.index]
