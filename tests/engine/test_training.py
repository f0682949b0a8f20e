"""Training: what a run comes to, where it stops, and that it can be cut anywhere."""

from __future__ import annotations

import contextlib
import itertools
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import reference

from nnfs_cli.engine import (
    SGD,
    Adam,
    Constant,
    Cosine,
    Dense,
    EarlyStopping,
    EpochEnd,
    Examples,
    Minibatches,
    Momentum,
    Network,
    Progress,
    Sigmoid,
    SoftmaxCrossEntropy,
    StepEnd,
    Stream,
    TrainingState,
    WeightAverage,
    evaluate,
    fit,
    generator,
    multilayer_perceptron,
)
from nnfs_cli.engine.divergence import loss_limit, ran_away
from nnfs_cli.errors import DivergedError


def blobs(rows: int = 50, *, seed: int = 0, noise: float = 1.0) -> Examples:
    """Return three clouds of points, one for each class, that overlap a little."""
    rng = np.random.default_rng(seed)
    labels = np.arange(rows) % 3
    centres = np.array([[2, 0, 0, 1], [0, 2, 0, 1], [0, 0, 2, 1]])
    return Examples(centres[labels] + noise * rng.standard_normal((rows, 4)), labels)


SCHEDULE = Cosine(0.15, 80)  # large enough steps to overshoot, and to stop before the tenth epoch


class Run:
    """A training with everything that has a memory: Adam, dropout, an average, early stopping."""

    def __init__(self, *, seed: int = 1, patience: int = 2, noise: float = 1.0) -> None:
        self.network = multilayer_perceptron(
            4, [8, 6], 3, activation="tanh", dropout=0.2, seed=seed
        )
        self.network.initialize(generator(seed, Stream.WEIGHTS))
        self.minibatches = Minibatches(blobs(noise=noise), 16, seed=seed)  # 16 + 16 + 16 + 2
        self.optimizer = Adam()
        self.optimizer.bind(self.network.params, self.network.grads, weights=self.network.weights)
        self.average = WeightAverage(self.network, 0.9)
        self.early_stopping = EarlyStopping(self.network, patience)
        self.progress = Progress()
        self.loss = SoftmaxCrossEntropy(label_smoothing=0.1)

    def fit(self, epochs: int = 10) -> Iterator[StepEnd | EpochEnd]:
        return fit(
            self.network,
            self.minibatches,
            epochs=epochs,
            loss=self.loss,
            optimizer=self.optimizer,
            schedule=SCHEDULE,
            validation=blobs(30, seed=9),
            average=self.average,
            early_stopping=self.early_stopping,
            progress=self.progress,
        )

    def state(self) -> TrainingState:
        return TrainingState(
            self.network, self.optimizer, self.average, self.early_stopping, self.progress
        )


def figures(event: StepEnd | EpochEnd) -> tuple[Any, ...]:
    """Return what an event says, without the time it took."""
    return tuple(event._replace(seconds=0.0) if isinstance(event, EpochEnd) else event)


def epochs_of(events: Iterator[StepEnd | EpochEnd]) -> list[EpochEnd]:
    return [event for event in events if isinstance(event, EpochEnd)]


# ---------------------------------------------------------------------------------- what is learned


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_xor_is_learned(activation: str) -> None:
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    labels = np.array([0, 1, 1, 0])
    network = multilayer_perceptron(2, [8], 2, activation=activation)
    network.initialize(generator(1, Stream.WEIGHTS))
    batches = Minibatches(Examples(x, labels), 4, seed=1)
    last = epochs_of(fit(network, batches, epochs=1500, schedule=Constant(1.0)))[-1]
    assert network.predict(x).tolist() == [0, 1, 1, 0]
    assert last.loss < 0.01


def test_without_more_said_it_is_gradient_descent_at_a_rate_of_a_tenth() -> None:
    network = multilayer_perceptron(4, [5], 3, dtype="float64")
    network.initialize(generator(1, Stream.WEIGHTS))
    data = blobs()
    batches = Minibatches(data, 16, seed=1, dtype="float64")
    parameters = [(layer.weight.copy(), layer.bias.copy()) for layer in network.dense]
    for batch in batches.epoch(0):
        slopes = reference.backward(batch.x, batch.labels, parameters, "sigmoid")
        parameters = [
            (weight - 0.1 * dweight, bias - 0.1 * dbias)
            for (weight, bias), (dweight, dbias) in zip(parameters, slopes, strict=True)
        ]
    list(fit(network, batches))
    for layer, (weight, bias) in zip(network.dense, parameters, strict=True):
        np.testing.assert_allclose(layer.weight, weight, rtol=0, atol=1e-14)
        np.testing.assert_allclose(layer.bias, bias, rtol=0, atol=1e-14)


def test_training_drops_units_by_masks_of_mean_one() -> None:
    network = multilayer_perceptron(4, [5], 3, dropout=0.4, dtype="float64", seed=8)
    network.initialize(generator(1, Stream.WEIGHTS))
    batches = Minibatches(blobs(10), 10, seed=1, dtype="float64")
    parameters = [(layer.weight.copy(), layer.bias.copy()) for layer in network.dense]
    mask = (generator(8, Stream.DROPOUT, 0).random((10, 5)) >= 0.4) / 0.6
    batch = next(batches.epoch(0))
    slopes = reference.backward(batch.x, batch.labels, parameters, "sigmoid", masks=[mask])
    list(fit(network, batches, schedule=Constant(1.0)))
    for layer, before, slope in zip(network.dense, parameters, slopes, strict=True):
        np.testing.assert_allclose(layer.weight, before[0] - slope[0], rtol=0, atol=1e-14)
        np.testing.assert_allclose(layer.bias, before[1] - slope[1], rtol=0, atol=1e-14)


# -------------------------------------------------------------------------------------- the events


def test_events_count_epochs_and_batches_and_carry_the_rate() -> None:
    events = list(Run(patience=0).fit(2))
    kinds = ["E" if isinstance(event, EpochEnd) else "s" for event in events]
    assert "".join(kinds) == "ssssE" * 2
    steps = [event for event in events if isinstance(event, StepEnd)]
    assert [(s.epoch, s.batch, s.batches) for s in steps] == [
        (epoch, batch, 4) for epoch in (1, 2) for batch in (1, 2, 3, 4)
    ]
    assert [s.learning_rate for s in steps] == [SCHEDULE(i) for i in range(8)]
    assert [e.learning_rate for e in events if isinstance(e, EpochEnd)] == [
        SCHEDULE(3),
        SCHEDULE(7),
    ]


def test_the_figures_of_an_epoch_are_means_over_its_rows_not_its_batches() -> None:
    network = multilayer_perceptron(4, [5], 3, dtype="float64")
    network.initialize(generator(1, Stream.WEIGHTS))
    data = blobs()
    # at a rate of 0 nothing moves, so the means must be those of a true pass over all rows
    batches = Minibatches(data, 16, seed=1, dtype="float64")
    events = list(fit(network, batches, epochs=2, schedule=Constant(0)))
    truth = evaluate(network, data)
    ends = [event for event in events if isinstance(event, EpochEnd)]
    assert len(ends) == 2
    for end in ends:
        assert end.loss == pytest.approx(truth.loss, abs=1e-12)
        assert end.accuracy == truth.accuracy
        assert end.val_loss is None
        assert end.val_accuracy is None
        assert end.best
        assert end.seconds > 0
    assert (events[-2].loss, events[-2].accuracy) == (ends[-1].loss, ends[-1].accuracy)


def test_validation_figures_are_those_of_the_average() -> None:
    run = Run(patience=0)
    for event in run.fit(3):
        if isinstance(event, EpochEnd):
            with run.average.applied():
                truth = evaluate(run.network, blobs(30, seed=9))
            assert (event.val_loss, event.val_accuracy) == (truth.loss, truth.accuracy)


# ---------------------------------------------------------------------------------- early stopping


def test_early_stopping_stops_when_patience_runs_out_and_restores_the_best() -> None:
    run = Run(patience=2)
    kept, ends = {}, []
    for event in run.fit(60):
        if isinstance(event, EpochEnd):
            ends.append(event)
            kept[event.epoch] = run.average.params.copy()
    losses = [end.val_loss for end in ends]
    best = int(np.argmin(losses)) + 1
    assert len(ends) == best + 2 < 60
    assert [end.best for end in ends] == [
        loss == min(losses[: i + 1]) for i, loss in enumerate(losses)
    ]
    np.testing.assert_array_equal(run.network.params, kept[best])
    assert evaluate(run.network, blobs(30, seed=9)).loss == min(losses)


def test_patience_by_hand() -> None:
    stopping = EarlyStopping(multilayer_perceptron(1, [], 1), patience=2)
    story = [(1, 1.0, True), (2, 0.5, True), (3, 0.5, False), (4, 0.7, False)]
    for epoch, loss, best in story:
        assert not stopping.should_stop(epoch - 1)
        assert stopping.update(epoch, np.full(2, epoch, "float32"), loss) == best
    assert stopping.should_stop(4)
    assert (stopping.best_epoch, stopping.best_loss) == (2, 0.5)
    assert stopping.best_params.tolist() == [2, 2]


def test_a_patience_of_zero_never_stops_and_still_keeps_the_best() -> None:
    run = Run(patience=0)
    ends = epochs_of(run.fit(20))
    assert len(ends) == 20
    best = min(ends, key=lambda end: end.val_loss or 0)
    assert run.early_stopping.best_epoch == best.epoch
    np.testing.assert_array_equal(run.network.params, run.early_stopping.best_params)


def test_a_validation_loss_that_is_no_number_is_never_the_best() -> None:
    stopping = EarlyStopping(multilayer_perceptron(1, [], 1))
    assert not stopping.update(1, np.full(2, 7, "float32"), math.nan)
    assert stopping.best_epoch == 0
    assert stopping.update(2, np.full(2, 8, "float32"), 3.0)
    assert not stopping.update(3, np.full(2, 9, "float32"), math.nan)
    assert stopping.best_params.tolist() == [8, 8]


def test_early_stopping_needs_something_to_judge_by() -> None:
    network = multilayer_perceptron(4, [], 3)
    batches = Minibatches(blobs(), 16, seed=1)
    with pytest.raises(ValueError, match="early stopping needs validation examples"):
        next(fit(network, batches, early_stopping=EarlyStopping(network, 1)))


def test_the_best_are_kept_rather_than_the_average_and_that_rather_than_the_last() -> None:
    network = multilayer_perceptron(1, [], 1)
    average, stopping = WeightAverage(network, 0.9), EarlyStopping(network)
    average.params[...] = 5
    assert TrainingState(network, SGD()).to_keep.tolist() == [0, 0]
    state = TrainingState(network, SGD(), average, stopping)  # no epoch has been judged
    assert state.to_keep.tolist() == [5, 5]
    stopping.update(1, np.full(2, 7, "float32"), 1.0)
    assert state.to_keep.tolist() == [7, 7]


def test_a_label_without_a_class_is_refused_before_the_first_step() -> None:
    network = multilayer_perceptron(4, [], 3)
    examples = Examples(np.zeros((6, 4)), np.array([0, 1, 2, 3, 0, 1]))
    with pytest.raises(ValueError, match=r"a label 3, and the network has 3 classes, from 0"):
        next(fit(network, Minibatches(examples, 2, seed=1)))


# ---------------------------------------------------------------------------------- cut and go on


def whole_run() -> tuple[list[tuple[Any, ...]], bytes]:
    run = Run()
    return [figures(event) for event in run.fit()], run.network.params.tobytes()


WHOLE, WEIGHTS = whole_run()


def test_the_run_that_is_cut_below_stops_early() -> None:
    assert len(WHOLE) % 5 == 0
    assert 4 <= len(WHOLE) // 5 < 10


@pytest.mark.parametrize("cut", range(len(WHOLE) + 1))
def test_a_run_that_is_cut_after_any_event_goes_on_to_the_same_bits(cut: int) -> None:
    run = Run()
    first = run.fit()
    events = [figures(event) for event in itertools.islice(first, cut)]
    first.close()  # type: ignore[attr-defined]
    events += [figures(event) for event in run.fit()]
    assert run.network.params.tobytes() == WEIGHTS
    assert events == WHOLE


@pytest.mark.parametrize("cut", range(1, len(WHOLE), 3))
def test_a_state_put_into_new_objects_goes_on_to_the_same_bits(cut: int) -> None:
    old, new = Run(), Run()
    new.network.params[...] = 5
    list(itertools.islice(old.fit(), cut))
    before, after = old.state(), new.state()
    for name, vector in after.arrays().items():
        vector[...] = before.arrays()[name]
    after.restore_counters(before.counters())
    after.restore_generators(before.generators())
    events = [figures(event) for event in new.fit()]
    assert new.network.params.tobytes() == WEIGHTS
    assert events == WHOLE[cut:]


def test_a_run_that_had_stopped_early_stays_stopped() -> None:
    run = Run(patience=1)
    assert len(epochs_of(run.fit(60))) < 60
    weights = run.network.params.copy()
    assert list(run.fit(60)) == []
    np.testing.assert_array_equal(run.network.params, weights)


def test_more_epochs_can_be_asked_for_afterwards() -> None:
    run, longer = Run(patience=0), Run(patience=0)
    run.average.decay = longer.average.decay = 0.0  # settling then changes nothing ...
    for other in (run, longer):
        other.early_stopping = None  # type: ignore[assignment]
    list(run.fit(2))
    list(run.fit(5))
    list(longer.fit(5))
    assert run.network.params.tobytes() == longer.network.params.tobytes()


def test_the_same_seed_gives_the_same_bits_and_another_seed_others() -> None:
    runs = [Run(seed=seed) for seed in (3, 3, 4)]
    for run in runs:
        list(run.fit(2))
    first, again, other = (run.network.params.tobytes() for run in runs)
    assert first == again
    assert first != other


# ------------------------------------------------------------------------------------- running away


def diverging(activation: str, rate: float, rows_in_a_batch: int, **options: Any) -> Any:
    network = multilayer_perceptron(4, [6, 5], 3, activation=activation)
    network.initialize(generator(1, Stream.WEIGHTS))
    optimizer, progress = Momentum(), Progress()
    events = fit(
        network,
        Minibatches(blobs(), rows_in_a_batch, seed=1),
        epochs=6,
        optimizer=optimizer,
        schedule=Constant(rate),
        progress=progress,
        **options,
    )
    seen = [(None, network.params.copy())]
    with pytest.raises(DivergedError) as caught:
        seen.extend((event, network.params.copy()) for event in events)
    return caught.value, seen, network, optimizer, progress


def test_divergence_names_epoch_and_step_and_the_bad_step_is_not_made() -> None:
    error, seen, network, optimizer, progress = diverging("relu", 1e20, 16)
    assert error.message == "training diverged at epoch 1, step 2: the loss is not a number"
    assert error.hint == (
        "the learning rate 1e+20 is too large for this network; try --learning-rate 0.5"
    )
    assert len(seen) == 2
    assert (progress.epoch, progress.batch, optimizer.steps) == (0, 1, 1)
    np.testing.assert_array_equal(network.params, seen[-1][1])


def test_an_infinite_loss_is_told_from_one_that_is_no_number() -> None:
    network = Network([Dense(1, 2)])
    network.arrays["b1"][...] = [-3e38, 3e38]
    batches = Minibatches(Examples(np.ones((4, 1)), np.array([0, 0, 0, 0])), 2, seed=1)
    with pytest.raises(DivergedError, match="at epoch 1, step 1: the loss is infinite"):
        list(fit(network, batches))
    assert network.arrays["b1"].tolist() == [np.float32(-3e38), np.float32(3e38)]


def shouting(bias: float, *, rows: int = 2) -> tuple[Network, Iterator[StepEnd | EpochEnd]]:
    """Return a network that is wrong by `bias` nats, and its training, which hardly changes it."""
    network = Network([Dense(1, 2)], dtype="float64")
    network.arrays["b1"][...] = [0, bias]
    data = Examples(np.ones((4, 1)), np.zeros(4, int))
    batches = Minibatches(data, rows, seed=1, dtype="float64")
    return network, fit(network, batches, schedule=Constant(1e-3))


@pytest.mark.parametrize("bias", [0.0, 9999.0, 1e6, 1e30])
def test_the_first_loss_may_be_any_finite_one(bias: float) -> None:
    network, events = shouting(bias)
    before = network.params.copy()
    assert next(events).loss == pytest.approx(bias or math.log(2))
    assert (network.weights[0] != before[:2]).any()


@pytest.mark.parametrize("first", [0.0, 3.0, 80.0])
@pytest.mark.parametrize("share", [0.99, 1.01])
def test_a_loss_5000_times_that_of_knowing_nothing_is_divergence(
    first: float, share: float
) -> None:
    network, events = shouting(first)
    ignorance = max(next(events).loss, math.log(2))
    network.arrays["b1"][...] = [0, share * 5000 * ignorance]
    before = network.params.copy()
    if share < 1:
        assert next(events).batch == 2
        assert (network.params != before).any()
    else:
        message = f"at epoch 1, step 2: the loss is {share * 5000 * ignorance:.3g}"
        with pytest.raises(DivergedError, match=re.escape(message)):
            next(events)
        np.testing.assert_array_equal(network.params, before)


@pytest.mark.parametrize("classes", [1, 2, 10, 1000])
def test_the_limit_is_never_below_some_thousand_nats(classes: int) -> None:
    assert 3000 < loss_limit(classes, 0.0) < 40_000
    assert loss_limit(classes, 1e3) == 5e6
    assert not ran_away(1e300, loss_limit(classes, math.inf))  # before the first step
    for loss in (math.inf, math.nan):
        assert ran_away(loss, loss_limit(classes, math.inf))


def test_a_resumed_run_knows_its_first_loss() -> None:
    run = Run()
    first = next(run.fit())
    assert isinstance(first, StepEnd)
    assert run.progress.first_loss == first.loss
    list(run.fit(3))
    assert run.progress.first_loss == first.loss
    assert run.state().counters()["first_loss"] == first.loss


def loud(activation: str, rate: float) -> tuple[list[EpochEnd], DivergedError | None]:
    """Train on inputs from 0 to 255 that nobody has scaled."""
    data = blobs(200, noise=0.3)
    data.x[...] = np.clip((data.x + 1) * 64, 0, 255)
    network = multilayer_perceptron(4, [16], 3, activation=activation)
    network.initialize(generator(1, Stream.WEIGHTS))
    seen: list[EpochEnd] = []
    events = fit(network, Minibatches(data, 16, seed=1), epochs=20, schedule=Constant(rate))
    try:
        seen.extend(event for event in events if isinstance(event, EpochEnd))
    except DivergedError as error:
        return seen, error
    return seen, None


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_inputs_that_nobody_scaled_can_be_learned_from(activation: str) -> None:
    epochs, error = loud(activation, 1e-4 if activation == "relu" else 0.1)
    assert error is None
    assert epochs[-1].loss < epochs[0].loss / 2


def test_where_such_inputs_end_in_divergence_they_are_named_as_its_reason() -> None:
    epochs, error = loud("relu", 1e6)
    assert not epochs
    assert error is not None
    assert re.fullmatch(
        r"the inputs are not scaled: their root mean square is 1\d\d, it should be about 1; "
        r"divide them by 1[0-9.e+]+, or try --learning-rate 0.5",
        error.hint or "",
    )


@pytest.mark.parametrize(("rate", "tenth"), [(0.3, "0.03"), (5.0, "0.5"), (80.0, "0.5")])
def test_the_rate_that_is_suggested_is_a_tenth_where_that_is_sensible(
    rate: float, tenth: str
) -> None:
    network = Network([Dense(1, 2)])
    network.arrays["b1"][...] = [0, np.inf]
    batches = Minibatches(Examples(np.ones((4, 1)), np.zeros(4, int)), 2, seed=1)
    with pytest.raises(DivergedError) as caught:
        list(fit(network, batches, schedule=Constant(rate)))
    assert caught.value.hint == (
        f"the learning rate {rate:g} is too large for this network; try --learning-rate {tenth}"
    )


def test_weights_that_ran_away_in_the_last_step_of_an_epoch_end_it_there() -> None:
    # one batch an epoch: the loss is still fine when the update overflows
    error, seen, *_ = diverging("sigmoid", 1e39, 50)
    assert error.message == ("training diverged at epoch 1, step 1: a weight is no finite number")
    assert [type(event) for event, _ in seen[1:]] == [StepEnd]


@pytest.mark.parametrize("averaged", [False, True])
def test_a_validation_loss_that_is_no_number_ends_the_training(averaged: bool) -> None:
    network = multilayer_perceptron(4, [6, 5], 3, activation="relu")
    network.initialize(generator(1, Stream.WEIGHTS))
    stopping = EarlyStopping(network, 3)
    average = WeightAverage(network, 0.5) if averaged else None
    events = fit(
        network,
        Minibatches(blobs(), 50, seed=1),
        epochs=6,
        schedule=Constant(1e20),
        validation=blobs(30, seed=9),
        average=average,
        early_stopping=stopping,
    )
    with pytest.raises(DivergedError) as caught:
        list(events)
    assert caught.value.message == (
        "training diverged at epoch 1, step 1: the validation loss is not a number"
    )
    assert stopping.best_epoch == 0
    assert np.isfinite(network.params).all()


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("rate", [1e3, 1e6, 1e12, 1e30, 1e38, 1e300])
@pytest.mark.parametrize("rows_in_a_batch", [16, 50])
def test_absurd_rates_end_without_a_warning_and_never_with_a_bad_epoch(
    activation: str, rate: float, rows_in_a_batch: int
) -> None:
    network = multilayer_perceptron(4, [6, 5], 3, activation=activation)
    network.initialize(generator(1, Stream.WEIGHTS))
    events = fit(
        network,
        Minibatches(blobs(), rows_in_a_batch, seed=1),
        epochs=4,
        optimizer=Momentum(),
        schedule=Constant(rate),
        validation=blobs(30, seed=9),
    )
    with contextlib.suppress(DivergedError):  # a sigmoid only saturates
        for event in events:
            if isinstance(event, EpochEnd):
                assert math.isfinite(event.loss)
                assert math.isfinite(event.val_loss or math.nan)
                assert np.isfinite(network.params).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_inputs_that_are_no_numbers_are_divergence_too(value: float) -> None:
    data = blobs()
    data.x[7, 2] = value
    network = Network([Dense(4, 5), Sigmoid(), Dense(5, 3)]).initialize(np.random.default_rng(1))
    if value == np.inf:  # a sigmoid of infinity is 1: only the gradient is no number
        network.weights[0][2] = 0
    with pytest.raises(DivergedError, match="training diverged at epoch 1"):
        list(fit(network, Minibatches(data, 50, seed=1), epochs=3))
