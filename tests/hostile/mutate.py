"""Mutate: seeded accidents for any file, and one table of the files that `nnfs` reads.

A format gives healthy files, the reader that must survive the damage, and the command that uses it.
Where a checksum would hide the reader behind it, a second line of the table mutates what is inside
and seals it again.
"""

from __future__ import annotations

import gzip
import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, PngImagePlugin, features
from pillow_heif import register_heif_opener

from nnfs_cli.checkpoint import LATEST, DataMark, load_checkpoint, save_checkpoint
from nnfs_cli.config import RunConfig, load, to_dict
from nnfs_cli.datasets import load as load_data
from nnfs_cli.engine import Adam, TrainingState, multilayer_perceptron
from nnfs_cli.images import normalise, read_picture
from nnfs_cli.model import Model, Store, load_model, save_model

NUMBERS = (0, 1, 2, 127, 128, 255, 256, 65535, 65536, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**63)
DIGITS = re.compile(rb"[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?")
EDGE = 400  # bytes at either end of a file, where its headers are: hit every other time


def mutate(content: bytes, rng: random.Random, *, other: bytes = b"") -> bytes:
    """Return `content` after one to five accidents; pieces of `other` may get into it."""
    result = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 5))):
        rng.choice(ACCIDENTS)(result, rng, other or content)
    return bytes(result)


def place(content: bytearray, rng: random.Random) -> int:
    """Return an offset in `content`, near its start or end half of the time."""
    size = len(content)
    if rng.random() < 0.5:
        return rng.randrange(size + 1)
    near = rng.randrange(min(size, EDGE) + 1)
    return near if rng.random() < 0.7 else size - near


def flip_bits(content: bytearray, rng: random.Random, _: bytes) -> None:
    for _each in range(rng.choice((1, 1, 2, 8))):
        if content:
            content[min(place(content, rng), len(content) - 1)] ^= 1 << rng.randrange(8)


def change_bytes(content: bytearray, rng: random.Random, _: bytes) -> None:
    start = place(content, rng)
    size = min(rng.choice((1, 1, 2, 4, 30)), len(content) - start)
    filler = rng.choice((b"\0", b"\xff", b" ", b"\n", b","))
    content[start : start + size] = rng.choice((rng.randbytes(size), filler * size))


def truncate(content: bytearray, rng: random.Random, _: bytes) -> None:
    del content[place(content, rng) :]


def insert(content: bytearray, rng: random.Random, _: bytes) -> None:
    start = place(content, rng)
    content[start:start] = rng.randbytes(rng.choice((1, 1, 2, 4, 60)))


def delete(content: bytearray, rng: random.Random, _: bytes) -> None:
    start = place(content, rng)
    del content[start : start + rng.choice((1, 1, 2, 4, 60))]


def splice(content: bytearray, rng: random.Random, other: bytes) -> None:
    """Put a piece of another file, or of this one, in the place of some bytes or between them."""
    begin, start = rng.randrange(len(other) + 1), place(content, rng)
    piece = other[begin : begin + rng.choice((4, 16, 100, 1000))]
    content[start : start + rng.choice((0, len(piece)))] = piece


def tamper_with_a_number(content: bytearray, rng: random.Random, _: bytes) -> None:
    """Write another number where one stands in text, or where one may be in a binary header."""
    number = rng.choice(NUMBERS) + rng.choice((-1, 0, 0, 1))
    if content and rng.random() < 0.5:
        found = [match.span() for match in DIGITS.finditer(content[: EDGE * 10])]
        if found:
            start, end = rng.choice(found)
            words = (str(number), str(-number), "1e999", "0.5", "9" * 400, "nan", "")
            content[start:end] = rng.choice(words).encode()
            return
    width = rng.choice((1, 2, 4, 8))
    start = place(content, rng)
    order: Any = rng.choice(("little", "big"))
    content[start : start + width] = (number % 256**width).to_bytes(width, order)


ACCIDENTS: tuple[Callable[[bytearray, random.Random, bytes], None], ...] = (
    *(flip_bits, change_bytes, truncate, insert, delete, splice, tamper_with_a_number),
)


class Format(NamedTuple):
    """One kind of file. The command gets the words with the path of the file in the place of {}."""

    file: str  # its name
    seeds: Callable[[], list[bytes]]
    read: Callable[[Path], object]
    words: str
    seal: Callable[[bytes], bytes] = bytes

    def mutated(self, rng: random.Random) -> bytes:
        """Return one damaged file."""
        seeds = healthy(self)
        return self.seal(mutate(rng.choice(seeds), rng, other=rng.choice(seeds)))


@cache
def healthy(kind: Format) -> list[bytes]:
    """Return the whole files of a format, made once; the same bytes in every run."""
    return kind.seeds()


# -- models and checkpoints

INPUTS, UNITS, CLASSES = 784, 3, 10
HEADERS = {"nnfs": "nnfs.npy", "checkpoint": "checkpoint.npy"}


def network() -> Any:
    made = multilayer_perceptron(INPUTS, (UNITS,), CLASSES, activation="sigmoid", dtype=np.float32)
    made.params[...] = np.random.default_rng(0).normal(size=made.params.size)
    return made


def state() -> TrainingState:
    made, optimizer = network(), Adam()
    optimizer.bind(made.params, made.grads)
    return TrainingState(made, optimizer)


def model_bytes(folder: Path, store: Store | None = None) -> bytes:
    classes = tuple(map(str, range(CLASSES)))
    config = to_dict(RunConfig())
    model = Model(network(), "sigmoid", classes, (28, 28), config)
    save_model(folder / "m.npz", model, store=store)
    return (folder / "m.npz").read_bytes()


def half_model_bytes(folder: Path) -> bytes:
    return model_bytes(folder, "float16")


def checkpoint_bytes(folder: Path) -> bytes:
    save_checkpoint(
        folder,
        state(),
        config=to_dict(RunConfig()),
        data=DataMark("mnist", 60_000, INPUTS, "0" * 64),
        threads=1,
        history=[],
        best=False,
        first=True,
        keep_latest=False,
        again="go on",
    )
    return (folder / LATEST).read_bytes()


def original_bytes() -> bytes:
    """The four bare arrays that the original project saves, compressed and not."""
    arrays: dict[str, Any] = dict(network().arrays)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{name: array[:] for name, array in arrays.items()})
    return buffer.getvalue()


def in_folder(make: Callable[[Path], bytes]) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return make(Path(folder))


def member(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def replaced(content: bytes, name: str, new: bytes) -> bytes:
    """Return an archive with one member replaced, every checksum right."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as archive:
        for each in old.namelist():
            archive.writestr(each, new if each == name else old.read(each))
    return buffer.getvalue()


def npy_of(text: bytes) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.frombuffer(text, np.uint8))
    return buffer.getvalue()


def text_of(content: bytes, name: str) -> bytes:
    return np.load(io.BytesIO(member(content, name))).tobytes()


def restore(path: Path) -> None:
    load_checkpoint(path).restore(state())


# -- data sets


def pixels(rows: int = 9) -> Any:
    return np.random.default_rng(1).integers(0, 256, (rows, 28, 28), dtype=np.uint8)


def idx_bytes(array: Any) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


LABELS = np.arange(9, dtype=np.uint8)


def csv_bytes(*, header: bool) -> bytes:
    lines = [",".join(map(str, [n, *row.ravel()[:16]])) for n, row in enumerate(pixels())]
    names = ",".join(["label", *(f"pixel{i}" for i in range(16))])
    return "\n".join([names, *lines] if header else lines).encode()


def npz_seeds() -> list[bytes]:
    seeds = []
    for save in (np.savez, np.savez_compressed):
        buffer = io.BytesIO()
        save(buffer, x_test=pixels(), y_test=LABELS)
        seeds.append(buffer.getvalue())
    buffer = io.BytesIO()
    np.savez(buffer, images=np.asfortranarray(pixels() / 255.0), labels=LABELS.astype("i8"))
    return [*seeds, buffer.getvalue()]


def npz_of_images(npy: bytes) -> bytes:
    labels = io.BytesIO()
    np.save(labels, LABELS)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x_test.npy", npy)
        archive.writestr("y_test.npy", labels.getvalue())
    return buffer.getvalue()


def npy_seeds() -> list[bytes]:
    return [member(seed, "x_test.npy") for seed in npz_seeds()[:1]]


def read_data(path: Path) -> object:
    return load_data(path, splits=("test",))


def read_idx(path: Path) -> object:
    """Read an images file, with the labels that must lie beside it."""
    labels = path.with_name("t10k-labels-idx1-ubyte")
    if not labels.exists():
        labels.write_bytes(idx_bytes(LABELS))
    return read_data(path)


# -- pictures


def digit(mode: str = "L") -> Image.Image:
    """Return a small picture of a one with a foot."""
    image = Image.new("L", (24, 30), 255)
    ImageDraw.Draw(image).line([(8, 8), (14, 4), (14, 25), (7, 25), (20, 25)], fill=0, width=3)
    if mode in ("I;16", "F"):
        values = np.asarray(image).astype(np.uint16 if mode == "I;16" else np.float32)
        return Image.fromarray(values * 100)
    if mode in ("RGBA", "LA"):
        image.putalpha(image.point([255 - value for value in range(256)]))
    return image.convert(mode)


def picture(kind: str, mode: str = "L", **options: Any) -> bytes:
    buffer = io.BytesIO()
    digit(mode).save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation: int = 6) -> Image.Exif:
    made = Image.Exif()
    made[0x0112], made[0x010E] = orientation, "a digit"
    made.get_ifd(0x8769)[0x9003] = "2026:11:22 12:00:00"
    return made


def png_seeds() -> list[bytes]:
    text = PngImagePlugin.PngInfo()
    text.add_text("a", "b" * 30, zip=True)
    text.add_itxt("c", "d" * 30)
    modes = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
    frames = {"save_all": True, "append_images": [digit()] * 2}
    return [
        *(picture("PNG", mode) for mode in modes),
        picture("PNG", pnginfo=text, exif=exif(), icc_profile=bytes(300), dpi=(72, 72)),
        picture("PNG", "P", transparency=b"\0\x80\xff"),
        picture("PNG", "RGB", transparency=(255, 255, 255)),
        picture("PNG", **frames),
    ]


def jpeg_seeds() -> list[bytes]:
    return [
        picture("JPEG"),
        picture("JPEG", "RGB", progressive=True, exif=exif()),
        picture("JPEG", "CMYK", icc_profile=bytes(300), comment=b"hello"),
        picture("MPO", "RGB", save_all=True, append_images=[digit("RGB")]),
    ]


def gif_seeds() -> list[bytes]:
    frames = [digit().rotate(angle) for angle in (20, 40)]
    return [
        picture("GIF"),
        picture("GIF", "P", transparency=3, interlace=0, comment=b"hello"),
        picture("GIF", save_all=True, append_images=frames, disposal=2, loop=0),
    ]


def bmp_seeds() -> list[bytes]:
    core = b"BM" + struct.pack("<I2HI", 14 + 12 + 6 + 4, 0, 0, 32)
    core += struct.pack("<I4H", 12, 1, 1, 1, 1) + b"\0\0\0\xff\xff\xff" + b"\x80\0\0\0"
    palette = b"".join(bytes([level] * 3 + [0]) for level in range(256))
    rows = b"\x04\x00\x02\x80\0\0" * 4 + b"\0\x03\1\2\3\0\0\0" + b"\0\1"
    run = struct.pack("<I2i2H6I", 40, 6, 5, 1, 8, 1, len(rows), 0, 0, 256, 0)
    head = b"BM" + struct.pack("<I2HI", 54 + 1024 + len(rows), 0, 0, 54 + 1024)
    plain = [picture("BMP", mode) for mode in ("1", "L", "P", "RGB", "RGBA")]
    return [*plain, core, head + run + palette + rows]


def tiff_seeds() -> list[bytes]:
    methods = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
    return [
        *(picture("TIFF", "RGB", compression=method) for method in methods),
        picture("TIFF", "1", compression="group4"),
        *(picture("TIFF", mode) for mode in ("I;16", "F", "CMYK", "LAB", "P", "RGBA", "LA")),
        picture("TIFF", exif=exif(3), save_all=True, append_images=[digit()]),
    ]


def webp_seeds() -> list[bytes]:
    frames = [digit("RGBA").rotate(angle) for angle in (20, 40)]
    return [
        picture("WEBP", "RGB"),
        picture("WEBP", "RGBA", lossless=True, exif=exif()),
        picture("WEBP", "RGBA", save_all=True, append_images=frames, icc_profile=bytes(300)),
    ]


def avif_seeds() -> list[bytes]:
    return [
        picture("AVIF", "RGB", exif=exif()),
        picture("AVIF", "RGBA", quality=30),
        picture("AVIF", "RGB", save_all=True, append_images=[digit("RGB").rotate(20)]),
    ]


def jpeg2000_seeds() -> list[bytes]:
    return [
        picture("JPEG2000", "RGB"),
        picture("JPEG2000", irreversible=True, quality_layers=[20]),
        picture("JPEG2000", "RGBA", tile_size=(16, 16)),
    ]


def heif_seeds() -> list[bytes]:
    register_heif_opener(thumbnails=False)
    return [
        picture("HEIF", "RGB", exif=exif()),
        picture("HEIF", "RGBA"),
        picture("HEIF", quality=20),
    ]


def ppm_seeds() -> list[bytes]:
    plain = " ".join(str(value) for value in np.asarray(digit()).ravel())
    return [
        *(picture("PPM", mode) for mode in ("1", "L", "RGB", "I", "F")),
        f"P2 # a comment\n24 30\n255\n{plain}\n".encode(),
        b"P1\n3 3\n0 1 0\n0 1 0\n0 1 0\n",
    ]


def sealed_png(content: bytes) -> bytes:
    """Return a PNG with the checksum of each chunk made right, as far as its chunks go."""
    result, start = bytearray(content), 8
    while start + 12 <= len(result):
        (size,) = struct.unpack_from(">I", result, start)
        end = start + 8 + size
        if end + 4 > len(result):
            break
        struct.pack_into(">I", result, end, zlib.crc32(result[start + 4 : end]))
        start = end + 4
    return bytes(result)


def unpacked_png() -> list[bytes]:
    return [zlib.decompress(picture("PNG", "RGB").split(b"IDAT")[1][:-16])]


def png_of_rows(rows: bytes) -> bytes:
    start, _, _ = picture("PNG", "RGB").partition(b"IDAT")
    data = zlib.compress(rows)
    chunk = struct.pack(">I", len(data)) + b"IDAT" + data + bytes(4)
    return sealed_png(start[:-4] + chunk + b"\0\0\0\0IEND\xaeB`\x82")


def read_image(path: Path) -> object:
    return normalise(read_picture(path, name=str(path)), name=str(path))


# -- configs


def toml_seeds() -> list[bytes]:
    return [
        b"# a config\nepochs = 5\nhidden = [128, 64]\nlearning_rate = 1e-3\noptimizer = 'adam'\n",
        b'data = """\nx\\u00e9\n"""\nseed = 0x1F\nactivation = "relu"\n[a.b]\nc = 1',
        b"epochs = 3 # three\ndropout = 0.25\nvalidation = 5_000\nepochs = 1979-05-27",
    ]


def yaml_seeds() -> list[bytes]:
    return [
        b"# a config\nepochs: 5\nhidden:\n  - 128\n  - 64\nlearning_rate: 1e-3\noptimizer: adam\n",
        b'---\nhidden: [128, 64]\noutput: "x\\u00e9"\nseed: 0x1F\ndata: |\n  x\n  y\n...\n',
        b"%YAML 1.2\n---\n? epochs\n: !!int 5\na: &b {c: *b, <<: [d]}\ne: >-\n  f\n\n  g\n",
    ]


EVALUATE = "evaluate --data {} --model MODEL"
PREDICT = "predict {} --model MODEL"

FORMATS: dict[str, Format] = {
    "model": Format(
        "m.npz",
        lambda: [in_folder(model_bytes), original_bytes(), in_folder(half_model_bytes)],
        load_model,
        "predict PICTURE --model {}",
    ),
    "model header": Format(
        "m.npz",
        lambda: [text_of(in_folder(model_bytes), "nnfs.npy")],
        load_model,
        "predict PICTURE --model {}",
        lambda text: replaced(healthy(FORMATS["model"])[0], "nnfs.npy", npy_of(text)),
    ),
    "checkpoint": Format(
        LATEST, lambda: [in_folder(checkpoint_bytes)], restore, "train --resume --output {}.npz"
    ),
    "checkpoint header": Format(
        LATEST,
        lambda: [text_of(in_folder(checkpoint_bytes), "checkpoint.npy")],
        restore,
        "train --resume --output {}.npz",
        lambda text: replaced(healthy(FORMATS["checkpoint"])[0], "checkpoint.npy", npy_of(text)),
    ),
    "IDX": Format("t10k-images-idx3-ubyte", lambda: [idx_bytes(pixels())], read_idx, EVALUATE),
    "IDX.gz": Format(
        "t10k-images-idx3-ubyte.gz",
        lambda: [gzip.compress(idx_bytes(pixels()), level, mtime=0) for level in (0, 9)],
        read_idx,
        EVALUATE,
    ),
    "IDX in gz": Format(
        "t10k-images-idx3-ubyte.gz",
        lambda: [idx_bytes(pixels())],
        read_idx,
        EVALUATE,
        lambda content: gzip.compress(content, 1, mtime=0),
    ),
    "CSV": Format(
        "d.csv",
        lambda: [csv_bytes(header=True), csv_bytes(header=False).replace(b"\n", b"\r\n")],
        read_data,
        EVALUATE,
    ),
    "NPZ": Format("d.npz", npz_seeds, read_data, EVALUATE),
    "NPY in NPZ": Format("d.npz", npy_seeds, read_data, EVALUATE, npz_of_images),
    "PNG": Format("p.png", png_seeds, read_image, PREDICT),
    "PNG, checksums right": Format("p.png", png_seeds, read_image, PREDICT, sealed_png),
    "PNG, rows": Format("p.png", unpacked_png, read_image, PREDICT, png_of_rows),
    "JPEG": Format("p.jpg", jpeg_seeds, read_image, PREDICT),
    "GIF": Format("p.gif", gif_seeds, read_image, PREDICT),
    "BMP": Format("p.bmp", bmp_seeds, read_image, PREDICT),
    "TIFF": Format("p.tif", tiff_seeds, read_image, PREDICT),
    "WebP": Format("p.webp", webp_seeds, read_image, PREDICT),
    "AVIF": Format("p.avif", avif_seeds, read_image, PREDICT),
    "JPEG 2000": Format("p.jp2", jpeg2000_seeds, read_image, PREDICT),
    "HEIC": Format("p.heic", heif_seeds, read_image, PREDICT),
    "PPM": Format("p.ppm", ppm_seeds, read_image, PREDICT),
    "YAML": Format("c.yaml", yaml_seeds, load, "train --print-config --config {}"),
    "TOML": Format("c.toml", toml_seeds, load, "train --print-config --config {}"),
}
if not features.check("avif"):  # an older Pillow
    del FORMATS["AVIF"]
