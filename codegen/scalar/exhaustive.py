"""Every float32 input: the code against the float64 code of the same formula, and Arb where it matters.

The float64 program is another one, itself within 4 ULP, hence 2^−27 ULP of float32; every input at which
the two differ by more than half the bound is settled by Arb balls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numba
import numpy as np
from numpy.typing import NDArray

from codegen.scalar.certificate import BOUNDS, Row
from codegen.scalar.measure import function
from codegen.scalar.oracle import truth
from codegen.scalar.terms import Terms

__all__ = ["every_float32"]

Progress = Callable[[int, int], None]
CHUNK = 2**26
EVERY = 2**32
MOST_SETTLED = 4096

KERNEL = """
def kernel(start, stop, worst, where, doubtful, counts):
    for lane in numba.prange(worst.shape[0]):
        size = (stop - start) // worst.shape[0]
        for bits in range(start + lane * size, start + (lane + 1) * size):
            x = np.uint32(bits).view(np.float32)
            values = {values}
            exact = {exact}
            for k in range({outputs}):
                error = distance(values[k], exact[k])
                if error > worst[lane, k] or error != error:
                    worst[lane, k] = error
                    where[lane, k] = bits
                if (error > {half} or error != error) and counts[lane] < doubtful.shape[1]:
                    doubtful[lane, counts[lane]] = bits
                    counts[lane] += 1
"""


@numba.njit(error_model="numpy")
def distance(value: float, exact: float) -> float:
    """Return |value − exact| in float32 ULP of exact; 0 where both are nan or the same infinity."""
    rounded = np.float32(exact)
    if value == rounded or (np.isnan(value) and np.isnan(exact)):
        return abs(np.float64(value) - exact) / unit(exact) if abs(exact) < np.inf else 0.0
    if np.isnan(value) or np.isnan(exact) or abs(np.float64(value)) == np.inf:
        return np.inf
    return abs(np.float64(value) - exact) / unit(exact)


@numba.njit(error_model="numpy")
def unit(exact: float) -> float:
    """Return the size of a float32 ULP at a float64 number."""
    bits = np.int64(np.float64(abs(exact)).view(np.int64) >> np.int64(52)) - np.int64(1023)
    power = min(max(bits, np.int64(-126)), np.int64(127)) - np.int64(23)
    return np.int64((power + np.int64(1023)) << np.int64(52)).view(np.float64)


def every_float32(
    source: str,
    reference: str,
    names: Sequence[str],
    truth_terms: Terms,
    progress: Progress | None = None,
) -> tuple[Row, ...]:
    """Return one row a quantity over all 2³² inputs.

    ``source`` and ``reference`` define ``g``, which takes a float32 and a float64.
    """
    scope = {"np": np, "numba": numba, "distance": distance}
    scope["candidate"], scope["reference"] = function(source, "g"), function(reference, "g")
    several = len(names) > 1
    text = KERNEL.format(
        values="candidate(x)" if several else "(candidate(x),)",
        exact="reference(np.float64(x))" if several else "(reference(np.float64(x)),)",
        outputs=len(names),
        half=BOUNDS["float32"] / 2,
    )
    exec(compile(text, "<every float32>", "exec"), scope)
    kernel = numba.njit(error_model="numpy", parallel=True, nogil=True)(scope["kernel"])
    lanes = 64
    worst = np.zeros((lanes, len(names)))
    where = np.zeros((lanes, len(names)), np.int64)
    doubtful = np.zeros((lanes, MOST_SETTLED), np.int64)
    counts = np.zeros(lanes, np.int64)
    for start in range(0, EVERY, CHUNK):
        kernel(start, start + CHUNK, worst, where, doubtful, counts)
        if progress is not None:
            progress(start + CHUNK, EVERY)
    bits = [doubtful[lane, : counts[lane]] for lane in range(lanes)] + [where.ravel()]
    return _settled(np.unique(np.concatenate(bits)), worst, source, names, truth_terms)


def _settled(
    bits: NDArray[np.int64],
    worst: NDArray[np.float64],
    source: str,
    names: Sequence[str],
    truth_terms: Terms,
) -> tuple[Row, ...]:
    """Return the rows with the doubtful inputs decided by Arb."""
    points = bits.astype(np.uint32).view(np.float32)
    candidate = function(source, "g")
    results = [candidate(x) for x in points]
    columns = list(zip(*results, strict=True)) if len(names) > 1 else [tuple(results)]
    truths = truth(truth_terms, points.astype(np.float64))
    found = []
    for k, (name, column, true) in enumerate(zip(names, columns, truths, strict=True)):
        values = np.array(column, np.float32)
        errors = true.ulp_distance(values, "float32")
        place = int(np.argmax(errors))
        below = worst[:, k][worst[:, k] <= BOUNDS["float32"] / 2]
        largest = max(float(errors[place]), float(below.max(initial=0.0)))
        found.append(
            Row(
                "float32",
                name,
                largest,
                float(points[place]),
                EVERY,
                "",
                float(values[place]),
                float(true.floats()[place]),
            )
        )
    return tuple(found)
