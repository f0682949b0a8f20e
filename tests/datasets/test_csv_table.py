"""CSV: good tables are read whatever made them, bad ones are told their line."""

from __future__ import annotations

import gzip
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfs_cli.datasets import csv_table, load

from .writers import csv_text, error_of, labels, pictures

HEADER = "label,pixel1,pixel2,pixel3,pixel4\n"
ROW = "5,0,9,255,1\n"
FLAT = [0, 9, 255, 1]


@pytest.mark.parametrize(
    "text",
    [
        ROW,
        HEADER + ROW,
        HEADER + ROW.rstrip("\n"),
        HEADER + ROW + "\n\n",
        "\n" + HEADER + "\n" + ROW,
        (HEADER + ROW + "\n").replace("\n", "\r\n"),
        (HEADER + ROW).replace("\n", "\r"),
        "\ufeff" + HEADER + ROW,
        "\ufeff" + ROW,
        HEADER.upper() + ROW,
        '"label","1x1","1x2","2x1","2x2"\n' + ROW,
        "label,0,1,2,3\n" + ROW,
        "digit,a,b,c,d\n" + ROW,
        "5, 0, 9, 255, 1 \n",
        "5,0.0,9.0,255.0,1.\n",
        "5.0,+0,09,255,1\n",
        "pixel1,pixel2,pixel3,pixel4,class\n0,9,255,1,5\n",
    ],
)
def test_one_row_is_the_same_row_however_it_is_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(text.encode())

    train = load(path).split("train")

    assert train.x.tolist() == [FLAT]
    assert train.x.dtype == np.uint8
    assert train.labels.tolist() == [5]


def test_a_compressed_table_is_read_like_a_plain_one(tmp_path: Path) -> None:
    path = tmp_path / "train.csv.gz"
    path.write_bytes(gzip.compress((HEADER + ROW * 70_000).encode()))

    assert load(path).split("train").x.tolist() == [FLAT] * 70_000


@given(
    table=st.lists(st.tuples(*[st.integers(0, 9), *[st.integers(0, 255)] * 4]), min_size=1),
    header=st.booleans(),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    whole=st.sampled_from(["{}", "{}.0", " {} "]),
)
def test_any_table_survives_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[int, ...]],
    header: bool,
    end: str,
    whole: str,
) -> None:
    lines = [",".join(whole.format(value) for value in row) for row in table]
    path = tmp_path_factory.getbasetemp() / "any-table.csv"
    path.write_bytes(end.join([HEADER.strip(), *lines] if header else lines).encode())

    part = csv_table.read(path, classes=10)

    assert part.labels.tolist() == [row[0] for row in table]
    assert part.x.tolist() == [list(row[1:]) for row in table]


def test_lines_that_cross_a_block_are_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "train.csv"
    path.write_text(csv_text(pictures(50), labels(50)))
    for block in (130, 131, 200, 1000):  # the header has 122 characters
        monkeypatch.setattr("nnfs_cli.datasets.csv_table._BLOCK", block)
        part = csv_table.read(path, classes=10)
        assert np.array_equal(part.x, pictures(50).reshape(50, 16))
        assert np.array_equal(part.labels, labels(50))


def test_labels_above_255_are_labels_where_there_are_as_many_classes(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("5,1,2\n300,3,4\n")

    assert load(path, classes=301).split("train").labels.tolist() == [5, 300]


GOOD = ROW * 5
BAD_TABLES = {
    "ragged": (
        HEADER + GOOD + "5,0,9,255\n",
        " line 7: 4 values, but line 2 has 5",
    ),
    "ragged below blank lines": (
        HEADER + "\n" + ROW + "\n \n" + "5\n",
        " line 6: 1 value, but line 3 has 5",
    ),
    "ragged without a header": (
        GOOD + "5,0,9,255,1,\n",
        " line 6: 6 values, but line 1 has 5",
    ),
    "a header of another width": (
        "label,pixel1\n" + ROW,
        " line 2: 5 values, but line 1 names 2 columns",
    ),
    "pixel too large": (
        HEADER + GOOD + "5,0,9,300,1\n",
        " line 7, column 4: pixel 300 is outside 0-255",
    ),
    "pixel 256": ("5,0,9,256,1\n", " line 1, column 4: pixel 256 is outside 0-255"),
    "pixel negative": (GOOD + "5,-1,9,0,1\n", " line 6, column 2: pixel -1 is outside 0-255"),
    "pixel enormous": (
        GOOD + "5,1" + "0" * 5000 + ",9,0,1\n",
        " line 6, column 2: pixel 100000000000000000 is outside 0-255",
    ),
    "pixel fractional": (
        HEADER + "5,0,1.5,0,1\n",
        " line 2, column 3: '1.5' is not a whole number",
    ),
    "pixel missing": (HEADER + "5,0,,0,1\n", " line 2, column 3: '' is not a whole number"),
    "pixel NaN": (HEADER + "5,0,nan,0,1\n", " line 2, column 3: 'nan' is not a whole number"),
    "text": (GOOD + "5,0,abc,0,1\n", " line 6, column 3: 'abc' is not a whole number"),
    "long text": (
        GOOD + "5,0," + "x" * 500 + ",0,1\n",
        " line 6, column 3: 'xxxxxxxxxxxx...xxxxxxxxxxxxx' is not a whole number",
    ),
    "a terminal's control characters": (
        GOOD + "5,\x1b[31m,1,0,1\n",
        " line 6, column 2: '\\x1b[31m' is not a whole number",
    ),
    "not UTF-8": (GOOD + "5,\udcff,1,0,1\n", " line 6, column 2: '\ufffd' is not a whole number"),
    "label too large": (
        HEADER + GOOD + "12,0,9,255,1\n",
        " line 7: label 12 is outside the 10 classes (0-9)",
    ),
    "label negative": ("-1,0,9,255,1\n", " line 1: label -1 is outside the 10 classes (0-9)"),
    "label is text": (GOOD + "two,0,9,255,1\n", " line 6, column 1: 'two' is not a whole number"),
    "only a header": (HEADER, " has no rows of data"),
    "only blank lines": ("\n\n \n", " has no rows of data"),
    "empty": ("", " is empty"),
    "no pixels": ("label\n5\n", " line 2: a label without pixels"),
    "semicolons": (HEADER.replace(",", ";") + "5;0;9\n", " line 2: a label without pixels"),
    "no label column": (
        "pixel0,pixel1\n0,1\n",
        " line 1: no column is called 'label'",
    ),
    "one endless line": ("5," * 600_000, " line 1 is longer than 1048576 characters"),
    "one endless later line": (
        GOOD + "5," * 600_000,
        " line 6 is longer than 1048576 characters",
    ),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_bad_table_gets_its_message(tmp_path: Path, case: str) -> None:
    text, message = BAD_TABLES[case]
    path = tmp_path / "train.csv"
    path.write_bytes(text.encode(errors="surrogateescape"))

    assert error_of(lambda: load(path)).message == f"{path}{message}"


def test_a_damaged_compressed_table_says_how_far_it_was_good(tmp_path: Path) -> None:
    path = tmp_path / "train.csv.gz"
    text = csv_text(pictures(40_000), labels(40_000), header=False).encode()
    packed = gzip.compress(text, 1)
    path.write_bytes(packed[:-100_000])

    message = error_of(lambda: load(path)).message

    start, _, line = message.partition(" after line ")
    assert start == f"{path}: the gzip data is cut short"
    assert 30_000 < int(line) < 40_000


def test_the_hint_names_the_option_only_for_a_label_that_can_be_one(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("12,1,2\n")
    assert error_of(lambda: load(path)).hint == "if the data has more classes: --set classes=13"
    path.write_text("123456,1,2\n")
    assert error_of(lambda: load(path)).hint == "labels count from 0"


def test_the_last_bad_line_of_many_blocks_is_found(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text(HEADER + ROW * 300_000 + "5,0,9,255,256\n")

    assert error_of(lambda: load(path)).message == (
        f"{path} line 300002, column 5: pixel 256 is outside 0-255"
    )


def test_numpy_that_only_warns_of_a_wrapped_number_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = np.loadtxt

    def like_numpy_1(*args: object, **kwargs: object) -> object:
        if kwargs["dtype"] is np.uint8:
            warnings.warn("Parsing an integer via a float is deprecated", DeprecationWarning)  # noqa: B028
            return np.array([[5, 0]], dtype=np.uint8)
        return real(*args, **kwargs)  # type: ignore[call-overload]

    path = tmp_path / "train.csv"
    path.write_text("5,256\n")
    monkeypatch.setattr(np, "loadtxt", like_numpy_1)

    assert error_of(lambda: load(path)).message == (
        f"{path} line 1, column 2: pixel 256 is outside 0-255"
    )


def test_sixty_thousand_rows_equal_mnist_and_are_read_in_seconds(tmp_path: Path) -> None:
    mnist = load(splits=["train"]).split("train")
    cells = [str(value) for value in range(256)]
    path = tmp_path / "mnist_train.csv"
    with path.open("w") as file:
        file.write("label," + ",".join(f"pixel{i}" for i in range(1, 785)) + "\n")
        for label, row in zip(mnist.labels.tolist(), mnist.x, strict=True):
            file.write(f"{label}," + ",".join([cells[value] for value in row.tolist()]) + "\n")

    begin = time.perf_counter()
    data = load(path, splits=["train"])
    seconds = time.perf_counter() - begin

    assert np.array_equal(data.split("train").x, mnist.x)
    assert np.array_equal(data.split("train").labels, mnist.labels)
    assert data.image_shape == (28, 28)
    assert seconds < 8  # about 1 on a quiet machine
