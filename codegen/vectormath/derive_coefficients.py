"""Derive every coefficient and constant and write them as modules of polynomial functions.

`python -m codegen.vectormath.derive_coefficients` rewrites the `polynomials.py` of every family,
byte for byte the same on every machine (two minutes); `--check` compares instead and exits 1 where
a file differs.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import mpmath
from mpmath import mpf

from codegen.vectormath.approximations import APPROXIMATIONS, Approximation
from codegen.vectormath.constants import constants, literal
from codegen.vectormath.minimax import PRECISION, Fit, fit

__all__ = ["FAMILIES", "Family", "main", "polynomial", "render", "render_polynomial", "texts"]

HIGHEST_DEGREE = 64
# coefficients beyond which the latency of one chain is felt, and of two
LONG, LONGER = 9, 24


@dataclass(frozen=True)
class Family:
    """Say how a set of polynomials is rounded and how good it must be.

    Attributes:
        folder: the package it is written to.
        suffix: of every name in it.
        digits: significant bits of a coefficient, 106 for a pair of float64.
        bits: the weighted error is at most 2^−bits, or four times that with rounded coefficients.
        names: what the module imports from `arithmetic` or, for pairs, from `pairs`.
    """

    folder: str
    suffix: str
    digits: int
    bits: int
    names: str


FAMILIES = (
    Family("float64", "f64", 53, 58, "arithmetic import fma, scalar"),
    Family("float32", "f32", 24, 27, "arithmetic import f32, fma, scalar"),
    Family("wide", "wide", 53, 40, "arithmetic import fma, scalar"),
    Family("doubledouble", "dd", 106, 96, "arithmetic import fast_two_sum, fma, scalar"),
)

HEADER = '''"""Polynomials and constants for {folder}: minimax, relative error about 2^−{bits}.

Written by `python -m codegen.vectormath.derive_coefficients`; edit `approximations.py` instead.
"""
{numpy}
from codegen.vectormath.{imports}
{pairs}
__all__ = [
{names}
]
'''
TWO_OVER_PI = '''"""Hold 2/π in words of 48 bits: 2/π = Σ wᵢ 2^(−48 i), 0 ≤ wᵢ < 1.

Written by `python -m codegen.vectormath.derive_coefficients`.
"""

import numpy as np

__all__ = ["TWO_OVER_PI_WORDS"]

TWO_OVER_PI_WORDS = np.array(
    [
{words}
    ]
)
'''
TURNS = '''"""Hold 2^(8 k) modulo 2π, from −π to π, in two words; the first is 1, of no whole turns.

Written by `python -m codegen.vectormath.derive_coefficients`.
"""

import numpy as np

__all__ = ["TURN_HIGH", "TURN_LOW"]
{words}'''
POWERS = 14  # of 2⁸, up to the largest float32
WORDS = 47  # for arguments below 2²⁰⁴⁸
PAIRS = "from codegen.vectormath.doubledouble.pairs import horner_dd\n"


def _lowest_degree(approximation: Approximation, goal: mpf) -> int:
    """Find the lowest degree whose minimax error is within the goal, by bisection."""
    low, high = mpf(approximation.low), mpf(approximation.high)
    fails, suffices = 0, HIGHEST_DEGREE
    degree = 4
    while suffices - fails > 1:
        found = fit(approximation.function, low, high, degree, approximation.weight)
        if found.error > goal:
            fails = degree
            degree = min(2 * degree, (fails + suffices) // 2)
        else:
            suffices = degree
            degree = (fails + suffices) // 2
    return suffices


def polynomial(approximation: Approximation, family: Family) -> Fit:
    """Return the lowest-degree minimax polynomial that reaches the family's accuracy."""
    goal = mpf(2) ** -family.bits
    low, high = mpf(approximation.low), mpf(approximation.high)
    lowest = _lowest_degree(approximation, goal)
    for degree in range(lowest, lowest + 4):
        arguments = (approximation.function, low, high, degree, approximation.weight)
        found = fit(*arguments, digits=family.digits)
        if found.error <= 4 * goal:
            return found
    what = f"rounded coefficients of {approximation.name}_{family.suffix}"
    raise ArithmeticError(f"{what} miss 2^-{family.bits} by more than a factor of four")


def _in_pairs(approximation: Approximation, coefficients: tuple[mpf, ...], bits: int) -> int:
    """Return how many of the lowest coefficients need two words, at least one."""
    low, high = mpf(approximation.low), mpf(approximation.high)
    reach = max(abs(low), abs(high))
    weight = max(abs(approximation.weight(x)) for x in (low, high))
    needed = [
        j for j, c in enumerate(coefficients) if abs(c) * reach**j * weight > mpf(2) ** (50 - bits)
    ]
    return max(needed, default=0) + 1


def _horner(p: str, x: str, coefficients: list[str]) -> list[str]:
    *lower, highest = coefficients
    return [f"    {p} = {highest}", *(f"    {p} = fma({p}, {x}, {c})" for c in reversed(lower))]


def _lines(x: str, coefficients: list[str]) -> list[str]:
    """Return Horner's scheme; a long one as two or four chains, independent of each other."""
    if len(coefficients) <= LONG:
        lines = _horner("p", x, coefficients)
        return [*lines[:-1], lines[-1].replace("p = ", "return ", 1)]
    square = f"    square = {x} * {x}"
    if len(coefficients) <= LONGER:
        even = _horner("even", "square", coefficients[::2])
        odd = _horner("odd", "square", coefficients[1::2])
        return [square, *even, *odd, f"    return fma(odd, {x}, even)"]
    chains = [_horner(p, "fourth", coefficients[k::4]) for k, p in enumerate("pqrs")]
    upper, lower = f"fma(s, {x}, r)", f"fma(q, {x}, p)"
    last = f"    return fma({upper}, square, {lower})"
    return [square, "    fourth = square * square", *chain.from_iterable(chains), last]


def _pair_lines(x: str, found: Fit, pairs: int) -> list[str]:
    lines = _horner("p", x, [repr(float(c)) for c in found.coefficients[pairs:]])
    before = "p, 0.0"
    for c in reversed(found.coefficients[:pairs]):
        high = float(c)
        lines.append(f"    p, q = horner_dd({before}, {x}, {x}_low, {high!r}, {float(c - high)!r})")
        before = "p, q"
    return [*lines, "    return fast_two_sum(p, q)"]


def render_polynomial(approximation: Approximation, family: Family) -> str:
    """Return the source of one polynomial function."""
    found = polynomial(approximation, family)
    x = approximation.argument
    bits = int(mpmath.floor(-mpmath.log(found.error, 2)))
    if family.suffix == "dd":
        pairs = _in_pairs(approximation, found.coefficients, family.bits)
        arguments, lines = f"{x}, {x}_low", _pair_lines(x, found, pairs)
    else:
        coefficients = [literal(c, family.digits == 24) for c in found.coefficients]
        arguments, lines = x, _lines(x, coefficients)
    degree = len(found.coefficients) - 1
    return "\n".join(
        [
            "@scalar",
            f"def {approximation.name}_{family.suffix}({arguments}):",
            f'    """{approximation.formula}; degree {degree}, 2^−{bits}."""',
            *lines,
        ]
    )


def render(family: Family) -> str:
    """Return the text of the family's polynomials module."""
    chosen = [a for a in APPROXIMATIONS if family.suffix in a.families]
    with mpmath.workprec(PRECISION):
        values = constants(family.suffix)
        functions = [render_polynomial(a, family) for a in chosen]
    names = sorted([*values, *(f"{a.name}_{family.suffix}" for a in chosen)])
    assignments = "\n".join(f"{name} = {text}" for name, text in values.items())
    header = HEADER.format(
        folder=family.folder,
        imports=family.names,
        bits=family.bits,
        numpy="\nimport numpy as np\n" if "np." in assignments else "",
        pairs=PAIRS if family.suffix == "dd" else "",
        names="\n".join(f'    "{n}",' for n in names),
    )
    return header + "\n" + assignments + "\n\n\n" + "\n\n\n".join(functions) + "\n"


def render_two_over_pi() -> str:
    """Return the text of the module of 2/π in words of 48 bits, each scaled to be below 1."""
    with mpmath.workprec(48 * WORDS + 64):
        rest = 2 / mpmath.pi
        words = []
        for _ in range(WORDS):
            rest *= 2**48
            words.append(f"        {float(mpmath.floor(rest) / 2**48)!r},")
            rest -= mpmath.floor(rest)
    return TWO_OVER_PI.format(words="\n".join(words))


def render_turns() -> str:
    """Return the text of the module of 2^(8 k) modulo 2π."""
    with mpmath.workprec(8 * POWERS + 200):
        turn = 2 * mpmath.pi
        left = [mpf(2) ** (8 * k) for k in range(POWERS)]
        left = [left[0], *(power - turn * mpmath.nint(power / turn) for power in left[1:])]
        text = ""
        for word in ("HIGH", "LOW"):
            lines = "\n".join(f"        {float(r)!r}," for r in left)
            text += f"\nTURN_{word} = np.array(\n    [\n{lines}\n    ]\n)\n"
            left = [r - mpf(float(r)) for r in left]
    return TURNS.format(words=text)


def texts(suffix: str | None = None) -> dict[Path, str]:
    """Return path → text of every derived module, or of one family's."""
    folder = Path(__file__).parent
    found = {
        folder / family.folder / "polynomials.py": render(family)
        for family in FAMILIES
        if suffix in (None, family.suffix)
    }
    if suffix is None:
        found[folder / "two_over_pi.py"] = render_two_over_pi()
        found[folder / "turns.py"] = render_turns()
    return found


def main(arguments: list[str] | None = None) -> int:
    """Rewrite, or with --check compare, the polynomial modules."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--family", choices=[f.suffix for f in FAMILIES], help="only this one")
    options = parser.parse_args(arguments)
    stale = []
    for path, text in texts(options.family).items():
        if not options.check:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
    for path in stale:
        print(f"{path} differs: run python -m codegen.vectormath.derive_coefficients")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
