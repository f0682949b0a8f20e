"""docs/how-it-works.md is true: its formulas, its numbers, its Python, its commands, its links."""

from __future__ import annotations

import doctest
import importlib
import itertools
import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import reference
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from nnfs_cli.cli.app import main
from nnfs_cli.engine import Adam, Momentum, glorot, he, lecun, ops

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-it-works.md"
TEXT = PAGE.read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, flags=re.DOTALL | re.MULTILINE)
DISPLAYED = re.findall(r"^\$\$(.+)\$\$$", TEXT, flags=re.MULTILINE)
COMMANDS = [
    line.partition("#")[0].strip()
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
]


@pytest.fixture(scope="module", autouse=True)
def beside() -> Iterator[None]:
    """The programs beside the page can be imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs"))
        yield


def program(name: str) -> ModuleType:
    return importlib.import_module(name)


# ------------------------------------------------------------------------------------------- links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_into_the_code_covers_what_it_names(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = program("links")
    fresh = links.updated(text, page.parent)
    stale = [
        f"{old[0]} should be {new['lines']}"
        for old, new in zip(links.LINK.finditer(text), links.LINK.finditer(fresh), strict=True)
        if old[0] != new[0]
    ]
    assert not stale, "run `python docs/links.py`: " + "; ".join(stale)
    unnamed = re.sub(links.LINK, "", text)
    assert not re.findall(r"\.py#L\d+", unnamed), "a link with lines needs a `name` as its text"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_other_link_and_picture_exists(page: Path) -> None:
    assert program("links").missing(page.read_text(encoding="utf-8"), page.parent) == []


def test_every_picture_of_the_page_is_small() -> None:
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT):
        assert (PAGE.parent / picture).stat().st_size < 150_000, picture


CODE = """\
LIMIT = 3


class Pen:
    ink: int = 5

    @property
    def tip(self):
        return 1

    def draw(self):
        if LIMIT:
            return self.tip(
                2,
            )


@cached
def draw():
    return 1
"""


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("LIMIT", (1, 1)),
        ("Pen", (4, 15)),
        ("Pen.tip", (7, 9)),
        ("Pen.draw", (11, 15)),
        ("draw", (18, 20)),
        ("return self.tip(", (13, 15)),
        ("ink: int = 5", (5, 5)),
    ],
)
def test_a_name_is_found_from_its_first_line_to_its_last(name: str, lines: tuple[int, int]) -> None:
    assert program("links").lines_of(name, CODE) == lines


@pytest.mark.parametrize(
    ("name", "said"), [("Pen.write", "nothing"), ("return 1", "2"), ("x = 1", "nothing")]
)
def test_a_name_that_is_not_there_or_not_alone_is_refused(name: str, said: str) -> None:
    with pytest.raises(LookupError, match=f"{said} in it is named `{name}`"):
        program("links").lines_of(name, CODE)


def test_line_numbers_are_rewritten_when_the_code_moves(tmp_path: Path) -> None:
    (tmp_path / "pen.py").write_text(CODE)
    links = program("links")
    old = "see [`Pen.draw`](pen.py#L1-L2) and [`LIMIT`](pen.py#L9), not [`pen.py`](pen.py)"
    new = "see [`Pen.draw`](pen.py#L11-L15) and [`LIMIT`](pen.py#L1), not [`pen.py`](pen.py)"
    assert links.updated(old, tmp_path) == new
    (tmp_path / "pen.py").write_text("\n\n" + CODE)
    assert "(pen.py#L13-L17)" in links.updated(old, tmp_path)
    with pytest.raises(LookupError, match=r"`draw`: there is no file ink\.py"):
        links.updated("[`draw`](ink.py#L1)", tmp_path)


def test_the_script_rewrites_pages_and_says_which_name_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    links = program("links")
    monkeypatch.setattr(links, "DOCS", tmp_path)
    (tmp_path / "pen.py").write_text(CODE)
    (tmp_path / "a.md").write_text("[`lost`](pen.py#L1)")
    (tmp_path / "b.md").write_text("[`LIMIT`](pen.py#L7)")
    assert links.main() == 1
    assert (tmp_path / "a.md").read_text() == "[`lost`](pen.py#L1)"
    assert (tmp_path / "b.md").read_text() == "[`LIMIT`](pen.py#L1)"
    assert "error: a.md: pen.py: nothing in it is named `lost`" in capsys.readouterr().err


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# One & two\n```\n# no heading\n```\n")
    text = (
        "# Here it is\n[a](#here-it-is) [b](#gone) [c](other.md#one--two) [d](other.md#no-heading) "
        "![e](lost.svg) [f](https://example.org/x) [g](other.md)"
    )
    missing = program("links").missing(text, tmp_path)
    assert missing == ["#gone", "other.md#no-heading", "lost.svg"]


# ----------------------------------------------------------------------------- numbers and programs


@pytest.fixture(scope="module")
def measured() -> dict[str, float]:
    with threadpool_limits(1):
        facts: dict[str, float] = program("facts").measure()
    return facts


def test_every_measured_number_is_what_the_program_computes(measured: dict[str, float]) -> None:
    fresh = program("facts").updated(TEXT, measured)
    stale = [
        f"{new.strip()!r}"
        for old, new in zip(TEXT.splitlines(), fresh.splitlines(), strict=True)
        if old != new
    ]
    assert not stale, "run `python docs/facts.py`; the page should say " + " / ".join(stale)


def test_no_number_is_left_unchecked() -> None:
    """Outside sentences with holes, run code, formulas and titles there are only these few."""
    rest = TEXT.partition("\n## Where to read on")[0]
    facts = program("facts")
    for sentence in facts.SENTENCES:
        rest = facts.pattern(sentence).sub(" ", rest)
    rest = re.sub(r"^```.*?^```$", "", rest, flags=re.DOTALL | re.MULTILINE)
    rest = re.sub(r"\]\([^)]*\)|`[^`]*`", "", rest)  # targets of links, and code
    rest = re.sub(r"^\$\$.*\$\$$", "", rest, flags=re.MULTILINE)
    formulas = re.findall(r"\$[^$]+\$", rest)
    rest = re.sub(r"\$[^$]+\$", "", rest)
    by_hand = {"0", "1", "2", "3", "4", "8", "9", "16"}  # see test_what_is_worked_out_by_hand
    assert {number for f in formulas for number in re.findall(r"\d+(?:\.\d+)?", f)} <= by_hand
    found = re.findall(r"\d[\d.,]*\d|\d", rest)
    allowed = {
        "0": "black, the class of the tiny picture, a bias, a slope",
        "1": "the bounds of a pixel, of a probability and of the sigmoid",
        "255": "the byte of full ink",
        "0.9": "a customary momentum: an input, not a result",
        "0.1": "a rate: an input",
        "10": "a rate: an input",
        "0.001": "a rate to try: an input",
        "64th": "the share of one picture in a batch",
        "64": "the share of one picture in a batch",
    }
    assert set(found) <= set(allowed)


def test_what_is_worked_out_by_hand() -> None:
    for formula, value in {
        r"$1 \cdot 2 + 2 \cdot (-1) = 0$": 1 * 2 + 2 * (-1) - 0,
        r"$1 \cdot \ln 3 + 2 \cdot 0 = \ln 3$": 1 * np.log(3) + 2 * 0 - np.log(3),
        r"$e^0 = 1$ gives $1 / 2$": 1 / (1 + np.exp(0)) - 1 / 2,
        r"$e^{-\ln 3} = 1 / 3$ gives $3 / 4$": 1 / (1 + np.exp(-np.log(3))) - 3 / 4,
        r"$-\ln (1 / 4) = \ln 4$": -np.log(1 / 4) - np.log(4),
        r"$-3 / 4$ of these are $-3 / 8$": -3 / 4 * (1 / 2) + 3 / 8,
        r"$-9 / 16$": -3 / 4 * (3 / 4) + 9 / 16,
        r"$-3 / 4 \cdot 2 = -3 / 2$": -3 / 4 * 2 + 3 / 2,
        r"$3 / 4 \cdot 4 = 3$": 3 / 4 * 4 - 3,
    }.items():
        assert re.search(r"\s+".join(map(re.escape, formula.split())), TEXT), formula
        assert value == pytest.approx(0.0, abs=1e-15), formula


def test_a_number_that_has_changed_is_written_anew() -> None:
    facts = program("facts")
    values = dict.fromkeys(re.findall(r"\{(\w+):", "".join(facts.SENTENCES)), 7)
    fresh = facts.updated(TEXT, values)
    assert "The real network has 7 parameters. Here is one with 7, chosen" in fresh
    assert facts.updated(fresh, values) == fresh
    with pytest.raises(LookupError, match="no sentence is like this"):
        facts.updated(TEXT.replace("The real network", "Our network"), values)


def test_the_python_of_the_page_does_what_it_shows() -> None:
    session = "\n".join(block for language, block in BLOCKS if language == "pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, PAGE.name, str(PAGE), 0)
    assert len(test.examples) > 40
    said: list[str] = []
    with np.printoptions(), threadpool_limits(1):
        result = doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert result.failed == 0, "".join(said)


def test_the_step_in_four_lines_is_that_of_the_engine() -> None:
    source = (ROOT / "nnfs_cli" / "engine" / "training.py").read_text(encoding="utf-8")
    (step,) = [block for language, block in BLOCKS if language == "python"]
    for line in step.splitlines():
        assert re.search(rf"^ +{re.escape(line)}$", source, flags=re.MULTILINE), line


def test_every_command_of_the_page_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs" / "images").mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "images" / "three.png", tmp_path / "docs" / "images")
    assert len(COMMANDS) >= 7
    for command in COMMANDS:
        arguments = shlex.split(command)[1:]
        if arguments[0] == "train":
            arguments += ["--epochs", "1", "--threads", "1"]
        assert main(arguments) == 0, command
        assert capsys.readouterr().out.strip(), command


# ---------------------------------------------------------------------------------------- formulas

Array = NDArray[np.floating[Any]]
RNG = np.random.default_rng(5)
N, D, H = 4, 3, 5
X, WEIGHT, BIAS, DOUT = (RNG.normal(size=s) for s in [(N, D), (D, H), (H,), (N, H)])
LOGITS, LABELS = RNG.normal(size=(N, H)), np.array([0, 4, 2, 2])
TARGETS = np.eye(H)[LABELS]
PROBS = ops.softmax(LOGITS, out=np.empty_like(LOGITS))
OUT = ops.sigmoid_forward(X, out=np.empty_like(X))
TINY = 1e-6


def slope(f: Callable[[Array], Array | float], at: Array) -> Array:
    """The slope of f, a function of one number in each place, or a sum over all of them."""
    result = np.empty_like(at)
    for index in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[index] += TINY
        down[index] -= TINY
        result[index] = (np.sum(f(up)) - np.sum(f(down))) / (2 * TINY)
    return result


def dense(what: str) -> Array:
    """A gradient of the Dense layer, by the engine."""
    grads = {"dweight": np.empty((D, H)), "dbias": np.empty(H), "dx": np.empty((N, D))}
    ops.dense_backward(DOUT, X, WEIGHT, **grads)
    return grads[what]


def loss(logits: Array, labels: NDArray[np.intp] = LABELS) -> float:
    return ops.cross_entropy_forward(logits, labels, probs=np.empty_like(logits))


def moved(optimizer: Adam | Momentum, grads: Sequence[NDArray[Any]]) -> Array:
    """Parameters that begin at 0 after steps at a rate of 0.1."""
    params, now = np.zeros(3), np.empty(3)
    optimizer.bind(params, now)
    for now[...] in grads:
        optimizer.step(0.1)
    return params


def by_momentum(grads: Sequence[NDArray[Any]]) -> Array:
    w = u = np.zeros(3)
    for dw in grads:
        u = 0.9 * u + dw
        w = w - 0.1 * u
    return w


def by_adam(grads: Sequence[NDArray[Any]]) -> Array:
    w = m = v = np.zeros(3)
    for t, dw in enumerate(grads, start=1):
        m = 0.9 * m + (1 - 0.9) * dw
        v = 0.999 * v + (1 - 0.999) * dw**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w = w - 0.1 * m_hat / (np.sqrt(v_hat) + 1e-8)
    return w


GRADS = [RNG.normal(size=3) for _ in range(4)]
ADAM = (lambda: by_adam(GRADS), lambda: moved(Adam(), GRADS))
MOMENTUM = (lambda: by_momentum(GRADS), lambda: moved(Momentum(), GRADS))
Z = LOGITS[0]  # one row, whose true class is LABELS[0]

# the formula as it stands on the page: what it says in plain NumPy, and the engine or the slope
FORMULAS: dict[str, tuple[Callable[[], Array | float], Callable[[], Array | float]]] = {
    r"\mathrm{out}_{nh} = \sum_d x_{nd} \cdot \mathrm{weight}_{dh} + \mathrm{bias}_h": (
        lambda: np.einsum("nd,dh->nh", X, WEIGHT) + BIAS,
        lambda: ops.dense_forward(X, WEIGHT, BIAS, out=np.empty((N, H))),
    ),
    r"\mathrm{out} = \frac{1}{1 + e^{-x}}": (lambda: 1 / (1 + np.exp(-X)), lambda: OUT),
    r"\mathrm{probs}_{nc} = \frac{e^{\mathrm{logits}_{nc}}}{\sum_k e^{\mathrm{logits}_{nk}}}": (
        lambda: np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True),
        lambda: PROBS,
    ),
    r"\mathrm{loss} = -\frac{1}{N} \sum_n \ln \mathrm{probs}_{n, \mathrm{labels}_n}": (
        lambda: -1 / N * sum(np.log(PROBS[n, LABELS[n]]) for n in range(N)),
        lambda: loss(LOGITS),
    ),
    r"\mathrm{d}v = \sum_u \mathrm{d}u \cdot \frac{\partial u}{\partial v}": (
        # u = (sin v, v^2), loss = u0 u1
        lambda: X**2 * np.cos(X) + np.sin(X) * 2 * X,
        lambda: slope(lambda v: np.sin(v) * v**2, X),
    ),
    r"\mathrm{loss} = -\mathrm{logits}_t + \ln \sum_k e^{\mathrm{logits}_k}": (
        lambda: -Z[LABELS[0]] + np.log(np.exp(Z).sum()),
        lambda: loss(LOGITS[:1], LABELS[:1]),
    ),
    r"\frac{\partial}{\partial \mathrm{logits}_c} \ln \sum_k e^{\mathrm{logits}_k} = "
    r"\frac{e^{\mathrm{logits}_c}}{\sum_k e^{\mathrm{logits}_k}} = \mathrm{probs}_c": (
        lambda: PROBS[0],
        lambda: slope(lambda z: float(np.log(np.exp(z).sum())), Z),
    ),
    r"\mathrm{dlogits} = \frac{\mathrm{probs} - \mathrm{targets}}{N}": (
        lambda: (PROBS - TARGETS) / N,
        lambda: ops.cross_entropy_backward(PROBS, LABELS, dlogits=np.empty_like(PROBS)),
    ),
    r"\mathrm{dweight}_{dh} = \sum_n x_{nd} \cdot \mathrm{dout}_{nh}": (
        lambda: np.einsum("nd,nh->dh", X, DOUT),
        lambda: dense("dweight"),
    ),
    r"\mathrm{dbias}_h = \sum_n \mathrm{dout}_{nh}": (
        lambda: np.einsum("nh->h", DOUT),
        lambda: dense("dbias"),
    ),
    r"\mathrm{dx}_{nd} = \sum_h \mathrm{dout}_{nh} \cdot \mathrm{weight}_{dh}": (
        lambda: np.einsum("nh,dh->nd", DOUT, WEIGHT),
        lambda: dense("dx"),
    ),
    r"\mathrm{dweight} = x^{\mathsf{T}} \cdot \mathrm{dout}": (
        lambda: X.T @ DOUT,
        lambda: reference.dense_gradients(DOUT, X, WEIGHT)[1],
    ),
    r"\mathrm{dx} = \mathrm{dout} \cdot \mathrm{weight}^{\mathsf{T}}": (
        lambda: DOUT @ WEIGHT.T,
        lambda: reference.dense_gradients(DOUT, X, WEIGHT)[0],
    ),
    r"-\frac{1}{\mathrm{out}^2} \cdot \frac{\partial \mathrm{out}}{\partial x} = -e^{-x}": (
        lambda: -1 / OUT**2 * slope(reference.sigmoid, X),
        lambda: -np.exp(-X),
    ),
    r"\frac{\partial \mathrm{out}}{\partial x} = \mathrm{out} \cdot (1 - \mathrm{out})": (
        lambda: OUT * (1 - OUT),
        lambda: slope(reference.sigmoid, X),
    ),
    r"\mathrm{dx} = \mathrm{dout} \cdot \mathrm{out} \cdot (1 - \mathrm{out})": (
        lambda: DOUT[:, :D] * OUT * (1 - OUT),
        lambda: ops.sigmoid_backward(DOUT[:, :D], OUT, dx=np.empty_like(OUT)),
    ),
    r"w \leftarrow w - \mathrm{rate} \cdot \mathrm{d}w": (
        lambda: -0.1 * sum(GRADS),
        lambda: moved(Momentum(0.0), GRADS),
    ),
    r"\mathrm{change} \approx -\mathrm{rate} \cdot \sum_w (\mathrm{d}w)^2": (
        lambda: -TINY * float(np.sum(((PROBS - TARGETS) / N) ** 2)) / TINY,
        lambda: (loss(LOGITS - TINY * (PROBS - TARGETS) / N) - loss(LOGITS)) / TINY,
    ),
    r"\mathrm{spread} = \sqrt{\frac{1}{D}}": (lambda: np.sqrt(1 / 784), lambda: lecun(784, 128)),
    r"-\ln \frac{1}{10} = \ln 10": (
        lambda: float(np.log(10)),
        lambda: loss(np.zeros((2, 10)), np.array([3, 8])),
    ),
    r"u \leftarrow \mathrm{momentum} \cdot u + \mathrm{d}w": MOMENTUM,
    r"w \leftarrow w - \mathrm{rate} \cdot u": MOMENTUM,
    r"m \leftarrow \beta_1 \cdot m + (1 - \beta_1) \cdot \mathrm{d}w": ADAM,
    r"v \leftarrow \beta_2 \cdot v + (1 - \beta_2) \cdot (\mathrm{d}w)^2": ADAM,
    r"\hat{m} = \frac{m}{1 - \beta_1^t} \quad \mathrm{and} \quad "
    r"\hat{v} = \frac{v}{1 - \beta_2^t}": ADAM,
    r"w \leftarrow w - \mathrm{rate} \cdot \frac{\hat{m}}{\sqrt{\hat{v}} + \mathrm{eps}}": ADAM,
    r"\frac{\partial \mathrm{loss}}{\partial w} \approx \frac{\mathrm{loss}(w + \varepsilon) - "
    r"\mathrm{loss}(w - \varepsilon)}{2 \varepsilon}": (
        lambda: slope(loss, LOGITS),
        lambda: ops.cross_entropy_backward(PROBS, LABELS, dlogits=np.empty_like(PROBS)),
    ),
}


def test_every_displayed_formula_is_in_the_table() -> None:
    assert list(FORMULAS) == DISPLAYED


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_formula_says_what_the_engine_does(formula: str) -> None:
    says, does = FORMULAS[formula]
    np.testing.assert_allclose(says(), does(), rtol=1e-6, atol=1e-8)


def test_what_the_text_says_of_the_formulas() -> None:
    np.testing.assert_allclose((PROBS - TARGETS).sum(axis=1), 0.0, atol=1e-15)  # rows add up to 0
    x = np.linspace(-9, 9, 181)
    out = ops.sigmoid_forward(x, out=np.empty_like(x))
    steep = ops.sigmoid_backward(np.ones_like(x), out, dx=np.empty_like(x))
    assert steep.max() == 0.25  # one quarter, where the unit is undecided
    assert out[steep.argmax()] == 0.5
    shifted = ops.softmax(LOGITS - 7.0, out=np.empty_like(LOGITS))
    np.testing.assert_allclose(shifted, PROBS, rtol=1e-14)
    assert he(784, 128) ** 2 == pytest.approx(2 * lecun(784, 128) ** 2)
    assert glorot(784, 128) == glorot(128, 784)  # the way back is like the way there
    velocity = list(itertools.accumulate(range(500), lambda u, _: 0.9 * u + 1.0, initial=0.0))
    assert velocity[-1] == pytest.approx(10.0)  # ten times the step in the end
    for gradient in (1e-4, 1.0, 1e4):  # the first step of Adam is as long as the rate
        assert moved(Adam(), [np.full(3, gradient)]) == pytest.approx(-0.1, rel=1e-3)


def test_two_equal_units_stay_equal() -> None:
    """The text says: were all weights equal, the units would be copies for ever."""
    weight = np.full((D, 2), 0.3)
    h = ops.sigmoid_forward(X @ weight, out=np.empty((N, 2)))
    dlogits = RNG.normal(size=(N, 2))
    dh = dlogits @ np.full((2, 2), 0.7).T
    dweight = X.T @ ops.sigmoid_backward(dh, h, dx=np.empty_like(h))
    np.testing.assert_array_equal(dweight[:, 0], dweight[:, 1])


def test_formulas_hold_nothing_that_markdown_would_eat() -> None:
    """A backslash before punctuation, or an asterisk, may be lost before the formula is set."""
    text = re.sub(r"^```.*?^```$", "", TEXT, flags=re.DOTALL | re.MULTILINE)
    for formula in re.findall(r"\$+([^$]+)\$+", re.sub(r"`[^`]*`", "", text)):
        assert not re.search(r"\\[^A-Za-z]|[*<>|]", formula), formula
        assert formula.count("{") == formula.count("}"), formula
        assert "\n" not in formula, formula
