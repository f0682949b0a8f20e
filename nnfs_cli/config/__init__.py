"""The configuration of a run: its schema, and TOML, YAML, `--set` and flags made into one of it."""

from nnfs_cli.config.dump import to_toml
from nnfs_cli.config.files import recipes
from nnfs_cli.config.load import EffectiveConfig, check_start, load
from nnfs_cli.config.schema import (
    GROUPS,
    KEYS,
    Activation,
    Dtype,
    Init,
    Optimizer,
    RunConfig,
    Schedule,
    choices,
    describe,
)
from nnfs_cli.config.stored import from_dict, to_dict

__all__ = [
    "GROUPS",
    "KEYS",
    "Activation",
    "Dtype",
    "EffectiveConfig",
    "Init",
    "Optimizer",
    "RunConfig",
    "Schedule",
    "check_start",
    "choices",
    "describe",
    "from_dict",
    "load",
    "recipes",
    "to_dict",
    "to_toml",
]
