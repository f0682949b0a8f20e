"""`nnfs evaluate --report`: the page and the JSON agree, in a browser as well."""

from __future__ import annotations

import errno
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from running import Refused, Run, digits

sys.path.append(str(Path(__file__).parents[1] / "report"))
from pages import SECTIONS, Page, dom

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
# in the test's own copy of the page only: says of each picture whether it was decoded
PROBE = """<script>
addEventListener("load", () => {
  document.body.dataset.widths = Array.from(document.images, image => image.naturalWidth);
  document.body.dataset.drawings = Array.from(
    document.querySelectorAll("svg"), svg => Math.round(svg.getBoundingClientRect().height));
  document.body.dataset.overflows = document.documentElement.scrollWidth > innerWidth;
});
</script>"""


@pytest.fixture(scope="module")
def written(trained: Path, small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page about the small model, and the JSON that was told with it."""
    from nnfs_cli.cli.app import main

    folder = tmp_path_factory.mktemp("written")
    model, page = trained / "model" / "model.npz", folder / "report.html"
    words = ["evaluate", "--model", model, "--data", small, "--mistakes", "6", "--report", page]
    with (folder / "told.json").open("w") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", file)
        assert main([*map(str, words), "--json"]) == 0
    return folder


def check(page: Page, told: dict[str, Any]) -> None:
    """Compare what is on a page with what the JSON says."""

    def value(name: str) -> float:
        return float(page.by_id(name).attributes["value"])

    assert value("accuracy") == told["accuracy"]
    assert [value("low"), value("high")] == told["interval"]
    assert value("loss") == told["loss"]
    assert value("calibration-error") == told["calibration_error"]
    assert page.by_id("accuracy").text == f"{told['accuracy'] * 100:.2f}\xa0%"
    tables = {table.attributes["class"]: table for table in reversed(page.all("table"))}
    numbers = [int(n) for n in re.findall(r"\d+", tables["matrix"].text.partition("9")[2])]
    assert numbers == [
        n for label, row in zip(range(10), told["confusion"], strict=True) for n in (label, *row)
    ]
    shares = [float(e.attributes["value"]) for e in page.all("data")]
    for score in told["per_class"]:
        assert {score["precision"], score["recall"], score["f1"]} <= set(shares)
    rows = [int(n) for n in re.findall(r"row (\d+)", page.by_id("mistakes").text)]
    assert rows == [mistake["row"] for mistake in told["mistakes"]]
    assert {m["confidence"] for m in told["mistakes"]} <= set(shares)


def test_the_page_says_what_the_json_says(written: Path) -> None:
    page = Page((written / "report.html").read_text(encoding="utf-8"))
    check(page, json.loads((written / "told.json").read_text()))
    assert [section.attributes["id"] for section in page.all("section")] == SECTIONS
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in page.loads)


def test_the_page_tells_how_the_model_was_trained(written: Path) -> None:
    page = Page((written / "report.html").read_text(encoding="utf-8"))
    drawings = [svg.attributes["aria-label"] for svg in page.all("svg")]
    assert [label.partition(":")[0] for label in drawings] == [
        "loss by epoch",
        "accuracy by epoch",
        "right answers by confidence",
        "number of guesses by confidence",
    ]
    changed = [e.text for e in page.all("tr") if e.attributes.get("class") == "changed"]
    assert changed[0].startswith("hidden16")
    assert any(row.startswith("epochs1") for row in changed)
    weights = [e for e in page.all("img") if e.attributes["class"] == "weights"]
    assert len(weights) == 16  # all units of the smoke recipe
    assert page.by_id("neurons").text.count("against") == 16


@pytest.mark.skipif(CHROMIUM is None, reason=f"no browser on the path: {', '.join(BROWSERS)}")
def test_a_browser_shows_the_same_and_decodes_every_picture(written: Path, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    html = (written / "report.html").read_text(encoding="utf-8")
    probed = POLICY.sub("", html).replace("</body>", PROBE + "</body>")
    (tmp_path / "probed.html").write_text(probed, encoding="utf-8")
    shown = dom(CHROMIUM, tmp_path / "probed.html", tmp_path / "profile")
    page = Page(re.sub(r"\s*<!--.*?-->", "", shown))
    check(page, json.loads((written / "told.json").read_text()))
    body = page.all("body")[0].attributes
    widths = [int(width) for width in body["data-widths"].split(",")]
    assert widths == [28] * len(page.all("img"))
    assert len(widths) > 6
    heights = [int(height) for height in body["data-drawings"].split(",")]
    assert len(heights) == 4
    assert min(heights) > 100
    assert body["data-overflows"] == "false"


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make an evaluation that runs a failure."""

    def ran(*arguments: object) -> None:
        raise AssertionError("the evaluation ran")

    with monkeypatch.context() as patch:
        patch.setattr("nnfs_cli.workflows.evaluate.evaluate_model", ran)
        yield


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize("missing", ["jinja2", "matplotlib"])
def test_a_missing_extra_is_found_before_the_work(
    missing: str, run: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("nnfs_cli.report.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    result = run("evaluate", "--report", "report.html")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "error: the report needs Jinja2 and Matplotlib\nhint: pip install 'nnfs-cli[report]'\n"
    )
    assert not Path("report.html").exists()


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("folder.html", "cannot write folder.html: it is a folder"),
        ("file.txt/report.html", "file.txt is not a folder"),
    ],
)
def test_a_place_that_cannot_be_written_is_found_before_the_work(
    name: str, said: str, run: Run, here: Path
) -> None:
    Path("folder.html").mkdir()
    Path("file.txt").touch()
    result = run("evaluate", "--report", name)
    assert (result.code, result.out) == (1, "")
    assert said in result.err
    assert result.err.splitlines()[1] == "hint: name another place: --report FILE.html"


@pytest.mark.usefixtures("late")
@pytest.mark.parametrize("name", ["model/model.npz", "report.pdf", "report", "", "."])
def test_a_name_that_is_no_pages_is_refused_and_nothing_overwritten(
    name: str, refused: Refused, here: Path
) -> None:
    before = Path("model/model.npz").read_bytes()
    assert "is not named as one" in refused("evaluate", "--report", name, code=2)
    assert Path("model/model.npz").read_bytes() == before


def test_the_note_goes_to_stderr_and_quiet_has_none(run: Run, small: Path, here: Path) -> None:
    words = ["evaluate", "--data", small, "--report", "deep/report.html"]
    plain = ["evaluate", "--data", small]
    result = run(*words)
    assert (result.out, result.err) == (run(*plain).out, "report written to deep/report.html\n")
    result = run(*words, "--json")
    assert (result.out, result.err) == (
        run(*plain, "--json").out,
        "report written to deep/report.html\n",
    )
    assert run(*words, "--quiet") == run(*plain, "--quiet")


def test_a_gate_that_fails_has_its_page_all_the_same(run: Run, small: Path, here: Path) -> None:
    words = ["evaluate", "--data", small, "--report", "report.html", "--min-accuracy", "1"]
    assert run(*words).code == 3
    assert Path("report.html").exists()


def test_the_same_model_gives_the_same_page(run: Run, small: Path, here: Path) -> None:
    for name in ("a.html", "b.html"):
        assert run("evaluate", "--data", small, "--report", name).code == 0
    assert Path("a.html").read_bytes() == Path("b.html").read_bytes()


def test_an_old_page_is_replaced_whole_or_not_at_all(
    run: Run, small: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("report.html").write_text("the old one")

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("nnfs_cli.cli.report.atomic_write", full)
        result = run("evaluate", "--data", small, "--report", "report.html")
    assert (result.code, result.out) == (1, "")
    assert "error: cannot write report.html: No space left on device" in result.err
    assert Path("report.html").read_text() == "the old one"
    assert run("evaluate", "--data", small, "--report", "report.html").code == 0
    assert Path("report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "no history at model/history.jsonl"),
        ("", "model/history.jsonl is empty"),
        ("{broken\n", "model/history.jsonl, line 1: not JSON"),
        ('{"epoch": 77, "loss": 1}\n', "model/history.jsonl ends with epoch 77"),
    ],
)
def test_without_a_history_of_its_own_the_page_says_why(
    content: str | None, why: str, run: Run, small: Path, here: Path
) -> None:
    history = Path("model/history.jsonl")
    history.unlink()
    if content is not None:
        history.write_text(content)
    assert run("evaluate", "--data", small, "--report", "report.html", "-q").code == 0
    page = Page(Path("report.html").read_text(encoding="utf-8"))
    assert why in page.by_id("curves").text
    assert len(page.all("svg")) == 2


def test_a_hostile_file_name_is_text_on_the_page(run: Run, small: Path, here: Path) -> None:
    name = "x<img src=y onerror=alert(1)>\u202e.npz"
    Path("model/model.npz").rename(name)
    assert run("evaluate", "--data", small, "--model", name, "--report", "r.html", "-q").code == 0
    page = Page(Path("r.html").read_text(encoding="utf-8"))
    assert page.all("bdi")[0].text == name.replace("\u202e", "\\u202e")
    assert not any("onerror" in image.attributes for image in page.all("img"))


def test_hostile_class_names_are_text_on_the_page_and_in_the_names_of_files(
    run: Run, empty: Path
) -> None:
    names = {0: "<script>alert(1)<", 1: "\u202e\"&amp;'"}
    examples = digits()
    for row, label in enumerate(examples.labels[:60]):
        if label in names:
            folder = Path("drawn") / names[label]
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.asarray(examples.x[row]).reshape(28, 28)).save(folder / f"{row}.png")
    words = ["--data", "drawn", "--epochs", "1", "--hidden", "2", "--threads", "1", "--quiet"]
    assert run("train", *words).code == 0
    words = ["--report", "r.html", "--save-mistakes", "wrong", "--json"]
    told = json.loads(run("evaluate", *words).out)
    assert [score["label"] for score in told["per_class"]] == sorted(names.values())
    page = Page(Path("r.html").read_text(encoding="utf-8"))
    assert page.all("script") == []
    shown = {e.text for e in page.all("bdi")}
    assert {"<script>alert(1)<", "\\u202e\"&amp;'"} <= shown
    assert told["mistakes"]
    for path in Path("wrong").glob("*.png"):
        assert re.fullmatch(r"\d{4}_row-\d+_is-[\w-]+_read-as-[\w-]+_\d+\.png", path.name)


@pytest.mark.parametrize("hidden", ["[]", "6", "6,5"])
def test_networks_of_any_depth_have_their_weights_drawn(
    hidden: str, run: Run, small: Path, empty: Path
) -> None:
    words = ["--data", small, "--epochs", "1", "--threads", "1", "--quiet"]
    assert run("train", *words, "--set", f"hidden={hidden}").code == 0
    assert run("evaluate", "--report", "r.html", "-q").code == 0
    section = Page(Path("r.html").read_text(encoding="utf-8"))
    weights = [e for e in section.all("img") if e.attributes["class"] == "weights"]
    assert len(weights) == (10 if hidden == "[]" else 6)
    assert ("There is no hidden layer" in section.by_id("neurons").text) == (hidden == "[]")


def test_rows_that_are_no_pictures_have_a_page_without_any(run: Run, empty: Path) -> None:
    rows = [f"{i % 2},{i},{i * 7 % 5},3" for i in range(40)]
    Path("flat.csv").write_text("\n".join(rows) + "\n")
    words = ["--data", "flat.csv", "--set", "classes=2", "--epochs", "1", "--hidden", "3"]
    assert run("train", *words, "--threads", "1").code == 0
    assert run("evaluate", "--split", "train", "--report", "r.html").code == 0
    page = Page(Path("r.html").read_text(encoding="utf-8"))
    assert page.all("img") == []
    assert "not pictures" in page.by_id("neurons").text
    assert "nnfs show ROW --split train" in page.by_id("mistakes").text


def test_the_page_says_how_to_find_its_rows_and_its_neurons_again(
    written: Path, trained: Path, small: Path
) -> None:
    page = Page((written / "report.html").read_text(encoding="utf-8"))
    options = f"--model {trained / 'model' / 'model.npz'} --data {small}"
    assert f"nnfs show ROW {options} shows" in page.by_id("mistakes").text
    assert f"nnfs show --weights --neuron N {options} shows" in page.by_id("neurons").text


def test_the_original_arrays_have_a_page_that_says_what_it_does_not_know(
    run: Run, small: Path, here: Path
) -> None:
    with np.load("model/model.npz") as model:
        np.savez("bare.npz", **{name: model[name] for name in ("W1", "b1", "W2", "b2")})
    Path("model/history.jsonl").unlink()
    words = ["evaluate", "--data", small, "--model", "bare.npz", "--report", "r.html", "-q"]
    assert run(*words).code == 0
    page = Page(Path("r.html").read_text(encoding="utf-8"))
    assert "it was not made by nnfs train" in page.by_id("training").text


def test_an_evaluation_without_extras_imports_none_of_them(small: Path, here: Path) -> None:
    program = (
        "import sys\n"
        "from nnfs_cli.cli.app import main\n"
        f"assert main(['evaluate', '-q', '--data', {str(small)!r}]) == 0\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('jinja2', 'matplotlib')\n"
        "       or m in ('nnfs_cli.workflows.mistakes', 'nnfs_cli.workflows.report')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.splitlines()[1:] == ["[]"], done.stderr
