"""App: the commands put together, and the one place where errors become text and exit codes."""

from __future__ import annotations

import gc
import re
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from nnfs_cli import __version__
from nnfs_cli.cli.console import arriving, emit, give_up, prepare_streams, print_error
from nnfs_cli.cli.draw import draw
from nnfs_cli.cli.evaluate import evaluate
from nnfs_cli.cli.options import DebugOption
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
app.command()(draw)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        emit(f"nnfs {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def nnfs(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, help="Show the version.")
    ] = False,
    debug: DebugOption = False,
) -> None:
    """A neural network from scratch that reads handwritten digits.

    \b
    Start here:
      nnfs train                     learn the MNIST digits (they come with nnfs)
      nnfs evaluate                  how good is it, and what does it confuse?
      nnfs predict image.png         read the digit in a picture
      nnfs show --digit 7 --count 5  look at some digits
      nnfs draw                      draw one and watch the network read it

    \b
    And on:
      nnfs train --config fast       98 % in seconds
      nnfs train --epochs 250        the classic long run
      nnfs train --help              everything that can be set
    """
    if context.invoked_subcommand is None:
        emit(context.get_help())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. No error leaves: `--debug` prints its traceback."""
    if argv is not None:
        return run(list(argv))
    code = run(sys.argv[1:])
    gc.freeze()  # the process ends now: without a last search for cycles, 25 ms sooner
    return code


def run(arguments: list[str]) -> int:
    """Run the command of these arguments; return its exit code."""
    prepare_streams()
    command = typer.main.get_command(app)
    try:  # not `app(...)`, which answers Ctrl-C and a closed pipe itself, and by leaving
        with command.make_context("nnfs", arguments.copy()) as context:
            code = command.invoke(context)
        with arriving():
            sys.stdout.flush()
        return code or ExitCode.OK
    except typer.Exit as done:  # of --help and --version
        return done.exit_code
    except KeyboardInterrupt:
        print_error("interrupted", None)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:  # the reader (`head`, say) has gone
        give_up(sys.stdout)
        give_up(sys.stderr)
        return ExitCode.FAILURE
    except Exception as error:  # noqa: BLE001  # the one place where they all end
        if "--debug" in arguments:
            traceback.print_exc()
        words = [word for word in arguments if word in COMMANDS][:1]
        help_command = " ".join(["nnfs", *words, "--help"])
        return report(error, help_command=help_command, early=early(error, arguments))


def early(error: Exception, arguments: list[str]) -> str | None:
    """Return what to do about an option that was not known because it came before the command."""
    option = getattr(error, "option_name", None)
    for place, word in enumerate(arguments):
        if word in COMMANDS and option in {w.partition("=")[0] for w in arguments[:place]}:
            return f"options come after the command: nnfs {word} {option} ..."
    return None


def report(error: Exception, *, help_command: str, early: str | None = None) -> ExitCode:
    """Write what went wrong, and what to do next, to stderr; return the exit code."""
    match error:
        case NnfsError():
            give_up(sys.stdout)
            print_error(error.message, error.hint or f"see {help_command}")
            return error.exit_code
        case typer.TyperException():
            hint = early or meant(error) or f"see {help_command}"
            print_error(in_our_words(error.format_message()), hint)
            return ExitCode.USAGE
        case MemoryError():
            print_error(
                f"not enough memory: {error}", "choose a smaller network, batch or data set"
            )
        case OSError():  # a full disk, a folder that may not be read
            give_up(sys.stdout)
            where = f"{error.filename}: " if error.filename else ""
            what = f"{where}{error.strerror or error}"
            print_error(what, "check the path, its permissions and the disk")
        case _:
            print_error(
                f"nnfs has a bug: {type(error).__name__}: {error}",
                "please report it, with what the same command says with --debug",
            )
    return ExitCode.FAILURE


def in_our_words(message: str) -> str:
    """Return a message of Typer's in the form of ours: lower case, no full stop, no type names."""
    for theirs, ours in PHRASES.items():
        message = re.sub(theirs, ours, message, flags=re.DOTALL)
    return message[:1].lower() + message[1:].rstrip(".")


def meant(error: typer.TyperException) -> str | None:
    """Return which option a wrong one may have been meant for, if any comes close."""
    close = sorted(getattr(error, "possibilities", None) or ())
    return f"did you mean {' or '.join(close)}?" if close else None


PHRASES = {  # of Typer's, as regular expressions, and how we say the same; in this order
    r"a valid int(eger)?( range)?\b": "a whole number",
    r"a valid float( range)?\b": "a number",
    r"^Got unexpected extra argument\(s\) \((.*)\)$": r"too many arguments: \1",
    r"^No such option: ([^ ]+) \(Possible options: .*\)$": r"No such option: \1",
    r"(\S+) is not in the range x>=([^ ]+?)\.?$": r"must be at least \2, not \1",
    r"(\S+) is not in the range ([^ <]+)<=x<=([^ ]+?)\.?$": r"must be between \2 and \3, not \1",
    r"^Invalid value for '(--[a-z-]+)': must be": r"\1 must be",
}
COMMANDS = ("train", "evaluate", "predict", "show", "draw")
