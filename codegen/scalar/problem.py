"""What is searched for: expressions in a dtype, the forms they may take, and the truth at places to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Symbol

from codegen.scalar.candidates.apart import apart
from codegen.scalar.candidates.bounded import bounded
from codegen.scalar.candidates.build import candidates
from codegen.scalar.candidates.choices import chosen_last
from codegen.scalar.candidates.decide import decided, switches
from codegen.scalar.candidates.divide import divided, multiplied
from codegen.scalar.candidates.multiples import of_multiples
from codegen.scalar.candidates.reciprocals import by_reciprocals
from codegen.scalar.candidates.rescale import rescaled
from codegen.scalar.candidates.scale import scaled_down
from codegen.scalar.candidates.turns import scaled_turns
from codegen.scalar.conditioning import Study, study
from codegen.scalar.expanded import Expanded, expanded
from codegen.scalar.oracle import Truth, truth
from codegen.scalar.rows import Rows
from codegen.scalar.sample import LARGEST, evenly, grid, hidden, landmarks, nearest, touched
from codegen.scalar.served import EVERYWHERE, Domain, inside
from codegen.scalar.settings import Place, extreme, in_order, moving, settings
from codegen.scalar.similar import Similarity, similarity
from codegen.scalar.singled import apart_from_both, apart_from_one
from codegen.scalar.stated import stated
from codegen.scalar.terms import Node, Terms
from codegen.scalar.zeros import irrational_zero_near, touching, zeros

__all__ = ["Problem", "crowded"]

EXEMPT = 2.0**-24  # nearer to an irrational zero than this nothing is asked of float64
BESIDE = 2.0**-10  # as far, relatively, an output is larger than next to a zero
BETWEEN = 10  # points from a place where a design missed the bound to the next study point
STUDIED = 12  # zeros of an output, at all distances from them
TURNED = (("huge turns scaled", scaled_turns), ("by quarter turns", of_multiples))
FAR: Mapping[str, tuple[tuple[str, Callable[[Terms], Terms | None]], ...]] = {
    "float32": (("divided in turn", divided), *TURNED),
    "float64": (
        ("divided in turn", divided),
        ("multiplied in turn", multiplied),
        *TURNED,
        ("huge x scaled", scaled_down),
        ("sums rescaled", lambda terms: rescaled(terms, sums=True)),
        ("divided in turn, huge x scaled", lambda terms: scaled_down(divided(terms) or Terms())),
    ),
}


def crowded(terms: Terms, defaults: Mapping[str, float]) -> tuple[float, ...]:
    """Return the places around which points crowd: landmarks of the outputs, and where a branch changes."""
    found = (*landmarks(terms, defaults), *switches(decided(terms, "float64")))
    return tuple(dict.fromkeys((*found, *hidden(terms, found, defaults))))


@dataclass(frozen=True)
class Subject:
    """A function of one variable and no parameters, which is an output of terms or what it is made of.

    Attributes:
        terms: of the function.
        output: its place among their outputs.
        zeros: where it changes sign.
        places: its variable at each study point.
        similarity: how the output is made of it; None where it is the output.
    """

    terms: Terms
    output: int
    zeros: tuple[Fraction, ...]
    places: NDArray[np.float64]
    similarity: Similarity | None = None


@dataclass(frozen=True)
class Problem:
    """Expressions to be computed in a dtype, where to look, and the truth there."""

    expressions: tuple[Expr, ...]
    variable: Symbol
    dtype: str
    terms: Terms
    marks: tuple[float, ...]
    zeros: tuple[tuple[Fraction, ...], ...]
    points: NDArray[np.float64]
    truths: tuple[Truth, ...]
    defaults: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    domain: Domain = EVERYWHERE
    doubted: tuple[float, ...] = ()  # where errors are counted double
    known: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)
    # with some of the points, and which are not among them
    fewer: tuple[Problem, NDArray[np.bool_]] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        expressions: Sequence[Expr],
        variable: Symbol,
        dtype: str,
        defaults: Mapping[str, float] | None = None,
    ) -> Problem:
        """Return the problem with its landmarks, zeros and study points worked out.

        ``defaults`` give each trainable parameter its value, around which it is studied
        (:func:`codegen.scalar.settings.spread`).
        """
        terms = stated(expressions, variable)
        defaults = dict(defaults or {})
        marks = crowded(terms, defaults)
        count = len(expressions)
        roots: tuple[tuple[Fraction, ...], ...] = ((),) * count
        touches: list[tuple[float, ...]] = [()] * count
        if not defaults:
            touches = [touched(terms.alone(k)) for k in range(count)]
            roots = tuple(tuple(zeros(terms, k, marks)) for k in range(count))
        if dtype == "float64":  # is exempt where it would need more than pairs
            roots = tuple((*roots[k], *touching(terms, k, touches[k])) for k in range(count))
        near = [float(root) for each in roots for root in sorted(each, key=abs)[:STUDIED]]
        if dtype == "float32":
            near += nearest(place for each in touches for place in each)
        points = grid(dtype, marks, near)
        given = settings(defaults, points.size, dtype)
        more = (*moving(terms, defaults, dtype), *extreme(defaults, dtype)) if defaults else ()
        points, parameters = in_order((points, given), *more)
        found = truth(terms, points, parameters)
        return cls(
            tuple(expressions), variable, dtype, terms, marks, roots, points, found, defaults,
            parameters,
        )  # fmt: skip

    @cached_property
    def subjects(self) -> tuple[Subject | None, ...]:
        """What a series of each output is one of; None for what is no function of one variable."""
        return tuple(self._subject(k) for k in range(len(self.expressions)))

    def _subject(self, output: int) -> Subject | None:
        if not self.defaults:
            return Subject(self.terms, output, self.zeros[output], self.points)
        found = _similar(self.terms.content, output, tuple(self.defaults.items()))
        if found is None:
            return None
        similar, roots = found
        places = similar.at(self.points, self.parameters)
        return Subject(similar.terms, 0, roots, places, similar)

    def expanded(self, output: int) -> tuple[Expanded, ...]:
        """Return series of an output at 0 and far out, whose coefficients are functions of parameters."""
        given = tuple(self.defaults.items())
        return expanded(self.expressions[output], self.variable, self.dtype, given)

    @cached_property
    def forms(self) -> tuple[tuple[str, Terms], ...]:
        """The forms in which the expressions may be computed, each with its name."""
        return _forms(self.expressions, self.variable, self.dtype)

    @cached_property
    def parted_forms(self) -> tuple[tuple[str, Terms], ...]:
        """The forms again with far x apart, tried where pairs in normal form would be needed."""
        found = [
            (f"{form}, far x apart", apart(terms, self.points, self.truths, self.dtype))
            for form, terms in self.forms
        ]
        return tuple((form, terms) for form, terms in found if terms is not None)

    @cached_property
    def far_forms(self) -> tuple[tuple[str, Terms], ...]:
        """The forms again with less that leaves the range of floats, tried where all others fail."""
        found = []
        for form, terms in self.forms:
            for words, change in FAR[self.dtype]:
                changed = change(terms)
                if changed is not None:
                    found.append((f"{form}, {words}", changed))
            limited = bounded(terms, self.study, self.truths, self.dtype)
            if limited is not None:
                found.append((f"{form}, bounded", limited))
        return tuple(found)

    def studied_at(self, places: Sequence[Place], doubted: bool) -> Problem:
        """Return the problem with these places, others close by, and some as far as the next study points.

        ``doubted`` counts errors at the places and close by double: the error analysis saw too little there.
        """
        around, close, theirs = list[float](), list[float](), list[Mapping[str, float]]()
        known = np.array([-LARGEST, *self.points, LARGEST])
        for x, given in places:
            near = [x * (1 + side * 2.0**-k) for side in (-1, 0, 1) for k in (8, 20)]
            next_one = int(np.searchsorted(known, x, side="right"))
            ends = known[next_one - 1], known[min(next_one, known.size - 1)]
            between = [evenly(min(float(end), x), max(float(end), x), BETWEEN) for end in ends]
            close += near
            around += [*near, *np.concatenate(between).tolist()]
            theirs += [given] * (len(around) - len(theirs))
        columns = {name: np.array([given[name] for given in theirs]) for name in self.defaults}
        problem = self.with_points(around, columns)
        return replace(problem, doubted=(*self.doubted, *close)) if doubted else problem

    def with_points(
        self,
        more: Sequence[float] | NDArray[np.float64],
        parameters: Mapping[str, NDArray[np.float64]] | None = None,
    ) -> Problem:
        """Return the problem with these places, rounded to the dtype, among its study points.

        Parameters are as given for each, or else spread over their ranges.
        """
        with np.errstate(over="ignore"):
            added = np.array(more).astype(self.dtype).astype(np.float64)
        if self.defaults and parameters:
            there = np.isfinite(added)
            values = {name: column[there] for name, column in parameters.items()}
            added = added[there]
        else:
            added = np.setdiff1d(added[np.isfinite(added)], self.points)
            found = settings(self.defaults, 1 + added.size, self.dtype)
            values = {name: column[1:] for name, column in found.items()}
        points, given = in_order((self.points, self.parameters), (added, values))
        fresh = np.argsort(np.concatenate([self.points, added]), kind="stable") >= self.points.size
        truths = truth(self.terms, points, given)
        return replace(
            self, points=points, truths=truths, parameters=given, known={}, fewer=(self, fresh)
        )

    @cached_property
    def corners(self) -> tuple[float, ...]:
        """The study points at which an output is not finite, unlike at its neighbours."""
        return apart_from_both(self.points, [~np.isfinite(true.high) for true in self.truths])

    @cached_property
    def singled(self) -> tuple[float, ...]:
        """The corners, and points at which an output is 0, unlike at a neighbour: right to the last bit."""
        zero = [true.high == 0 for true in self.truths]
        return (*self.corners, *apart_from_one(self.points, zero))

    def study(self, terms: Terms) -> Study:
        """Return the error analysis of terms at the study points, made once."""
        found: Study = self.once(("study", terms.content), lambda: self._studied(terms))
        return found

    def _studied(self, terms: Terms) -> Study:
        found: Study = self.once(("undoubted", terms.content), lambda: self._undoubted(terms))
        if not self.doubted:
            return found
        return found.counted_double(np.isin(self.points, np.array(self.doubted, self.dtype)))

    def _undoubted(self, terms: Terms) -> Study:
        """Return the error analysis, that of the problem with fewer points completed where it was made."""
        before: Study | None = None
        if self.fewer is not None:
            fewer, fresh = self.fewer
            before = fewer.known.get(("undoubted", terms.content))
        if before is None:
            return study(terms, self.points, self.parameters, self.once("rows", Rows))
        if not fresh.any():
            return before
        given = {name: column[fresh] for name, column in self.parameters.items()}
        more = study(terms, self.points[fresh], given, self.once("rows of fresh points", Rows))
        return before.completed(more, self.once("roundings", dict))

    def once(self, key: object, make: Callable[[], Any]) -> Any:
        """Return what is made for a key, made the first time that it is asked for at these points."""
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]

    def inside(self, points: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Return which of some points are in the domain."""
        return inside(self.domain, points)

    def counted(self, output: int) -> NDArray[np.bool_]:
        """Return which study points count: in float64 not those next to an irrational zero."""
        result = self.counts(output, self.points)
        if self.dtype == "float64" and self.defaults:
            result = result & ~self.once(("exempt", output), lambda: self._next_to_zeros(output))
        return result

    def _next_to_zeros(self, output: int) -> NDArray[np.bool_]:
        """Return which study points are next to an irrational zero that the parameters there move."""
        alone = self.terms.alone(output)
        with np.errstate(over="ignore"):
            places = [self.points * (1 + shift) for shift in (-BESIDE, BESIDE)]
        here = np.abs(self.truths[output].floats())
        beside = [np.abs(truth(alone, there, self.parameters)[0].floats()) for there in places]
        result = np.zeros(self.points.size, bool)
        for place in np.flatnonzero(here < 4 * EXEMPT / BESIDE * np.maximum(*beside)).tolist():
            given = {name: float(column[place]) for name, column in self.parameters.items()}
            x = float(self.points[place])
            result[place] = irrational_zero_near(self.terms, output, x, EXEMPT, given) is not None
        return result

    def counts(self, output: int, points: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Return which of some points count."""
        result = self.inside(points) & ~np.isin(points, self.corners)
        if self.dtype == "float64":
            for root in self.zeros[output]:
                if float(root) != root:
                    with np.errstate(over="ignore"):
                        apart = np.abs(points - float(root))
                    result &= apart > EXEMPT * abs(float(root))
        return result


@lru_cache(maxsize=256)  # whatever the study points are
def _similar(
    content: tuple[tuple[Node, ...], tuple[int, ...]],
    output: int,
    defaults: tuple[tuple[str, float], ...],
) -> tuple[Similarity, tuple[Fraction, ...]] | None:
    """Return how an output is made of a function of one variable, and the zeros of that; None for neither."""
    nodes, outputs = content
    found = similarity(Terms(list(nodes), outputs), outputs[output], dict(defaults))
    if found is None:
        return None
    return found, tuple(zeros(found.terms, 0, crowded(found.terms, {})))


@lru_cache(maxsize=16)  # whatever the study points are
def _forms(
    expressions: tuple[Expr, ...], variable: Symbol, dtype: str
) -> tuple[tuple[str, Terms], ...]:
    result = []
    for form, found in candidates(expressions, variable, wide=dtype == "float32"):
        terms = decided(found, dtype)
        terms = of_multiples(terms, short=True) or terms
        terms = chosen_last(terms) or terms
        result.append((form, terms))
        written = [(form, terms)]
        if dtype == "float64":
            other = rescaled(terms)
            if other is not None:
                written.append((f"{form}, rescaled", other))
                result.append(written[-1])
        for words, several in written:
            shared = by_reciprocals(several)
            if shared is not None:
                result.append((f"{words}, by reciprocals", shared))
    return tuple(result)
