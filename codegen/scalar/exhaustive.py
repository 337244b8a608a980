"""Every float32 input: the code against the float64 code of the same formula, and Arb where it matters.

The float64 program is another one, itself within 2^−12 ULP of float32; every input at which
the two differ by more than half the bound is settled by Arb balls, or the worst of them where those are many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from numpy.typing import NDArray

from codegen.scalar.certificate import BOUNDS, Row
from codegen.scalar.measure import over
from codegen.scalar.oracle import truth
from codegen.scalar.terms import Terms
from codegen.vectormath.arithmetic import select

__all__ = ["every_float32"]

Progress = Callable[[int, int], None]
EVERY = 2**32
MOST_SETTLED = 4096  # of each lane
NEAR = 0.99  # of the worst so far, above which an input is settled where there are many

BLOCK = 4096
TWICE_ONE = np.uint64(2046 << 52)  # from which the bits of 2^k leave those of 2^−k
LANES = 64

KERNEL = """
def kernel(lane, size, worst, where, doubtful, counts, limits):
    x = np.empty({block}, np.float32)
    value = np.empty(({outputs}, {block}), np.float32)
    exact = np.empty(({outputs}, {block}), np.float64)
    for first in range(lane * size, (lane + 1) * size, {block}):
        for i in range({block}):
            x[i] = np.uint32(first + i).view(np.float32)
        for i in range({block}):
            {values} = candidate(x[i])
        for i in range({block}):
            {exact} = reference(np.float64(x[i]))
        for k in range({outputs}):
            known, above = min(worst[lane, k], limits[lane]), 0
            for i in range({block}):  # counted, not compared, so that it vectorises
                above += not distance(value[k, i], exact[k, i]) <= known
            if above == 0:
                continue
            for i in range({block}):
                error = distance(value[k, i], exact[k, i])
                if np.isnan(value[k, i]) and np.isnan(exact[k, i]):
                    error = 0.0
                if error > worst[lane, k] or error != error:
                    worst[lane, k] = error
                    where[lane, k] = first + i
                if not error <= limits[lane]:
                    if counts[lane] == doubtful.shape[1] and worst[lane, k] < np.inf:
                        counts[lane] = 0
                        limits[lane] = max(limits[lane], {near} * worst[lane].max())
                    if counts[lane] < doubtful.shape[1]:
                        doubtful[lane, counts[lane]] = first + i
                        counts[lane] += 1
"""


@numba.njit(error_model="numpy")
def distance(value: float, exact: float) -> float:
    """Return |value − exact| in float32 ULP of exact, 0 where exact rounds to an infinite value."""
    rounded = np.float32(exact)
    error = abs(np.float64(value) - exact) * inverse_unit(exact)
    return select((value == rounded) & (abs(value) == np.inf), 0.0, error)


@numba.njit(error_model="numpy")
def inverse_unit(exact: float) -> float:
    """Return the reciprocal of a float32 ULP at a float64 number."""
    size = abs(exact)
    size = select(size > 2.0**-126, select(size < 2.0**127, size, 2.0**127), 2.0**-126)
    exponent = np.uint64(
        np.uint64(np.float64(size).view(np.uint64) >> np.uint64(52)) << np.uint64(52)
    )
    return np.uint64(TWICE_ONE - exponent).view(np.float64) * 2.0**23


def every_float32(
    candidate: Callable[..., object],
    reference: Callable[..., object],
    names: Sequence[str],
    truth_terms: Terms,
    progress: Progress | None = None,
) -> tuple[Row, ...]:
    """Return one row a quantity over all 2³² inputs.

    ``candidate`` takes a float32 and ``reference`` a float64; both return a value for each name.
    """
    several = range(len(names))
    text = KERNEL.format(
        block=BLOCK,
        values=", ".join(f"value[{k}, i]" for k in several),
        exact=", ".join(f"exact[{k}, i]" for k in several),
        outputs=len(names),
        near=NEAR,
    )
    scope = {"np": np, "distance": distance}
    scope |= {"candidate": candidate, "reference": reference}
    exec(compile(text, "<every float32>", "exec"), scope)
    kernel = numba.njit(error_model="numpy", nogil=True)(scope["kernel"])
    worst = np.zeros((LANES, len(names)))
    where = np.zeros((LANES, len(names)), np.int64)
    doubtful = np.zeros((LANES, MOST_SETTLED), np.int64)
    counts = np.zeros(LANES, np.int64)
    limits = np.full(LANES, BOUNDS["float32"] / 2)
    size = EVERY // LANES

    def one(lane: int) -> None:
        kernel(lane, size, worst, where, doubtful, counts, limits)

    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        for done, _ in enumerate(pool.map(one, range(LANES)), start=1):
            if progress is not None:
                progress(done * size, EVERY)
    bits = [doubtful[lane, : counts[lane]] for lane in range(LANES)] + [where.ravel()]
    return _settled(np.unique(np.concatenate(bits)), candidate, names, truth_terms)


def _settled(
    bits: NDArray[np.int64],
    candidate: Callable[..., object],
    names: Sequence[str],
    truth_terms: Terms,
) -> tuple[Row, ...]:
    """Return the rows with the doubtful inputs decided by Arb."""
    points = bits.astype(np.uint32).view(np.float32)
    columns = over(candidate, len(names))(points)
    truths = truth(truth_terms, points.astype(np.float64))
    found = []
    for name, column, true in zip(names, columns, truths, strict=True):
        values = np.array(column, np.float32)
        errors = true.ulp_distance(values, "float32")
        place = int(np.argmax(errors))
        found.append(
            Row(
                "float32",
                name,
                float(errors[place]),
                float(points[place]),
                EVERY,
                "",
                float(values[place]),
                float(true.floats()[place]),
            )
        )
    return tuple(found)
