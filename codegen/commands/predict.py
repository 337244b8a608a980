"""``codegen predict``: the class of every example, with weights that ``codegen train`` saved."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen predict weights.npz --data digits
  codegen predict weights.npz --data new.csv > labels.txt
  codegen predict weights.npz --data new.csv -o predicted.csv     with the class probabilities
"""


@click.command(epilog=EXAMPLES, short_help="Predict labels with trained weights.")
@click.argument("weights", type=click.Path(path_type=Path), metavar="WEIGHTS.npz")
@click.option(
    "--data", required=True, metavar="digits|FILE", help="Features, with or without labels."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write .csv or .npz.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option("-q", "--quiet", is_flag=True, help="Do not print the accuracy.")
def command(weights: Path, data: str, output: Path | None, *, as_json: bool, quiet: bool) -> None:
    """Predict the label of every example, one a line; with labels in the data, say the accuracy.

    Where the weights and the data have names of features, they must be the same in the same order.
    """
    import json

    from codegen.training.outputs import check_output
    from codegen.training.predict import KINDS, predict, save_prediction
    from codegen.training.weights import load_weights

    if output is not None:
        check_output(output, KINDS, "-o", read=(weights, data))
    prediction = predict(load_weights(weights), data)
    accuracy = prediction.accuracy
    if output is not None:
        save_prediction(output, prediction)
    if as_json:
        found = {
            "labels": prediction.labels.tolist(),
            "classes": prediction.classes.tolist(),
            "probabilities": prediction.probabilities.tolist(),
            "accuracy": accuracy,
        }
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    if output is None:
        click.echo("\n".join(map(str, prediction.labels.tolist())))
    elif not quiet:
        click.echo(f"wrote {output}")
    if accuracy is not None and not quiet:
        click.echo(f"accuracy {accuracy:.4f} on {len(prediction.labels):,} examples", err=True)
