"""`python -m nnfs_cli`, and the console script, are `nnfs`.

Nothing is imported until `main` runs, so that Ctrl-C is answered in our words from the start.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command that was typed; return its exit code."""
    try:
        from nnfs_cli.cli.app import main as run

        return run()
    except KeyboardInterrupt:  # amid the imports, which take longer than many a command
        if sys.stderr is not None:
            sys.stderr.write("error: interrupted\n")
        return 130
    except MemoryError:  # likewise
        if sys.stderr is not None:
            sys.stderr.write("error: not enough memory\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
