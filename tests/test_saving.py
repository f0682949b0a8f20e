"""Saving: every step of every save fails, or is the last one; what is there is whole, and goes on.

`disk.py` lets the steps fail, `saving.py` has the saves.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from disk import Dead, Disk
from resuming import Outcome, configure, contents, outcome, train, write_data
from saving import EARLIER, SAVES, Files, Save

from nnfs_cli.checkpoint import LATEST, PREVIOUS
from nnfs_cli.errors import NnfsError
from nnfs_cli.files import LineFile
from nnfs_cli.workflows.train import training_run

SYNC = "open folder; fsync folder; close folder; "
WRITE = rf"make; open; chmod; (write; )+fsync; close; rename to \S+; {SYNC}"
LINK = rf"link \S+; (rename to \S+; |{WRITE})"
ORDER = re.compile(
    rf"({LINK})?({WRITE})+"  # the one before; checkpoint, or config and model
    rf"((remove \S+; )*({LINK})?{SYNC})?"  # an earlier run's; the best
    rf"(open; close; )?"  # the history, for more lines
)
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EDQUOT)
PROGRAM = Path(__file__).with_name("saving.py")


class Trial:
    """A save with what its run, and the run before it, would have come to."""

    def __init__(self, save: Save, ends: list[Outcome]) -> None:
        self.save = save
        self.ends = ends
        self.cases = 0
        self._resumed: dict[frozenset[tuple[str, bytes]], bool] = {}

    def can_go_on(self, files: Files) -> bool:
        """Return whether a run goes on from these files, to the end it would have come to."""
        key = frozenset((name, content) for name, content in files.items() if "check" in name)
        if key not in self._resumed:
            self._resumed[key] = self._go_on(files)
        return self._resumed[key]

    def _go_on(self, files: Files) -> bool:
        folder = self.save.folder.parent / f"again{len(self._resumed)}"
        (folder / "run").mkdir(parents=True)
        (folder / "data.npz").symlink_to(folder.parent / "data.npz")
        for name, content in files.items():
            (folder / "run" / name).write_bytes(content)
        if not {LATEST, PREVIOUS} & files.keys():  # nothing was saved, and nothing lost
            return True
        assert train(configure(folder), resume=True)
        return outcome(folder) in self.ends


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """What the run of these tests, and the one before it, end with when nothing happens."""
    found = []
    for seed in (0, EARLIER):
        folder = tmp_path_factory.mktemp("end")
        write_data(folder / "data.npz")
        assert train(configure(folder, seed=seed))
        found.append(outcome(folder))
    return found


@pytest.fixture(scope="module", params=SAVES)
def trial(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ends: list[Outcome]
) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp(request.param)
    write_data(folder / "data.npz")
    with contextlib.ExitStack() as stack:
        yield Trial(stack.enter_context(SAVES[request.param](folder)), ends)


def strays(files: Files) -> list[str]:
    return [name for name in files if name.startswith(".")]


def test_the_order_is_write_fsync_rename_fsync_of_the_folder(trial: Trial) -> None:
    steps = trial.save.steps
    assert ORDER.fullmatch("".join(f"{step}; " for step in steps)), steps
    assert steps.count("write") >= 3  # at several points of a file
    assert trial.save.before != trial.save.after
    assert not strays(trial.save.after)


@pytest.mark.parametrize("code", ERRORS, ids=errno.errorcode.get)
def test_when_a_step_fails_each_file_is_the_old_or_the_new_one_and_the_error_says_why(
    trial: Trial, code: int
) -> None:
    save = trial.save
    for at, name in enumerate(save.steps):
        problem = None
        try:
            save.attempt(Disk(at, error=code, links=save.links))
        except NnfsError as error:
            problem = error
        files = save.found()
        # the folder's fsync comes when the file is there; where a link fails there is another way
        assert (problem is None) == (name.endswith("folder") or name.startswith("link "))
        if problem is None:
            assert files == save.after
        else:
            assert problem.message.startswith(f"cannot write {save.folder}")
            assert problem.message.endswith(f": {os.strerror(code)}")
            assert problem.hint is not None
            assert problem.hint.startswith("free some space")
        assert not strays(files) or name == "remove temporary"
        assert trial.can_go_on(save.swept())


def test_when_the_process_dies_at_a_step_each_file_is_the_old_or_the_new_one(
    trial: Trial,
) -> None:
    save = trial.save
    for at in range(len(save.steps)):
        with pytest.raises(Dead):
            save.attempt(Disk(at, links=save.links))
        assert len(strays(save.found())) <= 1
        assert trial.can_go_on(save.swept())


@pytest.mark.parametrize("name", ["with_best", "half_model"])
def test_a_process_that_ends_at_any_step_leaves_whole_files(tmp_path: Path, name: str) -> None:
    assert killed_at_each_step(tmp_path, name) > 20


@pytest.mark.deep
@pytest.mark.parametrize("name", SAVES)
def test_a_process_that_ends_at_any_step_of_any_save_leaves_whole_files(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    deaths = killed_at_each_step(tmp_path, name)
    with capsys.disabled():
        print(f"\n{name}: {deaths} processes ended", end="", flush=True)


def killed_at_each_step(folder: Path, name: str) -> int:
    """End a process at each step of a save; return how many there were."""
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder), name],
        capture_output=True,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(PROGRAM.parents[1])},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


# ------------------------------------------------------------------------------------ the history


LINES = [f"line {number}" for number in range(3)]


def write_lines(path: Path, disk: Disk) -> None:
    """Write a history of one line, and two more; the first line is as long as a buffer."""
    with disk(), LineFile(path, ["first" * 2000], hint="free some space") as file:
        for line in LINES:
            file.append(line)


@pytest.mark.parametrize(
    "code", [None, *ERRORS], ids=lambda code: errno.errorcode.get(code, "dead")
)
def test_a_line_is_whole_or_not_there(tmp_path: Path, code: int | None) -> None:
    path = tmp_path / "history.jsonl"
    steps = Disk()
    write_lines(path, steps)
    wholes = [["first" * 2000, *LINES[:count]] for count in range(4)]
    assert path.read_text().splitlines() == wholes[-1]
    assert steps.steps[-5:] == ["open", "write", "write", "write", "close"]
    for at, name in enumerate(steps.steps):
        path.write_text("old\n")
        problem: BaseException | None = None
        try:
            write_lines(path, Disk(at, error=code))
        except (NnfsError, Dead) as error:
            problem = error
        assert (problem is None) == (code is not None and name.endswith("folder"))
        text = path.read_text()
        assert text.endswith("\n")
        assert text.splitlines() in [["old"], *wholes]


def test_a_line_that_is_cut_short_without_an_error_is_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    with LineFile(path, ["1"], hint="free some space") as file:
        file._file.close()
        file._file = Short(path, "ab")
        with pytest.raises(NnfsError, match=r"cannot write .*history\.jsonl: No space left"):
            file.append("22222")
    assert path.read_text() == "1\n"


class Short(io.FileIO):
    """A file on a disk that has room for three bytes more."""

    def write(self, content: Any) -> int:
        return super().write(bytes(content[:3])) or 0


# ------------------------------------------------------------------------------- a whole training


def train_on(folder: Path, disk: Disk) -> None:
    """Train on a disk from the first step to the last; reading the data is not part of it."""
    with training_run(configure(folder)) as run, disk():
        for _ in run.events():
            pass
        run.finish()


def trial_of_a_training(folder: Path, at: int, code: int | None, ends: list[Outcome]) -> None:
    write_data(folder / "data.npz")
    with contextlib.suppress(NnfsError, Dead):
        train_on(folder, Disk(at, error=code))
    assert train(configure(folder), resume=(folder / "run" / LATEST).exists())
    assert outcome(folder) == ends[0]
    assert not strays(contents(folder / "run"))


@pytest.fixture(scope="module")
def all_steps(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The steps of all the saves of a training."""
    folder = tmp_path_factory.mktemp("steps")
    write_data(folder / "data.npz")
    disk = Disk()
    train_on(folder, disk)
    return disk.steps


@pytest.mark.parametrize("seed", range(8))
def test_a_training_whose_disk_fails_at_any_step_goes_on_to_the_same_end(
    tmp_path: Path, ends: list[Outcome], all_steps: list[str], seed: int
) -> None:
    rng = random.Random(seed)
    code = rng.choice([None, *ERRORS])
    trial_of_a_training(tmp_path, rng.randrange(len(all_steps)), code, ends)


@pytest.mark.deep
@pytest.mark.parametrize(
    "code", [None, *ERRORS], ids=lambda code: errno.errorcode.get(code, "dead")
)
def test_a_training_whose_disk_fails_at_each_step_goes_on_to_the_same_end(
    tmp_path: Path,
    ends: list[Outcome],
    all_steps: list[str],
    code: int | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for at in range(len(all_steps)):
        folder = tmp_path / str(at)
        folder.mkdir()
        trial_of_a_training(folder, at, code, ends)
        shutil.rmtree(folder)
    with capsys.disabled():
        print(f"\n{len(all_steps)} steps", end="", flush=True)


@pytest.mark.parametrize("name", ["history.jsonl", "config.toml"])
def test_a_file_beside_the_model_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: list[Outcome], name: str
) -> None:
    replace = os.replace

    def refuse(source: str, place: Path) -> None:
        if Path(place).name == name:
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))
        replace(source, place)

    write_data(tmp_path / "data.npz")
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(NnfsError) as caught:
        train(configure(tmp_path))
    monkeypatch.undo()
    path = tmp_path / "run" / name
    assert caught.value.message == f"cannot write {path}: {os.strerror(errno.EDQUOT)}"
    again = f"nnfs train --resume --output {tmp_path / 'run' / 'model.npz'}"
    assert caught.value.hint == f"free some space, then: {again}"
    assert train(configure(tmp_path), resume=name == "config.toml")
    assert outcome(tmp_path) == ends[0]


def test_there_are_many_cases(tmp_path_factory: pytest.TempPathFactory) -> None:
    steps = 0
    for name, prepare in SAVES.items():
        folder = tmp_path_factory.mktemp(name)
        write_data(folder / "data.npz")
        with prepare(folder) as save:
            steps += len(save.steps)
    assert steps * (len(ERRORS) + 1) > 1000
