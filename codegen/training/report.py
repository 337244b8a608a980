"""Tell how a training goes: a bar on a terminal, lines in a pipe, one JSON object for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from codegen.training.examples import counted
from codegen.training.loop import Epoch
from codegen.training.trainer import Training

__all__ = ["facts", "heading", "reached", "shown_epochs", "summary"]


def heading(training: Training) -> str:
    """Return what is trained on what, and at which rate."""
    prepared, plan = training.prepared, training.plan
    origin = "from the curvature at the start" if plan.halves else "as given"
    return (
        f"{training.request.recipe}: {training.size:,} parameters, "
        f"{counted(len(prepared.classes), 'class')}, "
        f"{counted(len(prepared.train), 'example')}, {len(prepared.held_out):,} held out\n"
        f"learning rate {plan.rate:.3g} per example, {origin}; "
        f"batches of {plan.batch_size}; {training.request.dtype}"
    )


def reached(epoch: Epoch) -> str:
    """Return the log-likelihood and the held-out accuracy of an epoch."""
    accuracy = "" if epoch.accuracy is None else f", held-out accuracy {epoch.accuracy:.4f}"
    return f"log-likelihood {epoch.log_likelihood:.4f} per example{accuracy}"


def summary(training: Training, epochs: Sequence[Epoch]) -> str:
    """Return what the last epoch reached, on all training rows and on the held-out ones."""
    last = epochs[-1]
    network, held_out = training.network, training.prepared.held_out
    lines = [f"after {counted(last.number, 'epoch')}: {reached(last)}"]
    if len(held_out):
        L = network.module.log_likelihood(*last.parameters, held_out.X, held_out.y)
        lines.append(f"held-out log-likelihood {L / len(held_out):.4f} per example")
    return "\n".join(lines)


def shown_epochs(epochs: Iterable[Epoch], count: int) -> Iterator[Epoch]:
    """Pass the epochs through, showing each: on a terminal as a bar, in a pipe as a line."""
    if sys.stderr.isatty():
        yield from _bar(epochs, count)
        return
    width = len(str(count))
    for epoch in epochs:
        click.echo(f"epoch {epoch.number:{width}}/{count}  {reached(epoch)}{_halved(epoch)}")
        yield epoch


def _bar(epochs: Iterable[Epoch], count: int) -> Iterator[Epoch]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("epoch"),
        MofNCompleteColumn(),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=count)
        for epoch in epochs:
            progress.update(task, completed=epoch.number, description=_short(epoch))
            yield epoch


def _short(epoch: Epoch) -> str:
    accuracy = "" if epoch.accuracy is None else f", held out {epoch.accuracy:.4f}"
    return f"L {epoch.log_likelihood:.4f}{accuracy}"


def _halved(epoch: Epoch) -> str:
    times = counted(epoch.halvings, "time")
    return f"  (rate halved {times} as it diverged)" if epoch.halvings else ""


def facts(training: Training, epochs: list[Epoch]) -> str:
    """Return the whole training as a JSON object."""
    request, prepared = training.request, training.prepared
    described: dict[str, Any] = {
        "model": request.recipe.model,
        "bindings": dict(request.recipe.bindings),
        "data": request.data,
        "dtype": request.dtype,
        "parameters": training.size,
        "classes": prepared.classes.tolist(),
        "examples": len(prepared.train),
        "held_out": len(prepared.held_out),
        "learning_rate": training.plan.rate,
        "batch_size": training.plan.batch_size,
        "seed": training.plan.seed,
        "epochs": [
            {
                "log_likelihood": epoch.log_likelihood,
                "accuracy": epoch.accuracy,
                "learning_rate": epoch.rate,
            }
            for epoch in epochs
        ],
    }
    return json.dumps(described, ensure_ascii=False, indent=2)
