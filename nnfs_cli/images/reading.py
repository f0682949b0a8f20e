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
# where the decoder holds a picture several times, for which a few bytes can ask
MAX_HUNGRY = {"WEBP": 16_000_000, "AVIF": 16_000_000, "JPEG2000": 16_000_000, "HEIF": 30_000_000}
MAX_SLOW = 1_000_000  # where Pillow decodes in Python, an odd PPM or BMP: a second and a half
PPM_HEADER = 4096  # bytes; Pillow reads them one at a time, and a comment may be endless
ENOUGH = 1600  # pixels of the longer side that a large JPEG is decoded to, at the least
COUNTED = 2**20  # bytes of an animation whose frames are counted, which takes reading all of it
# decoders, not programs that Pillow would start; no container that may hold a larger picture
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "DIB", "PCX", "SGI", "QOI")
# formats that are looked for by a mark alone: where it is, and what it is
MARKED = (
    ("TGA", slice(-18, None), (b"TRUEVISION-XFILE.\0",)),  # has nothing to know it by in front
    ("AVIF", slice(4, 12), (b"ftypavif", b"ftypavis")),
    ("JPEG2000", slice(0, 12), (b"\0\0\0\x0cjP  \r\n\x87\n",)),
    ("JPEG2000", slice(0, 4), (b"\xff\x4f\xff\x51",)),  # without the box around it
    ("HEIF", slice(4, 12), (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1")),
)
SUFFIXES = {
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".gif", ".bmp", ".dib", ".tif", ".tiff"),
    *(".webp", ".pgm", ".ppm", ".pbm", ".pnm", ".pfm", ".apng", ".pcx", ".sgi", ".qoi", ".tga"),
    *(".avif", ".jp2", ".j2k", ".heic", ".heif"),
}

HEIC_ADVICE = (
    "pip install 'nnfs-cli[heic]', or export it as JPEG (iPhone: Settings, Camera, Formats)"
)
# what people also bring, by a mark that it is known by; where it is, and what to do
FOREIGN = (
    (b"ftyphei", slice(4, 12), "HEIC", HEIC_ADVICE),
    (b"ftypmif1", slice(4, 12), "HEIC", HEIC_ADVICE),
    (b"ftypavi", slice(4, 12), "AVIF", "save it as PNG or JPEG"),
    (b"%PDF", slice(0, 8), "PDF", "save the page as PNG, or take a screenshot of it"),
    (b"<svg", slice(0, 1024), "SVG", "export it as PNG from a drawing program"),
    (b"\0\0\1\0", slice(0, 4), "an icon", "save it as PNG"),
    (b"jP  \r\n", slice(4, 10), "JPEG 2000", "save it as PNG or JPEG"),
)

# what Pillow's decoders raise on bytes that are not what they say they are
DAMAGE = (
    *(OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, AttributeError),
    *(RuntimeError, ArithmeticError, MemoryError, AssertionError, struct.error),
)

ORIENTATION = 0x0112  # the EXIF tag: which side of the picture is up
# what `read_picture` writes into `Image.info`: the size before a JPEG was made smaller, the frames
SIZE_KEY, FRAMES_KEY = "nnfs_size", "nnfs_frames"

logging.getLogger("PIL").addHandler(logging.NullHandler())  # without one Pillow's go to stderr


def find_pictures(path: Path) -> list[Path]:
    """Return `path` itself, or the pictures directly in it, by name, if it is a folder.

    Raises:
        ImageError: the folder holds no picture, or cannot be read.
    """
    if not path.is_dir():
        return [path]
    try:
        found = pictures_in(path)
        folders = [] if found else [p for p in path.iterdir() if p.is_dir() and pictures_in(p)]
    except OSError as error:
        raise ImageError(
            f"cannot read {path}: {why(error)}", hint="check who may read it"
        ) from error
    if folders:
        raise ImageError(
            f"no pictures in {path}, but in folders in it",
            hint=f"name one: {min(folders)}; or all: {path}/*",
        )
    if not found:
        raise ImageError(
            f"no pictures in {path}", hint="pictures end in " + ", ".join(sorted(SUFFIXES))
        )
    return found


def pictures_in(folder: Path) -> list[Path]:
    """Return the pictures in `folder`, by name; those are left out that are hidden."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()
    )


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
            image = Image.open(io.BytesIO(source), formats=formats_of(source))
            check_size(image, name=name)
            size, frames = image.size, count_frames(source, image)
            longer = max(size)
            image.draft(None, (size[0] * ENOUGH // longer, size[1] * ENOUGH // longer))
            with muted():
                image.load()
            on_its_side = image.getexif().get(ORIENTATION) in (5, 6, 7, 8)
            ImageOps.exif_transpose(image, in_place=True)  # else it would be a second copy
            image.info[SIZE_KEY] = size[::-1] if on_its_side else size
            image.info[FRAMES_KEY] = frames
            return image
    except UnidentifiedImageError as error:
        raise unknown(source, name=name) from error
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


def formats_of(source: bytes) -> tuple[str, ...]:
    """Return the formats that a file may be of: those that are read here and now."""
    for name, where, marks in MARKED:
        if source[where] in marks:
            if name == "HEIF":
                with contextlib.suppress(ImportError):
                    from pillow_heif import register_heif_opener  # the extra `heic`

                    register_heif_opener(thumbnails=False)
            Image.init()  # makes known what this build of Pillow can read beyond the usual
            return (name,) if name in Image.OPEN else FORMATS
    return FORMATS


def unknown(source: bytes, *, name: str) -> ImageError:
    """Return the refusal of what is no picture, or of a kind that is not read."""
    for mark, where, kind, hint in FOREIGN:
        if mark in source[where]:
            advice = f"it looks like {kind}: {hint}"
            break
    else:
        advice = "use one of " + ", ".join(FORMATS)
    return ImageError(
        f"cannot read {name}: it is not a picture of a kind that is known", hint=advice
    )


def count_frames(source: bytes, image: ImageFile.ImageFile) -> int:
    """Return of how many frames or pages a file is, 0 for several that are too many to count."""
    if image.format in ("PNG", "WEBP", "MPO", "AVIF", "HEIF"):  # it is in the header
        return int(getattr(image, "n_frames", 1))
    if image.format not in ("GIF", "TIFF"):
        return 1
    other = Image.open(io.BytesIO(source), formats=(image.format,))  # to leave the first one alone
    with contextlib.suppress(*DAMAGE):
        # never by going to the second frame: a damaged one may ask for memory for a huge canvas
        if getattr(other, "is_animated", False):
            return 0 if len(source) > COUNTED else int(getattr(other, "n_frames", 1))
    return 1


def file_size(image: Image.Image) -> tuple[int, int]:
    """Return width and height of the picture in the file, of which `image` may be a draft."""
    size: tuple[int, int] = image.info.get(SIZE_KEY, image.size)
    return size


def in_file(box: tuple[int, int, int, int], image: Image.Image) -> tuple[int, int, int, int]:
    """Return a box (left, top, right, bottom) of `image` in pixels of the picture in the file."""
    width, height = file_size(image)
    across, down = width / image.width, height / image.height
    left, top, right, bottom = box
    return (
        round(left * across),
        round(top * down),
        min(round(right * across), width),
        min(round(bottom * down), height),
    )


def check_size(image: ImageFile.ImageFile, *, name: str) -> None:
    """Refuse a picture of too many pixels, none of which is decoded yet."""
    limit = MAX_HUNGRY.get(image.format or "", MAX_PIXELS)
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
