"""Checkpoint: what was saved comes back bit by bit; what is no checkpoint of ours is refused."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray
from resuming import at_step, configure, contents, outcome, train, write_data

from nnfs_cli import checkpoint as module
from nnfs_cli.checkpoint import BEST, LATEST, PREVIOUS, Checkpoint, find_checkpoint, load_checkpoint
from nnfs_cli.engine import TrainingState
from nnfs_cli.errors import ModelError
from nnfs_cli.manifest import describe
from nnfs_cli.npz import write_npz
from nnfs_cli.workflows.train import TrainingRun, training_run

MUTATIONS = 400
AGAIN = "it cannot be resumed; start again: nnfs train"
Arrays = dict[str, NDArray[Any]]
Header = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a run that was paused in its second epoch."""
    write_data(tmp_path / "data.npz")
    train(configure(tmp_path), stop=at_step(11))
    return tmp_path


@pytest.fixture
def path(folder: Path) -> Path:
    """The latest checkpoint, without one before it that could serve in its stead."""
    (folder / "run" / PREVIOUS).unlink()
    return folder / "run" / LATEST


def read(path: Path) -> tuple[Header, Arrays]:
    """Return the header and the arrays of a checkpoint."""
    with np.load(path) as file:
        arrays = dict(file)
    return json.loads(arrays.pop("checkpoint").tobytes()), arrays


def write(path: Path, header: object, arrays: Arrays) -> None:
    """Write a checkpoint that lists its arrays truly, whatever else it says."""
    if isinstance(header, dict):
        header["tensors"] = msgspec.to_builtins(describe(arrays))
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    with path.open("wb") as file:
        write_npz(file, {"checkpoint": np.frombuffer(text, dtype=np.uint8), **arrays})


def refusal(path: Path) -> ModelError:
    """Try to go on from the checkpoint; return why that is refused."""
    with pytest.raises(ModelError) as caught:
        train(configure(path.parents[1]), resume=True)
    return caught.value


def snapshot(state: TrainingState) -> tuple[object, ...]:
    """Return everything in a state, its numbers as bytes."""
    arrays = {name: array.tobytes() for name, array in state.arrays().items()}
    return arrays, state.counters(), state.generators()


# ---------------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("steps", [1, 8, 13])
def test_a_state_comes_back_bit_by_bit(tmp_path: Path, steps: int, dtype: str) -> None:
    write_data(tmp_path / "data.npz")
    effective = configure(tmp_path, dtype=dtype)
    with training_run(effective) as run:
        for _ in zip(range(steps), run.events(), strict=False):
            pass
        run.checkpoint()
        saved, history, mark = snapshot(run.state), run.history, run.setup.data.mark
    found = find_checkpoint(tmp_path / "run")
    fresh = TrainingRun(effective).state
    assert snapshot(fresh) != saved
    found.restore(fresh)
    assert snapshot(fresh) == saved
    assert [type(number) for number in fresh.counters().values()] == [
        type(number) for number in run.state.counters().values()
    ]
    assert (list(found.header.history), found.header.data) == (history, mark)
    assert found.header.threads == 1


def test_a_checkpoint_has_no_more_than_it_needs(path: Path) -> None:
    header, arrays = read(path)
    names = ["average", "best", "gradient_sum", "params", "square_sum"]
    assert sorted(arrays) == names
    assert {array.shape for array in arrays.values()} == {(16 * 6 + 6 + 6 * 5 + 5 + 5 * 3 + 3,)}
    losses = ("loss_sum", "first_loss", "best_loss", "lowest_loss")
    measured = dict.fromkeys((*losses, "seconds", "correct"), 0)
    assert header["counters"] | measured == {
        **measured,
        "epoch": 1,
        "batch": 3,
        "rows": 48,
        "best_epoch": 1,
        **dict.fromkeys(("step", "updates", "averaged"), 11),
    }


def test_a_loss_that_was_never_measured_comes_back_as_infinity(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    train(configure(tmp_path), stop=at_step(2))
    found = find_checkpoint(tmp_path / "run")
    assert found.header.counters["best_loss"] is None
    state = TrainingRun(configure(tmp_path)).state
    found.restore(state)
    assert state.counters()["best_loss"] == np.inf


def test_where_files_cannot_have_two_names_they_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*arguments: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(module.os, "link", link)
    write_data(tmp_path / "data.npz")
    assert train(configure(tmp_path))
    epochs = [load_checkpoint(tmp_path / "run" / name) for name in (LATEST, PREVIOUS, BEST)]
    assert [found.header.counters["epoch"] for found in epochs[:2]] == [6, 5]
    assert not [name for name in contents(tmp_path / "run") if name.startswith(".")]


def test_giving_a_file_a_name_that_it_has_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    for _ in range(2):
        module.keep(tmp_path / "a", tmp_path / "b")
    assert contents(tmp_path) == {"a": b"1", "b": b"1"}


# ---------------------------------------------------------------------------------------- hostile


def counter(name: str, value: object) -> Callable[[Header], None]:
    def change(header: Header) -> None:
        header["counters"][name] = value

    return change


def generators(states: object) -> Callable[[Header], None]:
    def change(header: Header) -> None:
        header["generators"] = states if isinstance(states, str) else json.dumps(states)

    return change


def inside(key: str, value: object) -> Callable[[Header], None]:
    def change(header: Header) -> None:
        header[key] = value

    return change


def configured(key: str, value: object) -> Callable[[Header], None]:
    def change(header: Header) -> None:
        header["config"][key] = value

    return change


def state(**changes: object) -> list[dict[str, object]]:
    """Return two states of generators that are nearly right."""
    right = {"state": {"state": 1, "inc": 3}, "has_uint32": 0, "uinteger": 0}
    return [{"bit_generator": "PCG64", **right, **changes}] * 2


CONTRADICTION = "is damaged: its counters contradict each other"
MISFIT = "does not fit the network of its own config"
HOSTILE = {
    "negative": (counter("epoch", -1), "is damaged: epoch is -1"),
    "fraction": (counter("step", 1.5), "is damaged: step is 1.5"),
    "none": (counter("batch", None), "is damaged: batch is inf"),
    "infinite-loss": (counter("loss_sum", None), "is damaged: loss_sum is inf"),
    "negative-loss": (counter("loss_sum", -0.5), "is damaged: loss_sum is -0.5"),
    "negative-best": (counter("best_loss", -1.0), "is damaged: best_loss is -1.0"),
    "enormous": (counter("step", 10**30), CONTRADICTION),
    "text": (counter("rows", "48"), "has a damaged header: Expected `int | float | null`"),
    "truth": (counter("rows", True), "has a damaged header: Expected `int | float | null`"),
    "nan": (counter("loss_sum", float("nan")), "has a damaged header: JSON is malformed"),
    "unknown": (counter("evil", 1), "is damaged: counters ['averaged', 'batch', "),
    "far-batch": (counter("batch", 10**6), CONTRADICTION),
    "far-epoch": (counter("epoch", 5), CONTRADICTION),
    "far-step": (counter("step", 12), CONTRADICTION),
    "no-rows": (counter("rows", 0), CONTRADICTION),
    "too-correct": (counter("correct", 49), CONTRADICTION),
    "updates": (counter("updates", 0), CONTRADICTION),
    "averaged": (counter("averaged", 12), CONTRADICTION),
    "best-epoch": (counter("best_epoch", 2), CONTRADICTION),
    "no-history": (inside("history", []), CONTRADICTION),
    "odd-history": (inside("history", [{"evil": 1}]), CONTRADICTION),
    "text-history": (inside("history", [{"epoch": "1"}]), "has a damaged header: Expected `int"),
    "threads": (inside("threads", -3), "has a damaged header: Expected `int` >= 1"),
    "many-threads": (inside("threads", 10**9), "has a damaged header: Expected `int` <= 1024"),
    "newer": (inside("format", 3), "has format 3, this program reads format 2"),
    "older": (inside("format", 0), "has format 0, this program reads format 2"),
    "negative-first": (counter("first_loss", -2.0), "is damaged: first_loss is -2.0"),
    "list": (inside("config", []), "has a damaged header: Expected `object`, got `array`"),
    "key": (configured("evil", 1), "is damaged: stored config: unknown key 'evil'"),
    "value": (configured("dropout", 7), "is damaged: stored config: dropout must be"),
    "vast": (configured("hidden", [100_000] * 32), MISFIT),
    "wider": (configured("hidden", [7, 5]), MISFIT),
    "other-optimizer": (configured("optimizer", "sgd"), MISFIT),
    "other-dtype": (configured("dtype", "float64"), MISFIT),
    "no-generators": (generators([]), "is damaged: 0 generators for 2 dropout layers"),
    "number": (generators(7), "is damaged: object of type 'int' has no len()"),
    "no-json": (generators("{"), "is damaged: Expecting property name"),
    "deep": (generators("[" * 100_000), "is damaged: "),
    "long": (generators("9" * 10_000), "is damaged: Exceeds the limit"),
    "words": (generators(["a", "b"]), "is damaged: no state of a generator: state must be a dict"),
    "empty": (generators([{}, {}]), "is damaged: state must be for a PCG64 RNG"),
    "other": (generators(state(bit_generator="MT19937")), "is damaged: state must be for a PCG64"),
    "partial": (generators(state(state={})), "is damaged: no state of a generator: 'state'"),
    "below": (generators(state(state={"state": -1, "inc": 3})), "is damaged: no state of a gen"),
    "above": (generators(state(state={"state": 2**128, "inc": 3})), "is damaged: no state of a"),
    "half": (generators(state(state={"state": 1.5, "inc": 3})), "is damaged: no state of a gen"),
    "not-a-number": (generators(state(uinteger=float("nan"))), "is damaged: "),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_header_that_lies_is_refused(path: Path, name: str) -> None:
    change, said = HOSTILE[name]
    header, arrays = read(path)
    change(header)
    write(path, header, arrays)
    before = path.read_bytes()
    message = refusal(path).message
    assert message.startswith(f"{path} {said}"), message
    assert path.read_bytes() == before


def test_a_newer_format_says_what_to_do(path: Path) -> None:
    header, arrays = read(path)
    write(path, header | {"format": 3}, arrays)
    assert refusal(path).hint == "it was written by a newer nnfs: update nnfs"
    del header["counters"], header["generators"]  # whatever it may have in their stead
    write(path, header | {"format": 3}, arrays)
    assert refusal(path).message == f"{path} has format 3, this program reads format 2"


def test_a_checkpoint_of_the_first_format_goes_on_to_the_same_end(
    tmp_path: Path, path: Path
) -> None:
    header, arrays = read(path)
    del header["counters"]["first_loss"]
    write(path, header | {"format": 1}, arrays)
    old = TrainingRun(configure(tmp_path)).state
    find_checkpoint(path.parent).restore(old)
    assert old.progress.first_loss == np.inf  # the next loss will be taken for it
    assert train(configure(tmp_path), resume=True)
    weights = outcome(tmp_path)
    shutil.rmtree(path.parent)
    assert train(configure(tmp_path))
    assert outcome(tmp_path) == weights


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "has a damaged header: Input data was truncated"),
        (b"no JSON", "has a damaged header: JSON is malformed: invalid character (byte "),
        (b"\xff\xfe", "has a damaged header: JSON is malformed: invalid character (byte 0)"),
        (b"[]", "has a damaged header: Expected `object`, got `array`"),
        (b"{}", "has a damaged header: Object missing required field `format`"),
        (b'{"config":' + b"[" * 100_000, "has a damaged header: "),
        (b"\x80PK\x03", "has a damaged header: "),
    ],
)
def test_a_header_that_is_none_is_refused(path: Path, text: bytes, said: str) -> None:
    write(path, text, read(path)[1])
    refused = refusal(path)
    assert refused.message.startswith(f"{path} {said}"), refused.message
    assert refused.hint == AGAIN


def test_a_header_of_a_huge_size_is_refused_before_it_is_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_HEADER", 10_000)
    header, arrays = read(path)
    write(path, header | {"evil": " " * 20_000}, arrays)
    assert ", the limit is 10,000" in refusal(path).message


@pytest.mark.parametrize("kind", ["float64", "float32", "int32", "table"])
def test_a_header_of_another_kind_of_number_is_no_header(path: Path, kind: str) -> None:
    header = np.full((2, 2), 65, np.uint8) if kind == "table" else np.full(9, -1).astype(kind)
    if header.dtype.kind == "f":
        header[:] = np.nan
    with path.open("wb") as file:
        write_npz(file, {"checkpoint": header})
    assert refusal(path).message == f"{path} is not a checkpoint of nnfs"


def test_a_model_is_no_checkpoint(tmp_path: Path) -> None:
    write_data(tmp_path / "data.npz")
    train(configure(tmp_path))
    for name in (PREVIOUS, LATEST):
        (tmp_path / "run" / name).unlink()
    (tmp_path / "run" / "model.npz").rename(tmp_path / "run" / LATEST)
    refused = refusal(tmp_path / "run" / LATEST)
    assert refused.message == f"{tmp_path / 'run' / LATEST} is not a checkpoint of nnfs"
    assert refused.hint == AGAIN


def missing(arrays: Arrays) -> None:
    del arrays["average"]


def missing_params(arrays: Arrays) -> None:
    del arrays["params"]


def reshaped(arrays: Arrays) -> None:
    arrays["params"] = arrays["params"].reshape(-1, 1)


def cut(arrays: Arrays) -> None:
    arrays["square_sum"] = arrays["square_sum"][:-1]


def emptied(arrays: Arrays) -> None:
    arrays["params"] = arrays["params"][:0]


def doubled(arrays: Arrays) -> None:
    arrays["average"] = arrays["average"].astype(np.float64)


def added(arrays: Arrays) -> None:
    arrays["evil"] = arrays["params"]


CHANGES = [missing, missing_params, reshaped, cut, emptied, doubled, added]


@pytest.mark.parametrize("change", CHANGES)
def test_other_arrays_than_the_run_has_are_refused(
    path: Path, change: Callable[[Arrays], None]
) -> None:
    header, arrays = read(path)
    change(arrays)
    write(path, header, arrays)
    assert refusal(path).message == f"{path} {MISFIT}"


@pytest.mark.parametrize("change", CHANGES)
def test_other_arrays_than_the_header_lists_are_refused(
    path: Path, change: Callable[[Arrays], None]
) -> None:
    header, arrays = read(path)
    text = json.dumps(header).encode()
    change(arrays)
    write(path, text, arrays)
    refused = refusal(path)
    assert refused.message == f"{path} is damaged: its arrays are not those it lists"
    assert refused.hint == AGAIN


def test_one_changed_number_is_noticed_even_with_a_right_checksum(path: Path) -> None:
    header, arrays = read(path)
    text = json.dumps(header).encode()
    arrays["average"] = arrays["average"].copy()
    arrays["average"][3] = np.nextafter(arrays["average"][3], np.float32(9))
    write(path, text, arrays)
    assert refusal(path).message == f"{path} is damaged: its arrays are not those it lists"


def test_what_is_no_file_is_refused(path: Path) -> None:
    path.unlink()
    path.mkdir()
    assert refusal(path).message == f"cannot read {path}: it is a folder"


# -------------------------------------------------------------------------------------- mutations


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Return `content` with an accident."""
    at = rng.randrange(len(content))
    end = at + rng.choice([1, 2, 4, 30])
    match rng.randrange(5):
        case 0:
            return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]
        case 1:
            return content[:at] + rng.randbytes(end - at) + content[end:]
        case 2:
            return content[:at] + content[end:]
        case 3:
            return content[:end] + content[at:]
        case _:
            return content[:at]


def comparable(found: Checkpoint) -> tuple[object, ...]:
    return found.header, {name: array.tobytes() for name, array in found.arrays.items()}


def test_a_mutated_checkpoint_is_the_same_or_refused(path: Path) -> None:
    content, rng = path.read_bytes(), random.Random(0)
    original = comparable(load_checkpoint(path))
    refused = 0
    for _ in range(MUTATIONS):
        path.write_bytes(mutated(content, rng))
        try:
            found = load_checkpoint(path)
        except ModelError:
            refused += 1
        else:
            assert comparable(found) == original
    assert refused > MUTATIONS * 0.8


def test_every_array_is_stored_as_it_is_and_a_compressed_one_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
    _, arrays = read(path)
    with np.load(path) as file:
        text = file["checkpoint"]
    np.savez_compressed(path, checkpoint=text, **arrays)
    message = f"{path}: the array 'checkpoint' is compressed, which nnfs never does"
    assert refusal(path).message == message
