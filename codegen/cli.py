"""The command line ``codegen``: a command is a file of :mod:`codegen.commands`.

Nothing heavy is imported before a command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

import click

from codegen import commands
from derive.errors import InputError, VerificationError, printable, refused_by_the_system
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
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        status = command.main(args=arguments, prog_name="codegen", standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        return _fail(error, 2)
    except (VerificationError, AssertionError) as error:
        return _fail(error, 1)
    except MemoryError as error:
        return _fail(f"this takes more memory than there is ({error}): give it less to do", 2)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        typed = context.command_path if context else "codegen"
        return _fail(
            f"{error.format_message().rstrip('.')}; {typed} --help shows how to type it", 2
        )
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if type(error).__name__ == "CertificateError":
            return _fail(error, 1)
        if os.environ.get("GRADSCRIBE_TRACEBACK"):
            raise
        if isinstance(error, OSError):
            return _fail(refused_by_the_system(error), 2)
        return _fail(
            f"this is a bug in gradscribe ({type(error).__name__}: {error}); report it "
            "with the command that you typed (GRADSCRIBE_TRACEBACK=1 shows where it happened)",
            70,
        )
    return status if isinstance(status, int) else 0


def _fail(error: object, status: int) -> int:
    click.echo(f"codegen: {printable(error)}", err=True)
    return status
