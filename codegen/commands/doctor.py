"""``codegen doctor``: what limits the speed of kernels here, and what mends it."""

from __future__ import annotations

import click

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen doctor
  codegen doctor --json
"""


@click.command(epilog=EXAMPLES, short_help="Explain what limits speed on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(*, as_json: bool) -> None:
    """Explain what limits speed on this machine: BLAS, vectors, threads, cache, with remedies.

    Matrix products are measured for a few seconds, in float32 and float64, with the
    kernels that BLAS chose and with the best that the processor can run.
    """
    import json

    from codegen.doctor import diagnose

    found = diagnose()
    if as_json:
        click.echo(json.dumps([finding.facts() for finding in found], ensure_ascii=False, indent=2))
        return
    from rich.table import Table

    from codegen.doctor.console import console

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in found:
        table.add_row(finding.topic, finding.found)
        if finding.remedy:
            table.add_row("", f"→ {finding.remedy}")
    console().print(table)
    if not any(finding.remedy for finding in found):
        click.echo("nothing here limits the speed needlessly")
