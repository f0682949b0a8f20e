"""A config inside a model file: plain values for JSON, checked again when they come back."""

from __future__ import annotations

from collections.abc import Mapping

from nnfs_cli.config.checks import check_together, checked
from nnfs_cli.config.schema import KEYS, RunConfig
from nnfs_cli.config.settings import Setting

WHERE = "stored config"


def to_dict(config: RunConfig) -> dict[str, object]:
    """Return every key with its value, in types that JSON has."""
    values = {key: getattr(config, key) for key in KEYS}
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
    }


def from_dict(values: Mapping[str, object]) -> RunConfig:
    """Return the config that `to_dict` gave; a key that is missing, as in an older file, defaults.

    Raises:
        ConfigError: an unknown key, or a value that `load` would refuse as well.
    """
    settings = [Setting(str(key), values[key], source=WHERE, where=WHERE) for key in values]
    config = RunConfig(**{setting.key: checked(setting) for setting in settings})
    check_together(config, dict.fromkeys(KEYS, WHERE))
    return config
