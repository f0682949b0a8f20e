"""Build: what a config says is what the engine is given, in the engine's units."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.config import RunConfig, load
from nnfs_cli.engine import (
    Adam,
    AdamW,
    Center,
    Examples,
    Momentum,
    Nesterov,
    Network,
    Optimizer,
    multilayer_perceptron,
)
from nnfs_cli.workflows.build import (
    build_average,
    build_early_stopping,
    build_network,
    build_optimizer,
    build_schedule,
)

STEPS = 10  # in an epoch
ROWS = Examples(np.arange(20, dtype=np.uint8).reshape(5, 4) ** 2 % 200, np.zeros(5, dtype=int))


def config(**values: object) -> RunConfig:
    return load(flags=values).values


def rates(**values: object) -> list[float]:
    """Return the learning rate of each step of six epochs."""
    schedule = build_schedule(config(epochs=6, learning_rate=0.8, **values), STEPS)
    return [schedule(step) for step in range(6 * STEPS)]


def test_the_step_schedule_counts_epochs() -> None:
    found = rates(schedule="step", step_every=2, step_factor=0.5)
    assert found == [0.8] * 20 + [0.4] * 20 + [0.2] * 20


def test_the_cosine_reaches_nearly_zero_in_the_last_step_of_the_last_epoch() -> None:
    found = rates(schedule="cosine")
    assert found[0] == 0.8
    assert found[30] == pytest.approx(0.4)
    assert 0 < found[-1] < 0.001
    assert found == sorted(found, reverse=True)


def test_one_cycle_climbs_for_its_warmup_and_spans_all_epochs() -> None:
    found = rates(schedule="one-cycle", warmup=0.5)
    assert max(found) == found[30] == 0.8
    assert found[0] == pytest.approx(0.8 / 25)
    assert 0 < found[-1] < 0.01


def test_a_constant_rate_is_constant() -> None:
    assert rates() == [0.8] * 60


def test_the_optimizers_take_their_settings() -> None:
    chosen = {"momentum": 0.7, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "weight_decay": 0.3}

    def built(name: str, *used: str) -> tuple[Optimizer, Network]:
        given = {key: value for key, value in chosen.items() if key in used}
        network = multilayer_perceptron(4, [3], 2)
        return build_optimizer(config(optimizer=name, **given), network), network

    betas = ("beta1", "beta2", "eps")
    made = [built("momentum", "momentum"), built("nesterov", "momentum")]
    made += [built("adam", *betas), built("adamw", *betas, "weight_decay")]
    for (optimizer, network), kind in zip(made, (Momentum, Nesterov, Adam, AdamW), strict=True):
        assert type(optimizer) is kind
        settings = {name: value for name, value in vars(optimizer).items() if name in chosen}
        assert settings == {name: chosen[name] for name in settings}
        assert len(settings) == {Momentum: 1, Nesterov: 1, Adam: 3, AdamW: 4}[kind]
        assert optimizer.params is network.params
        assert optimizer.grads is network.grads
        assert optimizer.weights == network.weights


def test_the_network_is_that_of_the_config() -> None:
    made = build_network(
        config(hidden="6,5", activation="tanh", dropout=0.25, classes=3, dtype="float64"), ROWS
    )
    assert made.summary() == "4 -> 6 tanh dropout 0.25 -> 5 tanh dropout 0.25 -> 3 softmax"
    assert made.dtype == "float64"
    again = build_network(config(hidden="6,5", classes=3, dtype="float64", seed=1), ROWS)
    assert (made.weights[0] != again.weights[0]).all()  # of another seed


def test_a_network_that_centers_knows_the_mean_of_its_rows() -> None:
    made = build_network(config(hidden="6", classes=3, center=True), ROWS)
    assert made.summary() == "4 center -> 6 sigmoid -> 3 softmax"
    assert isinstance(made.layers[0], Center)
    np.testing.assert_allclose(made.layers[0].mean, ROWS.x.mean(axis=0) / 255, rtol=1e-6)
    plain = build_network(config(hidden="6", classes=3), ROWS)
    assert made.params.tobytes() == plain.params.tobytes()  # the same start


def test_averaging_and_early_stopping_are_made_when_they_are_wanted() -> None:
    plain, full = config(), config(averaging=0.9, patience=3, validation=10)
    network = build_network(plain, ROWS)
    assert build_average(plain, network) is None
    assert build_early_stopping(plain, network) is None
    average, stopping = build_average(full, network), build_early_stopping(full, network)
    assert average is not None
    assert average.decay == 0.9
    assert stopping is not None
    assert stopping.patience == 3
