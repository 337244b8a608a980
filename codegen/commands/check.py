"""``codegen check``: say what is stale, missing, orphaned or edited, and what mends it."""

from __future__ import annotations

import click

from codegen.completion import modules
from derive.errors import escaped

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen check
  codegen check --diff mish
  codegen check --json            every file, its state and the command that mends it
"""


@click.command(epilog=EXAMPLES, short_help="Compare the generated files with what they should be.")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=modules)
@click.option("--diff", is_flag=True, help="Show what would change.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; the exit status tells.")
def command(names: tuple[str, ...], *, diff: bool, as_json: bool, quiet: bool) -> int:
    """Compare the generated files with what they should be; exit 1 if one differs.

    Where no pyproject.toml has [tool.codegen] and no file is generated, that is an error, exit 2.
    """
    import json

    from codegen.plan import State, findings
    from codegen.settings import find_settings

    settings = find_settings()
    found = list(findings(settings, names))
    wrong = [finding for finding in found if finding.state is not State.FINE]
    if as_json:
        click.echo(json.dumps([f.facts(diff=diff) for f in found], ensure_ascii=False, indent=2))
    elif not quiet:
        for finding in wrong:
            click.echo(f"{finding.path} is {finding.state.value}: {finding.command}")
            for line in finding.diff().splitlines() if diff else ():
                click.echo(escaped(line))
        if not found:
            click.echo(settings.of_nothing)
        elif not wrong:
            whole = "1 file is as it" if len(found) == 1 else f"{len(found)} files are as they"
            click.echo(f"{whole} should be")
    return 1 if wrong else 0
