"""nnfs: the product's own loop, with loss, accuracy and its choice of threads or a pair."""

import math
import sys

from benchmarks.data import EPOCHS, report
from benchmarks.plain import Plain
from nnfs_cli.engine import EpochEnd, can_be_halved
from nnfs_cli.workflows.threads import Threads, step_probe

plain = Plain(int(sys.argv[1]), [int(units) for units in sys.argv[2].split(",")])
network = plain.state.network
pair = plain.pair() if can_be_halved(network) else None
probe = step_probe(network, plain.batches, plain.loss)
threads = Threads("auto", pair=pair)
threads.choose(probe)
events = plain.events(1 + EPOCHS)


def epoch(number: int) -> None:
    """Train for an epoch."""
    for event in events:
        threads.watch(probe)
        if isinstance(event, EpochEnd):
            assert math.isfinite(event.loss)
            return


with plain.team:
    report(epoch)
