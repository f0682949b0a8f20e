"""Build: the names and numbers of a config become the objects of the engine."""

from __future__ import annotations

from collections.abc import Callable

from nnfs_cli.config import RunConfig
from nnfs_cli.engine import (
    INITIALIZERS,
    SGD,
    Adam,
    AdamW,
    Constant,
    Cosine,
    EarlyStopping,
    Momentum,
    Nesterov,
    Network,
    OneCycle,
    Optimizer,
    Schedule,
    StepDecay,
    Stream,
    WeightAverage,
    generator,
    multilayer_perceptron,
)

_OPTIMIZERS: dict[str, Callable[[RunConfig], Optimizer]] = {
    "sgd": lambda c: SGD(),
    "momentum": lambda c: Momentum(c.momentum),
    "nesterov": lambda c: Nesterov(c.momentum),
    "adam": lambda c: Adam(c.beta1, c.beta2, c.eps),
    "adamw": lambda c: AdamW(c.beta1, c.beta2, c.eps, weight_decay=c.weight_decay),
}

# each takes the config and the number of steps in an epoch
_SCHEDULES: dict[str, Callable[[RunConfig, int], Schedule]] = {
    "constant": lambda c, steps: Constant(c.learning_rate),
    "step": lambda c, steps: StepDecay(c.learning_rate, c.step_every * steps, c.step_factor),
    "cosine": lambda c, steps: Cosine(c.learning_rate, c.epochs * steps),
    "one-cycle": lambda c, steps: OneCycle(c.learning_rate, c.epochs * steps, c.warmup),
}


def build_network(config: RunConfig, inputs: int) -> Network:
    """Return the network that `config` describes, with fresh random weights."""
    network = multilayer_perceptron(
        inputs,
        config.hidden,
        config.classes,
        activation=config.activation,
        dropout=config.dropout,
        dtype=config.dtype,
        seed=config.seed,
    )
    rng = generator(config.seed, Stream.WEIGHTS)
    return network.initialize(rng, spread=INITIALIZERS[config.init])


def build_optimizer(config: RunConfig) -> Optimizer:
    """Return the optimizer, not yet bound to a network."""
    return _OPTIMIZERS[config.optimizer](config)


def build_schedule(config: RunConfig, steps_per_epoch: int) -> Schedule:
    """Return the learning rate as a function of the step."""
    return _SCHEDULES[config.schedule](config, steps_per_epoch)


def build_average(config: RunConfig, network: Network) -> WeightAverage | None:
    """Return the average of the weights, if the config wants one."""
    return WeightAverage(network, config.averaging) if config.averaging else None


def build_early_stopping(config: RunConfig, network: Network) -> EarlyStopping | None:
    """Return what stops training and keeps the best weights, if the config wants it."""
    return EarlyStopping(network, config.patience) if config.patience else None
