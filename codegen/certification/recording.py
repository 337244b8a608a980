"""Fill the committed record of certificates, and measure again what it says.

    python -m codegen.certification.recording [NAME …] [--library] [--dtype T] [--samples N] [--processes N]
    python -m codegen.certification.recording --check

Each activation of a module of this project, then with ``--library`` each one of the library, is certified
at every float32 and at a million float64; one entry is written as soon as it is measured. What is recorded
for the code as it is now is passed over, so that the command may be stopped and started again. ``--check``
measures the worst input of every entry again and names those that are of other code by now; it exits
with 1 where an error differs from the recorded one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from codegen.scalar.certificate import CertificateError, Row
from codegen.scalar.certify import certify
from codegen.scalar.code import code_hash, kept, quantities
from codegen.scalar.exhaustive import EVERY
from codegen.scalar.oracle import truth
from codegen.scalar.record import entries, recorded, write
from codegen.scalar.run import run
from codegen.scalar.stated import stated
from codegen.settings import find_settings
from derive.activation import Activation, activation
from derive.formula import X
from derive.library import entries as library
from derive.model import parse_model

__all__ = ["activations", "again", "main"]

DTYPES = ("float32", "float64")
Task = tuple[str, str, int]


def activations(names: Sequence[str] = (), whole_library: bool = False) -> dict[str, Activation]:
    """Return what is to be certified by name, in order: of the project's modules, then the library."""
    found: dict[str, Activation] = {}
    for module, recipe in find_settings().modules.items():
        graph = parse_model(recipe.model, recipe.bindings, recipe.trainable)
        for symbol in graph.activations:
            name = module if len(graph.activations) == 1 else f"{module} {symbol}"
            found[name] = graph.bound_activation(symbol)
    if whole_library:
        for name in (name for name in library() if not names or name in names):
            found.setdefault(name, activation(name))
    return {name: each for name, each in found.items() if not names or name in names}


def again(entry: Activation, dtype: str, rows: Sequence[Row]) -> tuple[float, ...]:
    """Return the errors in ULP at the recorded worst input of the value and of the derivative."""
    wanted = quantities(entry)
    points = np.array([row.where for row in rows], dtype)
    terms = stated((wanted.value, wanted.slope), X)
    code = kept("g", entry, dtype).text
    code = code[code.index(f"@scalar\ndef g_value_and_derivative_{dtype}(") :].split("\n\n@")[0]
    values = run(code, points)
    truths = truth(terms, points.astype(np.float64))
    pairs = zip(values, truths, strict=True)
    return tuple(float(t.ulp_distance(v, dtype)[k]) for k, (v, t) in enumerate(pairs))


def _pending(
    chosen: dict[str, Activation], samples: int, dtypes: Sequence[str] = DTYPES
) -> Iterator[Task]:
    """Yield the tasks that the record does not answer for the code as it is now.

    What has trainable parameters is not recorded: no input of float32 is measured with all their values.
    """
    for name, each in ((n, e) for n, e in chosen.items() if not e.trainable):
        for dtype in dtypes:
            rows = recorded(code_hash(each, dtype))
            wanted = EVERY if dtype == "float32" else samples
            if rows is None or min(row.count for row in rows) < wanted:
                yield name, dtype, samples


def _measured(task: Task) -> tuple[Task, tuple[Row, ...], str, float]:
    name, dtype, samples = task
    each = activations((name,), whole_library=True)[name]
    start = time.perf_counter()
    try:
        rows = certify(each, samples, exhaustive=True, dtypes=(dtype,))
    except CertificateError as error:
        return task, (), str(error), time.perf_counter() - start
    return task, rows, "", time.perf_counter() - start


def _record(
    chosen: dict[str, Activation], samples: int, processes: int, dtypes: Sequence[str]
) -> int:
    tasks = list(_pending(chosen, samples, dtypes))
    print(f"{len(tasks)} certificates to measure in {processes} processes", flush=True)
    missed = 0
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # of each process
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for (name, dtype, _), rows, error, seconds in pool.imap_unordered(_measured, tasks):
            if error:
                missed += 1
                print(f"{name} {dtype}: {error}", flush=True)
                continue
            write(code_hash(chosen[name], dtype), str(chosen[name].bound), rows)
            worst = ", ".join(f"{row.quantity} {row.max_ulp:.3f}" for row in rows)
            print(f"{name} {dtype}: {worst} ULP in {seconds:.0f} s", flush=True)
    return missed


def _check() -> int:
    differing = 0
    known = {str(each.bound): each for each in activations(whole_library=True).values()}
    for entry in entries():
        each = known.get(entry.formula) or activation(entry.formula)
        if code_hash(each, entry.dtype) != entry.hash:
            print(f"{entry.formula} {entry.dtype}: measured of other code")
            continue
        for row, ulp in zip(entry.rows, again(each, entry.dtype, entry.rows), strict=True):
            if abs(ulp - row.max_ulp) > 1e-3:
                differing += 1
                print(f"{entry.formula} {replace(row, max_ulp=ulp)}: recorded {row.max_ulp}")
    return differing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--library", action="store_true", help="the whole library as well")
    parser.add_argument("--dtype", choices=DTYPES, help="this one only")
    parser.add_argument("--samples", type=int, default=1_000_000, help="points in float64")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--check", action="store_true", help="measure the worst inputs again")
    options = parser.parse_args(arguments)
    if options.check:
        return min(1, _check())
    chosen = activations(options.names, options.library)
    dtypes = (options.dtype,) if options.dtype else DTYPES
    return min(1, _record(chosen, options.samples, options.processes, dtypes))


if __name__ == "__main__":
    sys.exit(main())
