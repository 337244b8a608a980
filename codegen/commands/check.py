"""``codegen check``: say what is stale, missing, orphaned or edited, and what mends it."""

from __future__ import annotations

import click

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen check
  codegen check --diff mish
"""


@click.command(epilog=EXAMPLES)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--diff", is_flag=True, help="Show what would change.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit status tells.")
def command(names: tuple[str, ...], *, diff: bool, quiet: bool) -> int:
    """Compare the generated files with what they should be; exit 1 if one differs."""
    from codegen.plan import State, findings
    from codegen.settings import find_settings

    settings = find_settings()
    wrong = 0
    count = 0
    for finding in findings(settings, names):
        count += 1
        if finding.state is State.FINE:
            continue
        wrong += 1
        if not quiet:
            click.echo(f"{finding.path} is {finding.state.value}: {finding.command}")
            if diff:
                click.echo(finding.diff(), nl=False)
    if not wrong and not quiet:
        click.echo(f"{count} files are as they should be")
    return 1 if wrong else 0
