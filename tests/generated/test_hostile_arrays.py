"""Any array given to a kernel: the right answer, or a documented error before a write."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegen.store import import_plain

MODULE = import_plain(Path(__file__).parents[2] / "generated" / "silu.py")
SIZES = st.sampled_from([0, 1, 2, 3, 7])
DTYPES = ["f4", "f8", "f2", ">f8", "i8", "c16", "O", "?", "g"]


@st.composite
def strided(draw, array):
    """The same numbers in other memory: turned, reversed, stretched, unaligned or read-only."""
    kind = draw(st.sampled_from(["plain", "turned", "reversed", "stretched", "unaligned", "fixed"]))
    if kind == "turned":
        return np.asfortranarray(array)
    if kind == "reversed":
        flip = (slice(None, None, -1),) * array.ndim
        return array[flip].copy()[flip]
    if kind == "stretched":
        wide = np.full([3 * n for n in array.shape], np.nan, array.dtype)
        inner = wide[(slice(None, None, 3),) * array.ndim]
        inner[...] = array
        return inner
    if kind == "unaligned" and not array.dtype.hasobject:
        room = np.zeros(array.nbytes + 1, np.uint8)[1:].view(array.dtype).reshape(array.shape)
        room[...] = array
        return room
    array = array.copy()
    array.flags.writeable = kind == "plain"
    return array


@st.composite
def arguments(draw):
    """Arguments of the right shapes in any layout, and now and then a wrong one."""
    n, d, m, batch = draw(SIZES), draw(SIZES), draw(SIZES), draw(SIZES)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    dtype = draw(st.sampled_from(["f4", "f8"]))
    shapes = {"W": (m, d), "V": (d, n), "X": (batch, n)}
    given = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    given["y"] = rng.integers(0, max(m, 1), batch)
    plain = {name: array.copy() for name, array in given.items()}
    wrong = draw(st.sampled_from(["", "", "", "dtype", "shape", "label"]))
    victim = draw(st.sampled_from(["W", "V", "X"]))
    if wrong == "dtype":
        given[victim] = given[victim].astype(draw(st.sampled_from(DTYPES)))
        wrong = "" if given[victim].dtype == plain[victim].dtype else wrong
    elif wrong == "shape":
        given[victim] = np.zeros((given[victim].shape[0] + 1, given[victim].shape[1] + 1), dtype)
    elif wrong == "label" and batch:
        given["y"][draw(st.integers(0, batch - 1))] = draw(st.sampled_from([-1, m, 10**9]))
    elif wrong == "label":
        wrong = ""
    given = {name: draw(strided(array)) for name, array in given.items()}
    return plain, given, "classes" if m == 0 and not wrong else wrong


def outcome(function, given, *more, **named):
    """The result, or the documented error."""
    try:
        return function(given["W"], given["V"], given["X"], *more, **named)
    except (TypeError, ValueError) as error:
        return error if str(error)[0] in "WVXy" else AssertionError(error)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(arguments())
def test_a_kernel_is_right_or_refuses(case):
    plain, given, wrong = case
    found = outcome(MODULE.gradients, given, given["y"])
    chances = outcome(MODULE.predict_proba, given)
    if wrong:
        assert isinstance(found, TypeError | ValueError)
        assert wrong == "label" or isinstance(chances, Exception)
        return
    wanted = MODULE.gradients(plain["W"], plain["V"], plain["X"], plain["y"])
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(chances, MODULE.predict_proba(plain["W"], plain["V"], plain["X"]))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(arguments())
def test_a_step_is_right_or_writes_nothing(case):
    plain, given, wrong = case
    before = {name: given[name].copy() for name in given}
    found = outcome(MODULE.ascent_step, given, given["y"], 0.5)
    if wrong or not (given["W"].flags.writeable and given["V"].flags.writeable):
        assert isinstance(found, Exception)
        for name, array in given.items():
            np.testing.assert_array_equal(array, before[name])
        return
    MODULE.ascent_step(plain["W"], plain["V"], plain["X"], plain["y"], 0.5)
    np.testing.assert_array_equal(given["W"], plain["W"])
    np.testing.assert_array_equal(given["V"], plain["V"])
    np.testing.assert_array_equal(given["X"], before["X"])


def repeated(shape):
    """One row of memory in the place of many, and writable, which only a trick makes."""
    return np.lib.stride_tricks.as_strided(np.ones(shape[1]), shape, (0, 8))


W, V, X, Y = np.ones((3, 4)), np.ones((4, 4)), np.ones((2, 4)), np.array([0, 1])
ROOM = np.zeros(8)
V_ENTANGLED = np.lib.stride_tricks.as_strided(ROOM, (4, 4), (8, 8))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: MODULE.value_and_derivative(X, out=(X, X)), r"out\[1\] overlaps"),
        (lambda: MODULE.value_and_derivative(ROOM[:5], out=(ROOM[:5], ROOM[3:])), "overlaps"),
        (lambda: MODULE.ascent_step(V, V, X, Y, 0.1), "V overlaps another argument"),
        (lambda: MODULE.ascent_step(W, V, V[:2], Y, 0.1), "V overlaps another argument"),
        (lambda: MODULE.ascent_step(W, repeated((4, 4)), X, Y, 0.1), r"V has strides \(0, 8\)"),
        (
            lambda: MODULE.gradients(W, V, X, Y, out=(repeated((3, 4)), ROOM)),
            r"out\[0\] has strides \(0, 8\)",
        ),
        (lambda: MODULE.value(X, out=repeated((2, 4))), r"out has strides \(0, 8\)"),
        (lambda: MODULE.ascent_step(W, V_ENTANGLED, X, Y, 0.1), r"V has strides \(8, 8\)"),
        (lambda: MODULE.value(X, out=V_ENTANGLED[:2]), r"out has strides \(8, 8\)"),
        (lambda: MODULE.predict_proba(W[:0], V, X), "W has no classes"),
        (lambda: MODULE.predict(W[:0], V, X), "W has no classes"),
        (
            lambda: MODULE.predict_proba(np.zeros((10**18, 0)), V, X),
            r"V has shape \(4, 4\); expected \(0, n\), as d is 0 in W",
        ),
        (lambda: MODULE.gradients(W, V, X[0], 2**64), f"y is {2**64}"),
        (lambda: MODULE.gradients(W, V, X[0], -(10**5000)), "y is a number of thousands of digits"),
        (
            lambda: MODULE.ascent_step(W, V, X, Y, 10**400),
            r"learning_rate is 10{19}… \(401 characters\); expected a finite number",
        ),
        (
            lambda: MODULE.ascent_epoch(W, V, X, Y, 0.1, -(10**5000)),
            "batch_size is a number of thousands of digits; expected a positive int",
        ),
        (lambda: MODULE.ascent_epoch(W, V, X, Y, 0.1, None), "batch_size is a NoneType"),
        (lambda: MODULE.gradients(W, V, X, np.array([0, 2**63], np.uint64)), rf"y\[1\] is {2**63}"),
        (lambda: MODULE.gradients(np.ma.masked_array(W, W > 0), V, X, Y), "W is a masked array"),
        (
            lambda: MODULE.gradients(W, V, X, np.ma.masked_array(Y, Y > 0)),
            "y is a masked array",
        ),
        (
            lambda: MODULE.ascent_epoch(W, V, X, Y, 0.1, 1, np.ma.masked_array(Y, Y > 0)),
            "order is a masked array",
        ),
        (
            lambda: MODULE.ascent_step(*(a.astype("f4") for a in (W, V, X)), Y, 1e200),
            "learning_rate is 1e.200; expected a finite number, in float32",
        ),
    ],
)
def test_what_would_be_silently_wrong_is_refused_before_a_write(call, message):
    before = [array.copy() for array in (W, V, X, ROOM)]
    with pytest.raises((TypeError, ValueError), match=message):
        call()
    for array, kept in zip((W, V, X, ROOM), before, strict=True):
        np.testing.assert_array_equal(array, kept)


LINES = {
    "float32": np.zeros(5, np.float32),
    "longer": np.zeros(6),
    "folded": np.zeros((1, 5)),
    "reversed": np.zeros(5)[::-1],
    "read-only": np.broadcast_to(0.0, 5).copy(),
}
LINES["read-only"].flags.writeable = False


@pytest.mark.parametrize("name", LINES)
def test_a_short_line_is_filled_or_refused(name):
    x, line = np.linspace(-2, 2, 5), LINES[name]
    values, slopes = MODULE.value_and_derivative(x)
    if name == "reversed":
        assert MODULE.value(x, line) is line
        np.testing.assert_array_equal(line, values)
        return
    for call in (
        lambda: MODULE.value(x, line),
        lambda: MODULE.value_and_derivative(x, (line, x.copy())),
        lambda: MODULE.value_and_derivative(x, (x.copy(), line)),
    ):
        with pytest.raises((TypeError, ValueError), match=r"^out"):
            call()
    assert not line.any()
    room = np.empty(5)
    found = MODULE.value_and_derivative(x, (room, x))
    assert found[0] is room
    assert found[1] is x
    np.testing.assert_array_equal(room, values)
    np.testing.assert_array_equal(x, slopes)
    with pytest.raises(ValueError, match=r"out\[1\] overlaps"):
        MODULE.value_and_derivative(x, (room, room))
    with pytest.raises(TypeError, match="out is"):
        MODULE.value_and_derivative(x, (room,))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_a_learning_rate_of_any_dtype_is_taken_without_a_warning(dtype):
    first, second = W.copy(), W.copy()
    MODULE.ascent_step(first, V.copy(), X, Y, dtype(0.5))
    MODULE.ascent_step(second, V.copy(), X, Y, 0.5)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("first", range(0, 45, 4))
def test_gradients_go_where_nothing_else_lies_or_nowhere(first):
    """One memory holds W, V, X in 12 + 16 + 8 numbers; dV, of 16 more, begins anywhere in it."""
    room = np.arange(60.0) / 50
    places = {"W": room[:12].reshape(3, 4), "V": room[12:28].reshape(4, 4)}
    places["X"] = room[28:36].reshape(2, 4)
    target = room[first : first + 16].reshape(4, 4)
    before, wanted = room.copy(), MODULE.gradients(*map(np.copy, places.values()), Y)
    if first < 36:
        with pytest.raises(ValueError, match=r"out\[1\] overlaps another argument"):
            MODULE.gradients(*places.values(), Y, out=(np.empty((3, 4)), target))
        np.testing.assert_array_equal(room, before)
        return
    _, dW, dV = MODULE.gradients(*places.values(), Y, out=(np.empty((3, 4)), target))
    assert dV is target
    np.testing.assert_array_equal(dW, wanted[1])
    np.testing.assert_array_equal(dV, wanted[2])
    np.testing.assert_array_equal(room[:36], before[:36])
