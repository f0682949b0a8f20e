"""Trimming: whatever is left out of a batch was blank, and the training is that of whole rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnfs_cli.engine import (
    SGD,
    Adam,
    AdamW,
    Constant,
    Dense,
    Examples,
    Minibatches,
    Momentum,
    Nesterov,
    Network,
    Optimizer,
    Pair,
    SoftmaxCrossEntropy,
    Stream,
    TrainingState,
    Trimmed,
    TrimmedExamples,
    WeightAverage,
    can_work_in_pairs,
    fit,
    generator,
    multilayer_perceptron,
    trim,
    trimming,
)
from nnfs_cli.engine.arrays import Strip, Strips

SIDE, ROWS, BATCH = 8, 150, 40  # pictures of 8 x 8; three batches of two strips and one of one
EPOCHS = 3
needs_pairs = pytest.mark.skipif(not can_work_in_pairs(), reason="needs Linux and semaphores")


def pictures(rows: int = ROWS) -> Examples:
    """Return pictures with ink in the middle, of three classes, and one speck at each rim."""
    rng = np.random.default_rng(0)
    x = np.zeros((rows, SIDE, SIDE), dtype=np.uint8)
    labels = np.arange(rows) % 3
    x[:, 2:6, 2:6] = rng.integers(0, 256, (rows, 4, 4))
    x[np.arange(rows), 2 + labels, 3] = 255
    x[1, 0, 0] = x[5, 7, 7] = x[9, 0, 7] = 9
    return Examples(x.reshape(rows, -1), labels)


def trimmed(examples: Examples) -> TrimmedExamples:
    result = trim(examples)
    assert isinstance(result, TrimmedExamples)
    return result


def gathered(examples: Examples, indices: list[int]) -> NDArray[Any]:
    """Return a batch of these rows, in this order."""
    _, (strips,) = examples.arrange(np.array(indices), len(indices))
    return Minibatches(examples, len(indices), seed=0).gather(np.array(indices), strips)


# ------------------------------------------------------------------------------------- the examples


@pytest.mark.parametrize("indices", [[0, 3], [1], [9, 2, 9], [5, 1], list(range(ROWS))])
def test_a_batch_is_that_of_whole_rows_but_for_columns_of_zeros(indices: list[int]) -> None:
    examples = trimmed(pictures())
    batch = gathered(examples, indices)
    whole = gathered(pictures(), indices)[:, examples.order]
    width = batch.shape[1]
    np.testing.assert_array_equal(batch, whole[:, :width])
    assert not whole[:, width:].any()
    assert whole[:, width - 1].any() or width == SIDE * SIDE // 2


def test_the_columns_that_are_used_most_come_first_and_the_blank_ones_last() -> None:
    examples = trimmed(pictures())
    used = np.count_nonzero(pictures().x, axis=0)
    assert set(examples.order[:16]) == set(np.flatnonzero(used > 9))
    assert set(examples.order[16:19]) == {0, 7, 63}
    assert sorted(examples.order) == list(range(SIDE * SIDE))
    # a row with ink in the middle alone needs no more than half; that with the rarest speck, 19
    assert gathered(examples, [0, 2, 3]).shape == (3, 32)


def test_a_batch_is_as_wide_as_its_widest_row() -> None:
    x = np.zeros((256, 40), dtype=np.uint8)
    x[:, :5] = 7
    x[3, 30] = x[70, 35] = x[140, 35] = 1  # 35 is used in more batches of 64 than 30
    examples = trimmed(Examples(x, np.zeros(256, int)))
    assert examples.order[:7].tolist() == [0, 1, 2, 3, 4, 35, 30]
    widths = [gathered(examples, rows).shape[1] for rows in ([0], [70], [3], [3, 0, 70])]
    assert widths == [20, 20, 20, 20]  # never under half
    x[:, :25] = 7
    examples = trimmed(Examples(x, np.zeros(256, int)))
    widths = [gathered(examples, rows).shape[1] for rows in ([0], [70], [3], [0, 70], [70, 3, 0])]
    assert widths == [25, 26, 27, 26, 27]


@pytest.mark.parametrize(
    ("batch_size", "starts"),
    [(300, [0, 150, 225, 270]), (256, [0, 128, 192, 230]), (32, [0, 24]), (31, [0]), (7, [0])],
)
def test_the_rows_of_a_batch_that_use_few_columns_come_first(
    batch_size: int, starts: list[int]
) -> None:
    examples = trimmed(pictures(300))
    examples.x[:, 40:] = np.tri(300, 24, -50, np.uint8)[::-1]  # some rows use more than others
    examples = TrimmedExamples(Examples(examples.x, examples.labels), np.arange(64))
    order = np.random.default_rng(8).permutation(300)
    arranged, strips = examples.arrange(order, batch_size)
    assert len(strips) == -(-300 // batch_size)
    assert [row for row, _ in strips[0]] == starts
    for number, parts in enumerate(strips):
        batch = slice(number * batch_size, (number + 1) * batch_size)
        x = examples.x[arranged[batch]]
        assert sorted(arranged[batch]) == sorted(order[batch])
        assert not x[:, parts[-1][1].stop :].any()
        columns = [0]
        for (row, strip), (until, _) in zip(parts, [*parts[1:], (len(x), slice(0))], strict=True):
            columns.append(strip.stop)
            assert strip == slice(*columns[-2:])
            assert not x[:row, strip].any()
            assert x[until - 1, strip.stop - 1] or strip.stop == 32  # no wider than it must be


def test_rows_that_know_no_better_stay_in_their_order() -> None:
    order = np.array([3, 1, 2])
    arranged, strips = pictures().arrange(order, 2)
    np.testing.assert_array_equal(arranged, [3, 1, 2])
    assert list(strips) == [((0, slice(0, 64)),)] * 2


def test_a_blank_picture_and_a_subset_are_trimmed_as_well() -> None:
    whole = pictures()
    whole.x[4] = 0
    assert not gathered(trimmed(whole), [4]).any()
    part = whole.subset(np.array([9, 4, 2]))
    examples = trimmed(part)
    np.testing.assert_array_equal(
        gathered(examples, [2, 0])[:, :16], gathered(whole, [2, 9])[:, examples.order[:16]]
    )
    assert examples.labels.tolist() == part.labels.tolist()


def test_what_gains_nothing_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    blank = pictures()
    floats = Examples(blank.x / 255.0, blank.labels)
    full = Examples(np.maximum(blank.x, 1), blank.labels)
    none = Examples(blank.x[:0], blank.labels[:0])
    for examples in (floats, full, none):
        assert trim(examples) is examples
    monkeypatch.setattr(trimming, "ROOM", blank.x.nbytes - 1)
    assert trim(blank) is blank


def test_a_mapped_file_is_trimmed_as_rows_in_memory_are(tmp_path: Path) -> None:
    blank = pictures()
    file = np.memmap(tmp_path / "x", dtype=np.uint8, mode="w+", shape=blank.x.shape)
    file[...] = blank.x
    for x in (file, np.asarray(file)):
        mapped = trimmed(Examples(x, blank.labels))
        np.testing.assert_array_equal(mapped.x, trimmed(blank).x)


# --------------------------------------------------------------------------------------- the layers


def test_dense_takes_the_columns_that_rows_lack_for_zeros() -> None:
    rng = np.random.default_rng(1)
    x, dout = rng.standard_normal((4, 6)), rng.standard_normal((4, 3))
    x[:, 4:] = 0
    networks = [Network([Dense(6, 3)], dtype="float64") for _ in range(2)]
    for network, rows in zip(networks, (x, x[:, :4]), strict=True):
        network.initialize(np.random.default_rng(2))
        network.grads[...] = np.nan  # of a wider batch before
        out = network.forward(rows, training=True).copy()
        network.backward(dout)
        np.testing.assert_allclose(out, x @ network.arrays["W1"], rtol=1e-12)
        np.testing.assert_allclose(network.gradients["W1"], x.T @ dout, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("cuts", [[(0, 6)], [(0, 3), (1, 4), (3, 6)], [(0, 2), (2, 2), (3, 5)]])
def test_dense_looks_at_nothing_beside_the_strips(cuts: list[tuple[int, int]]) -> None:
    rng = np.random.default_rng(1)
    x, dout = rng.standard_normal((4, 6)), rng.standard_normal((4, 3))
    marked = np.full((4, 6), np.nan)
    ends = [0, *(end for _, end in cuts)]
    strips = tuple(
        Strip(row, slice(start, end)) for (row, end), start in zip(cuts, ends, strict=False)
    )
    for row, strip in strips:
        marked[row:, strip] = x[row:, strip]
        x[:row, strip] = 0
    x[:, ends[-1] :] = 0
    network = Network([Dense(6, 3)], dtype="float64").initialize(np.random.default_rng(2))
    network.grads[...] = np.nan
    out = network.forward(marked[:, : ends[-1]], training=True, strips=strips).copy()
    network.backward(dout)
    np.testing.assert_allclose(out, x @ network.arrays["W1"], rtol=1e-12)
    np.testing.assert_allclose(network.gradients["W1"], x.T @ dout, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(network.gradients["b1"], dout.sum(axis=0), rtol=1e-12)


def test_the_strips_of_a_batch_are_not_those_of_the_next() -> None:
    network = Network([Dense(6, 3)], dtype="float64").initialize(np.random.default_rng(2))
    x = np.random.default_rng(1).standard_normal((4, 6))
    strips = (Strip(0, slice(0, 3)), Strip(2, slice(3, 6)))
    network.forward(x, training=True, strips=strips)
    np.testing.assert_allclose(network.forward(x), x @ network.arrays["W1"], rtol=1e-12)
    network.forward(x, training=True, strips=strips)
    (layer,) = network.layers  # whoever goes from layer to layer asks about whole rows
    np.testing.assert_allclose(layer.forward(x), x @ network.arrays["W1"], rtol=1e-12)


def test_trimmed_examples_are_no_pictures_that_could_be_augmented() -> None:
    with pytest.raises(ValueError, match="trimmed examples cannot be augmented"):
        Minibatches(trim(pictures()), BATCH, seed=0, augment=lambda x, labels, rng: None)


# ------------------------------------------------------------------------------------- the training


class Arranged(Examples):
    """Whole rows in the order in which trimmed ones are learned from."""

    def arrange(
        self, order: NDArray[np.intp], batch_size: int
    ) -> tuple[NDArray[np.intp], Sequence[Strips]]:
        arranged, _ = trimmed(pictures()).arrange(order, batch_size)
        return arranged, super().arrange(order, batch_size)[1]


class Run:
    """A training on whole rows."""

    team: Trimmed | None = None

    def __init__(
        self, optimizer: Optimizer | None = None, *, averaging: float = 0.0, dropout: float = 0.0
    ) -> None:
        network = multilayer_perceptron(64, [7], 3, dropout=dropout, dtype="float64", seed=4)
        self.network = network.initialize(generator(1, Stream.WEIGHTS))
        optimizer = optimizer or SGD()
        optimizer.bind(network.params, network.grads, weights=network.weights)
        average = WeightAverage(network, averaging) if averaging else None
        self.state = TrainingState(network, optimizer, average)
        self.minibatches = Minibatches(self.examples(), BATCH, seed=3, dtype="float64")
        self.loss, self.schedule = SoftmaxCrossEntropy(), Constant(0.05)

    def examples(self) -> Examples:
        whole = pictures()
        return Arranged(whole.x, whole.labels)

    def go(self, steps: int = 999) -> Run:
        """Train for all epochs, or so many steps."""
        events = fit(
            self.network,
            self.minibatches,
            epochs=EPOCHS,
            loss=self.loss,
            optimizer=self.state.optimizer,
            schedule=self.schedule,
            validation=pictures(),
            average=self.state.average,
            progress=self.state.progress,
            team=self.team,
        )
        for _ in events:
            if self.state.progress.step >= steps:
                break
        return self


class Short(Run):
    """The same, trimmed."""

    def __init__(self, optimizer: Optimizer | None = None, **settings: float) -> None:
        super().__init__(optimizer, **settings)
        self.team: Trimmed = Trimmed(self.state, self.examples().order)

    def examples(self) -> TrimmedExamples:
        return trimmed(pictures())

    def by_two(self, steps: int = 999) -> Short:
        """Train with a second process."""
        state = self.team.state
        pair = Pair(state, self.minibatches, loss=self.loss, schedule=self.schedule)
        self.team.pair = pair
        with self.team:
            pair.start()
            assert self.team.share is not state
            self.go(steps)
        assert not pair.at_work
        return self


def alike(one: Run, other: Run) -> None:
    """Check that two trainings remember the same, but for rounding."""
    ours, theirs = one.state.arrays(), other.state.arrays()
    assert ours.keys() == theirs.keys()
    for name, vector in ours.items():
        np.testing.assert_allclose(vector, theirs[name], rtol=1e-9, atol=1e-12)
    counters = one.state.counters(), other.state.counters()
    for numbers in counters:
        del numbers["seconds"]
    assert counters[0] == pytest.approx(counters[1])


@pytest.mark.parametrize("optimizer", [SGD, Momentum, Nesterov, Adam, AdamW])
@pytest.mark.parametrize("settings", [{}, {"averaging": 0.9}, {"dropout": 0.3}], ids=str)
def test_a_trimmed_training_learns_what_one_on_whole_rows_learns(
    optimizer: type[Optimizer], settings: dict[str, float]
) -> None:
    short = Short(optimizer(), **settings)
    before = short.network.params.copy()
    short.go()
    alike(Run(optimizer(), **settings).go(), short)
    assert np.abs(short.network.params - before).max() > 0.01


def test_amid_an_epoch_the_network_is_up_to_date_once_it_is_collected() -> None:
    whole, short = Run(Adam()).go(7), Short(Adam()).go(7)
    with pytest.raises(AssertionError):
        alike(whole, short)
    short.team.collect()
    alike(whole, short)


def test_the_end_of_the_block_collects() -> None:
    short = Short()
    with short.team:
        short.go(7)
    alike(Run().go(7), short)


def test_an_error_amid_a_step_is_not_collected() -> None:
    short = Short().go(3)
    before = short.network.params.copy()
    short.team.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    short.team.collect()
    np.testing.assert_array_equal(short.network.params, before)


def test_after_the_end_nothing_is_collected_any_more() -> None:
    short = Short(averaging=0.9).go()  # ends by giving the network its average
    short.team.collect()
    assert short.state.average
    np.testing.assert_array_equal(short.network.params, short.state.average.params)


@needs_pairs
@pytest.mark.parametrize("steps", [8, 999])
def test_a_pair_shares_a_trimmed_training(steps: int) -> None:
    alike(Run(Adam()).go(steps), Short(Adam()).by_two(steps))
