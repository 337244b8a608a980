"""A benchmark as the command line, a program and a notebook ask for it, and how it shows itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import escape

from codegen.arguments import recipe_of_name
from codegen.benchmarks.measure import Effort
from codegen.benchmarks.peer import Peer
from codegen.benchmarks.peers import peers
from codegen.benchmarks.problem import Subject
from codegen.benchmarks.report import duration, notes
from codegen.benchmarks.run import Result, benchmark, installed
from codegen.benchmarks.work import Kind, parse_work
from codegen.doctor.wide_kernels import load_blas
from codegen.recipe import Recipe, dtypes_of
from codegen.settings import find_settings
from codegen.training.network import free_sizes
from derive.errors import InputError
from derive.model import parse_model
from derive.spelling import did_you_mean

__all__ = ["Benchmark", "measured"]

DEFAULT_SIZES = {
    0: ("1-784-10", "128-784-10", "1797x1-64-10"),
    1: ("1-50-32-2", "1-784-256-10", "32-300-100-5", "128-784-256-10", "1797x1-64-100-10"),
}
ELEMENTS = ("1000", "100000")


@dataclass(frozen=True)
class Benchmark:
    """What was measured of a recipe; ``versions`` of the peers, ``missing``: who is not installed."""

    recipe: Recipe
    results: tuple[Result, ...]
    versions: Mapping[str, str]
    missing: Mapping[str, str]
    threads: int

    def __str__(self) -> str:
        lines = [f"{self.recipe}, {self.threads} threads"]
        for result in self.results:
            times = ", ".join(f"{e.name} {duration(e.seconds)}" for e in result.entries)
            lines.append(f"{result.work.kind.value} {result.work} {result.dtype}: {times}")
        return "\n".join([*lines, *notes(self.results, self.missing)])

    def _repr_html_(self) -> str:
        names = list(dict.fromkeys(e.name for result in self.results for e in result.entries))
        head = _cells("th", ("work", "dtype", *names))
        rows = "".join(_row(result, names) for result in self.results)
        said = "".join(f"<p>{escape(line)}</p>" for line in notes(self.results, self.missing))
        what = f"<p>{escape(str(self.recipe))}, {self.threads} threads; medians</p>"
        return f"{what}<table><tr>{head}</tr>{rows}</table>{said}"


def _row(result: Result, names: Sequence[str]) -> str:
    cells = {
        entry.name: duration(entry.seconds)
        + ("" if entry is result.entries[0] else f" ({result.ratio(entry):.3g}×)")
        for entry in result.entries
    }
    work = f"{result.work.kind.value} {result.work}"
    texts = (work, result.dtype, *(cells.get(name, "—") for name in names))
    return f"<tr>{_cells('td', texts)}</tr>"


def _cells(tag: str, texts: Sequence[str]) -> str:
    """Return the cells of a row: words at the left, numbers at the right."""
    sides = ["left"] * 2 + ["right"] * (len(texts) - 2)
    return "".join(
        f'<{tag} style="text-align: {side}">{escape(text)}</{tag}>'
        for side, text in zip(sides, texts, strict=True)
    )


def measured(
    name: str,
    arguments: Sequence[str],
    sizes: Sequence[str],
    against: Sequence[str] | None,
    dtype: str,
    rounds: int,
    threads: int,
    model: str | None = None,
    trainable: Sequence[str] = (),
) -> Benchmark:
    """Measure what NAME means on works of these sizes; raises InputError on bad input."""
    load_blas()  # before a peer does, which would leave the choice of kernels to OpenBLAS
    chosen = _chosen(against)
    dtypes = dtypes_of(dtype)
    recipe = recipe_of_name(find_settings(), name, arguments, model, trainable, None)
    if not set(dtypes) <= set(recipe.dtypes):
        raise InputError(
            f"{name} is made for {recipe.dtypes[0]} alone: type --dtype {recipe.dtypes[0]}"
        )
    graph = parse_model(recipe.model, recipe.bindings, recipe.trainable)
    hidden = len(free_sizes(graph))
    works = [
        parse_work(text, hidden)
        for given in sizes or _default_sizes(hidden, bool(graph.activations))
        for text in given.split(",")
    ]
    if not graph.activations and any(work.kind is Kind.ELEMENTWISE for work in works):
        raise InputError(
            f"{recipe.model} has no activation to measure alone: give sizes with classes"
        )
    versions, missing = installed(chosen)
    present = [peer for peer in chosen if peer.NAME in versions]
    results = benchmark(Subject.of(recipe), works, dtypes, present, Effort(rounds))
    return Benchmark(recipe, tuple(results), versions, missing, threads)


def _default_sizes(hidden: int, activated: bool) -> tuple[str, ...]:
    deep = "-".join(["256", "784", *["512"] * hidden, "10"])
    return (*DEFAULT_SIZES.get(hidden, (deep,)), *(ELEMENTS if activated else ()))


def _chosen(against: Sequence[str] | None) -> Sequence[Peer]:
    """Return the peers that were asked for; InputError for a name that is none."""
    known = peers()
    if against is None:
        return [peer for name, peer in known.items() if "." not in name]
    for name in against:
        if name not in known:
            raise InputError(
                f"no peer is named {name!r}{did_you_mean(name, known)}: type {', '.join(known)}"
            )
    return [known[name] for name in against]
