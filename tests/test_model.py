"""Model: what is saved is what is loaded, and what is damaged is never loaded as something else."""

from __future__ import annotations

import contextlib
import errno
import io
import itertools
import json
import os
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nnfs_cli.engine import ACTIVATIONS, Network, Stream, generator, multilayer_perceptron
from nnfs_cli.errors import ModelError
from nnfs_cli.manifest import describe
from nnfs_cli.model import HINT, MAX_BYTES, Model, load_model, save_model

FOLDER_HINT = "free some space or use --output FILE"


def model(
    inputs: int = 4,
    hidden: tuple[int, ...] = (3,),
    classes: int = 2,
    *,
    dtype: str = "float32",
    activation: str = "sigmoid",
    **details: Any,
) -> Model:
    network = multilayer_perceptron(inputs, hidden, classes, activation=activation, dtype=dtype)
    network.params[...] = np.random.default_rng(7).standard_normal(network.params.size)
    names = tuple("abcdefghij"[:classes])
    return Model(network, activation, names, details.pop("image_shape", None), **details)


def same(first: Model, second: Model) -> bool:
    """Return whether two models are alike in everything, their numbers bit by bit."""
    networks = [
        (m.network.summary(), m.network.dtype, m.network.params.tobytes()) for m in (first, second)
    ]
    rest = [(m.activation, m.classes, m.image_shape, m.config, m.training) for m in (first, second)]
    return networks[0] == networks[1] and rest[0] == rest[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.npz"


def refusal(path: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        load_model(path)
    return caught.value


# -------------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("hidden", [(), (3,), (5, 1, 4)])
def test_a_model_comes_back_bit_by_bit(
    path: Path, hidden: tuple[int, ...], dtype: str, activation: str
) -> None:
    saved = model(
        hidden=hidden,
        dtype=dtype,
        activation=activation,
        image_shape=(2, 2),
        config={"hidden": list(hidden), "learning_rate": 0.1, "data": None, "deep": {"x": [True]}},
        training={"rows": 60_000, "train_accuracy": 0.99, "data": "MNIST", "test_loss": None},
    )
    save_model(path, saved)
    loaded = load_model(path)
    assert same(saved, loaded)
    x = np.random.default_rng(1).random((5, 4))
    np.testing.assert_array_equal(saved.network.predict_proba(x), loaded.network.predict_proba(x))


@given(
    bits=st.lists(st.integers(0, 2**32 - 1), min_size=23, max_size=23),
    names=st.lists(st.text(max_size=9), min_size=2, max_size=2),
)
@settings(deadline=None)
def test_any_finite_numbers_and_any_class_names_come_back(
    tmp_path_factory: pytest.TempPathFactory, bits: list[int], names: list[str]
) -> None:
    network = multilayer_perceptron(4, [3], 2)
    network.params.view(np.uint32)[...] = bits
    network.params[~np.isfinite(network.params)] = -0.0
    saved = Model(network, "tanh", tuple(names), None)
    path = tmp_path_factory.getbasetemp() / "any.npz"
    save_model(path, saved)
    assert load_model(path).network.params.tobytes() == network.params.tobytes()
    assert load_model(path).classes == tuple(names)


def test_equal_models_make_equal_files(path: Path) -> None:
    save_model(path, model())
    first = path.read_bytes()
    save_model(path, load_model(path))
    assert path.read_bytes() == first


def test_three_lines_of_numpy_predict_with_our_arrays(path: Path) -> None:
    saved = model(784, (128,), 10)
    save_model(path, saved)
    x = np.random.default_rng(1).random((3, 784)).astype("float32")
    with np.load(path) as a:
        hidden = 1 / (1 + np.exp(-(x @ a["W1"] + a["b1"])))
        powers = np.exp(hidden @ a["W2"] + a["b2"])
        probs = powers / powers.sum(axis=1, keepdims=True)
        assert (a["W1"].shape, a["b1"].shape) == ((784, 128), (128,))
        assert (a["W2"].shape, a["b2"].shape) == ((128, 10), (10,))
        header = json.loads(a["nnfs"].tobytes().decode())
    np.testing.assert_allclose(saved.network.predict_proba(x), probs, rtol=1e-5)
    assert header["format"] == 1
    assert header["hidden"] == [128]
    assert header["pixel_scale"] == 1 / 255


@pytest.mark.parametrize("bias", [lambda b: b, np.ravel])
def test_the_four_arrays_of_the_original_load_and_predict(
    path: Path, bias: Callable[[NDArray[Any]], NDArray[Any]]
) -> None:
    weights = reference.original_weights(np.random.default_rng(3))
    for name in ("b1", "b2"):
        weights[name] = np.random.default_rng(4).standard_normal(weights[name].shape)
    np.savez(path, **{n: bias(w) if n[0] == "b" else w for n, w in weights.items()})
    loaded = load_model(path)
    assert repr(loaded) == "Model(784 -> 128 sigmoid -> 10 softmax)"
    assert loaded.network.dtype == np.float64
    assert loaded.classes == tuple("0123456789")
    assert loaded.image_shape == (28, 28)
    assert (loaded.config, loaded.training) == ({}, {})
    x = np.random.default_rng(5).random((6, 784))
    _, probs = reference.original_predict(weights, x)
    np.testing.assert_allclose(loaded.network.predict_proba(x), probs, rtol=0, atol=1e-12)


def test_bare_arrays_of_another_depth_and_type_load_too(path: Path) -> None:
    rng = np.random.default_rng(0)
    shapes = {"W1": (6, 5), "b1": (5,), "W2": (5, 4), "b2": (1, 4), "W3": (4, 3), "b3": (3,)}
    arrays = {name: rng.random(shape).astype("float16") for name, shape in shapes.items()}
    np.savez_compressed(path, **arrays)
    loaded = load_model(path)
    assert loaded.network.summary() == "6 -> 5 sigmoid -> 4 sigmoid -> 3 softmax"
    assert loaded.network.dtype == np.float32
    assert loaded.image_shape is None
    np.testing.assert_array_equal(loaded.network.arrays["W2"], arrays["W2"].astype("float32"))


# ------------------------------------------------------------------------------- half precision


def test_a_model_stored_in_half_precision_is_the_rounded_one_and_computes_in_float32(
    path: Path,
) -> None:
    saved = model(20, (9, 5), 4)
    save_model(path, saved)
    whole = path.stat().st_size
    save_model(path, saved, store="float16")
    with np.load(path) as archive:
        listed = json.loads(archive["nnfs"].tobytes())["tensors"]
        assert {archive[name].dtype for name in listed} == {np.dtype("float16")}
    assert {tensor["dtype"] for tensor in listed.values()} == {"float16"}
    assert path.stat().st_size == whole - 2 * saved.network.params.size
    loaded = load_model(path)
    assert loaded.network.dtype == np.float32
    np.testing.assert_array_equal(
        loaded.network.params, saved.network.params.astype("float16").astype("float32")
    )
    save_model(path, loaded, store="float16")  # a second rounding changes nothing
    assert same(load_model(path), loaded)
    save_model(path, loaded)  # nor does it stay small unasked
    assert same(load_model(path), loaded)
    assert path.stat().st_size == whole


@pytest.mark.parametrize("value", [65_520.0, -1e6, 3e38])
def test_a_weight_too_large_for_half_precision_is_refused_and_the_old_file_stays(
    path: Path, value: float
) -> None:
    save_model(path, model())
    before = path.read_bytes()
    large = model()
    large.network.arrays["b1"][1] = value
    with pytest.raises(ModelError) as caught:
        save_model(path, large, store="float16")
    assert caught.value.message == (
        f"cannot write {path}: b1 holds {abs(value):.3g}, the most that float16 can hold is 65504"
    )
    assert caught.value.hint == "store it in the type of the network, which is the default"
    assert path.read_bytes() == before
    large.network.arrays["b1"][1] = 65_519.0  # rounds down to the largest
    save_model(path, large, store="float16")
    assert load_model(path).network.arrays["b1"][1] == 65_504


def test_no_bit_can_flip_in_a_half_precision_model_unseen(path: Path) -> None:
    save_model(path, model(), store="float16")
    saved = load_model(path)
    for place, bit in flips(path, bits=(1, 6)):
        with contextlib.suppress(ModelError):
            assert same(saved, load_model(path)), f"bit {bit} of byte {place}"


@pytest.mark.parametrize(
    ("dtypes", "said"),
    [
        (("f4", "f4", "f2", "f2"), "float16 and float32"),
        (("f8", "f8", "f8", "f4"), "float32 and float64"),
        (("i8", "i8", "i8", "i8"), "int64"),
        (("u1", "f4", "f4", "f4"), "float32 and uint8"),
        (("?", "?", "?", "?"), "bool"),
    ],
)
def test_a_model_of_ours_holds_one_type_of_numbers(
    path: Path, dtypes: tuple[str, ...], said: str
) -> None:
    save_model(path, model())
    with np.load(path) as archive:
        arrays = dict(archive)
    header = json.loads(arrays.pop("nnfs").tobytes())
    arrays = {name: a.astype(d) for (name, a), d in zip(arrays.items(), dtypes, strict=True)}
    header["tensors"] = json.loads(msgspec.json.encode(describe(arrays)))
    np.savez(path, **arrays, nnfs=np.frombuffer(json.dumps(header).encode(), np.uint8))
    error = refusal(path)
    assert error.message == (
        f"{path} has arrays of {said}, and should have one of float16, float32, float64"
    )
    assert error.hint == HINT


# --------------------------------------------------------------------------------------- damage


def test_truncated_at_any_place_it_is_refused(path: Path) -> None:
    save_model(path, model())
    whole = path.read_bytes()
    path.write_bytes(b"")
    assert refusal(path).message == f"{path} is no .npz file, or its beginning is damaged"
    for length in [*range(97, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        assert refusal(path).message.startswith(f"{path} is damaged: ")


def flips(path: Path, *, bits: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Flip one bit of the file after the other, in place: a new file each time would take long."""
    whole = path.read_bytes()
    with path.open("r+b", buffering=0) as file:
        for place, bit in itertools.product(range(len(whole)), bits):
            file.seek(place)
            file.write(bytes([whole[place] ^ 1 << bit]))
            yield place, bit
            file.seek(place)
            file.write(whole[place : place + 1])


def test_no_bit_can_flip_and_change_the_model_unseen(path: Path) -> None:
    saved = model()
    save_model(path, saved)
    refused = 0
    for place, bit in flips(path, bits=range(8)):
        try:
            loaded = load_model(path)
        except ModelError:
            refused += 1
        else:
            assert same(saved, loaded), f"bit {bit} of byte {place}"
    assert refused > 6 * path.stat().st_size  # the rest is dates, versions and the like


def test_no_bit_can_flip_in_the_originals_arrays_unseen(path: Path) -> None:
    np.savez(path, W1=np.ones((2, 2)), b1=np.ones((1, 2)))
    first = load_model(path)
    for place, bit in flips(path, bits=(0, 3, 6)):
        with contextlib.suppress(ModelError):
            assert same(first, load_model(path)), f"bit {bit} of byte {place}"


def changed(path: Path, **changes: Any) -> Path:
    """Save a model whose header says something else; its arrays and their checksums are right."""
    save_model(path, model())
    with np.load(path) as archive:
        arrays = dict(archive)
    header = {**json.loads(arrays["nnfs"].tobytes()), **changes}
    arrays["nnfs"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(path, **arrays)
    return path


def test_a_header_that_is_rewritten_as_it_was_loads(path: Path) -> None:
    assert same(load_model(changed(path)), model())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"activation": "swish"}, "PATH has an unknown activation 'swish'"),
        ({"activation": "__import__"}, "PATH has an unknown activation '__import__'"),
        ({"hidden": [4]}, "PATH: W1 is (4, 3), and should be (4, 4)"),
        ({"hidden": []}, "PATH: W1 is (4, 3), and should be (4, 2)"),
        ({"hidden": [3, 3]}, "PATH: W2 is (3, 2), and should be (3, 3)"),
        ({"inputs": 5}, "PATH: W1 is (4, 3), and should be (5, 3)"),
        ({"inputs": -4}, "PATH: W1 is (4, 3), and should be (-4, 3)"),
        ({"classes": ["a", "b", "c"]}, "PATH: W2 is (3, 2), and should be (3, 3)"),
        ({"classes": []}, "PATH: W2 is (3, 2), and should be (3, 0)"),
        ({"image_shape": [28, 28]}, "PATH: pictures of 28x28 do not have 4 pixels"),
        ({"image_shape": [-2, -2]}, "PATH: pictures of -2x-2 do not have 4 pixels"),
        ({"tensors": {}}, "PATH is damaged: its arrays are not those it lists"),
        ({"inputs": "4"}, "PATH has a damaged header: Expected `int`, got `str` - at `$.inputs`"),
        ({"hidden": [2.5]}, "PATH has a damaged header: Expected `int`, got `float`"),
        ({"config": []}, "PATH has a damaged header: Expected `object`, got `array`"),
    ],
)
def test_a_header_that_does_not_fit_its_arrays_is_refused(
    path: Path, changes: dict[str, Any], message: str
) -> None:
    error = refusal(changed(path, **changes))
    assert error.message.replace(str(path), "PATH").startswith(message)
    assert error.hint == HINT


@pytest.mark.parametrize("scale", [1.0, 0, -1 / 255, 1 / 256, 1 / 255 + 2e-12, 1e308])
def test_a_model_for_other_pixels_is_refused(path: Path, scale: float) -> None:
    error = refusal(changed(path, pixel_scale=scale))
    assert error.message == (
        f"{path} was trained on pixels times {float(scale)}, this program multiplies them by 1/255"
    )
    assert error.hint == HINT


@pytest.mark.parametrize("scale", [1 / 255, 0.00392156862745, 1 / 255 + 5e-13])
def test_a_pixel_scale_may_be_rounded(path: Path, scale: float) -> None:
    assert same(load_model(changed(path, pixel_scale=scale)), model())


def test_a_newer_format_asks_for_a_newer_program(path: Path) -> None:
    error = refusal(changed(path, format=2))
    assert error.message == f"{path} has format 2, this program reads format 1"
    assert error.hint == "it was written by a newer nnfs: update nnfs"


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"null", b"\xff\xfe", b"[" * 5000, b'{"format":1e999}', b"\0" * 20]
)
def test_a_header_that_is_no_header_is_refused(path: Path, text: bytes) -> None:
    save_model(path, model())
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez(path, **{**arrays, "nnfs": np.frombuffer(text or b"", np.uint8)})
    assert refusal(path).message.startswith(f"{path} has a damaged header: ")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 15, 22])
def test_weights_that_are_no_numbers_are_refused(path: Path, place: int, value: float) -> None:
    saved = model()
    saved.network.params[place] = value
    save_model(path, saved)
    assert refusal(path).message == f"{path} has weights that are no finite numbers"


def test_numbers_too_large_for_the_network_are_refused_without_a_warning(path: Path) -> None:
    np.savez(path, W1=np.ones((2, 2), "f4"), b1=np.full(2, 1e300))
    assert refusal(path).message == f"{path} has weights that are no finite numbers"


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "PATH has no arrays W1, b1, W2, b2 (found: none)"),
        ({"x": np.ones(3)}, "PATH has no arrays W1, b1, W2, b2 (found: x)"),
        ({"W1": np.ones((2, 2))}, "PATH has no arrays W1, b1, W2, b2 (found: W1)"),
        (
            {"W1": np.ones((2, 2)), "b2": np.ones(2)},
            "PATH has no arrays W1, b1, W2, b2 (found: W1, b2)",
        ),
        ({"W1": np.ones((2, 2)), "b1": np.ones(3)}, "PATH: b1 is (3,), and should be (2,)"),
        ({"W1": np.ones(4), "b1": np.ones(2)}, "PATH: W1 is float64 (4,)"),
        ({"W1": np.ones((2, 2), int), "b1": np.ones(2)}, "PATH: W1 is int64 (2, 2)"),
        ({"W1": np.ones((2, 2)), "b1": np.ones((1, 1, 2))}, "PATH: b1 is float64 (1, 1, 2)"),
        ({"W1": np.ones((2, 2)), "b1": np.array(1.0)}, "PATH: b1 is float64 ()"),
        ({"W1": np.ones((0, 2)), "b1": np.ones(2)}, "PATH: a layer has no units"),
        ({"W1": np.ones((2, 0)), "b1": np.ones(0)}, "PATH: a layer has no units"),
        (
            {"W1": np.ones((2, 3)), "b1": np.ones(3), "W2": np.ones((4, 2)), "b2": np.ones(2)},
            "PATH: W2 is (4, 2), and should be (3, 2)",
        ),
    ],
)  # fmt: skip
def test_arrays_that_make_no_network_are_refused(
    path: Path, arrays: dict[str, Any], message: str
) -> None:
    np.savez(path, **arrays)
    error = refusal(path)
    assert error.message.replace(str(path), "PATH") == message
    assert error.hint == HINT


def test_an_array_more_or_less_than_listed_is_refused(path: Path) -> None:
    save_model(path, model())
    with np.load(path) as archive:
        arrays = dict(archive)
    lost = {name: array for name, array in arrays.items() if name != "b2"}
    message = f"{path} is damaged: its arrays are not those it lists"
    more, other = {"W3": np.ones((2, 2), "f4")}, {"W1": arrays["W1"] + 1}
    for changed_arrays in (lost, {**arrays, **more}, {**arrays, **other}):
        np.savez(path, **changed_arrays)
        assert refusal(path).message == message


# ---------------------------------------------------------------------------- what is not a model


def test_what_is_no_model_is_told_in_one_line(path: Path) -> None:
    error = refusal(path)
    assert (error.message, error.hint) == (f"no model at {path}", "train one first: nnfs train")
    path.mkdir()
    assert refusal(path).message == f"cannot read {path}: it is a folder"
    path.rmdir()
    os.mkfifo(path)
    assert refusal(path).message == f"cannot read {path}: it is not a regular file"
    path.unlink()
    path.symlink_to("nowhere")
    assert refusal(path).message == f"no model at {path}"
    path.unlink()
    for content in (b"", b"PK", b"\x89PNG\r\n\x1a\n" + bytes(99), b"label,pixel1\n1,2\n"):
        path.write_bytes(content)
        assert refusal(path).message == f"{path} is no .npz file, or its beginning is damaged"
    long = path.with_name("x" * 300)
    assert refusal(long).message == f"cannot read {long}: File name too long"


def test_an_ordinary_archive_is_no_model(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello, reader")
    assert refusal(path).message == f"{path}: the array 'readme.txt' is not a NumPy array"


def test_a_file_over_the_limit_is_not_even_opened(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # a hole: no disk is used
    assert refusal(path).message == (
        f"cannot read {path}: 268,435,457 bytes, the limit is 268,435,456"
    )


def test_a_bomb_among_the_arrays_is_refused(path: Path) -> None:
    zeros = io.BytesIO()
    np.save(zeros, np.zeros(2**22, "f8"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            archive.writestr(f"W{number}.npy", zeros.getvalue())
    assert path.stat().st_size < 400_000
    assert refusal(path).message == (
        f"{path} unpacks to 301,991,040 bytes, the limit is 268,435,456"
    )


# ----------------------------------------------------------------------------------------- saving


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
def test_a_model_that_cannot_be_saved_leaves_the_old_one(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    save_model(path, model())
    before = path.read_bytes()

    def fail(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ModelError) as caught:
        save_model(path, model(hidden=(9,)))
    monkeypatch.undo()
    assert caught.value.message == f"cannot write {path}: {os.strerror(code)}"
    assert caught.value.hint == FOLDER_HINT
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_an_error_without_a_number_has_its_words_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(handle: int) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ModelError, match=r"cannot write .*: the disk is gone"):
        save_model(path, model())


def test_a_model_in_a_folder_that_is_not_there_is_told(path: Path) -> None:
    lost = path / "nowhere" / "model.npz"
    with pytest.raises(ModelError, match=r"cannot write .*: No such file or directory"):
        save_model(lost, model())


def test_a_model_prints_itself(path: Path) -> None:
    assert repr(model(hidden=(3, 2), activation="relu")) == (
        "Model(4 -> 3 relu -> 2 relu -> 2 softmax)"
    )
    assert isinstance(model().network, Network)


def test_a_reader_finds_a_whole_model_at_every_moment_of_500_saves(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    networks = [
        multilayer_perceptron(4, [3], 2).initialize(generator(seed, Stream.WEIGHTS))
        for seed in range(2)
    ]
    models = [Model(network, "sigmoid", ("0", "1"), None) for network in networks]
    known = {network.params.tobytes() for network in networks}
    save_model(path, models[0])
    done = threading.Event()
    found: list[bytes] = []

    def read() -> None:
        while not done.is_set():
            found.append(load_model(path).network.params.tobytes())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(500):
            save_model(path, models[number % 2])
    finally:
        done.set()
        reader.join()
    assert len(found) > 20
    assert set(found) == known
