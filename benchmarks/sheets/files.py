# ruff: noqa: E501 - the list of files is a table, a kind a row
"""Files: modes, depths and formats, each with the same simple drawing."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from benchmarks.sheets.making import GROUPS, SHEETS, Picture, Random, as_file, ink_on, inked, plain

Make: TypeAlias = Callable[[Random, Picture, Picture], Any]  # of a drawing in RGB and its mask


def drawn_for_file(rng: Random, mask: Picture) -> Picture:
    return inked(
        ink_on(rng, mask, canvas=(200, 200)), plain((255, 255, 255), (200, 200)), (0, 0, 0)
    )


def file(name: str, make: Make) -> None:
    """Put a kind of file into the list; `make` is given the drawing in RGB and its mask."""

    def generator(rng: Random, mask: Picture) -> Any:
        picture = drawn_for_file(rng, mask)
        return make(rng, picture, ImageChops.invert(picture.convert("L")))

    SHEETS["file " + name] = generator
    GROUPS["file " + name] = "file"


def numbers(picture: Picture) -> NDArray[np.float64]:
    return np.asarray(picture.convert("L")).astype(np.float64)


def pen_on_nothing(ink: Picture, colour: tuple[int, int, int]) -> Picture:
    picture = Image.new("RGBA", ink.size, (*colour, 0))
    picture.putalpha(ink)
    return picture


def with_margin(picture: Picture) -> Picture:
    whole = Image.new("RGBA", (picture.width + 120, picture.height + 80), (0, 0, 0, 0))
    whole.paste(picture.convert("RGBA"), (50, 30))
    return whole


def turned(kind: str, orientation: int, undo: Image.Transpose) -> Make:
    def make(rng: Random, picture: Picture, mask: Picture) -> bytes:
        exif = Image.Exif()
        exif[0x0112] = orientation
        return as_file(picture.transpose(undo), kind, exif=exif)

    return make


def tiff_white_is_zero(picture: Picture, mode: str) -> bytes:
    return as_file(ImageChops.invert(picture.convert("L")).convert(mode), "TIFF", tiffinfo={262: 0})


T = Image.Transpose
FILES: dict[str, Make] = {
    "1": lambda r, p, k: as_file(p.convert("1"), "PNG"),
    "1 dithered grey": lambda r, p, k: as_file(p.filter(ImageFilter.GaussianBlur(2)).convert("1"), "PNG"),
    "1 inverted": lambda r, p, k: as_file(k.convert("1"), "PNG"),
    "L": lambda r, p, k: as_file(p.convert("L"), "PNG"),
    "LA": lambda r, p, k: as_file(p.convert("LA"), "PNG"),
    "LA pen": lambda r, p, k: as_file(Image.merge("LA", (Image.new("L", k.size), k)), "PNG"),
    "P": lambda r, p, k: as_file(p.quantize(8), "PNG"),
    "P transparent paper": lambda r, p, k: as_file(p.convert("L").quantize(2), "PNG", transparency=p.convert("L").quantize(2).tobytes()[0]),
    "PA": lambda r, p, k: p.convert("RGBA").quantize(8).convert("PA"),
    "RGB tRNS": lambda r, p, k: as_file(p, "PNG", transparency=(255, 255, 255)),
    "L tRNS": lambda r, p, k: as_file(p.convert("L"), "PNG", transparency=255),
    "RGBA": lambda r, p, k: as_file(p.convert("RGBA"), "PNG"),
    "RGBA black pen": lambda r, p, k: as_file(pen_on_nothing(k, (0, 0, 0)), "PNG"),
    "RGBA white pen": lambda r, p, k: as_file(pen_on_nothing(k, (255, 255, 255)), "PNG"),
    "RGBA blue pen": lambda r, p, k: as_file(pen_on_nothing(k, (30, 60, 220)), "PNG"),
    "RGBA half pen": lambda r, p, k: as_file(pen_on_nothing(k.point([v // 2 for v in range(256)]), (0, 0, 0)), "PNG"),
    "RGBA margin": lambda r, p, k: as_file(with_margin(p), "PNG"),
    "RGBA dark margin": lambda r, p, k: as_file(with_margin(ImageChops.invert(p)), "PNG"),
    "RGBA rainbow pen": lambda r, p, k: as_file(Image.merge("RGBA", (*Image.linear_gradient("L").resize(k.size).convert("RGB").split()[:1], Image.linear_gradient("L").rotate(90).resize(k.size), Image.new("L", k.size, 40), k)), "PNG"),
    "WebP pen": lambda r, p, k: as_file(pen_on_nothing(k, (0, 0, 0)), "WEBP"),
    "WebP": lambda r, p, k: as_file(p, "WEBP", quality=30),
    "WebP lossless": lambda r, p, k: as_file(p, "WEBP", lossless=True),
    "CMYK JPEG": lambda r, p, k: as_file(p.convert("CMYK"), "JPEG"),
    "CMYK TIFF": lambda r, p, k: as_file(p.convert("CMYK"), "TIFF"),
    "CMYK K only": lambda r, p, k: as_file(Image.merge("CMYK", (*[Image.new("L", k.size)] * 3, k)), "TIFF"),
    "YCbCr": lambda r, p, k: p.convert("YCbCr"),
    "YCbCr TIFF": lambda r, p, k: as_file(p.convert("YCbCr"), "TIFF"),
    "HSV": lambda r, p, k: p.convert("HSV"),
    "LAB TIFF": lambda r, p, k: as_file(Image.merge("LAB", (p.convert("L"), Image.new("L", k.size), Image.new("L", k.size))), "TIFF"),
    "I;16 PNG": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 257).astype("u2")), "PNG"),
    "I;16 12-bit": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 16).astype("u2")), "PNG"),
    "I;16 10-bit TIFF": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 4).astype("u2")), "TIFF"),
    "I;16 offset": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 20 + 30000).astype("u2")), "TIFF"),
    "I;16 noisy": lambda r, p, k: as_file(Image.fromarray(np.clip(numbers(p) * 100 + 5000 + r.normal(0, 300, p.size[::-1]), 0, 65535).astype("u2")), "PNG"),
    "I;16 hot pixel": lambda r, p, k: as_file(Image.fromarray(np.where(np.arange(40000).reshape(200, 200) == 777, 65535, numbers(p) * 16).astype("u2")), "PNG"),
    "I;16B": lambda r, p, k: Image.fromarray((numbers(p) * 257).astype(">u2")),
    "I": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 100000).astype("i4")), "TIFF"),
    "I negative": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 100 - 20000).astype("i4")), "TIFF"),
    "F 0..1": lambda r, p, k: as_file(Image.fromarray((numbers(p) / 255).astype("f4")), "TIFF"),
    "F 0..65535": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 257).astype("f4")), "TIFF"),
    "F negative": lambda r, p, k: as_file(Image.fromarray((numbers(p) / 127.5 - 1).astype("f4")), "TIFF"),
    "F tiny": lambda r, p, k: as_file(Image.fromarray((numbers(p) / 255e4).astype("f4")), "TIFF"),
    "1 white is zero": lambda r, p, k: tiff_white_is_zero(p, "1"),
    "L white is zero": lambda r, p, k: tiff_white_is_zero(p, "L"),
    "fax G4": lambda r, p, k: as_file(p.convert("1"), "TIFF", compression="group4"),
    "TIFF LZW": lambda r, p, k: as_file(p, "TIFF", compression="tiff_lzw"),
    "TIFF two pages": lambda r, p, k: as_file(p, "TIFF", save_all=True, append_images=[plain(size=(50, 50))]),
    "GIF": lambda r, p, k: as_file(p, "GIF"),
    "GIF animated": lambda r, p, k: as_file(p, "GIF", save_all=True, append_images=[plain(size=p.size), p]),
    "GIF transparent": lambda r, p, k: as_file(pen_on_nothing(k, (0, 0, 0)), "GIF"),
    "BMP": lambda r, p, k: as_file(p, "BMP"),
    "BMP 1": lambda r, p, k: as_file(p.convert("1"), "BMP"),
    "BMP P": lambda r, p, k: as_file(p.quantize(16), "BMP"),
    "DIB": lambda r, p, k: as_file(p, "DIB"),
    "PGM": lambda r, p, k: as_file(p.convert("L"), "PPM"),
    "PBM": lambda r, p, k: as_file(p.convert("1"), "PPM"),
    "PPM": lambda r, p, k: as_file(p, "PPM"),
    "PGM text": lambda r, p, k: f"P2\n200 200\n255\n{' '.join(map(str, numbers(p).astype(int).ravel()))}\n".encode(),
    "PGM 16": lambda r, p, k: as_file(Image.fromarray((numbers(p) * 257).astype("i4")).convert("I"), "PPM"),
    "PFM": lambda r, p, k: as_file(Image.fromarray((numbers(p) / 255).astype("f4")), "PPM"),
    "JPEG progressive": lambda r, p, k: as_file(p, "JPEG", progressive=True),
    "JPEG grey": lambda r, p, k: as_file(p.convert("L"), "JPEG"),
    "PNG interlaced": lambda r, p, k: interlaced(p),
    "TGA": lambda r, p, k: as_file(p, "TGA"),
    "PCX": lambda r, p, k: as_file(p, "PCX"),
    "SGI": lambda r, p, k: as_file(p, "SGI"),
    "QOI": lambda r, p, k: as_file(p, "QOI"),
    "APNG": lambda r, p, k: as_file(p, "PNG", save_all=True, append_images=[plain(size=p.size)]),
    **{
        f"EXIF {o} {kind}": turned(kind, o, undo)
        for kind in ("JPEG", "PNG", "TIFF", "WEBP")
        for o, undo in {2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE,
                        6: T.ROTATE_90, 7: T.TRANSVERSE, 8: T.ROTATE_270}.items()
        if kind in ("JPEG", "PNG") or o == 6
    },
}  # fmt: skip
for _name, _make in FILES.items():
    file(_name, _make)


def interlaced(picture: Picture) -> bytes:
    """Return an interlaced PNG (Adam7), which Pillow reads but does not write."""
    pixels = np.asarray(picture.convert("L"))
    rows = b""
    for x0, y0, dx, dy in (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):
        for row in pixels[y0::dy, x0::dx]:
            rows += b"\0" + row.tobytes()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 0, 0, 0, 1)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
