"""Read digits on generated papers, in boxes, under lamps and in odd files, and count what is right.

The digits are MNIST's own training digits, redrawn large with smooth edges, so that every error is
one of reading the picture and hardly one of the network. From the project's folder:

    python -m benchmarks.handwriting model/model.npz --count 100

With `--fonts FOLDER` they are those of the fonts in a folder, of handwriting, say: other hands.
"""

from __future__ import annotations

import argparse
import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.sheets import GROUPS, SHEETS, Picture, Random, redrawn
from nnfs_cli.datasets import load
from nnfs_cli.errors import ImageError
from nnfs_cli.images import normalise, read_picture
from nnfs_cli.model import load_model

Digits: TypeAlias = Callable[[Random], tuple[int, Picture]]  # a digit and its mask, large
FONTS = "*.ttf", "*.otf", "*.woff"
HEIGHT = 320  # pixels of a font


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=50, help="pictures of each kind")
    parser.add_argument("--only", default="", help="kinds whose names contain this")
    parser.add_argument("--keep", type=Path, help="a folder for what is read wrong")
    parser.add_argument("--fonts", type=Path, help="a folder of fonts that write the digits")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    network = load_model(args.model).network
    digits = of_fonts(args.fonts) if args.fonts else of_mnist()
    totals: dict[str, list[float]] = {}
    for name, generate in SHEETS.items():
        if args.only not in name and args.only != GROUPS[name]:
            continue
        rng = np.random.default_rng([args.seed, zlib.crc32(name.encode())])
        right = []
        count = args.count if GROUPS[name] != "file" else max(1, args.count // 5)
        for number in range(count):
            label, mask = digits(rng)
            made = generate(rng, mask)
            said, pixels, why = read(network, made)
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

    def draw(rng: Random) -> tuple[int, Picture]:
        index = rng.integers(0, len(examples.labels))
        return int(examples.labels[index]), redrawn(np.asarray(examples.x[index]).reshape(28, 28))

    return draw


def of_fonts(folder: Path) -> Digits:
    """Return a function that draws a digit of one of the fonts in a folder and below it."""
    paths = sorted(path for pattern in FONTS for path in folder.rglob(pattern))
    if not paths:
        raise SystemExit(f"no fonts in {folder}: {' '.join(FONTS)}")
    fonts = [ImageFont.truetype(path, HEIGHT) for path in paths]

    def draw(rng: Random) -> tuple[int, Picture]:
        label, font = int(rng.integers(10)), fonts[rng.integers(len(fonts))]
        mask = Image.new("L", (3 * HEIGHT, 3 * HEIGHT))
        ImageDraw.Draw(mask).text((HEIGHT, HEIGHT), str(label), fill=255, font=font)
        return label, mask.crop(mask.getbbox())

    return draw


def read(network: Any, made: Any) -> tuple[Any, Any, str]:
    """Return the digit that is read, the 28x28 and a word, or the refusal."""
    try:
        picture = read_picture(made, name="p") if isinstance(made, bytes) else made
        done = normalise(picture, name="p")
    except ImageError as error:
        return "refused", None, error.message
    x = done.pixels.reshape(1, -1).astype(network.dtype) / 255.0
    return int(network.predict_proba(x)[0].argmax()), done.pixels, done.describe()


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
