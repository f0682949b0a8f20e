"""From a config file, `--set` and flags to one checked config that knows where a value is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from nnfs_cli.config import files
from nnfs_cli.config.checks import check_together, checked
from nnfs_cli.config.schema import KEYS, RunConfig
from nnfs_cli.config.settings import Setting, from_assignments, from_flags
from nnfs_cli.errors import ConfigError


@dataclass(frozen=True)
class EffectiveConfig:
    """The values in force and, for each key, where its value comes from.

    A source reads `default`, `configs/fast.toml line 3`, `--set` or the flag, such as `--epochs`.
    """

    values: RunConfig
    sources: Mapping[str, str]


def load(
    file: Path | None = None,
    *,
    assignments: Sequence[str] = (),
    flags: Mapping[str, object] | None = None,
) -> EffectiveConfig:
    """Return the config in force: a flag beats `--set`, which beats the file, then the default.

    Args:
        file: a `.toml`, `.yaml` or `.yml` file, or the name of a recipe that comes with nnfs.
        assignments: `KEY=VALUE`, the later one beating the earlier one.
        flags: values by key, as text or typed; None means that the flag was not given.

    Raises:
        ConfigError: anything wrong in any of them, also in a value that another one beats.
    """
    settings = [
        *(from_file(file) if file is not None else ()),
        *from_assignments(assignments),
        *from_flags(flags or {}),
    ]
    values = {setting.key: checked(setting) for setting in settings}
    config = RunConfig(**values)
    check_together(config, {setting.key: setting.where for setting in settings})
    sources = dict.fromkeys(KEYS, "default")
    sources.update({setting.key: setting.source for setting in settings})
    return EffectiveConfig(config, MappingProxyType(sources))


def check_start(config: EffectiveConfig) -> None:
    """Refuse what only a fine-tuning uses where there is no model to start from.

    `load` does not: a run that is resumed brings its own start. A file may name the default, as the
    one beside a model does.

    Raises:
        ConfigError: it would do nothing, silently.
    """
    if config.values.start is not None:
        return
    for key in ("mix", "mix_data"):
        value, source = getattr(config.values, key), config.sources[key]
        if value != getattr(RunConfig(), key) or source.startswith("--"):
            said = f"{value:g}" if key == "mix" else value
            raise ConfigError(
                f"{key} is {said} ({source}), but there is no model to start from",
                hint=f"name it: --from FILE or --from builtin; or leave {key} out",
            )


def from_file(file: Path) -> list[Setting]:
    """Read the settings of a config file, unchecked."""
    path, name = files.find(file)
    text = files.read(path, name)
    if path.suffix == ".toml":  # each reader is imported when needed: 6 ms, and 30 ms for YAML
        from nnfs_cli.config import toml_file as reader
    else:
        from nnfs_cli.config import yaml_file as reader  # type: ignore[no-redef]
    return reader.settings(text, name)
