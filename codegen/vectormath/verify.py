"""Measure every function's error and print the table; `--record` keeps it.

    python -m codegen.vectormath.verify [NAME …] [--exhaustive] [--points N] [--record]

A name without its suffix stands for all families. float32 functions are tried at all 2³² arguments
with `--exhaustive` (about two minutes a function on two cores), others at N points and around the
worst of these. Exit 1 where a bound is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

from codegen.vectormath.catalogue import CATALOGUE
from codegen.vectormath.measure import Measurement, exhaust, sample
from codegen.vectormath.oracle import BASES, base_name
from codegen.vectormath.record import read, write

__all__ = ["chosen", "main", "row"]

HEADER = f"{'function':20} {'error':>10} {'bound':>10} {'where':>26} {'arguments':>12}"


def chosen(names: Sequence[str]) -> list[str]:
    """Return the measurable catalogue names that the given names stand for, in order.

    Raises:
        KeyError: a name stands for nothing.
    """
    measurable = [n for n in CATALOGUE if base_name(n) in BASES]
    for name in names:
        if name not in measurable and not any(base_name(n) == name for n in measurable):
            raise KeyError(f"no function {name!r}; the catalogue has {', '.join(measurable)}")
    return [n for n in measurable if not names or n in names or base_name(n) in names]


def row(found: Measurement) -> str:
    """Return one line of the table."""
    bound = CATALOGUE[found.name].bound
    kind = " all" if found.exhaustive else ""
    numbers = f"{found.error:10.4g} {bound:10.4g} {found.x!r:>26} {found.count:>13,}"
    return f"{found.name:20} {numbers}{kind}"


def _measure(name: str, exhaustive: bool, points: int) -> Measurement:
    if not exhaustive or CATALOGUE[name].dtype != "float32" or CATALOGUE[name].arity != 1:
        return sample(name, points)

    def progress(done: float) -> None:
        if sys.stderr.isatty():
            print(f"\r{name} {done:4.0%}", end="", file=sys.stderr, flush=True)

    found = exhaust(name, progress)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    return found


def _report(names: Iterable[str], options: argparse.Namespace) -> int:
    print(HEADER)
    missed = 0
    for name in names:
        found = _measure(name, options.exhaustive, options.points)
        print(row(found), flush=True)
        missed += not found.error <= CATALOGUE[name].bound
        if options.record:
            write({**read(), name: found}, {name})
    return missed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--exhaustive", action="store_true", help="all of float32")
    parser.add_argument("--points", type=int, default=20_000, help="arguments for a sample")
    parser.add_argument("--record", action="store_true", help="keep the result in record.toml")
    options = parser.parse_args(arguments)
    try:
        names = chosen(options.names)
    except KeyError as problem:
        print(problem.args[0], file=sys.stderr)
        return 2
    return 1 if _report(names, options) else 0


if __name__ == "__main__":
    sys.exit(main())
