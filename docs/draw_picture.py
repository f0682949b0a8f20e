"""Make the picture of `nnfs draw` in the README: its screen, a digit drawn on it with the mouse.

Run from the top of the project, with nnfs and its extra `draw` installed:
`python docs/draw_picture.py`. `docs/pictures.py` makes it together with the others.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path

from nnfs_cli.cli.drawing.app import DrawApp
from nnfs_cli.cli.drawing.canvas import Canvas
from nnfs_cli.cli.drawing.look import Look
from nnfs_cli.workflows.labelled import LabelledFolder
from nnfs_cli.workflows.models import BUILTIN, find_model

SIZE = 96, 31  # characters
FILE = Path(__file__).parent / "images" / "draw.svg"
FIVE = [  # where the pen goes, in shares of the sheet
    [(0.34, 0.2), (0.33, 0.3), (0.32, 0.42), (0.42, 0.4), (0.54, 0.41), (0.65, 0.48), (0.7, 0.6)],
    [(0.35, 0.2), (0.45, 0.19), (0.55, 0.18), (0.68, 0.16)],
]
FIVE[0] += [(0.67, 0.73), (0.56, 0.82), (0.43, 0.83), (0.3, 0.77)]


def main() -> None:
    """Draw and write the picture."""
    os.environ.pop("NO_COLOR", None)
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    FILE.write_text(asyncio.run(screenshot()), encoding="utf-8")
    print("docs/images/draw.svg")  # noqa: T201


async def screenshot() -> str:
    """Return the screen as SVG."""
    _, model = find_model(Path(BUILTIN))
    with tempfile.TemporaryDirectory() as work:
        for label, count in (("3", 4), ("5", 2), ("7", 5)):
            folder = Path(work, "my-digits", label)
            folder.mkdir(parents=True)
            for number in range(count):
                (folder / f"{number + 1:04d}.png").touch()
        labelled = LabelledFolder(Path(work, "my-digits"))
        labelled.path = Path("my-digits")
        app = DrawApp(model, labelled, Look.COLOUR)
        async with app.run_test(size=SIZE) as pilot:
            canvas = app.query_one(Canvas)
            for stroke in FIVE:
                cells = [
                    (1 + int(x * canvas.size.width), 1 + int(y * canvas.size.height))
                    for x, y in stroke
                ]
                await pilot.mouse_down(Canvas, offset=cells[0])
                for cell in cells[1:]:
                    await pilot.hover(Canvas, offset=cell)
                await pilot.mouse_up(Canvas, offset=cells[-1])
            await pilot.pause(0.5)
            svg = app.export_screenshot(title="nnfs draw")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # no fonts from elsewhere


if __name__ == "__main__":
    main()
