"""Pair: two processes learn what one learns, can be parted anywhere, and end with one another."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from nnfs_cli.engine import (
    SGD,
    Adam,
    AdamW,
    Constant,
    Cosine,
    EpochEnd,
    Examples,
    Minibatches,
    Momentum,
    Nesterov,
    Optimizer,
    Pair,
    Schedule,
    SoftmaxCrossEntropy,
    Stream,
    TrainingState,
    WeightAverage,
    can_work_in_pairs,
    fit,
    generator,
    multilayer_perceptron,
)
from nnfs_cli.engine.arrays import Floats, Labels
from nnfs_cli.engine.batching import Augment
from nnfs_cli.engine.pair import Bell
from nnfs_cli.errors import DivergedError, NnfsError, PartnerError

pytestmark = pytest.mark.skipif(not can_work_in_pairs(), reason="needs Linux and semaphores")

ROWS, BATCH = 70, 16  # four batches of 16 and one of 6
EPOCHS = 4
BATCHES = 5


def examples() -> Examples:
    """Return three clouds of points."""
    rng = np.random.default_rng(0)
    labels = np.arange(ROWS) % 3
    centres = np.array([[2, 0, 0, 1], [0, 2, 0, 1], [0, 0, 2, 1]])
    return Examples(centres[labels] + rng.standard_normal((ROWS, 4)), labels)


class Run:
    """A training that a pair can share."""

    def __init__(
        self,
        optimizer: Optimizer | None = None,
        *,
        dtype: str = "float64",
        averaging: float = 0.0,
        smoothing: float = 0.0,
        schedule: Schedule | None = None,
        activation: str = "tanh",
        hidden: Sequence[int] = (7,),
        augment: Augment | None = None,
    ) -> None:
        self.network = multilayer_perceptron(4, hidden, 3, activation=activation, dtype=dtype)
        self.network.initialize(generator(1, Stream.WEIGHTS))
        optimizer = optimizer or SGD()
        optimizer.bind(self.network.params, self.network.grads, weights=self.network.weights)
        average = WeightAverage(self.network, averaging) if averaging else None
        self.state = TrainingState(self.network, optimizer, average)
        self.minibatches = Minibatches(examples(), BATCH, seed=3, dtype=dtype, augment=augment)
        self.loss = SoftmaxCrossEntropy(label_smoothing=smoothing)
        self.schedule = schedule or Constant(0.1)
        self.pair = Pair(self.state, self.minibatches, loss=self.loss, schedule=self.schedule)
        self.ends: list[EpochEnd] = []

    def go(self, *, paired: Callable[[int], bool] = lambda step: True, steps: int = 999) -> Run:
        """Train, before each step starting or stopping the second process as `paired` wants it."""
        events = fit(
            self.network,
            self.minibatches,
            epochs=EPOCHS,
            loss=self.loss,
            optimizer=self.state.optimizer,
            schedule=self.schedule,
            validation=self.minibatches.examples,
            average=self.state.average,
            progress=self.state.progress,
            team=self.pair,
        )
        with self.pair:
            while True:
                wanted = paired(self.state.progress.step)
                if wanted and not self.pair.at_work:
                    self.pair.start()
                elif self.pair.at_work and not wanted:
                    self.pair.collect()
                    self.pair.stop()
                event = next(events, None)
                if isinstance(event, EpochEnd):
                    self.ends.append(event)
                if event is None or self.state.progress.step >= steps:
                    return self


OPTIMIZERS = [SGD, Momentum, Nesterov, Adam, AdamW]


def apart(one: Run, other: Run) -> float:
    """Return the largest difference of anything that the trainings remember."""
    ours, theirs = one.state.arrays(), other.state.arrays()
    assert ours.keys() == theirs.keys()
    return max(float(np.abs(ours[name] - theirs[name]).max()) for name in ours)


@pytest.mark.parametrize("hidden", [(7,), (7, 5), (6, 5, 4)], ids=str)
@pytest.mark.parametrize("make", OPTIMIZERS)
def test_a_pair_learns_what_one_process_learns(
    make: type[Optimizer], hidden: tuple[int, ...]
) -> None:
    alone, paired = (
        Run(make(), averaging=0.9, smoothing=0.1, schedule=Cosine(0.1, 20), hidden=hidden)
        for _ in range(2)
    )
    start = alone.network.params.copy()
    alone.go(paired=lambda step: False)
    paired.go()
    assert apart(alone, paired) < 1e-12
    assert np.abs(start - paired.network.params).max() > 0.1
    for mine, theirs in zip(paired.ends, alone.ends, strict=True):
        assert mine.loss == pytest.approx(theirs.loss, abs=1e-12)
        assert mine.val_loss == pytest.approx(theirs.val_loss, abs=1e-12)
        assert (mine.accuracy, mine.val_accuracy) == (theirs.accuracy, theirs.val_accuracy)
    assert paired.state.counters().keys() == alone.state.counters().keys()
    assert paired.state.optimizer.steps == alone.state.optimizer.steps == EPOCHS * BATCHES


@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_so_it_does_in_float32_up_to_rounding(activation: str) -> None:
    alone = Run(dtype="float32", activation=activation).go(paired=lambda step: False)
    paired = Run(dtype="float32", activation=activation).go()
    assert paired.network.params.dtype == np.float32
    assert apart(alone, paired) < 1e-5


@pytest.mark.parametrize("optimizer", [SGD, Adam])
@pytest.mark.parametrize(
    "paired",
    [lambda step: step < 7, lambda step: step >= 7, lambda step: step % 6 < 3],
    ids=["parted", "joined later", "on and off"],
)
def test_a_pair_may_be_formed_and_parted_between_any_two_steps(
    paired: Callable[[int], bool], optimizer: type[Optimizer]
) -> None:
    alone = Run(optimizer(), averaging=0.8).go(paired=lambda step: False)
    assert apart(alone, Run(optimizer(), averaging=0.8).go(paired=paired)) < 1e-12


@pytest.mark.parametrize("hidden", [(7,), (7, 5, 4)], ids=str)
@pytest.mark.parametrize("cut", [1, 5, 8, 15])
def test_a_pair_that_is_parted_and_formed_anew_goes_on_to_the_last_bit(
    cut: int, hidden: tuple[int, ...]
) -> None:
    unbroken = Run(Adam(), averaging=0.9, dtype="float32", hidden=hidden).go()
    broken = Run(Adam(), averaging=0.9, dtype="float32", hidden=hidden).go(steps=cut)
    assert not broken.pair.at_work
    broken.go()
    assert apart(unbroken, broken) == 0.0
    assert [end.loss for end in unbroken.ends] == [end.loss for end in broken.ends]


def noise(x: Floats, labels: Labels, rng: np.random.Generator) -> None:
    """Move each point a little, by its class; an augmentation."""
    x += labels[:, None] * rng.standard_normal(x.shape)


@pytest.mark.parametrize(
    "paired",
    [lambda step: True, lambda step: step < 7, lambda step: step >= 7, lambda step: step % 6 < 3],
    ids=["always", "parted", "joined later", "on and off"],
)
def test_batches_that_two_augment_together_are_those_that_one_augments(
    paired: Callable[[int], bool],
) -> None:
    alone = Run(Adam(), averaging=0.8, augment=noise).go(paired=lambda step: False)
    together = Run(Adam(), averaging=0.8, augment=noise).go(paired=paired)
    assert apart(alone, together) < 1e-12
    assert together.minibatches.together is None


def test_each_process_augments_half_of_the_rows() -> None:
    rows = [0]

    def counting(x: Floats, labels: Labels, rng: np.random.Generator) -> None:
        rows[0] += len(x)
        noise(x, labels, rng)

    Run(augment=counting).go(paired=lambda step: False)
    assert rows == [EPOCHS * ROWS]
    rows[0] = 0
    Run(augment=counting).go()  # what the second process counts is its own affair
    assert rows == [EPOCHS * ROWS // 2]


@pytest.mark.parametrize("cut", [1, 5, 8])
def test_an_augmented_pair_that_is_parted_goes_on_to_the_last_bit(cut: int) -> None:
    unbroken = Run(Adam(), dtype="float32", augment=noise).go()
    broken = Run(Adam(), dtype="float32", augment=noise).go(steps=cut).go()
    assert apart(unbroken, broken) == 0.0


def test_collecting_amid_an_epoch_shows_the_last_step_and_disturbs_nothing() -> None:
    alone = Run(Adam()).go(paired=lambda step: False, steps=7)
    seen = []

    def look(step: int) -> bool:
        run.pair.collect()
        if step == 7:
            seen.append(apart(alone, run))
        return True

    run = Run(Adam())
    run.go(paired=look)
    assert len(seen) == 1
    assert seen[0] < 1e-12
    assert apart(run, Run(Adam()).go()) == 0.0


def test_a_loss_that_runs_away_is_said_once_and_nobody_stays_behind() -> None:
    run = Run(schedule=lambda step: 0.1 if step < 6 else math.inf)
    with pytest.raises(DivergedError, match="epoch 2, step 3"):
        run.go()
    assert not run.pair.at_work


def test_a_weight_that_runs_away_in_the_last_step_of_an_epoch_is_said_as_by_one_process() -> None:
    run = Run(schedule=lambda step: 0.1 if step < 2 * BATCHES - 1 else math.inf)
    with pytest.raises(DivergedError, match=rf"epoch 2, step {BATCHES}: a weight is"):
        run.go()
    assert not run.pair.at_work


def partner_of(pair: Pair) -> int:
    """Return the number of the second process."""
    assert pair._partner is not None
    number = pair._partner.pid
    assert number is not None
    return number


def test_the_second_process_is_one_and_ends_with_the_training() -> None:
    run = Run()
    numbers = set()

    def note(step: int) -> bool:
        if run.pair.at_work:
            numbers.add(partner_of(run.pair))
        return True

    run.go(paired=note)
    (number,) = numbers
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_process_leaves_what_asks_to_stop_to_the_first(number: int) -> None:
    run = Run()

    def interrupt(step: int) -> bool:
        if run.pair.at_work and step == 3:
            os.kill(partner_of(run.pair), number)
        return True

    assert apart(run.go(paired=interrupt), Run().go()) == 0.0


def test_a_second_process_that_is_killed_is_missed_at_the_next_step() -> None:
    run = Run()

    def kill(step: int) -> bool:
        if step == 7 and run.pair.at_work:
            os.kill(partner_of(run.pair), signal.SIGKILL)
        return True

    with pytest.raises(PartnerError, match="second process of the training has ended"):
        run.go(paired=kill)
    assert not run.pair.at_work
    alone = Run().go(paired=lambda step: False, steps=BATCHES)
    assert apart(alone, run) < 1e-12  # as they were brought together the last time


def test_waiting_for_nobody_ends_when_nobody_is_there() -> None:
    started = time.perf_counter()
    with pytest.raises(NnfsError, match="has ended"):
        Bell().wait(lambda: False)
    assert time.perf_counter() - started < 5


ORPHAN = """
import os, signal, sys
sys.path.insert(0, {folder!r})
from nnfs_cli.files import folder_lock
from pathlib import Path
from test_pair import Run, partner_of
run = Run()
with folder_lock(Path({place!r})):
    run.pair.start()
    run.pair.collect()  # it answers, so it has closed what it was born with
    Path({place!r}, "partner").write_text(str(partner_of(run.pair)))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_training_leaves_no_process_and_no_lock_behind(tmp_path: Path) -> None:
    from nnfs_cli.files import folder_lock

    program = ORPHAN.format(folder=str(Path(__file__).parent), place=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == -signal.SIGKILL
    with folder_lock(tmp_path):  # at once: the second process does not hold it
        pass
    number = int((tmp_path / "partner").read_text())
    deadline = time.perf_counter() + 10
    while lives(number) and time.perf_counter() < deadline:
        time.sleep(0.01)
    assert not lives(number)


def lives(number: int) -> bool:
    """Return whether a process runs; one that only waits to be counted does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_pair_that_was_never_formed_has_nothing_to_do() -> None:
    run = Run()
    before = run.network.params.copy()
    with run.pair:
        assert run.pair.share is run.state
    run.pair.collect()
    run.pair.stop()
    assert np.array_equal(before, run.network.params)
