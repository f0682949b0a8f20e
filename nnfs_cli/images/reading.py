"""Reading: opening a picture file safely, whatever is in it."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from nnfs_cli.errors import ImageError
from nnfs_cli.files import check_regular

MAX_BYTES = 256 * 2**20
MAX_PIXELS = 40_000_000  # a 40-megapixel photo; more is a bomb or a map
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")  # decoders, not programs
SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm"}

# what Pillow's decoders raise on bytes that are not what they say they are
DAMAGE = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError),
    *(RuntimeError, ArithmeticError, MemoryError, AssertionError, struct.error),
)


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
        raise ImageError(f"cannot read {path}: {error.strerror}") from error
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
            raise ImageError(f"cannot read {name}: {error.strerror}") from error
    if not source:
        raise ImageError(f"cannot read {name}: it is empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's remarks about odd files are not for users
            image: Image.Image = Image.open(io.BytesIO(source), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise ImageError(
                    f"{name} has {image.width} x {image.height} pixels, "
                    f"the limit is {MAX_PIXELS // 1_000_000} million",
                    hint="make it smaller first",
                )
            image.load()
            return ImageOps.exif_transpose(image)
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
        raise ImageError(f"cannot read {name}: the picture is damaged") from error
