"""The page: complete, well formed, readable by all, harmless, and on its own."""

from __future__ import annotations

import base64
import dataclasses
import functools
import io
import re
from typing import Any

import numpy as np
import pytest
from pages import SECTIONS, Page, made
from PIL import Image

from nnfs_cli.report.page import heat_map, percent, render
from nnfs_cli.workflows.diagnoses import Diagnosis
from nnfs_cli.workflows.report import Absent

EVIL = "<script>alert(1)</script>"
QUOTES = "\"' onerror=alert(1) x='"
TURNED = "\u202egnp.\x07\x00\udcff"


@functools.cache
def page_by_hand() -> Page:
    """Return the page of the report by hand, taken apart."""
    return Page(render(made()))


def changed(**parts: Any) -> str:
    """Return the page of the report by hand with other parts."""
    return render(dataclasses.replace(made(), **parts))


def decoded(address: str) -> np.ndarray:
    head, _, data = address.partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data, validate=True))))


def test_all_sections_are_there_in_order_with_headings_that_do_not_skip() -> None:
    page = page_by_hand()
    assert [section.attributes["id"] for section in page.all("section")] == SECTIONS
    headings = [e.tag for e in page.elements if re.fullmatch("h[1-6]", e.tag)]
    assert headings == ["h1", *["h2"] * (len(SECTIONS) - 1)]
    assert page.all("html")[0].attributes["lang"] == "en"
    assert page.all("title")[0].text == "model/model.npz on model/model.npz"
    assert not page.repeated_ids


def test_the_page_loads_nothing() -> None:
    page = page_by_hand()
    html = page.html
    assert page.loads
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in page.loads)
    assert not re.search(r"https?:|//[a-z]|@import|@font-face", html)
    assert all(address.startswith("#") for address in re.findall(r"url\(([^)]*)\)", html))
    assert not page.all("script")
    assert not page.all("link")
    assert "default-src 'none'" in html


def test_references_within_figures_lead_somewhere() -> None:
    page = page_by_hand()
    names = {e.attributes["id"] for e in page.elements if "id" in e.attributes}
    uses = re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', page.html)
    assert uses
    assert {one or other for one, other in uses} <= names


def test_pictures_have_words_and_tables_have_headers() -> None:
    page = page_by_hand()
    assert all(image.attributes["alt"] for image in page.all("img"))
    for drawing in page.all("svg"):
        assert drawing.attributes["role"] == "img"
        assert len(drawing.attributes["aria-label"]) > 20
    assert all("scope" in header.attributes for header in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))


def test_exact_figures_stand_beside_the_rounded_ones() -> None:
    page = page_by_hand()
    for name, value, text in [
        ("accuracy", 0.7, "70.00\xa0%"),
        ("low", 0.4, "40.00"),
        ("high", 0.9, "90.00\xa0%"),
        ("loss", 0.5, "0.5000"),
        ("calibration-error", 0.125, "12.50\xa0%"),
        ("wrong", 3, "3"),
    ]:
        assert float(page.by_id(name).attributes["value"]) == value
        assert page.by_id(name).text == text
    assert "0 read as 1" in re.sub(r"\s+", " ", page.by_id("mistakes").text)
    assert "87.5\xa0% sure" in page.by_id("mistakes").text
    rows = [re.findall(r"\d+", row.text) for row in page.all("tr")]
    assert ["0", "4", "1"] in rows
    assert ["1", "2", "3"] in rows


@pytest.mark.parametrize("text", [EVIL, QUOTES, TURNED, "{{ 7 * 7 }}{% x %}", "&lt;b&gt;", "a\nb"])
def test_names_are_data_wherever_they_stand(text: str) -> None:
    plain = page_by_hand()
    page = Page(render(made(labels=(text, f"{text}2"), name=text)))
    assert [e.tag for e in page.elements] == [e.tag for e in plain.elements]
    for element, same in zip(page.elements, plain.elements, strict=True):
        assert element.attributes.keys() == same.attributes.keys()
    shown = text.encode("unicode_escape", "surrogatepass").decode()
    assert page.all("bdi")[0].text == shown
    page.html.encode()  # no broken character
    assert not re.search("[\u202e\x00\x07]", page.html)


@pytest.mark.parametrize(
    ("part", "section"), [("history", "curves"), ("neurons", "neurons"), ("config", "training")]
)
def test_what_is_absent_says_why(part: str, section: str) -> None:
    page = Page(changed(**{part: Absent("the dog ate it")}))
    assert "the dog ate it" in page.by_id(section).text.lower()
    assert [each.attributes["id"] for each in page.all("section")] == SECTIONS


def test_without_validation_the_page_says_what_the_curves_cannot_show() -> None:
    history: Any = made().history
    epochs = tuple(e._replace(val_loss=None, val_accuracy=None) for e in history.epochs)
    page = Page(changed(history=dataclasses.replace(history, epochs=epochs)))
    assert "No rows were held out for validation" in page.by_id("curves").text
    assert "Where the validation curve" in page_by_hand().by_id("curves").text


def test_a_perfect_model_has_no_mistakes() -> None:
    figures = dataclasses.replace(made().figures, most_confused=[], confusion=[[5, 0], [0, 5]])
    page = Page(changed(figures=figures, mistakes=(), wrong=0))
    assert "There are none" in page.by_id("mistakes").text
    assert "every answer was right" in page.by_id("confusion").text


def test_rows_that_are_no_pictures_are_listed_without_one() -> None:
    (mistake,) = made().mistakes
    page = Page(changed(mistakes=(dataclasses.replace(mistake, pixels=None),)))
    assert "row 7" in page.by_id("mistakes").text
    assert len(page.all("img")) == 1  # of the neuron


def test_a_matrix_that_no_page_holds_is_left_out() -> None:
    figures = made().figures
    many = dataclasses.replace(figures, per_class=figures.per_class[:1] * 31)
    page = Page(changed(figures=many))
    assert "31 classes would not fit" in re.sub(r"\s+", " ", page.by_id("confusion").text)
    assert "matrix" not in [table.attributes["class"] for table in page.all("table")]


def test_a_loss_that_is_no_number_makes_a_page_all_the_same() -> None:
    page = Page(changed(figures=dataclasses.replace(made().figures, loss=float("nan"))))
    assert page.by_id("loss").text == "nan"


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(made()) == page_by_hand().html


def test_a_picture_keeps_its_pixels() -> None:
    (mistake,) = made().mistakes
    (image,) = [e for e in page_by_hand().all("img") if e.attributes["class"] == "digit"]
    assert mistake.pixels is not None
    assert (decoded(image.attributes["src"]) == mistake.pixels).all()


def test_red_is_above_zero_and_blue_below() -> None:
    red, white, blue = decoded(heat_map(np.array([[2.0, 0.0, -2.0]])))[0].astype(int)
    assert red[0] > red[2] + 50
    assert blue[2] > blue[0] + 50
    assert white.min() > 240
    assert (decoded(heat_map(np.zeros((2, 2)))) == white).all()  # and nothing is divided by zero


def test_shares_are_written_with_a_space_that_does_not_break() -> None:
    assert percent(0.98765) == "98.77\xa0%"
    assert percent(1.0, 1) == "100.0\xa0%"


def test_what_seems_to_be_wrong_is_said_near_the_top() -> None:
    diagnosis = Diagnosis("dead-units", f"9 of 10 units {EVIL}", "try less")
    figures = dataclasses.replace(made().figures, diagnoses=(diagnosis,))
    page = Page(changed(figures=figures))
    assert f"9 of 10 units {EVIL}; try less" in page.by_id("diagnoses").text
    assert [section.attributes["id"] for section in page.all("section")][1] == "diagnoses"
