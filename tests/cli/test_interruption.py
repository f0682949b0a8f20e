"""Interruption: the exit code of a signal, within two seconds, and nothing broken behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from running import environment

from nnfs_cli.__main__ import main as entry_point
from nnfs_cli.cli.interruption import interruptible
from nnfs_cli.model import load_model


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_a_signal_during_training_ends_it_in_good_order(
    number: signal.Signals, code: int, small: Path, empty: Path
) -> None:
    words = ["train", "--data", str(small), "--epochs", "100000", "--hidden", "8", "--threads", "1"]
    process = subprocess.Popen(
        [sys.executable, "-m", "nnfs_cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment({}),
    )
    try:
        assert process.stderr is not None
        while not process.stderr.readline().startswith(b"epoch=2/"):
            assert process.poll() is None
        process.send_signal(number)
        started = time.monotonic()
        _, err = process.communicate(timeout=30)
        assert time.monotonic() - started < 2
    finally:
        process.kill()
    assert process.returncode == code
    assert b"stopping after this step" in err
    assert b"Traceback" not in err
    assert load_model(Path("model/model.npz")).network.inputs == 784
    assert not list(Path("model").glob("*.part"))


@pytest.mark.parametrize("module", ["typer", "numpy", "nnfs_cli.cli.predict"])
def test_an_interruption_amid_the_imports_is_told_in_our_words(module: str, empty: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored in the background
        "class Interrupted:\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == {module!r}:\n"
        "            sys.meta_path.remove(self)\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "from nnfs_cli.__main__ import main\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "sys.argv = ['nnfs', 'predict']\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment({}), timeout=30
    )
    assert done.returncode == 130
    assert done.stderr == b"error: interrupted\n"


def test_the_entry_point_imports_nothing_before_it_is_called() -> None:
    probe = "import sys; import nnfs_cli.__main__; print('typer' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, env=environment({}))
    assert done.stdout.split() == [b"False"]


def test_the_first_signal_asks_and_the_handlers_come_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with interruptible() as interruption:
        assert not interruption
        assert interruption.exit_code == 0
        os.kill(os.getpid(), signal.SIGTERM)
        assert interruption
        assert interruption.exit_code == 143
    assert signal.getsignal(signal.SIGTERM) is before
    assert "Ctrl-C again to stop at once" in capsys.readouterr().err


def test_a_second_signal_stops_at_once(empty: Path) -> None:
    script = (
        "import os, signal, time\n"
        "from nnfs_cli.cli.interruption import interruptible\n"
        "with interruptible():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    time.sleep(60)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment({}), timeout=30
    )
    assert done.returncode == -signal.SIGINT  # a shell calls this 130
    assert b"Traceback" not in done.stderr


def test_another_thread_than_the_main_one_catches_nothing() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def work() -> None:
        with interruptible() as interruption:
            seen.append((bool(interruption), signal.getsignal(signal.SIGINT) is before))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(False, True)]


def test_memory_that_ends_amid_the_imports_is_told_in_our_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> int:
        raise MemoryError

    monkeypatch.setattr("nnfs_cli.cli.app.main", fail)
    assert entry_point() == 1
    assert capsys.readouterr().err == "error: not enough memory\n"
