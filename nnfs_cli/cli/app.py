"""App: the commands put together, and the one place where errors become text and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from nnfs_cli import __version__
from nnfs_cli.cli.console import prepare_streams, print_error
from nnfs_cli.cli.evaluate import evaluate
from nnfs_cli.cli.predict import predict
from nnfs_cli.cli.show import show
from nnfs_cli.cli.train import train
from nnfs_cli.errors import ExitCode, NnfsError

app = typer.Typer(
    name="nnfs",
    add_completion=False,
    rich_markup_mode=None,  # help is plain text: nothing in it can be taken for markup
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command()(train)
app.command()(evaluate)
app.command()(predict)
app.command()(show)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"nnfs {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def nnfs(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, help="Show the version.")
    ] = False,
) -> None:
    """A neural network from scratch that reads handwritten digits.

    \b
    Start here:
      nnfs train                     learn the MNIST digits (they come with nnfs)
      nnfs evaluate                  how good is it, and what does it confuse?
      nnfs predict image.png         read the digit in a picture
      nnfs show --digit 7 --count 5  look at some digits

    \b
    And on:
      nnfs train --config fast       98 % in seconds
      nnfs train --epochs 250        the classic long run
      nnfs train --help              everything that can be set
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. No exception leaves but those of a debugged crash."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    prepare_streams()
    try:
        result = app(args=arguments, prog_name="nnfs", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else ExitCode.OK
    except NnfsError as error:
        if "--debug" in arguments:
            traceback.print_exc()
        print_error(error.message, error.hint)
        return error.exit_code
    except typer.TyperException as error:
        words = [word for word in arguments if not word.startswith("-")]
        command = f"nnfs {words[0]}" if words and words[0] in COMMANDS else "nnfs"
        print_error(error.format_message().rstrip("."), f"see {command} --help")
        return ExitCode.USAGE
    except (KeyboardInterrupt, typer.Abort):
        print_error("interrupted", None)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # the reader (`head`, say) has gone; Python would complain again when it closes stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILURE


COMMANDS = ("train", "evaluate", "predict", "show")
