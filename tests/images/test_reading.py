"""Reading: any file ends in a picture or in one line that says why not."""

from __future__ import annotations

import io
import os
import struct
import sys
import time
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, features
from pillow_heif import register_heif_opener

from nnfs_cli.errors import ImageError
from nnfs_cli.images import find_pictures, read_picture


def arrow() -> Image.Image:
    """Return a picture that looks different from all sides: a bar at the left, a dot top right."""
    pixels = np.zeros((24, 16), np.uint8)
    pixels[2:22, 2:5] = 255
    pixels[2:6, 10:14] = 255
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def grey(image: Image.Image) -> Any:
    return np.asarray(image.convert("L")).astype(int)


def refusal(source: Path | bytes) -> ImageError:
    with pytest.raises(ImageError) as caught:
        read_picture(source, name="x.png")
    assert caught.value.message.isprintable()
    return caught.value


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF", "PPM", "WEBP", "JPEG"])
def test_the_kind_is_told_by_the_contents_not_by_the_name(tmp_path: Path, kind: str) -> None:
    lossless = {"lossless": True} if kind == "WEBP" else {}
    path = tmp_path / "picture.txt"
    path.write_bytes(encoded(arrow(), kind, **lossless))
    for source in (path, path.read_bytes()):
        difference = np.abs(grey(read_picture(source, name="p")) - grey(arrow()))
        assert difference.max() <= (60 if kind == "JPEG" else 0)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("kind", ["AVIF", "JPEG2000", "HEIF"])
def test_pictures_of_telephones_and_archives_are_read(kind: str, mode: str) -> None:
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow is older than AVIF")
    register_heif_opener()  # so that there is one to be read
    large = arrow().resize((160, 240)).convert(mode)
    read = read_picture(encoded(large, kind), name="p")
    assert read.format == kind
    assert np.abs(grey(read) - grey(large)).mean() < 3


def test_a_bare_stream_of_jpeg_2000_is_read() -> None:
    file = io.BytesIO()
    arrow().save(file, "JPEG2000", no_jp2=True)
    assert file.getvalue().startswith(b"\xff\x4f\xff\x51")
    assert np.array_equal(grey(read_picture(file.getvalue(), name="p")), grey(arrow()))


def test_without_its_extra_heic_is_refused_with_two_ways_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register_heif_opener()
    content = encoded(arrow(), "HEIF")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    monkeypatch.delitem(Image.OPEN, "HEIF")
    error = refusal(content)
    assert error.message == "cannot read x.png: it is not a picture of a kind that is known"
    assert error.hint == (
        "it looks like HEIC: pip install 'nnfs-cli[heic]', or export it as JPEG "
        "(iPhone: Settings, Camera, Formats)"
    )


@pytest.mark.parametrize("kind", ["AVIF", "JPEG2000"])
def test_a_pillow_without_a_decoder_says_what_to_do(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = encoded(arrow(), kind)
    monkeypatch.delitem(Image.OPEN, kind)
    error = refusal(content)
    assert error.hint is not None
    assert error.hint.endswith("save it as PNG or JPEG")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_camera_held_sideways_makes_no_difference(kind: str, orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # stored so, it has to be turned clockwise
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = arrow().transpose(undo[orientation]) if orientation in undo else arrow()
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 100} if kind == "JPEG" else {}
    upright = read_picture(encoded(stored, kind, exif=exif, **options), name="p")
    assert upright.size == (16, 24)
    assert np.abs(grey(upright) - grey(arrow())).max() <= 20


def test_of_an_animation_the_first_frame_is_read() -> None:
    blank = Image.new("L", (16, 24))
    for kind in ("GIF", "TIFF", "PNG", "WEBP"):
        content = encoded(arrow(), kind, save_all=True, append_images=[blank, blank])
        assert np.abs(grey(read_picture(content, name="p")) - grey(arrow())).max() <= 30


@pytest.mark.parametrize(
    "content",
    [b"hello, I am a text\n", b"\0" * 99, b"%PDF-1.7\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"],
    ids=["text", "zeros", "pdf", "svg"],
)  # fmt: skip
def test_what_is_no_picture_is_told(content: bytes) -> None:
    error = refusal(content)
    assert error.message == "cannot read x.png: it is not a picture of a kind that is known"
    assert error.hint is not None
    kinds = {b"%PDF": "it looks like PDF: save the page", b"<svg": "it looks like SVG: export it"}
    assert error.hint.startswith(kinds.get(content[:4], "use one of PNG, JPEG"))


def test_a_program_that_calls_itself_a_picture_is_not_run() -> None:
    # Pillow would hand PostScript to Ghostscript
    script = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"
    assert refusal(script).message.endswith("it is not a picture of a kind that is known")


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.png").touch()
    assert refusal(tmp_path / "x.png").message == "cannot read x.png: it is empty"
    assert refusal(b"").message == "cannot read x.png: it is empty"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_a_truncated_picture_is_refused(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40), dtype=np.uint8)
    whole = encoded(Image.fromarray(noise), kind)
    said = set()
    for share in (0.1, 0.5, 0.9):
        said.add(refusal(whole[: int(share * len(whole))]).message.partition(": ")[2])
    assert said <= {"the picture is damaged", "it is not a picture of a kind that is known"}
    assert "the picture is damaged" in said


def test_a_picture_that_is_not_there_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "x.png"
    assert refusal(missing).message == f"cannot read {missing}: No such file or directory"


def test_devices_and_pipes_are_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "x.png"
    os.mkfifo(pipe)
    assert refusal(pipe).message == f"cannot read {pipe}: it is not a regular file"
    zeros = refusal(Path("/dev/zero"))
    assert zeros.message == "cannot read /dev/zero: it is not a regular file"


def bomb(width: int, height: int) -> bytes:
    """Return a PNG that is black all over, however large it says it is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height", "said"),
    [
        (8000, 5001, "8000 x 5001"),
        (12_000, 12_000, "12000 x 12000"),
        (30_000, 30_000, "too many"),
        (2**31 - 1, 9, "too many"),
    ],
)
def test_too_many_pixels_are_refused_before_one_is_decoded(
    width: int, height: int, said: str
) -> None:
    content = bomb(width, height)
    tracemalloc.start()
    start = time.perf_counter()
    error = refusal(content)
    seconds = time.perf_counter() - start
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.message == f"x.png has {said} pixels, the limit is 40 million"
    assert error.hint == "make it smaller first"
    assert seconds < 0.5
    assert peak < 10 * 2**20


def test_a_folder_stands_for_the_pictures_in_it(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "notes.txt", "c.webp", "labels.csv"):
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    assert [p.name for p in find_pictures(tmp_path)] == ["a.jpg", "b.PNG", "c.webp"]
    assert find_pictures(tmp_path / "notes.txt") == [tmp_path / "notes.txt"]
    assert find_pictures(tmp_path / "missing.png") == [tmp_path / "missing.png"]


def test_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(ImageError) as caught:
        find_pictures(tmp_path)
    assert caught.value.message == f"no pictures in {tmp_path}"
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("pictures end in .apng, .avif, .bmp, .dib")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_mutated_pictures_end_in_our_error_or_in_a_picture(kind: str) -> None:
    rng = np.random.default_rng(1)
    whole = encoded(arrow(), kind)
    for _ in range(150):
        content = bytearray(whole)
        for place in rng.integers(0, len(whole), rng.integers(1, 6)):
            content[place] = rng.integers(256)
        try:
            image = read_picture(bytes(content), name="p")
        except ImageError:
            continue
        assert image.width * image.height <= 40_000_000
