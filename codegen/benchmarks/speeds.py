"""The committed record of what a value with its derivative costs, by activation.

    python -m codegen.benchmarks.speeds [NAME …]     measures, and writes speeds.toml

It is the loop of a generated module over numbers in cache, on one core, in time of the processor; the table
names the processor. An activation that is not measured again keeps its entry.
"""

from __future__ import annotations

import platform
import sys
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np

from codegen.benchmarks.activations import DTYPES, seconds_of
from codegen.benchmarks.measure import Effort
from codegen.benchmarks.threads import keep_to
from derive.files import write_whole

__all__ = ["main", "recorded_speeds"]

RECORD = Path(__file__).parent / "speeds.toml"
ELEMENTS = 16_384
ROUNDS = 9
HEAD = """\
# Nanoseconds an element of g and g′ in one pass over {elements} numbers, on one core; written by
# `python -m codegen.benchmarks.speeds`.
"""


@cache
def recorded_speeds() -> Mapping[str, Mapping[str, str | float]]:
    """Return the record: by activation the processor, and the nanoseconds in each dtype."""
    if not RECORD.exists():
        return {}
    return tomllib.loads(RECORD.read_text(encoding="utf-8"))


def processor() -> str:
    """Return what the processor is called."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def measured(name: str) -> dict[str, str | float]:
    """Return the entry of an activation of the library, measured here and now."""
    from codegen.benchmarks.ours import both_of

    entry: dict[str, str | float] = {"processor": processor()}
    both = both_of(name)
    for dtype in DTYPES:
        x = np.random.default_rng(1).normal(0, 3, ELEMENTS).astype(dtype)
        seconds = seconds_of({"ours": partial(both, x)}, Effort(ROUNDS))["ours"]
        entry[dtype] = round(seconds / ELEMENTS * 1e9, 2)
    return entry


def text_of(record: Mapping[str, Mapping[str, str | float]]) -> str:
    """Return a record as TOML."""
    tables = []
    for name, entry in sorted(record.items()):
        lines = [f"{key} = {value!r}".replace("'", '"') for key, value in entry.items()]
        tables.append("\n".join([f"[{name}]", *lines]))
    return "\n\n".join([HEAD.format(elements=ELEMENTS).rstrip(), *tables]) + "\n"


def main(names: Sequence[str]) -> int:
    """Measure activations, all of the library by default, and record each at once."""
    from derive.library import entries

    keep_to(1)
    record = dict(recorded_speeds())
    for name in names or list(entries()):
        record[name] = measured(name)
        write_whole(RECORD, text_of(record))
        print(name, *record[name].values(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
