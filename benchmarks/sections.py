"""Sections: what is measured against what. Each prints a table and returns its numbers."""

from __future__ import annotations

import json
import multiprocessing
import multiprocessing.synchronize
import shutil
import statistics
import struct
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.measure import NNFS, ROOT, Ratio, epoch_seconds, in_turns, run
from nnfs_cli.workflows.threads import available_cores

Numbers = dict[str, object]
ONE_LAYER, DEEP = "128", "512,512"
RECIPE = ROOT / "benchmarks" / "to98" / "nnfs.toml"  # just enough for 98 %; the others use the same
FIRST_STEP = "benchmarks.contestants.first_step"


def epochs(rounds: int) -> Numbers:
    """Seconds of an epoch: 784-128-10, sigmoid, batches of 64, SGD, float32, against everyone."""
    title("an epoch of MNIST, 784-128-10, batch 64, plain SGD: median seconds")
    goals = {"original": 1 / 8, "sklearn_mlp": 1 / 2, "torch_eager": 1 / 2.5, "jax_scan": 1.0}
    names = ["nnfs_engine", *goals, "floor"]
    times = in_turns(
        {name: lambda name=name: epoch_seconds(name, 64, ONE_LAYER) for name in names},  # type: ignore[misc]
        rounds=rounds,
        say=progress,
    )
    ratios = compare(times, goals | {"floor": 1.5})
    for batch_size, hidden in ((512, ONE_LAYER), (512, DEEP)):
        shape = f"784-{hidden.replace(',', '-')}-10, batch {batch_size}"
        title(f"against the floor: {shape}")
        more = in_turns(
            {
                name: lambda name=name: epoch_seconds(name, batch_size, hidden)  # type: ignore[misc]  # noqa: B023
                for name in ("nnfs_engine", "floor")
            },
            rounds=rounds,
            say=progress,
        )
        ratios |= {f"floor, {shape}": r for r in compare(more, {"floor": 1.2}).values()}
        times |= {f"{name}, {shape}": seconds for name, seconds in more.items()}
    return {"seconds": times, "ratios": ratios}


def parts(rounds: int) -> Numbers:
    """Microseconds of a step that each operation takes, on one thread, on all, and in a pair."""
    title("where the time of a step goes: median microseconds, batch 64")
    found: Numbers = {}
    for threads in ("1", str(available_cores()), "pair"):
        command = [sys.executable, "-m", "benchmarks.contestants.parts", threads]
        runs = [json.loads(run(command).output) for _ in range(rounds)]
        micros = {name: statistics.median(one[name] for one in runs) for name in runs[0]}
        for name, value in sorted(micros.items(), key=lambda item: -item[1]):
            print(f"  {threads:4}  {name:24} {value:7.1f}")
        found[threads] = micros
    return found


def to98(rounds: int) -> Numbers:
    """Seconds from the shell to a saved model with 98 % test accuracy, imports counted."""
    title("from the shell to a saved model with 98 %: median seconds of the whole process")
    accuracy: dict[str, list[float]] = {}

    def script(name: str, passes: int) -> float:
        with tempfile.TemporaryDirectory() as folder:
            file = f"benchmarks/to98/{name}_script.py"
            seed = len(accuracy.setdefault(name, []))
            words = [sys.executable, file, "data/mnist", str(passes), str(seed), folder]
            done = run(words)
            accuracy[name].append(float(done.output))
            return done.seconds

    def nnfs() -> float:
        with tempfile.TemporaryDirectory() as folder:
            seed = len(accuracy.setdefault("nnfs", []))
            words = [NNFS, "train", "--config", str(RECIPE), "--seed", str(seed), "--quiet"]
            done = run(words, folder=Path(folder))
            accuracy["nnfs"].append(float(done.output.partition("test_accuracy=")[2].split()[0]))
            return done.seconds

    times = in_turns(
        {
            "nnfs": nnfs,
            "torch": lambda: script("torch", 2),
            "jax": lambda: script("jax", 2),
            "scikit-learn": lambda: script("sklearn", 3),
        },
        rounds=rounds,
        say=progress,
    )
    ratios = compare(times, dict.fromkeys(list(times)[1:], 1 / 3))
    for name, values in accuracy.items():
        print(f"  {name:12} median accuracy {statistics.median(values):.4f}, lowest {min(values)}")
    return {"seconds": times, "ratios": ratios, "accuracy": accuracy}


def starts(rounds: int) -> Numbers:
    """Seconds and memory of a start: help, a prediction, the first steps of a training."""
    title("starts: median seconds of the whole process, and its memory")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "docs" / "images" / "three.png", folder / "image.png")
        run([NNFS, "train", "--epochs", "1", "--quiet"], folder=folder)
        commands = {
            "nnfs --help": [NNFS, "--help"],
            "nnfs predict image.png": [NNFS, "predict", "image.png"],
            "nnfs train, to its first step": [sys.executable, "-m", FIRST_STEP],
            "nnfs train --epochs 1": [NNFS, "train", "--epochs", "1", "--quiet"],
        }
        found: dict[str, tuple[float, float]] = {}
        for label, command in commands.items():
            runs = [run(command, folder=folder) for _ in range(rounds)]
            found[label] = (
                statistics.median(r.seconds for r in runs),
                max(r.megabytes for r in runs),
            )
            print(f"  {label:34} {found[label][0]:6.2f} s  {found[label][1]:6.0f} MB")
    return {"commands": found}


def busy(rounds: int) -> Numbers:
    """Seconds of an epoch while another process keeps one core busy."""
    title("an epoch while a busy loop occupies one core, goal: at most 2.5 times the idle one")

    def occupied() -> float:
        stop = multiprocessing.Event()
        other = multiprocessing.Process(target=occupy, args=(stop,), daemon=True)
        other.start()
        try:
            return epoch_seconds("nnfs_engine", 64, ONE_LAYER)
        finally:
            stop.set()
            other.join()

    idle = {"idle": lambda: epoch_seconds("nnfs_engine", 64, ONE_LAYER), "busy": occupied}
    times = in_turns(idle, rounds=rounds, say=progress)
    ratio = statistics.median(times["busy"]) / statistics.median(times["idle"])
    print(f"  busy / idle {ratio:.2f}")
    return {"seconds": times, "ratio": ratio}


def occupy(stop: multiprocessing.synchronize.Event) -> None:
    """Keep a core busy until told to stop."""
    while not stop.is_set():
        sum(range(10_000))


def scale(rounds: int) -> Numbers:
    """Microseconds a row, as rows, width and batch size grow; and memory with the rows."""
    title("scale: microseconds a row")
    memory: dict[str, tuple[float, float]] = {}

    def mapped(data: Path, rows: int) -> float:
        done = run([sys.executable, "-m", "benchmarks.contestants.rows", str(data)])
        memory[f"rows {rows}"] = (done.private, done.megabytes)
        return float(done.output) / rows * 1e6

    def engine(batch: int, width: int) -> float:
        return epoch_seconds("nnfs_engine", batch, str(width)) / 60_000 * 1e6

    with tempfile.TemporaryDirectory() as name:
        folders = {
            rows: write_rows(Path(name) / str(rows), rows)
            for rows in (15_000, 60_000, 240_000, 960_000)
        }
        contestants = {
            **{f"rows {n}": lambda n=n, data=data: mapped(data, n) for n, data in folders.items()},  # type: ignore[misc]
            **{f"width {n}": lambda n=n: engine(256, n) for n in (64, 256, 1024, 4096)},
            **{f"batch {n}": lambda n=n: engine(n, 128) for n in (16, 64, 256, 1024, 4096)},
        }
        times = in_turns(contestants, rounds=rounds, say=progress)
    micro = {name: statistics.median(values) for name, values in times.items()}
    for name, value in micro.items():
        kind, size = name.split()
        more = f"  {value / int(size) * 1e3:6.2f} ns a unit" if kind == "width" else ""
        if kind == "rows":
            own, all_ = memory[name]
            more = f"  {own:6.0f} MB of its own, {all_:6.0f} with the file's"
        print(f"  {kind} {int(size):9,}  {value:6.2f} us a row{more}")
    return {"microseconds": times, "megabytes": memory}


def write_rows(folder: Path, rows: int) -> Path:
    """Write an IDX data set of random pixels that is memory-mapped when it is read."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    with (folder / "train-images-idx3-ubyte").open("wb") as file:
        file.write(struct.pack(">4I", 0x803, rows, 28, 28))
        for _ in range(0, rows, 15_000):
            file.write(rng.integers(0, 256, 15_000 * 784, dtype=np.uint8).tobytes())
    with (folder / "train-labels-idx1-ubyte").open("wb") as file:
        file.write(struct.pack(">2I", 0x801, rows))
        file.write(rng.integers(0, 10, rows, dtype=np.uint8).tobytes())
    return folder


def compare(
    times: Mapping[str, Sequence[float]], goals: Mapping[str, float]
) -> dict[str, dict[str, float | None]]:
    """Print the first contestant beside the others; return the ratios."""
    (ours, mine), *others = times.items()
    seconds = statistics.median(mine)
    print(f"  {ours:14} {seconds:7.3f}")
    found = {}
    for name, values in others:
        ratio = Ratio(name, seconds, statistics.median(values), goals.get(name))
        goal = "" if ratio.goal is None else f"  goal {ratio.goal:.3f}"
        reached = "" if ratio.goal is None else "  reached" if ratio.value <= ratio.goal else "  NO"
        print(f"  {name:14} {ratio.other:7.3f}  ratio {ratio.value:.3f}{goal}{reached}")
        found[name] = {"ratio": ratio.value, "goal": ratio.goal}
    return found


def title(text: str) -> None:
    """Print the heading of a table."""
    print(f"\n{text}")


def progress(text: str) -> None:
    """Say on standard error how far it is."""
    print(f"  {text}", file=sys.stderr)
