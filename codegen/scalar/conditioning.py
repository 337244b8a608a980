"""How much of each operation's rounding error reaches the result: error analysis at sample points.

An operation that commits a relative error ε changes an output by A·ε, where A is the product of the
amplifications along the way: |u| for e^u, |a/(a + b)| for the a of a sum, ½ for a root, and so on (Higham,
Accuracy and Stability of Numerical Algorithms, ch. 1 and 3). Sums of paths cancel where they do in truth.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from codegen.scalar.balls import UndecidedError
from codegen.scalar.oracle import each
from codegen.scalar.rows import UNKNOWN, Rows
from codegen.scalar.settled import PRECISIONS, TIGHT
from codegen.scalar.straight import straight
from codegen.scalar.terms import TRUTHS, Node, Terms

__all__ = ["SLIGHT", "UNKNOWN", "Study", "study"]

LEAST_REACH = 2.0**-1074  # of an operation whose share vanishes, unlike that of one without any
SLIGHT = (
    2.0**-1064
)  # up to this, a sum of many of the least, it matters only where numbers overflow

Array = NDArray[np.float64]
Number = TypeVar("Number", np.float64, np.int64)


@dataclass(frozen=True)
class Study:
    """For each operation (row) and point (column): its value as mantissa · 2^exponent, how much each
    output amplifies its relative error, and how many bits it has where it is a number of few.

    Mantissas lie in [1/2, 1); nan where not computed. ``keys`` are of rows: equal ones have equal values in
    all studies that share ``roundings``, in which :mod:`codegen.scalar.shares` keeps what it works out.
    """

    points: Array
    mantissa: Array
    exponent: NDArray[np.int64]
    amplification: dict[int, Array]
    digits: NDArray[np.int64]
    keys: tuple[Hashable, ...]
    roundings: dict[Hashable, Array] = field(default_factory=dict, compare=False, repr=False)

    def counted_double(self, places: NDArray[np.bool_]) -> Study:
        """Return the study with errors at some of the points counted double."""
        factor = np.where(places, 2.0, 1.0)
        with np.errstate(over="ignore"):
            doubled = {output: reach * factor for output, reach in self.amplification.items()}
        return replace(self, amplification=doubled)

    def condition(self, node: Node, number: int) -> Array:
        """Return |u f′(u)/f(u)| at each point, for an operation that is a function f of one argument u."""
        with np.errstate(all="ignore"):
            return np.abs(_factor(node, number, self.mantissa, self.exponent))

    def completed(self, more: Study, roundings: dict[Hashable, Array]) -> Study:
        """Return the study at the points of both, in order; roundings are those of others at these points."""
        points = np.concatenate([self.points, more.points])
        order = np.argsort(points, kind="stable")

        def both(one: NDArray[Number], other: NDArray[Number]) -> NDArray[Number]:
            return np.concatenate([one, other], axis=1)[:, order]

        return Study(
            points[order],
            both(self.mantissa, more.mantissa),
            both(self.exponent, more.exponent),
            {k: both(reach, more.amplification[k]) for k, reach in self.amplification.items()},
            both(self.digits, more.digits),
            tuple(zip(self.keys, more.keys, strict=True)),
            roundings,
        )


def study(
    terms: Terms,
    points: Array,
    parameters: Mapping[str, Array] | None = None,
    rows: Rows | None = None,
) -> Study:
    """Return the values and amplifications of all operations at the points.

    ``rows`` have those of other terms at the same points.
    """
    found = [
        _values(terms, x, given)
        for x, given in zip(points.tolist(), each(parameters, points.size), strict=True)
    ]
    rows = Rows() if rows is None else rows
    keys = rows.entered(terms, [values for values, _ in found], tuple(bits for _, bits in found))
    shape = len(terms.nodes), points.size
    mantissa, exponent, digits = (
        np.empty(shape),
        np.empty(shape, np.int64),
        np.empty(shape, np.int64),
    )
    for number, key in enumerate(keys):
        mantissa[number], exponent[number], digits[number] = rows.known[key]
    amplification = {
        output: _amplify(terms, output, mantissa, exponent) for output in terms.outputs
    }
    return Study(points, mantissa, exponent, amplification, digits, keys, rows.roundings)


def _values(terms: Terms, x: float, parameters: Mapping[str, float]) -> tuple[Sequence[Any], int]:
    """Return balls or truth values of all operations, tight where outputs need it, and their precision."""
    before, bits = ctx.prec, 0
    balls: Sequence[Any] = ()
    for ctx.prec in PRECISIONS:
        try:
            balls, bits = straight(terms).every(arb(x), parameters), ctx.prec
        except UndecidedError:
            continue
        outputs = [balls[output] for output in terms.outputs]
        if all(ball.rel_accuracy_bits() >= TIGHT or ball == 0 for ball in outputs):
            break
        if ctx.prec >= MOST or all(abs(ball) < LEAST for ball in outputs):
            break
    ctx.prec = before
    return balls or [False if node.op in TRUTHS else arb.nan() for node in terms.nodes], bits


MOST = 2600
LEAST = arb(2) ** -1200


def _amplify(terms: Terms, output: int, mantissa: Array, exponent: NDArray[np.int64]) -> Array:
    """Return |∂ log output / ∂ log v| of every operation v, by one sweep backwards."""
    count, width = mantissa.shape
    reach = np.zeros((count, width))
    reach[output] = 1.0
    ratio = partial(_ratio, mantissa, exponent)
    with np.errstate(all="ignore"):
        for number in range(output, -1, -1):
            node, here = terms.nodes[number], reach[number]
            if not node.args or not here.any():
                continue
            match node.op:
                case "add" | "sub" | "add_exact" | "sub_exact":
                    a, b = node.args
                    reach[a] += _times(here, ratio(a, number))
                    reach[b] += _times(
                        here, ratio(b, number) * (1 if node.op.startswith("add") else -1)
                    )
                case "mul":
                    for argument in node.args:
                        reach[argument] += here
                case "div":
                    reach[node.args[0]] += here
                    reach[node.args[1]] -= here
                case "neg" | "abs":
                    reach[node.args[0]] += here
                case "select":
                    condition, a, b = node.args
                    chosen = mantissa[condition] != 0
                    reach[a] += np.where(chosen, here, 0)
                    reach[b] += np.where(chosen, 0, here)
                case op if op in TRUTHS or op == "sign":
                    pass
                case "sin_multiple" | "cos_multiple":  # x is exact, and c and d are as good as that
                    pass
                case _:
                    (argument,) = node.args
                    reach[argument] += _times(here, _factor(node, number, mantissa, exponent))
    return np.abs(reach)


def _ratio(mantissa: Array, exponent: NDArray[np.int64], a: int, b: int) -> Array:
    shift = np.clip(exponent[a] - exponent[b], -2000, 2000)
    quotient = mantissa[a] / mantissa[b]
    return _told(np.ldexp(quotient, shift), quotient)


def _factor(node: Node, number: int, mantissa: Array, exponent: NDArray[np.int64]) -> Array:
    """Return u f′(u)/f(u) of an operation that is a function f of one argument u."""
    (argument,) = node.args
    u, f = (
        np.ldexp(mantissa[each], np.clip(exponent[each], -2000, 2000))
        for each in (argument, number)
    )
    return AMPLIFIERS[node.op](u, f, _ratio(mantissa, exponent, argument, number))


def _times(here: Array, factor: Array) -> Array:
    """Return the product, 0 where nothing gets here, and no more than slight where hardly anything does."""
    signs = np.where(here == 0, 0.0, np.sign(here) * np.sign(factor))
    return _told(np.where(np.abs(here) <= SLIGHT, 0.0, here * factor), signs)


def _told(number: Array, signs: Array) -> Array:
    """Return numbers with those that vanished, as their signs tell, as the least there are."""
    return np.where((number == 0) & (np.abs(signs) > 0), np.copysign(LEAST_REACH, signs), number)


def _each(function: Callable[[arb], arb]) -> Callable[[Array], Array]:
    """Return a function of arrays whose last bit is the same on every machine, as NumPy's is not."""
    return lambda u: np.array([float(function(arb(v))) for v in u.tolist()])


_cos, _sin = _each(lambda u: u.cos()), _each(lambda u: u.sin())
_tanh, _gauss = _each(lambda u: u.tanh()), _each(lambda u: (-u * u).exp())

# of the argument u, the value f and u/f; where u is beyond the range of floats u is infinite here
AMPLIFIERS: dict[str, Callable[[Array, Array, Array], Array]] = {
    "exp": lambda u, f, r: u,
    "expm1": lambda u, f, r: np.where(u > 50, u, r * (f + 1)),
    "log": lambda u, f, r: 1 / f,
    "log1p": lambda u, f, r: np.where(u > 2.0**60, 1 / f, r / (1 + u)),
    "sqrt": lambda u, f, r: np.full_like(u, 0.5),
    "tanh": lambda u, f, r: np.where(np.abs(u) > 50, 0, r * np.maximum(1 - f * f, 0)),
    "sinh": lambda u, f, r: np.where(np.abs(u) < 1e-8, 1, u / _tanh(u)),
    "cosh": lambda u, f, r: u * _tanh(u),
    "sin": lambda u, f, r: r * np.sqrt(np.maximum(1 - f * f, 0)) * np.sign(_cos(u)),
    "cos": lambda u, f, r: -r * np.sqrt(np.maximum(1 - f * f, 0)) * np.sign(_sin(u)),
    "sin_scaled": lambda u, f, r: AMPLIFIERS["sin"](u * 2.0**64, f, r * 2.0**64),
    "cos_scaled": lambda u, f, r: AMPLIFIERS["cos"](u * 2.0**64, f, r * 2.0**64),
    "tan": lambda u, f, r: r * (1 + f * f),
    "atan": lambda u, f, r: np.where(np.abs(u) > 1e100, 0, r / (1 + u * u)),
    "asinh": lambda u, f, r: np.where(np.abs(u) > 1e100, 1 / np.abs(f), r / np.sqrt(1 + u * u)),
    "erf": lambda u, f, r: np.where(np.abs(u) > 50, 0, 2 / np.sqrt(np.pi) * r * _gauss(u)),
    "erfc": lambda u, f, r: np.where(u > 5, -(2 * u * u + 1), -2 / np.sqrt(np.pi) * r * _gauss(u)),
    "erfcx": lambda u, f, r: np.where(u >= 0, -np.minimum(1, 2 * u), 2 * u * u),
}
