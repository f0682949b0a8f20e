"""Saving: the saves of a training, each made ready to be tried again and again on a bad disk.

`python tests/saving.py FOLDER NAME` ends a child process at every step of one of them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from disk import Disk
from resuming import BATCHES, at_epoch, configure, contents, train, write_data

from nnfs_cli.checkpoint import BEST, LATEST, PREVIOUS, find_checkpoint, save_checkpoint
from nnfs_cli.config import to_dict
from nnfs_cli.engine import StepEnd, multilayer_perceptron
from nnfs_cli.files import LineFile, sweep
from nnfs_cli.model import Model, save_model
from nnfs_cli.workflows.train import TrainingRun, training_run

EARLIER = 5  # the seed of a run that was here before
Files = dict[str, bytes]


@dataclass
class Save:
    """One save in one place: what it does, and what lies there before and after it."""

    folder: Path
    action: Callable[[], object]
    links: bool = True

    def __post_init__(self) -> None:
        self.before = contents(self.folder)
        self.steps = self.attempt(Disk(links=self.links))
        self.after = contents(self.folder)

    def attempt(self, disk: Disk) -> list[str]:
        """Put back what was there before, and save on this disk; return the steps it made."""
        for path in self.folder.iterdir():
            path.unlink()
        for name, content in self.before.items():
            (self.folder / name).write_bytes(content)
        with disk():
            self.action()
        return disk.steps

    def found(self) -> Files:
        """Return what lies there now, after a check that each file is the whole old or new one."""
        files = contents(self.folder)
        for name in self.before.keys() | self.after.keys() | files.keys():
            if not name.startswith("."):
                whole = (self.before.get(name), self.after.get(name))
                assert files.get(name) in whole, f"{name} is neither the old file nor the new one"
        return files

    def swept(self) -> Files:
        """Return what lies there once the next training has cleaned up."""
        for name in (*self.before, *self.after, LATEST, PREVIOUS, BEST):
            sweep(self.folder / name)
        files = self.found()
        assert not [name for name in files if name.startswith(".")]
        return files


def save_of(run: TrainingRun, *, best: bool, first: bool, keep: bool) -> Callable[[], None]:
    """Return what saves a checkpoint of a run that is under way."""
    return lambda: save_checkpoint(
        run.output.path.parent,
        run.state,
        config=to_dict(run.config),
        data=run.setup.data.mark,
        threads=1,
        history=run.history,
        best=best,
        first=first,
        keep_latest=keep,
        again="go on",
    )


@contextmanager
def stopped(folder: Path, step: int, *, resume: bool = False) -> Iterator[TrainingRun]:
    """Train for so many steps in all, and hold still."""
    checkpoint = find_checkpoint(folder / "run") if resume else None
    with training_run(configure(folder), checkpoint) as run:
        for event in run.events():
            if isinstance(event, StepEnd) and run.state.progress.step >= step:
                break
        yield run


@contextmanager
def first(folder: Path) -> Iterator[Save]:
    """The first checkpoint of a run, in an empty folder."""
    with stopped(folder, 3) as run:
        yield Save(run.output.path.parent, save_of(run, best=False, first=True, keep=False))


@contextmanager
def first_over_another(folder: Path) -> Iterator[Save]:
    """The first checkpoint of a run, where an earlier run has left all its files."""
    assert train(configure(folder, seed=EARLIER))
    with stopped(folder, 3) as run:
        yield Save(run.output.path.parent, save_of(run, best=False, first=True, keep=False))


@contextmanager
def second(folder: Path) -> Iterator[Save]:
    """The second checkpoint of a run: the first one becomes the one before."""
    with stopped(folder, BATCHES + 3) as run:
        (run.output.path.parent / BEST).unlink()
        yield Save(run.output.path.parent, save_of(run, best=False, first=False, keep=True))


@contextmanager
def with_best(folder: Path) -> Iterator[Save]:
    """A later checkpoint, the best so far: all three files change."""
    with stopped(folder, 2 * BATCHES + 3) as run:
        yield Save(run.output.path.parent, save_of(run, best=True, first=False, keep=True))


@contextmanager
def without_links(folder: Path) -> Iterator[Save]:
    """The same where files cannot have two names, and are copied."""
    with stopped(folder, 2 * BATCHES + 3) as run:
        save = save_of(run, best=True, first=False, keep=True)
        yield Save(run.output.path.parent, save, links=False)


@contextmanager
def after_damage(folder: Path) -> Iterator[Save]:
    """A checkpoint of a run that went on from the one before, the latest being damaged."""
    train(configure(folder), stop=at_epoch(3), pause=False)
    latest = folder / "run" / LATEST
    latest.write_bytes(latest.read_bytes()[:-9])
    with stopped(folder, 2 * BATCHES + 3, resume=True) as run:
        yield Save(run.output.path.parent, save_of(run, best=True, first=False, keep=False))


@contextmanager
def finish(folder: Path) -> Iterator[Save]:
    """The end of a run: its config and its model take the places of an earlier run's."""
    assert train(configure(folder, seed=EARLIER))
    with training_run(configure(folder)) as run:
        for _ in run.events():
            pass
        yield Save(run.output.path.parent, run.finish)


def small_model(seed: float) -> Model:
    network = multilayer_perceptron(20, (30, 30), 4)
    network.params[...] = seed
    return Model(network, "sigmoid", tuple("abcd"), None)


@contextmanager
def first_model(folder: Path) -> Iterator[Save]:
    """A model, where there was none."""
    (folder / "run").mkdir()
    path = folder / "run" / "model.npz"
    yield Save(path.parent, lambda: save_model(path, small_model(1.0)))


@contextmanager
def half_model(folder: Path) -> Iterator[Save]:
    """A model in half precision, where there was another."""
    (folder / "run").mkdir()
    path = folder / "run" / "model.npz"
    save_model(path, small_model(2.0))
    yield Save(path.parent, lambda: save_model(path, small_model(1.0), store="float16"))


@contextmanager
def history(folder: Path) -> Iterator[Save]:
    """The history of a resumed run: its first lines, in the place of what was there."""
    (folder / "run").mkdir()
    path = folder / "run" / "history.jsonl"
    path.write_text("old\n" * 5000)

    def save() -> None:
        with LineFile(path, ["new"] * 9000, hint="free some space"):
            pass

    yield Save(path.parent, save)


CHECKPOINTS = (first, first_over_another, second, with_best, without_links, after_damage)
SAVES = {save.__name__: save for save in (*CHECKPOINTS, finish, first_model, half_model, history)}


def die_at_each_step(save: Save) -> int:
    """End a child process, and with it its save, at each step; return how often."""
    for at in range(len(save.steps)):
        child = os.fork()
        if child == 0:
            try:
                save.attempt(Disk(at, leave=True, lasting=True, links=save.links))
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        save.found()
        if {LATEST, PREVIOUS} & save.swept().keys():
            find_checkpoint(save.folder)
    return len(save.steps)


if __name__ == "__main__":
    place, chosen = Path(sys.argv[1]), sys.argv[2]
    write_data(place / "data.npz")
    with SAVES[chosen](place) as prepared:
        print(die_at_each_step(prepared))
