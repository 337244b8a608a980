"""``codegen bench``: the generated module side by side with what a user would run instead."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.errors import InputError

if TYPE_CHECKING:
    from codegen.benchmarks.peer import Peer

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen bench silu
  codegen bench mish --against torch,jax --dtype float64 --threads 1
  codegen bench "x*tanh(b*x)" b=2 --sizes 128-784-256-10 --sizes 1000000
  codegen bench silu --sizes 1797x1-64-100-10 --json epochs.json --plot epochs.svg

\b
Sizes:
  128-784-256-10      gradients of a batch of 128: features, hidden sizes, classes
  1797x1-64-100-10    ascent_epoch over 1797 rows in batches of 1
  100000              value_and_derivative of so many elements

Times are medians of interleaved rounds in one process; a ratio says how many times ours a peer
takes. Whoever does the same work must get the same numbers, or the command fails.
"""

DEFAULT_SIZES = {
    0: ("1-784-10", "128-784-10", "1797x1-64-10"),
    1: ("1-50-32-2", "1-784-256-10", "32-300-100-5", "128-784-256-10", "1797x1-64-100-10"),
}
ELEMENTS = ("1000", "100000")


@click.command(epilog=EXAMPLES)
@click.argument("name", metavar="NAME|FORMULA|MODEL")
@click.argument("arguments", nargs=-1, metavar="[BINDING]...")
@click.option("--against", metavar="PEER,…", help="By default numpy, torch, jax, sklearn.")
@click.option("--sizes", multiple=True, metavar="SIZE", help="What to measure; see below.")
@click.option("--dtype", default="float32", show_default=True, help="float32, float64 or both.")
@click.option("--threads", type=click.IntRange(1), help="All cores by default.")
@click.option("--rounds", type=click.IntRange(1), default=9, show_default=True)
@click.option("--model", help="The model that a formula or a library activation is put into.")
@click.option("--trainable", multiple=True, metavar="G.BETA", help="Learn this parameter.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Write JSON there.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the plot.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
def command(
    name: str,
    arguments: tuple[str, ...],
    *,
    against: str | None,
    sizes: tuple[str, ...],
    dtype: str,
    threads: int | None,
    rounds: int,
    model: str | None,
    trainable: tuple[str, ...],
    json_path: Path | None,
    plot: Path | None,
    quiet: bool,
) -> None:
    """Measure a module, a formula or a model against PyTorch, JAX, scikit-learn and NumPy.

    Peers that are not installed are left out, which is said; torch.compile has to be asked for.
    """
    from codegen.benchmarks.threads import keep_to
    from codegen.doctor.processor import cores

    count = cores() if threads is None else min(threads, cores())
    if threads is not None:
        keep_to(count)

    from codegen.arguments import recipe_of_name
    from codegen.benchmarks.measure import Effort
    from codegen.benchmarks.plot import draw_results
    from codegen.benchmarks.problem import Subject
    from codegen.benchmarks.report import facts, notes, table
    from codegen.benchmarks.run import benchmark, installed
    from codegen.benchmarks.work import Kind, parse_work
    from codegen.doctor.console import console
    from codegen.recipe import dtypes_of
    from codegen.settings import find_settings
    from codegen.training.network import free_sizes
    from codegen.training.outputs import check_output
    from codegen.training.plot import check_plot
    from derive.files import write_whole
    from derive.model import parse_model

    if json_path is not None:
        check_output(json_path, (".json",), "--json")
    if plot is not None:
        check_plot(plot)
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
        for text in sizes or _default_sizes(hidden, bool(graph.activations))
    ]
    if not graph.activations and any(work.kind is Kind.ELEMENTWISE for work in works):
        raise InputError(
            f"{recipe.model} has no activation to measure alone: give sizes with classes"
        )
    versions, missing = installed(chosen)
    present = [peer for peer in chosen if peer.NAME in versions]
    effort = Effort(rounds)
    results = list(benchmark(Subject.of(recipe), works, dtypes, present, effort))
    if not quiet:
        click.echo(f"{recipe}, {count} threads")
        console().print(table(results))
        for line in notes(results, missing):
            click.echo(line)
    if json_path is not None:
        write_whole(json_path, json.dumps(facts(recipe, results, versions, count), indent=2) + "\n")
    if plot is not None:
        draw_results(plot, results, str(recipe))
    for path in (json_path, plot):
        if path is not None and not quiet:
            click.echo(f"wrote {path}")


def _default_sizes(hidden: int, activated: bool) -> tuple[str, ...]:
    deep = "-".join(["256", "784", *["512"] * hidden, "10"])
    return (*DEFAULT_SIZES.get(hidden, (deep,)), *(ELEMENTS if activated else ()))


def _chosen(against: str | None) -> Sequence[Peer]:
    """Return the peers that were asked for; InputError for a name that is none."""
    from codegen.benchmarks.peers import peers
    from derive.language.naming import did_you_mean

    known = peers()
    if against is None:
        return [peer for name, peer in known.items() if "." not in name]
    found = []
    for name in filter(None, map(str.strip, against.split(","))):
        if name not in known:
            raise InputError(
                f"no peer is named {name!r}{did_you_mean(name, known)}: type {', '.join(known)}"
            )
        found.append(known[name])
    return found
