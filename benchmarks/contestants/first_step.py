"""nnfs train, up to and with its first step."""

from nnfs_cli.config import load
from nnfs_cli.workflows.train import training_run

with training_run(load()) as run:
    next(run.events())
