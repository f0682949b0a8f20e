"""Ops: every operation against its textbook twin, and its derivative against the slope."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nnfs_cli.engine import ops

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
SHAPES = [(1, 1, 1), (1, 7, 3), (2, 1, 5), (7, 4, 1), (5, 3, 2)]
RNG = np.random.default_rng(20)
SHAPES += [tuple(int(n) for n in RNG.integers(1, 12, 3)) for _ in range(60)]

FORWARD = {"sigmoid": ops.sigmoid_forward, "tanh": ops.tanh_forward, "relu": ops.relu_forward}
BACKWARD = {"sigmoid": ops.sigmoid_backward, "tanh": ops.tanh_backward, "relu": ops.relu_backward}


def agree(fast: NDArray[Any], plain: NDArray[Any], dtype: str) -> None:
    assert fast.dtype == dtype
    np.testing.assert_allclose(fast, plain, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def draw(seed: int, *shape: int, dtype: str) -> NDArray[Any]:
    """Return numbers of both signs that float32 and float64 hold alike."""
    values = np.random.default_rng([seed, *shape]).standard_normal(shape).astype(np.float32)
    return values.astype(dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_dense_agrees_with_the_loops_over_random_shapes(dtype: str) -> None:
    for seed, (n, d, h) in enumerate(SHAPES):
        x, weight = draw(seed, n, d, dtype=dtype), draw(seed + 1, d, h, dtype=dtype)
        bias, dout = draw(seed + 2, h, dtype=dtype), draw(seed + 3, n, h, dtype=dtype)
        out = ops.dense_forward(x, weight, bias, out=np.empty((n, h), dtype))
        agree(out, reference.dense(x, weight, bias).astype("float64"), dtype)

        dweight, dbias, dx = np.empty_like(weight), np.empty_like(bias), np.empty_like(x)
        wide = [array.astype("float64") for array in (dout, x, weight)]
        expected = reference.dense_gradients(*wide)
        got = ops.dense_backward(dout, x, weight, dweight=dweight, dbias=dbias, dx=dx)
        assert got is dx
        for fast, plain in zip((dx, dweight, dbias), expected, strict=True):
            agree(fast, plain, dtype)


def test_dense_without_dx_fills_the_other_gradients_alike() -> None:
    x, weight, dout = (draw(i, 3, 3, dtype="float64") for i in range(3))
    dweight, dbias = np.empty((3, 3)), np.empty(3)
    assert ops.dense_backward(dout, x, weight, dweight=dweight, dbias=dbias) is None
    _, expected_weight, expected_bias = reference.dense_gradients(dout, x, weight)
    agree(dweight, expected_weight, "float64")
    agree(dbias, expected_bias, "float64")


@pytest.mark.parametrize("name", FORWARD)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_activations_agree_with_their_formulas(name: str, dtype: str) -> None:
    for seed, (n, d, _) in enumerate(SHAPES):
        x, dout = 3 * draw(seed, n, d, dtype=dtype), draw(seed + 1, n, d, dtype=dtype)
        out = FORWARD[name](x, out=np.empty_like(x))
        dx = BACKWARD[name](dout, out, dx=np.empty_like(x))
        wide = x.astype("float64")
        agree(out, reference.ACTIVATIONS[name](wide), dtype)
        agree(dx, dout * reference.SLOPES[name](wide), dtype)


@pytest.mark.parametrize("name", FORWARD)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_activations_stay_finite_at_the_ends_of_the_range(name: str, dtype: str) -> None:
    x = np.array([[-1e38, -1e4, -0.0, 0.0, 1e4, 1e38]], dtype)
    out = FORWARD[name](x, out=np.empty_like(x))
    dx = BACKWARD[name](np.ones_like(x), out, dx=np.empty_like(x))
    low, high = {"sigmoid": (0, 1), "tanh": (-1, 1), "relu": (0, x.max())}[name]
    assert (out[0, 0], out[0, -1]) == (low, high)
    assert np.isfinite(dx).all()


def test_relu_has_no_slope_at_zero() -> None:
    x = np.array([[-2.0, -0.0, 0.0, 3.0]])
    out = ops.relu_forward(x, out=np.empty_like(x))
    np.testing.assert_array_equal(
        ops.relu_backward(np.full_like(x, 5.0), out, dx=np.empty_like(x)), [[0, 0, 0, 5]]
    )


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.9])
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_cross_entropy_agrees_with_softmax_and_logarithm_taken_apart(
    dtype: str, smoothing: float
) -> None:
    for seed, (n, _, c) in enumerate(SHAPES):
        logits = 4 * draw(seed, n, c, dtype=dtype)
        labels = np.random.default_rng(seed).integers(c, size=n)
        wide = logits.astype("float64")
        probs = np.empty_like(logits)
        loss = ops.cross_entropy_forward(logits, labels, probs=probs, smoothing=smoothing)
        assert isinstance(loss, float)
        expected = reference.cross_entropy(wide, labels, smoothing)
        assert loss == pytest.approx(expected, rel=TOLERANCE[dtype], abs=TOLERANCE[dtype])
        agree(probs, reference.softmax(wide), dtype)
        agree(ops.softmax(logits, out=np.empty_like(logits)), reference.softmax(wide), dtype)

        # into the memory of the probabilities, as the loss does it
        ops.cross_entropy_backward(probs, labels, dlogits=probs, smoothing=smoothing)
        agree(probs, reference.cross_entropy_gradient(wide, labels, smoothing), dtype)


# numbers on a grid, so that adding the shift is exact and changes nothing but the level
GRID = st.integers(-2000, 2000).map(lambda n: n / 16)


@given(rows=st.lists(st.lists(GRID, min_size=4, max_size=4), min_size=1, max_size=5), shift=GRID)
@settings(deadline=None)
def test_softmax_rows_sum_to_one_and_ignore_a_shift(rows: list[list[float]], shift: float) -> None:
    logits = np.array(rows)
    probs = ops.softmax(logits, out=np.empty_like(logits))
    np.testing.assert_allclose(probs.sum(axis=1), 1.0, rtol=1e-14)
    assert (probs >= 0).all()
    np.testing.assert_array_equal(ops.softmax(logits + shift, out=np.empty_like(logits)), probs)
    narrow = logits.astype(np.float32)
    np.testing.assert_allclose(ops.softmax(narrow, out=narrow).sum(axis=1), 1.0, rtol=1e-6)


def test_softmax_takes_the_maximum_of_each_row_for_itself() -> None:
    # with one maximum for all rows the second would be 0 / 0
    logits = np.array([[1000.0, 0.0], [-1000.0, -1000.0]])
    np.testing.assert_array_equal(ops.softmax(logits, out=logits), [[1, 0], [0.5, 0.5]])


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_extreme_logits_cost_what_they_should(dtype: str) -> None:
    logits = np.array([[1e4, 0, -1e4], [-1e4, 0, 1e4], [1e30, 1e30, 0]], dtype)
    probs = np.empty_like(logits)
    loss = ops.cross_entropy_forward(logits, np.array([0, 0, 0]), probs=probs)
    assert loss == pytest.approx((0 + 2e4 + np.log(2)) / 3, rel=1e-6)
    np.testing.assert_allclose(probs, [[1, 0, 0], [0, 0, 1], [0.5, 0.5, 0]], atol=1e-7)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_dropout_multiplies_by_a_mask_of_mean_one(dtype: str) -> None:
    for drop in (0.0, 0.2, 0.5, 0.9):
        mask = np.empty((500, 400), dtype)
        ops.dropout_mask(np.random.default_rng(1), drop=drop, mask=mask)
        assert set(np.unique(mask)) <= {0.0, mask.dtype.type(1 / (1 - drop))}
        # the standard error of the mean of 200,000 such numbers, five times
        error = np.sqrt(drop / (1 - drop) / mask.size)
        assert float(mask.mean(dtype="float64")) == pytest.approx(1.0, abs=5 * error + 1e-6)
        x, dout = draw(1, 500, 400, dtype=dtype), draw(2, 500, 400, dtype=dtype)
        out = ops.dropout_forward(x, mask, out=np.empty_like(x))
        dx = ops.dropout_backward(dout, mask, dx=np.empty_like(x))
        np.testing.assert_array_equal(out, x * mask)
        np.testing.assert_array_equal(dx, dout * mask)


def test_pick_takes_one_number_of_each_row() -> None:
    values = np.arange(12.0).reshape(4, 3)
    np.testing.assert_array_equal(ops.pick(values, np.array([2, 0, 1, 2])), [2, 3, 7, 11])


# ------------------------------------------------------------------------------- the complex step
# f(x + ih) = f(x) + ih f'(x) - ..., so f' is the imaginary part over h: no difference is taken and
# no digit lost (Squire and Trapp 1998). Our own kernels run on complex arrays.

STEP = 1e-30


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
@pytest.mark.parametrize("rows", [1, 2, 7])
def test_the_slope_of_an_activation_by_the_complex_step(name: str, rows: int) -> None:
    x = 2 * draw(5, rows, 6, dtype="float64")
    nudged = x + 1j * STEP
    slope = FORWARD[name](nudged, out=np.empty_like(nudged)).imag / STEP
    out = FORWARD[name](x, out=np.empty_like(x))
    dx = BACKWARD[name](np.ones_like(x), out, dx=np.empty_like(x))
    np.testing.assert_allclose(dx, slope, rtol=0, atol=1e-13)


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_the_gradients_of_dense_by_the_complex_step(rows: int) -> None:
    parts = {
        "x": draw(1, rows, 4, dtype="float64"),
        "weight": draw(2, 4, 3, dtype="float64"),
        "bias": draw(3, 3, dtype="float64"),
    }
    dout = draw(4, rows, 3, dtype="float64")
    found = {"dx": np.empty((rows, 4)), "dweight": np.empty((4, 3)), "dbias": np.empty(3)}
    ops.dense_backward(dout, parts["x"], parts["weight"], **found)

    for name, array in parts.items():
        slope = np.empty_like(array)
        for index in np.ndindex(array.shape):
            nudged = {key: value.astype(complex) for key, value in parts.items()}
            nudged[name][index] += 1j * STEP
            out = ops.dense_forward(**nudged, out=np.empty((rows, 3), complex))
            slope[index] = (dout * out).sum().imag / STEP
        np.testing.assert_allclose(found[f"d{name}"], slope, rtol=0, atol=1e-13)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
@pytest.mark.parametrize("rows", [1, 2, 7])
def test_the_gradient_of_the_loss_by_the_complex_step(rows: int, smoothing: float) -> None:
    logits = 3 * draw(6, rows, 5, dtype="float64")
    labels = np.arange(rows) % 5
    probs = np.empty_like(logits)
    ops.cross_entropy_forward(logits, labels, probs=probs)
    dlogits = ops.cross_entropy_backward(
        probs, labels, dlogits=np.empty_like(logits), smoothing=smoothing
    )
    for index in np.ndindex(logits.shape):
        nudged = logits.astype(complex)
        nudged[index] += 1j * STEP
        slope = reference.cross_entropy(nudged, labels, smoothing).imag / STEP
        assert dlogits[index] == pytest.approx(slope, abs=1e-13)
