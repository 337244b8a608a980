"""The command line ``codegen``: a command is a file of :mod:`codegen.commands`.

Nothing heavy is imported before a command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence

import click

from codegen import commands
from codegen.numba_settings import blamed_on_settings
from derive.console import run
from derive.errors import InputError
from derive.spelling import did_you_mean

__all__ = ["command", "main"]

EXAMPLES = """\b
Examples:
  codegen new mish                                     one hidden layer with a library activation
  codegen new tish "x*tanh(log(1+exp(b*x))/b)" b=2     with a formula of your own
  codegen new gated --model "softmax(W (silu(U x) * (V x)))"
  codegen generate                                     make what pyproject.toml names
  codegen check --diff                                 say what is stale, missing or edited
  codegen show mish --stage program                    the fused program, line by line

Exit status: 0 fine, 1 a check failed, 2 bad usage or bad input.
"""


class _Commands(click.Group):
    """The commands of the package, each imported when it is asked for."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        if not args and not context.resilient_parsing:  # click makes an error of the help, one line
            click.echo(context.get_help(), err=True)
            context.exit(2)
        return super().parse_args(context, args)

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        found: click.Command = importlib.import_module(f"codegen.commands.{name}").command
        return found

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if arguments and not arguments[0].startswith("-"):
            known = self.list_commands(context)
            if arguments[0] not in known:
                raise InputError(
                    f"there is no command {arguments[0]!r}{did_you_mean(arguments[0], known)}: "
                    f"type one of {', '.join(known)}"
                )
        return super().resolve_command(context, arguments)

    def invoke(self, context: click.Context) -> object:
        with blamed_on_settings():
            return super().invoke(context)


@click.group(
    cls=_Commands,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="gradscribe")
def command() -> None:
    """Generate verified Numba kernels from the equations that derive proves."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 fine, 1 a check failed, 2 bad input."""
    return run(command, "codegen", arguments)
