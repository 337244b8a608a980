"""The functions of normal forms that SymPy does not have."""

from __future__ import annotations

from sympy import Expr, Function, erfc, exp, log

__all__ = ["Decay", "Kept", "Log1p", "Log1pSlope", "LogToOne", "ScaledErfc", "written_out"]


class Decay(Function):
    """e^(−v) for v ≥ 0."""

    nargs = 1


class Kept(Function):
    """v, a sum that is not multiplied out."""

    nargs = 1


class Log1p(Function):
    """log(1 + u)."""

    nargs = 1


class Log1pSlope(Function):
    """log(1 + u)/u, 1 where u is 0."""

    nargs = 1


class LogToOne(Function):
    """log r where r rises from 0 to 1: log(1 + (r − 1)) where it is near 1."""

    nargs = 1


class ScaledErfc(Function):
    """e^(u²) erfc u."""

    nargs = 1


def written_out(expression: Expr) -> Expr:
    """Return an expression without the functions of normal forms."""
    return (
        expression.replace(Decay, lambda v: exp(-v))
        .replace(Kept, lambda v: v)
        .replace(Log1p, lambda u: log(1 + u))
        .replace(Log1pSlope, lambda u: log(1 + u) / u)
        .replace(LogToOne, log)
        .replace(ScaledErfc, lambda u: exp(u**2) * erfc(u))
    )
