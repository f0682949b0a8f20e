"""The folder of labelled drawings: numbered, counted, never written over."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from nnfs_cli.errors import DataError, NnfsError
from nnfs_cli.workflows import labelled
from nnfs_cli.workflows.labelled import LabelledFolder, check_class_name, write_numbered


def test_pictures_are_numbered_within_their_class_and_counted() -> None:
    folder = LabelledFolder(Path("digits"))
    assert not Path("digits").exists()  # nothing is made before there is something to save
    paths = [folder.save(label, label.encode()) for label in ("7", "7", "3", "seven")]
    names = ["7/0001.png", "7/0002.png", "3/0001.png", "seven/0001.png"]
    assert paths == [Path("digits", name) for name in names]
    assert Path("digits/3/0001.png").read_bytes() == b"3"
    assert folder.counts == {"7": 2, "3": 1, "seven": 1}
    assert LabelledFolder(Path("digits")).counts == folder.counts


def test_no_number_is_used_again_whatever_the_kind_of_file() -> None:
    Path("digits/7").mkdir(parents=True)
    for name in ("0003.png", "0012.jpg", "photo.png", "99999999999.png"):
        Path("digits/7", name).write_bytes(name.encode())
    assert LabelledFolder(Path("digits")).save("7", b"new").name == "0013.png"
    assert Path("digits/7/0012.jpg").read_bytes() == b"0012.jpg"


def test_two_programs_never_get_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = labelled.claim

    def late(path: Path) -> bool:
        if path.name == "0001.png":
            path.write_bytes(b"the other's")
        return claim(path)

    monkeypatch.setattr(labelled, "claim", late)
    assert write_numbered(Path("7"), b"ours").name == "0002.png"
    assert Path("7/0001.png").read_bytes() == b"the other's"
    assert Path("7/0002.png").read_bytes() == b"ours"


def test_only_pictures_in_open_folders_are_counted() -> None:
    for name in ("7/a.png", "7/b.JPG", "7/notes.txt", ".git/x.png", "3/readme.md", "top.png"):
        path = Path("digits", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert LabelledFolder(Path("digits")).counts == {"7": 2}


def test_what_was_saved_can_be_taken_back_and_the_rest_stays() -> None:
    folder = LabelledFolder(Path("digits"))
    first, second = folder.save("7", b"1"), folder.save("7", b"2")
    folder.take_back(second)
    assert folder.counts == {"7": 1}
    assert first.exists()
    folder.take_back(first)
    assert folder.counts == {}
    assert not Path("digits/7").exists()
    kept = folder.save("3", b"3")
    Path("digits/3/mine.txt").write_text("mine")
    folder.take_back(kept)
    assert [path.name for path in Path("digits/3").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("step", ["open", "write", "replace"])
def test_a_save_that_fails_leaves_nothing(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = LabelledFolder(Path("digits"))
    with monkeypatch.context() as patch:
        target = {"open": (os, "open"), "write": (os, "fsync"), "replace": (Path, "replace")}[step]
        patch.setattr(*target, full)
        with pytest.raises(NnfsError, match=r"cannot save in .*7: No space left on device"):
            folder.save("7", b"x")
    assert [path for path in Path("digits").rglob("*") if path.is_file()] == []
    assert folder.counts == {}


@pytest.mark.parametrize(
    "name",
    [
        *("", "  ", ".", "..", ".x", "a/b", "a\\b", "a\nb", "a\0b", "con", "LPT1.x", "a.", "a "),
        *("<script>", "a:b", "x" * 101, "é" * 51),
    ],
)
def test_a_class_that_cannot_be_a_folder_is_refused(name: str) -> None:
    with pytest.raises(NnfsError) as caught:
        check_class_name(name)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["7", "alpha", "Größe", "two words", "console", "七", "[red]"])
def test_a_class_of_any_language_is_a_folder(name: str) -> None:
    check_class_name(name)
    assert LabelledFolder(Path("letters")).save(name, b"x").parent.name == name


def test_a_file_in_the_place_of_the_folder_is_refused() -> None:
    Path("digits").write_text("no folder")
    with pytest.raises(DataError, match="digits is not a folder"):
        LabelledFolder(Path("digits"))
    with pytest.raises(DataError, match="cannot read"):
        LabelledFolder(Path("x" * 5000))
