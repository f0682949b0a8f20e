"""Seeding: one seed, streams that do not touch each other."""

from __future__ import annotations

import itertools

import numpy as np

from nnfs_cli.engine import Stream, generator, multilayer_perceptron


def test_the_same_seed_stream_and_index_draw_the_same() -> None:
    first, second = (generator(5, Stream.SHUFFLE, 3).random(8) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_other_seeds_streams_and_indices_draw_otherwise() -> None:
    draws = {
        tuple(generator(seed, stream, index).random(4))
        for seed, stream, index in itertools.product([0, 1, 2**63 - 1], Stream, [0, 1, 17])
    }
    assert len(draws) == 3 * len(Stream) * 3


def test_the_numbers_of_the_streams_never_change() -> None:
    # they are part of what a seed means: with others, old runs could not be repeated
    assert {stream.name: int(stream) for stream in Stream} == {
        "WEIGHTS": 0,
        "SHUFFLE": 1,
        "DROPOUT": 2,
        "SPLIT": 3,
        "AUGMENT": 4,
    }
    assert generator(1, Stream.WEIGHTS).integers(1000, size=3).tolist() == [
        int(n) for n in np.random.default_rng([1, 0, 0]).integers(1000, size=3)
    ]


def test_dropout_does_not_change_the_weights_that_a_network_starts_from() -> None:
    plain, dropping = (
        multilayer_perceptron(6, [5, 4], 3, dropout=drop, seed=1).initialize(
            generator(1, Stream.WEIGHTS)
        )
        for drop in (0.0, 0.5)
    )
    np.testing.assert_array_equal(plain.params, dropping.params)
