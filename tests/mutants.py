"""Change what guards the mathematics, one place at a time, and see that a fast test notices.

    python tests/mutants.py                          # every module of GUARDS: about an hour
    python tests/mutants.py derive/rules.py --known  # the survivors on record alone
    python tests/mutants.py --sample 40 --seed 7     # so many of each module, at random

Mutants are those of cosmic-ray (``pip install -e ".[mutation]"``): numbers off by one, comparisons,
signs, operators and booleans replaced, loops that do not run, rules that are not entered. Each runs
in a fork of one process that has imported SymPy and pytest, in which the module is imported from its
mutated source; nothing on disk is touched. ``tests/mutants.toml`` keeps the counts and each
survivor, with the reason why it changes nothing that a user could see.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.abc
import importlib.util
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import cosmic_ray.plugins
import hypothesis
import mpmath  # noqa: F401  every import here is one that no fork repeats
import numpy as np  # noqa: F401
import pytest
import sympy  # noqa: F401
import tomlkit
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).parent.parent
RECORD = Path(__file__).with_suffix(".toml")
GUARDS = {  # a module, and the tests that guard it, the nearest first
    "derive/rules.py": ("rules", "pointwise", "steps", "subgradient"),
    "derive/sums.py": ("sums", "steps"),
    "derive/matrix.py": ("matrix",),
    "derive/formula.py": ("formula", "number", "bindings"),
}
SECONDS = 180  # of the clock, after which a mutant counts as noticed: it loops
MEMORY = 4 << 30  # bytes
INSTEAD = {"Add": "Sub", "Sub": "Add", "Mul": "Div", "Div": "Mul", "FloorDiv": "Mul", "Mod": "Mul",
           "Pow": "Mul", "BitOr": "BitAnd", "BitAnd": "BitOr"}  # fmt: skip
COMPARED = {  # its negation, and the other side of the boundary
    "Eq": ("NotEq",), "NotEq": ("Eq",), "Is": ("IsNot",), "IsNot": ("Is",),
    "In": ("NotIn",), "NotIn": ("In",), "Lt": ("LtE", "GtE"), "LtE": ("Lt", "Gt"),
    "Gt": ("GtE", "LtE"), "GtE": ("Gt", "Lt"),
}  # fmt: skip
OTHERS = ("AddNot", "ExceptionReplacer", "NumberReplacer", "RemoveDecorator", "ReplaceAndWithOr",
          "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ReplaceFalseWithTrue",
          "ReplaceOrWithAnd", "ReplaceTrueWithFalse", "ZeroIterationForLoop")  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change of one module: the line as it was and as it is."""

    module: str
    line: int
    was: str
    now: str
    source: str


def operators() -> list[str]:
    """Return the names of the operators: one or two others for each, not all eleven."""
    binary = {f"ReplaceBinaryOperator_{a}_{b}" for a, b in INSTEAD.items()}
    comparisons = {f"ReplaceComparisonOperator_{a}_{b}" for a, bs in COMPARED.items() for b in bs}
    return [
        name
        for name in cosmic_ray.plugins.operator_names()
        if (kind := name.partition("/")[2]) in binary | comparisons | set(OTHERS)
        or kind.startswith("ReplaceUnaryOperator")
    ]


def mutants(module: str) -> Iterator[Mutant]:
    """Yield the mutants of the module that compile and differ in more than an annotation."""
    source = (ROOT / module).read_text(encoding="utf-8")
    seen = {_meaning(source)}
    for name in operators():
        operator = cosmic_ray.plugins.get_operator(name)()
        places = (
            p for node in ast_nodes(get_ast(source)) for p in operator.mutation_positions(node)
        )
        for occurrence, _ in enumerate(places):
            mutated = mutate_code(source, operator, occurrence)
            with contextlib.suppress(SyntaxError):
                if (meaning := _meaning(mutated)) in seen:
                    continue
                seen.add(meaning)
                line, was, now = _change(source, mutated)
                if "cache(" not in was:  # no value depends on the size of a cache
                    yield Mutant(module, line, was, now, mutated)


def _meaning(source: str) -> str:
    """Return the module's syntax tree without annotations, which nothing evaluates."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            node.annotation = None if isinstance(node, ast.arg) else ast.Constant(None)
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(tree)


def _change(source: str, mutated: str) -> tuple[int, str, str]:
    """Return the number of the first line that differs, and what stands there before and after."""
    before, after = source.splitlines(), mutated.splitlines()
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    first, end, start, stop = next(places for tag, *places in changes if tag != "equal")
    now = " ".join(line.strip() for line in after[start:stop])
    return first + 1, " ".join(line.strip() for line in before[first:end]), now


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Import one module from the source of a mutant."""

    def __init__(self, module: str, source: str) -> None:
        self.name, self.path, self.source = _dotted(module), str(ROOT / module), source

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, self, origin=self.path)

    def get_source(self, fullname: str) -> str:
        return self.source


def _dotted(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".")


def tested(module: str, source: str) -> int:
    """Run the module's tests on this source in a fork; return the fork's process id."""
    if pid := os.fork():
        return pid
    status = 2
    try:
        signal.alarm(SECONDS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        null = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(null, stream)
        sys.meta_path.insert(0, _Instead(module, source))
        tests = [f"tests/derive/test_{name}.py" for name in GUARDS[module]]
        status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests])
    finally:
        os._exit(int(status))


def survivors(module: str, tried: list[Mutant], processes: int) -> list[Mutant]:
    """Return the mutants that every test passes."""
    if os.waitpid(tested(module, (ROOT / module).read_text(encoding="utf-8")), 0)[1]:
        sys.exit(f"the tests of {module} fail, or run over {SECONDS} s, without any change")
    left, running, alive = tried[::-1], {}, []
    while left or running:
        while left and len(running) < processes:
            mutant = left.pop()
            running[tested(module, mutant.source)] = mutant
        pid, status = os.wait()
        mutant = running.pop(pid)
        if status == 0:
            alive.append(mutant)
            print(
                f"  {module}:{mutant.line} survives\n    - {mutant.was}\n    + {mutant.now}",
                flush=True,
            )
    return sorted(alive, key=lambda mutant: mutant.line)


def recorded() -> tomlkit.TOMLDocument:
    """Return the record, or an empty one."""
    return tomlkit.parse(RECORD.read_text(encoding="utf-8") if RECORD.exists() else "")


def reasons(module: str) -> dict[tuple[str, str], str]:
    """Return why each recorded survivor of the module changes nothing that a user could see."""
    known = recorded().get(module, {}).get("survivors", [])
    return {(row["was"], row["now"]): row["why"] for row in known}


def record(module: str, tried: int, alive: list[Mutant]) -> bool:
    """Write the module's row; return whether nine in ten are killed and the others explained."""
    why = reasons(module)
    rows = tomlkit.aot()
    for mutant in alive:
        row = tomlkit.table()
        row.update(was=mutant.was, now=mutant.now, why=why.get((mutant.was, mutant.now), ""))
        rows.append(row)
    table = tomlkit.table()
    table.update(mutants=tried, killed=tried - len(alive))
    if alive:
        table["survivors"] = rows
    document = recorded()
    document[module] = table
    RECORD.write_text(tomlkit.dumps(document), encoding="utf-8")
    return len(alive) <= tried / 10 and all(row["why"] for row in rows)


def main() -> None:
    """Try the mutants of the modules named, or of all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", default=list(GUARDS), metavar="MODULE")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--known", action="store_true", help="try the recorded survivors alone")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of each, not recorded")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    hypothesis.settings.register_profile("mutants", database=None, derandomize=True)
    hypothesis.settings.load_profile("mutants")
    os.chdir(ROOT)
    good = True
    for module in arguments.modules:
        start = time.monotonic()
        tried = list(mutants(module))
        if arguments.known:
            why = reasons(module)
            tried = [mutant for mutant in tried if (mutant.was, mutant.now) in why]
        if arguments.sample is not None:
            draw = random.Random(f"{arguments.seed} {module}")
            tried = draw.sample(tried, min(arguments.sample, len(tried)))
        alive = survivors(module, tried, arguments.processes)
        took = time.monotonic() - start
        print(
            f"{module}: {len(tried) - len(alive)} of {len(tried)} killed in {took:.0f} s",
            flush=True,
        )
        if not arguments.known and arguments.sample is None:
            good &= record(module, len(tried), alive)
    sys.exit(not good)


if __name__ == "__main__":
    main()
