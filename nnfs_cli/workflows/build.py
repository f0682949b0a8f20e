"""Build: the names and numbers of a config become the objects of the engine."""

from __future__ import annotations

from collections.abc import Callable

from nnfs_cli.augmentation import Augmentation, Strokes, Styles, Synthetic, Warp
from nnfs_cli.augmentation.synthetic import drawings
from nnfs_cli.config import RunConfig
from nnfs_cli.datasets import Dataset
from nnfs_cli.engine import (
    INITIALIZERS,
    SGD,
    Adam,
    AdamW,
    Center,
    Constant,
    Cosine,
    EarlyStopping,
    Examples,
    Minibatches,
    MixedMinibatches,
    Momentum,
    Nesterov,
    Network,
    OneCycle,
    Optimizer,
    Pair,
    Schedule,
    SoftmaxCrossEntropy,
    StepDecay,
    Stream,
    Team,
    TrainingState,
    Trimmed,
    TrimmedExamples,
    WeightAverage,
    can_be_halved,
    can_work_in_pairs,
    generator,
    mean_input,
    multilayer_perceptron,
    trim,
)
from nnfs_cli.errors import ConfigError
from nnfs_cli.workflows.training_data import TrainingData

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

# the keys that change pictures; at 0, their default, each is off
AUGMENTING = (
    *("rotation", "scaling", "shear", "shift", "elastic", "stretch"),
    *("thickness", "blur", "contrast", "styles", "synthetic"),
)
# Rows of an epoch that mixes old ones with new: with a single new picture and three old ones, MNIST
# fell from 99.5 % to 90-93 %; with 32 rows an epoch to 98.7 %, with so many to 99.2 % in the worst
# case of 1 to 30 new pictures, and those are learned nearly as well.
LEAST_ROWS = 256
DIGITS = tuple("0123456789")


def build_network(config: RunConfig, examples: Examples) -> Network:
    """Return the network that `config` describes for these examples, with fresh random weights."""
    network = multilayer_perceptron(
        examples.inputs,
        config.hidden,
        config.classes,
        activation=config.activation,
        dropout=config.dropout,
        dtype=config.dtype,
        seed=config.seed,
        before=[Center(mean_input(examples))] if config.center else [],
    )
    rng = generator(config.seed, Stream.WEIGHTS)
    return network.initialize(rng, spread=INITIALIZERS[config.init])


def build_optimizer(config: RunConfig, network: Network) -> Optimizer:
    """Return the optimizer, bound to the network."""
    optimizer = _OPTIMIZERS[config.optimizer](config)
    optimizer.bind(network.params, network.grads, weights=network.weights)
    return optimizer


def build_minibatches(config: RunConfig, data: TrainingData, examples: Examples) -> Minibatches:
    """Return the batches of `examples`, with those of the original data that are mixed in.

    What is blank is left out of them, unless it does not stay blank: where pictures are augmented
    or centered.
    """
    augment = build_augmentation(config, data.dataset)
    size, seed, dtype = config.batch_size, config.seed, config.dtype
    old = data.original.train if data.original is not None else None
    if old is None:
        if augment is None and not config.center:
            examples = trim(examples)
        return Minibatches(examples, size, seed=seed, dtype=dtype, augment=augment)
    return MixedMinibatches(
        examples,
        old,
        size,
        share=config.mix,
        least=LEAST_ROWS,
        seed=seed,
        dtype=dtype,
        augment=augment,
    )


def build_schedule(config: RunConfig, steps_per_epoch: int) -> Schedule:
    """Return the learning rate as a function of the step."""
    return _SCHEDULES[config.schedule](config, steps_per_epoch)


def build_average(config: RunConfig, network: Network) -> WeightAverage | None:
    """Return the average of the weights, if the config wants one."""
    return WeightAverage(network, config.averaging) if config.averaging else None


def build_early_stopping(config: RunConfig, network: Network) -> EarlyStopping | None:
    """Return what stops training and keeps the best weights, if the config wants it."""
    return EarlyStopping(network, config.patience) if config.patience else None


def build_state(config: RunConfig, network: Network) -> TrainingState:
    """Return all that changes with every step, before the first."""
    return TrainingState(
        network,
        build_optimizer(config, network),
        build_average(config, network),
        build_early_stopping(config, network),
    )


def build_team(
    config: RunConfig,
    state: TrainingState,
    minibatches: Minibatches,
    *,
    loss: SoftmaxCrossEntropy,
    schedule: Schedule,
) -> tuple[Team | None, Pair | None]:
    """Return who makes the steps, None for the network as it is, and the pair in it, if any.

    Raises:
        ConfigError: the config asks for a pair where it is not possible.
    """
    examples = minibatches.examples
    if not isinstance(examples, TrimmedExamples):
        pair = build_pair(config, state, minibatches, loss=loss, schedule=schedule)
        return pair, pair
    team = Trimmed(state, examples.order)
    team.pair = build_pair(config, team.state, minibatches, loss=loss, schedule=schedule)
    return team, team.pair


def build_pair(
    config: RunConfig,
    state: TrainingState,
    minibatches: Minibatches,
    *,
    loss: SoftmaxCrossEntropy,
    schedule: Schedule,
) -> Pair | None:
    """Return what trains with two processes, where that is possible and may pay.

    Raises:
        ConfigError: the config asks for it where it is not possible.
    """
    wanted = config.threads == "pair"
    if not can_work_in_pairs():
        if wanted:
            raise ConfigError(
                'threads = "pair" needs Linux, with /dev/shm and /proc: it forks a second process',
                hint="leave it out, or say how many threads: --threads 2",
            )
        return None
    if not can_be_halved(state.network):
        if wanted:
            raise ConfigError(
                'threads = "pair" is for networks with a hidden layer, of two or more units, and '
                f"without dropout: this is {state.network.summary()}",
                hint="leave it out, or say how many threads: --threads 2",
            )
        return None
    return Pair(state, minibatches, loss=loss, schedule=schedule)


def build_augmentation(config: RunConfig, dataset: Dataset) -> Augmentation | None:
    """Return what is done to the pictures before they are learned from, if anything.

    Raises:
        ConfigError: the data set holds no pictures, or no digits where styles of digits are wanted.
    """
    c = config
    warp = Warp(c.rotation, c.scaling, c.shear, c.shift, c.elastic, c.stretch)
    strokes = Strokes(c.thickness, c.blur, c.contrast)
    used = [key for key in AUGMENTING if getattr(config, key)]
    if not used:
        return None
    if dataset.image_shape is None:
        raise ConfigError(
            f"the rows of {dataset.name} are not pictures: they cannot be augmented",
            hint="leave out " + ", ".join(used),
        )
    for key in ("styles", "synthetic"):
        if getattr(config, key) and dataset.classes != DIGITS:
            raise ConfigError(
                f"{key} draws digits, the classes of {dataset.name} are others",
                hint=f"set {key} to 0",
            )
    if c.synthetic:
        drawings(*dataset.image_shape)  # here, where nobody takes their time for that of a step
    return Augmentation(
        *dataset.image_shape,
        styles=Styles(c.styles),
        synthetic=Synthetic(c.synthetic),
        warp=warp,
        strokes=strokes,
    )
