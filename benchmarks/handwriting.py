"""Read digits on generated papers, in boxes, under lamps and in odd files, and count what is right.

The digits are MNIST's own training digits, redrawn large with smooth edges, so that every error is
one of reading the picture and hardly one of the network. From the project's folder:

    python -m benchmarks.handwriting model/model.npz --count 100

With `--fonts FOLDER` they are those of the fonts in a folder, of handwriting, say: other hands.
With `--digits 4` each picture has a number of four digits, read as `nnfs predict --multi` does.
"""

from __future__ import annotations

import argparse
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.sheets import GROUPS, SHEETS, Picture, Random, redrawn
from nnfs_cli.datasets import load
from nnfs_cli.engine import Network
from nnfs_cli.engine.arrays import Floats
from nnfs_cli.errors import ImageError
from nnfs_cli.images import normalise, read_picture
from nnfs_cli.images.several import normalise_several
from nnfs_cli.model import load_model

Digits: TypeAlias = Callable[[Random], tuple[str, Picture]]  # a digit, or more, and the mask, large
TOO_SMALL = {"paint 28", "tiny 14", "tiny 8", "box 28"}  # with a few pixels a digit of a number
FONTS = "*.ttf", "*.otf", "*.woff"
HEIGHT = 320  # pixels of a font


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=50, help="pictures of each kind")
    parser.add_argument("--only", default="", help="kinds whose names contain this")
    parser.add_argument("--keep", type=Path, help="a folder for what is read wrong")
    parser.add_argument("--fonts", type=Path, help="a folder of fonts that write the digits")
    parser.add_argument("--digits", type=int, default=1, help="in each picture")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    network = load_model(args.model).network
    digits = of_fonts(args.fonts) if args.fonts else of_mnist()
    reader = read
    if args.digits > 1:
        digits, reader = in_numbers(digits, args.digits), read_number
    totals: dict[str, list[float]] = {}
    for name, generate in SHEETS.items():
        if args.only not in name and args.only != GROUPS[name]:
            continue
        if args.digits > 1 and (name in TOO_SMALL or GROUPS[name] == "scene"):
            continue
        rng = np.random.default_rng([args.seed, zlib.crc32(name.encode())])
        right = []
        count = args.count if GROUPS[name] != "file" else max(1, args.count // 5)
        for number in range(count):
            label, mask = digits(rng)
            made = generate(rng, mask)
            said, pixels, why = reader(network, made)
            right.append(said == label)
            if said != label and args.keep:
                place = args.keep / f"{name} {number} {label} {said}.png".replace(" ", "_")
                keep(place, made, pixels, why)
        totals.setdefault(GROUPS[name], []).append(float(np.mean(right)))
        print(f"{name:28} {np.mean(right):7.1%}", flush=True)
    for group, means in totals.items():
        print(f"{group.upper():28} {np.mean(means):7.1%}")


def of_mnist() -> Digits:
    """Return a function that draws one of the training digits."""
    examples = load(None, splits=["train"]).split("train")

    def draw(rng: Random) -> tuple[str, Picture]:
        index = rng.integers(0, len(examples.labels))
        return str(examples.labels[index]), redrawn(np.asarray(examples.x[index]).reshape(28, 28))

    return draw


def of_fonts(folder: Path) -> Digits:
    """Return a function that draws a digit of one of the fonts in a folder and below it."""
    paths = sorted(path for pattern in FONTS for path in folder.rglob(pattern))
    if not paths:
        raise SystemExit(f"no fonts in {folder}: {' '.join(FONTS)}")
    fonts = [ImageFont.truetype(path, HEIGHT) for path in paths]

    def draw(rng: Random) -> tuple[str, Picture]:
        label, font = str(rng.integers(10)), fonts[rng.integers(len(fonts))]
        mask = Image.new("L", (3 * HEIGHT, 3 * HEIGHT))
        ImageDraw.Draw(mask).text((HEIGHT, HEIGHT), label, fill=255, font=font)
        return label, mask.crop(mask.getbbox())

    return draw


def in_numbers(digits: Digits, count: int) -> Digits:
    """Return a function that draws `count` digits in a line, apart by a part of their height."""

    def draw(rng: Random) -> tuple[str, Picture]:
        texts, masks = zip(*(digits(rng) for _ in range(count)), strict=True)
        heights = [round(0.5 * mask.height * rng.uniform(0.9, 1.1)) for mask in masks]
        gap = round(rng.uniform(0.15, 0.6) * float(np.median(heights)))
        widths = [round(m.width * h / m.height) for m, h in zip(masks, heights, strict=True)]
        room = round(1.2 * max(heights))
        line = Image.new("L", (sum(widths) + gap * (count - 1), room))
        left = 0
        for mask, width, height in zip(masks, widths, heights, strict=True):
            top = round((room - height) * rng.uniform(0.3, 0.7))
            line.paste(mask.resize((width, height), Image.Resampling.BOX), (left, top))
            left += width + gap
        return "".join(texts), line.crop(line.getbbox())

    return draw


def read(network: Network, made: Any) -> tuple[str, Any, str]:
    """Return the digit that is read, the 28x28 and a word, or the refusal."""
    try:
        done = normalise(opened(made), name="p")
    except ImageError as error:
        return "refused", None, error.message
    return best(network, done.pixels), done.pixels, done.describe()


def read_number(network: Network, made: Any) -> tuple[str, Any, str]:
    """Return the digits that are read, lines apart by a space, the first 28x28 and a word."""

    def probs(pixels: NDArray[np.uint8]) -> Floats:
        return network.predict_proba(pixels.reshape(len(pixels), -1).astype(network.dtype) / 255.0)

    try:
        done = normalise_several(opened(made), read=probs, name="p")
    except ImageError as error:
        return "refused", None, error.message
    lines = ["".join(best(network, piece.pixels) for piece in line) for line in done.lines]
    return " ".join(lines), done.pieces[0].pixels, done.describe()


def opened(made: Any) -> Picture:
    """Return a picture, or what the bytes of a file hold."""
    return read_picture(made, name="p") if isinstance(made, bytes) else made


def best(network: Network, pixels: NDArray[np.uint8]) -> str:
    """Return the most probable digit."""
    x = pixels.reshape(1, -1).astype(network.dtype) / 255.0
    return str(network.predict_proba(x)[0].argmax())


def keep(place: Path, made: Any, pixels: Any, why: str) -> None:
    """Save a picture that was read wrong beside what the network saw."""
    place.parent.mkdir(parents=True, exist_ok=True)
    both = Image.new("RGB", (620, 330), (90, 60, 120))
    try:
        picture = Image.open(io.BytesIO(made)) if isinstance(made, bytes) else made
        picture = picture.convert("RGB")
        picture.thumbnail((300, 300))
        both.paste(picture, (0, 0))
    except (OSError, ValueError):
        pass
    if pixels is not None:
        both.paste(Image.fromarray(pixels).resize((280, 280), Image.Resampling.NEAREST), (320, 0))
    ImageDraw.Draw(both).text((2, 308), why[:100], fill="white")
    both.save(place)


if __name__ == "__main__":
    main()
