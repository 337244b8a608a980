"""Value and derivative of every activation that PyTorch or JAX has too, beside them, on one core.

    python -m codegen.benchmarks.activations [NAME …] [--rounds N] [--elements N]

Each library runs what it has under the name itself, forward and backward, on so many elements in cache; ours
is the loop of a generated module. Medians of interleaved rounds, in time of the processor, so that what else
the machine does hardly counts; a ratio above 1 says that ours is faster.
Names that mean another function there (gelu without its tanh, say) are passed over.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from codegen.benchmarks.measure import Effort
from codegen.benchmarks.peer import built_in
from codegen.benchmarks.threads import keep_to

__all__ = ["Line", "main", "means", "measured", "seconds_of"]

DTYPES = ("float32", "float64")
WAYS: tuple[dict[str, Any], ...] = (
    {},
    {"approximate": "tanh"},
    {"approximate": "none"},
    {"approximate": True},
    {"approximate": False},
)
Run = Callable[[], Any]


@dataclass(frozen=True)
class Line:
    """What an activation costs in a dtype, in nanoseconds an element by contestant."""

    name: str
    dtype: str
    nanoseconds: Mapping[str, float]

    def ratio(self, peer: str) -> float:
        """Return how many times as long the peer takes."""
        return self.nanoseconds[peer] / self.nanoseconds["ours"]

    def __str__(self) -> str:
        peers = [peer for peer in self.nanoseconds if peer != "ours"]
        times = "".join(
            f"   {peer} {self.nanoseconds[peer]:6.2f} ({self.ratio(peer):.2f}×)" for peer in peers
        )
        return f"{self.name:14} {self.dtype}   ours {self.nanoseconds['ours']:6.2f}{times}"


def means(lines: Sequence[Line]) -> dict[tuple[str, str], tuple[float, float, int]]:
    """Return the geometric mean and the least of the ratios, and their number, by peer and dtype."""
    found: dict[tuple[str, str], list[float]] = {}
    for line in lines:
        for peer in line.nanoseconds:
            if peer != "ours":
                found.setdefault((peer, line.dtype), []).append(line.ratio(peer))
    return {
        key: (math.exp(sum(map(math.log, ratios)) / len(ratios)), min(ratios), len(ratios))
        for key, ratios in found.items()
    }


def measured(names: Sequence[str], elements: int, effort: Effort) -> Iterator[Line]:
    """Yield a line for each activation and dtype of which a peer has the same function."""
    from codegen.benchmarks.ours import both_of
    from derive.activation import activation

    for name in names:
        each = activation(name)
        if each.trainable or not _known(name):
            continue
        both = both_of(name)
        peers = _peers(name, lambda x, both=both: both(np.asarray(x, float))[0])
        for dtype in DTYPES:
            x = np.random.default_rng(1).normal(0, 3, elements).astype(dtype)
            runs: dict[str, Run] = {"ours": partial(both, x)}
            runs |= {peer: make(x) for peer, make in peers.items()}
            if peers:
                times = seconds_of(runs, effort)
                yield Line(name, dtype, {k: t / elements * 1e9 for k, t in times.items()})


def seconds_of(runs: Mapping[str, Run], effort: Effort) -> dict[str, float]:
    """Return the median seconds of the processor that one call of each takes."""
    counts = {
        name: max(1, round(effort.seconds / max(_seconds(run, 3), 1e-7)))
        for name, run in runs.items()
    }
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(effort.rounds):
        for name, run in runs.items():
            found[name].append(_seconds(run, counts[name]))
    return {name: median(seconds) for name, seconds in found.items()}


def _seconds(run: Run, count: int) -> float:
    run()
    start = time.process_time()
    for _ in range(count):
        run()
    return (time.process_time() - start) / count


def _spellings(name: str) -> tuple[str, ...]:
    return name, name.replace("_", ""), name.partition("_")[0]


def _known(name: str) -> bool:
    """Return whether a peer has a function of the name at all."""
    import jax
    import torch

    libraries = (torch.nn.functional, jax.nn)
    return any(hasattr(library, spelled) for library in libraries for spelled in _spellings(name))


def _peers(name: str, exact: Callable[..., Any]) -> dict[str, Callable[[Any], Run]]:
    """Return for each peer that has the function what makes a run of it over an array."""
    import jax
    import jax.numpy as jnp
    import torch

    jax.config.update("jax_enable_x64", True)
    torch.set_num_threads(1)
    found: dict[str, Callable[[Any], Run]] = {}
    eager = _same(torch.nn.functional, name, torch.from_numpy, exact)
    if eager is not None:
        found["torch"] = partial(_torch_run, eager)
    compiled = _same(jax.nn, name, jnp.asarray, exact)
    if compiled is not None:
        found["jax"] = partial(_jax_run, compiled)
    return found


def _same(
    library: Any, name: str, to_array: Callable[[Any], Any], exact: Callable[..., Any]
) -> Callable[..., Any] | None:
    """Return the library's function that is this activation, however its options must be set."""
    for spelled in dict.fromkeys(_spellings(name)):
        for options in WAYS:
            if not hasattr(library, spelled):
                continue
            called = type(
                "", (), {name: staticmethod(partial(getattr(library, spelled), **options))}
            )
            same = built_in(called, name, to_array, exact)
            if same is not None:
                return same
    return None


def _torch_run(value: Callable[..., Any], x: Any) -> Run:
    import torch

    leaf = torch.from_numpy(x).requires_grad_()
    ones = torch.ones_like(leaf)

    def run() -> Any:
        z = value(leaf)
        return z, torch.autograd.grad(z, leaf, ones)[0]

    return run


def _jax_run(value: Callable[..., Any], x: Any) -> Run:
    import jax
    import jax.numpy as jnp

    given = jnp.asarray(x)

    @jax.jit
    def both(x: Any) -> tuple[Any, Any]:
        z, back = jax.vjp(value, x)
        return z, back(jnp.ones_like(z))[0]

    return lambda: jax.block_until_ready(both(given))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of the library; all by default")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--elements", type=int, default=16_384)
    options = parser.parse_args(arguments)
    keep_to(1)
    from derive.library import entries

    lines = []
    print("nanoseconds an element of value and derivative, one core", flush=True)
    for line in measured(
        options.names or list(entries()), options.elements, Effort(options.rounds)
    ):
        lines.append(line)
        print(line, flush=True)
    for (peer, dtype), (mean, least, count) in sorted(means(lines).items()):
        print(f"{peer} {dtype}: {mean:.2f}× as long, at least {least:.2f}×, of {count}")
    if hasattr(os, "getloadavg"):
        print(f"load {os.getloadavg()[0]:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
