"""``codegen generate``: write what pyproject.toml names, and nothing that is fine already."""

from __future__ import annotations

import click

from codegen.completion import modules

__all__ = ["command"]

EXAMPLES = """\b
Examples:
  codegen generate
  codegen generate mish tish
  codegen generate --prune        remove generated files that nothing names any more
"""


@click.command(epilog=EXAMPLES, short_help="Make the modules that pyproject.toml names.")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=modules)
@click.option(
    "--force", is_flag=True, help="Overwrite what was edited by hand or is not generated."
)
@click.option("--prune", is_flag=True, help="Remove orphaned files.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
def command(names: tuple[str, ...], *, force: bool, prune: bool, quiet: bool) -> None:
    """Make the modules of [tool.codegen], all or those named; fine files are not touched."""
    from codegen.plan import State, findings, write_file
    from codegen.settings import find_settings

    settings = find_settings()
    changed = 0
    for finding in findings(settings, names):
        if finding.state is State.ORPHANED:
            if prune:
                finding.path.unlink()
                changed += 1
                _say(f"removed {finding.path}", quiet=quiet)
        elif write_file(finding, settings.modules[finding.name], force=force):
            changed += 1
            _say(f"wrote {finding.path}", quiet=quiet)
    if not changed:
        _say("nothing to do: every file is as it should be", quiet=quiet)


def _say(text: str, *, quiet: bool) -> None:
    if not quiet:
        click.echo(text)
