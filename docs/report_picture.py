"""Make the picture of the report in the README: a real page, as a browser shows it.

Run from the top of the project, with nnfs and its extra `report` installed and Chromium on the
path: `python docs/report_picture.py`. It trains for a few seconds in a temporary folder.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

PICTURE = Path(__file__).parent / "images" / "report.png"
COMMANDS = (
    "nnfs train --config fast --set validation=5000 --set epochs=8 --quiet",
    "nnfs evaluate --report report.html --quiet",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SIZE = (1000, 1290)  # pixels: headline, learning curves, confusion matrix
COLOURS = 128  # of the picture: flat areas and text need no more
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--hide-scrollbars",
)


def main() -> None:
    """Train, evaluate, and take the picture."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit(f"no browser on the path: {', '.join(BROWSERS)}")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        program = Path(sys.executable).with_name("nnfs")
        for command in COMMANDS:
            subprocess.run([str(program), *command.split()[1:]], cwd=folder, check=True)
        shot = folder / "shot.png"
        window = "--window-size={},{}".format(*SIZE)
        profile, page = f"--user-data-dir={folder / 'profile'}", (folder / "report.html").as_uri()
        arguments = [*OPTIONS, profile, window, f"--screenshot={shot}", page]
        subprocess.run([browser, *arguments], check=True, capture_output=True)
        with Image.open(shot) as image:
            image.convert("RGB").quantize(COLOURS).save(PICTURE, optimize=True)
    print("docs/images/report.png")  # noqa: T201


if __name__ == "__main__":
    main()
