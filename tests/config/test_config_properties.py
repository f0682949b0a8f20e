"""What holds for every config, and for every damaged file."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnfs_cli.config import KEYS, RunConfig, choices, from_dict, load, to_dict, to_toml
from nnfs_cli.config.checks import checked
from nnfs_cli.config.settings import Setting
from nnfs_cli.errors import ConfigError

shares = st.floats(0, 1, exclude_max=True)
positive = st.floats(0, exclude_min=True, allow_infinity=False)
counts = st.integers(1, 1_000_000_000)
words = {key: st.sampled_from(choices(key)) for key in ("activation", "init", "dtype", "schedule")}
paths = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40)


@st.composite
def values(draw: st.DrawFn, paths: st.SearchStrategy[str] = paths) -> dict[str, object]:
    """Some keys with values that `load` takes, each in the type that the key has."""
    strategies: dict[str, st.SearchStrategy[object]] = {
        "data": paths,
        "classes": st.integers(2, 1000),
        "validation": counts,
        "start": paths,
        "mix": shares,
        "mix_data": paths,
        "hidden": st.lists(st.integers(1, 100_000), max_size=32),
        **words,
        "dropout": shares,
        "epochs": st.integers(1, 1_000_000),
        "batch_size": counts,
        "optimizer": st.sampled_from(choices("optimizer")),
        "learning_rate": positive,
        "momentum": shares,
        "beta1": shares,
        "beta2": shares,
        "eps": positive,
        "warmup": st.floats(0, 1),
        "step_every": counts,
        "step_factor": positive,
        "label_smoothing": shares,
        "averaging": shares,
        "calibrate": st.booleans(),
        "rotation": st.floats(0, 180),
        "scaling": shares,
        "shear": st.floats(0, 2),
        "shift": st.floats(0, 1000),
        "elastic": st.floats(0, 100),
        "stretch": st.floats(0, 1),
        "thickness": st.floats(0, 1),
        "blur": st.floats(0, 1),
        "contrast": st.floats(0, 1),
        "styles": st.floats(0, 1),
        "synthetic": st.floats(0, 1),
        "seed": st.integers(0, 2**63 - 1),
        "threads": st.just("auto") | st.integers(1, 1024),
        "output": paths,
    }
    chosen = draw(st.fixed_dictionaries({}, optional=strategies))
    if chosen.get("optimizer") == "adamw":
        chosen["weight_decay"] = draw(st.floats(0, allow_infinity=False))
    if "validation" in chosen:
        chosen["patience"] = draw(st.integers(0, 1_000_000_000))
    return chosen


def refused(action: Callable[[], object]) -> ConfigError | None:
    """Return the refusal that `action` ends in, or None when it succeeds; anything else fails."""
    try:
        action()
    except ConfigError as error:
        return error
    return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("configs")


def expected(given: dict[str, object]) -> RunConfig:
    changes = {key: tuple(v) if isinstance(v, list) else v for key, v in given.items()}
    return msgspec.structs.replace(RunConfig(), **changes)


def loaded(folder: Path, name: str, text: str) -> RunConfig:
    file = folder / name
    file.write_text(text, encoding="utf-8", newline="")
    return load(file).values


# A text on the command line is stripped, and quotes around all of it come off.
plain_paths = paths.filter(lambda path: path == path.strip() and path[0] not in "'\"")


@given(values(plain_paths))
@settings(deadline=None)
def test_yaml_toml_set_and_flags_give_the_same_config(
    folder: Path, given: dict[str, object]
) -> None:
    want = expected(given)
    as_json = {key: json.dumps(value) for key, value in given.items()}
    as_text = {
        key: (",".join(map(str, value)) or "[]") if isinstance(value, list) else str(value)
        for key, value in given.items()
    }
    escaped = {key: text.replace("\x7f", "\\u007f") for key, text in as_json.items()}
    texts = "".join(value for value in given.values() if isinstance(value, str))
    surrogates = any(ord(char) > 0xFFFF for char in texts)
    if not surrogates:  # JSON escapes these as pairs, which TOML has not
        toml = "\n".join(f"{key} = {text}" for key, text in escaped.items())
        assert loaded(folder, "x.toml", toml) == want
        yaml = "\n".join(f"{key}: {text}" for key, text in escaped.items())
        assert loaded(folder, "x.yaml", yaml) == want
    assert load(assignments=[f"{key}={text}" for key, text in as_text.items()]).values == want
    assert load(flags=as_text).values == want
    assert load(flags=given).values == want


@given(values(), st.booleans())
@settings(deadline=None)
def test_dump_reads_back_the_same(folder: Path, given: dict[str, object], annotate: bool) -> None:
    config = load(flags=given)
    assert loaded(folder, "dump.toml", to_toml(config, annotate=annotate)) == config.values
    assert from_dict(json.loads(json.dumps(to_dict(config.values)))) == config.values


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(st.characters(), max_size=10)  # lone surrogates too
    | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.sampled_from(KEYS), anything)
@settings(max_examples=400, deadline=None)
def test_any_value_is_taken_or_refused_in_one_line(key: str, value: object) -> None:
    setting = Setting(key, value, source="here", where="here")
    error = refused(lambda: checked(setting))
    if error is None:
        taken = checked(setting)
        assert taken is None or isinstance(taken, str | int | float | tuple)
        assert isinstance(taken, bool) == (key in ("calibrate", "center"))
    else:
        assert error.message.startswith("here: ")
        assert error.message.isprintable()
        assert len(error.message) < 250
        assert "`" not in error.message or "`" in str(value)  # the jargon of msgspec


@given(st.text(st.characters(), max_size=30), st.sampled_from(KEYS))
@settings(max_examples=200, deadline=None)
def test_any_text_in_a_set_is_taken_or_refused_in_one_line(text: str, key: str) -> None:
    for assignment in (text, f"{key}={text}"):
        error = refused(lambda given=assignment: load(assignments=[given]))
        assert error is None or error.message.isprintable()


TOML = """# a recipe
data = "a.csv"
hidden = [
  128, 64,
]
"learning_rate" = 1e-3
optimizer = 'adamw'
output = \"\"\"
epochs = 3
\"\"\"
weight_decay = 0.1  # with adamw
epochs = 3
"""
YAML = """# a recipe
data: "a.csv"
hidden:
  - 128
  - 64
learning_rate: 1e-3
optimizer: 'adamw'
output: >
  a folded
  name
weight_decay: 0.1
epochs: 3
"""
PIECES = (
    *"[]{}:='\"\n\t #|>-?,.\\%@`\r\x00\x1b\ufeff\u2028\x85\u00e9",
    *('"""', "'''", "&a", "*a", "!!x", "<<: ", "---", "...", "0x", "1e999", "nan", ".inf", "a.b"),
    *("%YAML 1.1\n", "9" * 5000, "\\ud800", '"\\uD800"', "2001-01-01", "epochs", "null", "true"),
)


def mutated(text: str, rng: random.Random) -> str:
    for _ in range(rng.randint(1, 6)):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.randint(0, 8))
        piece = rng.choice(PIECES)
        repeated = text[start:end] * rng.randint(2, 40)
        random_one = chr(rng.randrange(0x3000))
        text = text[:start] + rng.choice(["", piece, repeated, random_one]) + text[end:]
    return text


@pytest.mark.parametrize(("name", "text"), [("x.toml", TOML), ("x.yaml", YAML)])
@pytest.mark.parametrize(
    "count", [400, pytest.param(10_000, marks=pytest.mark.deep)], ids=["some", "many"]
)
def test_damaged_file_loads_or_is_refused(
    name: str, text: str, count: int, folder: Path, request: pytest.FixtureRequest
) -> None:
    if count > 400 and "deep" not in request.config.option.markexpr:
        pytest.skip("on demand: pytest -m deep")
    rng = random.Random(f"{name} {count}")
    file = folder / name
    refusals = 0
    for _ in range(count):
        damaged = mutated(text, rng)
        file.write_bytes(damaged.encode())
        start = time.perf_counter()
        error = refused(lambda: load(file))
        assert time.perf_counter() - start < 2, damaged
        assert error is None or error.message.isprintable(), damaged
        refusals += error is not None
    assert refusals > count / 2
