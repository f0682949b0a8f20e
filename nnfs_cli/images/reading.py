"""Reading: opening a picture file safely, whatever is in it."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from nnfs_cli.errors import ImageError
from nnfs_cli.files import check_regular, why

MAX_BYTES = 256 * 2**20
MAX_PIXELS = 40_000_000  # a 40-megapixel photo; more is a bomb or a map
MAX_WEBP = 16_000_000  # its decoder holds a picture four times, and 34 bytes can ask for it
MAX_SLOW = 1_000_000  # where Pillow decodes in Python, an odd PPM or BMP: a second and a half
PPM_HEADER = 4096  # bytes; Pillow reads them one at a time, and a comment may be endless
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")  # decoders, not programs
SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm"}

# what Pillow's decoders raise on bytes that are not what they say they are
DAMAGE = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError),
    *(RuntimeError, ArithmeticError, MemoryError, AssertionError, struct.error),
)

logging.getLogger("PIL").addHandler(logging.NullHandler())  # without one Pillow's go to stderr


def find_pictures(path: Path) -> list[Path]:
    """Return `path` itself, or the pictures directly in it, by name, if it is a folder.

    Raises:
        ImageError: the folder holds no picture, or cannot be read.
    """
    if not path.is_dir():
        return [path]
    try:
        found = sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
    except OSError as error:
        raise ImageError(
            f"cannot read {path}: {why(error)}", hint="check who may read it"
        ) from error
    if not found:
        raise ImageError(
            f"no pictures in {path}", hint="pictures end in " + ", ".join(sorted(SUFFIXES))
        )
    return found


def read_picture(source: Path | bytes, *, name: str) -> Image.Image:
    """Return the picture in a file or in bytes, upright, its first frame if it has several.

    What it is is decided by its contents; the size is checked before a pixel is decoded.

    Raises:
        ImageError: it is missing, too large, damaged, or no picture at all.
    """
    if isinstance(source, Path):
        check_regular(source, limit=MAX_BYTES, error=ImageError)
        try:
            source = source.read_bytes()
        except OSError as error:
            raise ImageError(
                f"cannot read {name}: {why(error)}", hint="check who may read it"
            ) from error
    if not source:
        raise ImageError(f"cannot read {name}: it is empty", hint="save or fetch it again")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks about odd files are not for users
            if source.startswith(b"P"):
                Image.open(io.BytesIO(source[:PPM_HEADER]), formats=["PPM"])
            image = Image.open(io.BytesIO(source), formats=FORMATS)
            check_size(image, name=name)
            with muted():
                image.load()
            ImageOps.exif_transpose(image, in_place=True)  # else it would be a second copy
            return image
    except UnidentifiedImageError as error:
        raise ImageError(
            f"cannot read {name}: it is not a picture of a kind that is known",
            hint="use one of " + ", ".join(FORMATS),
        ) from error
    except Image.DecompressionBombError as error:  # it says so itself, far above our limit
        raise ImageError(
            f"{name} has too many pixels, the limit is {MAX_PIXELS // 1_000_000} million",
            hint="make it smaller first",
        ) from error
    except DAMAGE as error:
        raise ImageError(
            f"cannot read {name}: the picture is damaged",
            hint="open it in another program and save it as PNG, or fetch it again",
        ) from error


def check_size(image: ImageFile.ImageFile, *, name: str) -> None:
    """Refuse a picture of too many pixels, none of which is decoded yet."""
    limit = MAX_WEBP if image.format == "WEBP" else MAX_PIXELS
    if any(tile[0] in Image.DECODERS for tile in image.tile):
        limit = MAX_SLOW
    if image.width * image.height > limit:
        raise ImageError(
            f"{name} has {image.width} x {image.height} pixels, "
            f"the limit is {limit // 1_000_000} million",
            hint="make it smaller first",
        )


@contextlib.contextmanager
def muted() -> Iterator[None]:
    """Keep libtiff, which is written in C, from telling standard error what it thinks of a file."""
    try:
        saved = os.dup(2)
    except OSError:  # the caller has closed it
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
