"""Make the pictures of the README: real commands on a real terminal of 80 columns, as SVG.

Run from the top of the project, with nnfs installed: `python docs/pictures.py`. It trains for a few
seconds in a temporary folder. POSIX only: it needs a pseudo-terminal.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

import draw_picture  # beside this file
from rich.console import Console
from rich.text import Text

COLUMNS, ROWS = 80, 60
FOLDER = Path(__file__).parent / "images"
PICTURES = {
    "train": "nnfs train --config fast --set validation=5000 --set epochs=6",
    "predict": "nnfs predict three.png",
    "evaluate": "nnfs evaluate",
    "show": "nnfs show --digit 5 --count 10 --style braille",
    "weights": "nnfs show --weights --model builtin --count 8",
    "explain": "nnfs predict three.png --explain --model builtin",
}
# what moves the cursor or hides it; colours stay
CURSOR = re.compile(r"\x1b\[\?25[lh]|\x1b\[\d*[ABCDGHJ]|\x1b\[2K|\r(?!\n)")


def main() -> None:
    """Run every command and write its picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        shutil.copy(FOLDER / "three.png", work)
        for name, command in PICTURES.items():
            shown = on_terminal(command, Path(work))
            (FOLDER / f"{name}.svg").write_text(picture(command, shown), encoding="utf-8")
            print(f"docs/images/{name}.svg")  # noqa: T201
    draw_picture.main()


def on_terminal(command: str, folder: Path) -> str:
    """Return what is on the terminal after `command` has run in `folder`."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR")}
    environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1"}
    program = Path(sys.executable).with_name("nnfs")
    process = subprocess.Popen(
        [str(program), *command.split()[1:]],
        cwd=folder,
        env=environment,
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    output = io.BytesIO()
    while chunk := read(leader):
        output.write(chunk)
    if process.wait() != 0:
        raise SystemExit(f"{command} failed:\n{output.getvalue().decode()}")
    return last_frame(output.getvalue().decode().replace("\r\n", "\n"))


def read(handle: int) -> bytes:
    """Return the next output, or nothing when the program has ended."""
    try:
        return os.read(handle, 65536)
    except OSError:  # Linux says EIO at the end of a pseudo-terminal
        return b""


def last_frame(output: str) -> str:
    """Return `output` without the frames of a live display that were drawn over."""
    before, *frames = re.split(r"(?:\r\x1b\[2K(?:\x1b\[1A\x1b\[2K)*)", output)
    last = frames[-1] if frames else ""
    return CURSOR.sub("", before.partition("\x1b[?25l")[0] + last if frames else before)


def picture(command: str, shown: str) -> str:
    """Return an SVG of a terminal with the command and what it showed."""
    options = {"force_terminal": True, "color_system": "truecolor", "width": COLUMNS}
    console = Console(record=True, file=io.StringIO(), **options)  # type: ignore[arg-type]
    console.print(Text("$ ", style="bold green").append(command, style="bold default"))
    console.print(Text.from_ansi(shown.rstrip()))
    svg = console.export_svg(title="nnfs")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # no fonts from elsewhere
    return smaller(svg)


def smaller(svg: str) -> str:
    """Return the same picture in half the bytes: short names, and said once what is always so."""
    svg = re.sub(r"terminal-\d+-", "t", svg)
    svg = re.sub(r'(<text [^>]*?) clip-path="[^"]*"', r"\1", svg)
    svg = re.sub(r"<text [^>]*>\n</text>", "", svg)
    svg = svg.replace(' textLength="12.2"', "")  # a single character needs no stretching
    svg = svg.replace(' shape-rendering="crispEdges"', "")
    return svg.replace("<style>", "<style>rect { shape-rendering: crispEdges }", 1)


if __name__ == "__main__":
    main()
