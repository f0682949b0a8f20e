"""What the tests of the report share: a report made by hand, and readers of the page."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from nnfs_cli.workflows.evaluate import ClassScore, EvaluationReport, Mixup
from nnfs_cli.workflows.history import EpochRecord, History
from nnfs_cli.workflows.mistakes import Mistake
from nnfs_cli.workflows.report import Bin, Neuron, Report, Setting

SECTIONS = [
    *("headline", "curves", "confusion", "classes"),
    *("reliability", "mistakes", "neurons", "training"),
]
VOID = {"meta", "img", "br", "link", "input", "hr"}
LOADING = ("src", "href", "xlink:href", "srcset", "data", "poster", "action", "background")
# a telephone home is impossible, and as root the sandbox is, too
CHROMIUM = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def made(labels: tuple[str, str] = ("0", "1"), name: str = "model/model.npz") -> Report:
    """Return a small report, in which every text that a user can choose is chosen."""
    rng = np.random.default_rng(0)
    figures = EvaluationReport(
        model=name,
        data=name,
        split="test",
        rows=10,
        accuracy=0.7,
        interval=(0.4, 0.9),
        loss=0.5,
        calibration_error=0.125,
        per_class=[ClassScore(label, 0.5, 0.6, 0.55, 5) for label in labels],
        confusion=[[4, 1], [2, 3]],
        most_confused=[Mixup(labels[1], labels[0], 2), Mixup(labels[0], labels[1], 1)],
    )
    pixels = rng.integers(0, 256, (28, 28)).astype(np.uint8)
    records = (
        EpochRecord(1, 2.0, 0.3, 1.5, 0.4, 0.1, 1.0),
        EpochRecord(2, 0.1, 0.9, None, None, 0.1, 1.0),
        EpochRecord(3, 0.05, 0.95, 0.4, 0.85, 0.1, 1.0),
    )
    return Report(
        figures=figures,
        network="784 -> 10 softmax",
        parameters=7850,
        wrong=3,
        history=History(Path("history.jsonl"), records),
        reliability=(Bin(0, 0.5, 0, 0.0, 0.0), Bin(0.5, 1.0, 10, 0.8, 0.7)),
        mistakes=(Mistake(7, labels[0], labels[1], 0.875, 0.1, pixels),),
        neurons=(Neuron("neuron 5", rng.standard_normal((28, 28)), labels[0], labels[1]),),
        config=(Setting("data", "data", name, "what it is", True),),
        training={"data": name, "rows": 10, "test_loss": None},
        options=f" --data {name}",
    )


@dataclass
class Element:
    """An element of a page with the text directly and indirectly in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """A page taken apart; a tag that is closed by another one's end, or not at all, is an error."""

    html: str
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)
        self.feed(self.html)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop().tag == tag, f"</{tag}>"

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, tag: str) -> list[Element]:
        """Return the elements of one kind."""
        return [element for element in self.elements if element.tag == tag]

    def by_id(self, name: str) -> Element:
        """Return the one element of this id."""
        (found,) = [e for e in self.elements if e.attributes.get("id") == name]
        return found

    @property
    def repeated_ids(self) -> list[str]:
        """The ids that more than one element has."""
        counts = Counter(e.attributes["id"] for e in self.elements if "id" in e.attributes)
        return [name for name, count in counts.items() if count > 1]

    @property
    def loads(self) -> list[str]:
        """Everything that a browser would fetch, or follow."""
        return [e.attributes[key] for e in self.elements for key in LOADING if key in e.attributes]


def dom(chromium: str, page: Path, profile: Path) -> str:
    """Return the document as a browser has it after loading `page`."""
    done = subprocess.run(
        [chromium, *CHROMIUM, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(sys.stderr.encoding, "replace")
    return done.stdout.decode()
