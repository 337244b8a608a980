"""Work out a syntax tree: each part is a number, a linear map or a sized vector, or is refused."""

from __future__ import annotations

from typing import NoReturn, TypeAlias

from sympy import Integer, Rational

from derive.errors import InputError, quoted
from derive.language.maps import Chain, LinearMap, MapSum, Matrix, transpose
from derive.language.naming import fused
from derive.language.outline import Origin, Outline, Sized
from derive.language.shapes import CLASSES, FEATURE_COUNT, size_of
from derive.language.tree import (
    Call,
    Elementwise,
    Features,
    Juxtaposed,
    Name,
    Node,
    Number,
    Script,
    Total,
    Transposed,
)
from derive.language.vectors import (
    FEATURES,
    Applied,
    Atom,
    Ones,
    combine,
    has_matrix_product,
    multiply,
    scaled,
    single,
)

__all__ = ["elaborate"]

_Value: TypeAlias = Rational | LinearMap | Sized


def elaborate(script: Script, text: str) -> Outline:
    """Return the outline of a script; InputError where its parts do not fit together."""
    return _Elaboration(text).run(script)


class _Elaboration:
    """The outline so far and the vectors that can be referred to."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.outline = Outline()
        self.known: dict[str, Sized] = {}
        self.placed: dict[str, Node] = {}

    def run(self, script: Script) -> Outline:
        for assignment in script.assignments:
            name = assignment.name
            self.check_new(name, assignment)
            value = self.vector(assignment.right, f"the definition of {name}")
            self.check_new(name, assignment)
            self.placed[name] = assignment
            atom = self.outline.define(Atom(name), Origin.USER, value)
            self.known[name] = Sized(atom, value.size)
        value = self.vector(script.scores, "softmax")
        if not self.outline.parameters:
            raise InputError(
                "the model has no parameters, so that nothing can be learned: add a matrix, as in "
                "softmax(W f(x))"
            )
        self.outline.sizes.unify(CLASSES, value.size, self.part(script.scores))
        if isinstance(value.vector, Atom) and value.vector.key in self.placed:
            self.outline.scores = value.vector
        else:
            self.outline.define(self.outline.scores, Origin.SCORES, value)
        return self.outline

    def check_new(self, name: str, assignment: Node) -> None:
        if name in self.placed:
            raise InputError(
                f"{name} is defined at {self.placed[name].place} and again at {assignment.place}: "
                "give the second one another name"
            )
        used = self.outline.parameters.get(name) or self.outline.functions.get(name)
        if used:
            raise InputError(
                f"{name} is used at {used.place} before or while it is defined at "
                f"{assignment.place}: define it from earlier vectors, or choose another name"
            )

    def part(self, node: Node) -> str:
        return f"{quoted(self.text[node.start : node.end])} at {node.place}"

    def vector(self, node: Node, taker: str) -> Sized:
        """Return the value of a node that must be a vector."""
        value = self.value(node)
        if isinstance(value, Sized):
            return value
        if isinstance(value, LinearMap):
            self.refuse_matrix(node, taker)
        raise InputError(
            f"{taker} takes a vector, but {self.part(node)} is a number: multiply a vector by it, "
            "as in 0.5 W f(x)"
        )

    def refuse_matrix(self, node: Node, taker: str) -> NoReturn:
        source = " ".join(self.text[node.start : node.end].split())
        mend = self.apart(node) or f"apply it to the features, as in {source} f(x)"
        raise InputError(f"{taker} takes a vector, but {self.part(node)} is a matrix: {mend}")

    def apart(self, node: Node) -> str:
        """Return how to mend Wx, two names run together, or ""."""
        last = node.factors[-1] if isinstance(node, Juxtaposed) else node
        if not isinstance(last, Name):
            return ""
        head, tail = fused(last.name)
        if head and (tail == "x" or tail in self.known or len(tail) == 1):
            return f"to multiply, put a blank between the names, as in {head} {tail}"
        return ""

    def value(self, node: Node) -> _Value:
        match node:
            case Number():
                return node.value
            case Features():
                return Sized(FEATURES, FEATURE_COUNT)
            case Name():
                return self.name(node)
            case Call():
                return self.call(node)
            case Transposed():
                return self.transposed(node)
            case Juxtaposed():
                return self.juxtaposed(node)
            case Elementwise():
                return self.elementwise(node)
            case Total():
                return self.total(node)
        raise TypeError(f"no value for {type(node).__name__}")

    def name(self, node: Name) -> _Value:
        name = node.name
        if name in self.outline.functions:
            self.refuse_double(name, self.outline.functions[name], node)
        if name in self.known:
            return self.known[name]
        self.outline.use(name, node)
        if name[0].isupper():
            return Matrix(name)
        return Sized(Atom(name), size_of(name))

    def refuse_double(self, name: str, function: Node, vector: Node) -> NoReturn:
        raise InputError(
            f"{name} is an activation at {function.place} and a vector at {vector.place}: apply "
            f"the activation, as in {name}(V f(x)), or give the vector another name"
        )

    def call(self, node: Call) -> _Value:
        name = node.function
        if name in self.known:
            raise InputError(
                f"{name} at {node.place} is a vector, which is not applied to anything: write "
                f"{name} * (…) for an elementwise product"
            )
        if name in self.outline.parameters:
            self.refuse_double(name, node, self.outline.parameters[name])
        self.outline.functions.setdefault(name, node)
        value = self.vector(node.argument, name)
        return Sized(Applied(name, self.outline.named(value, Origin.ARGUMENT)), value.size)

    def transposed(self, node: Transposed) -> _Value:
        value = self.value(node.operand)
        if isinstance(value, LinearMap):
            return transpose(value) if node.marks % 2 else value
        raise InputError(
            f"only a matrix can be transposed, but {self.part(node.operand)} is none: write it "
            "without the transpose (an elementwise product of vectors is z * h)"
        )

    def juxtaposed(self, node: Juxtaposed) -> _Value:
        coefficient: Rational = Integer(1)
        maps: list[tuple[Node, LinearMap]] = []
        result: Sized | None = None
        for before, factor in zip((None, *node.factors), node.factors, strict=False):
            value = self.value(factor)
            if isinstance(value, Rational):
                coefficient *= value
            elif result is not None:
                assert before is not None
                self.refuse_left(before, factor, node, isinstance(value, LinearMap))
            elif isinstance(value, LinearMap):
                maps.append((factor, value))
            else:
                result = value
        if result is None:
            chain = [linear for _, linear in maps]
            whole = Chain(tuple(chain)) if len(chain) > 1 else chain[0] if chain else None
            return coefficient if whole is None else self.scale(node, coefficient, whole)
        for factor, linear in reversed(maps):
            part = f"{quoted(self.text[factor.start : node.end])} at {factor.place}"
            result = self.outline.apply(linear, result, part)
        return self.scale(node, coefficient, result)

    def refuse_left(self, left: Node, right: Node, whole: Node, is_matrix: bool) -> NoReturn:
        first, second = self.text[left.start : left.end], self.text[right.start : right.end]
        rest = self.text[right.start : whole.end]
        if not isinstance(left, Name):
            matrix = second if is_matrix else "W"
            mend = f"a matrix stands before it, as in {matrix} {first}"
        elif is_matrix:
            mend = f"to apply an activation {first}, write {first}({rest})"
        else:
            mend = f"a matrix has a capital name, as in {first.upper()} {second}"
        if not is_matrix:
            mend += f", and an elementwise product is {first} * {second}"
        raise InputError(
            f"{self.part(left)} is a vector and cannot multiply {quoted(rest)} after it: {mend}"
        )

    def scale(self, node: Node, coefficient: Rational, value: LinearMap | Sized) -> _Value:
        if coefficient == 1:
            return value
        if coefficient == 0:
            raise InputError(
                f"{self.part(node)} has the factor 0, so that nothing is left: leave it out"
            )
        if isinstance(value, LinearMap):
            return MapSum(((coefficient, value),))
        return Sized(scaled(coefficient, value.vector), value.size)

    def elementwise(self, node: Elementwise) -> _Value:
        coefficient: Rational = Integer(1)
        others: list[tuple[Node, LinearMap | Sized]] = []
        for mark, factor in node.factors:
            value = self.value(factor)
            if mark == "/":
                coefficient /= self.divisor(factor, value)
            elif isinstance(value, Rational):
                coefficient *= value
            else:
                others.append((factor, value))
        if not others:
            return coefficient
        if len(others) == 1:
            return self.scale(node, coefficient, others[0][1])
        vectors = [self.factor(node, factor, value) for factor, value in others]
        for vector in vectors[1:]:
            self.outline.sizes.unify(vectors[0].size, vector.size, self.part(node))
        product = multiply(vector.vector for vector in vectors)
        return self.scale(node, coefficient, Sized(product, vectors[0].size))

    def divisor(self, node: Node, value: _Value) -> Rational:
        if isinstance(value, Rational) and value != 0:
            return value
        raise InputError(
            f"{self.part(node)} stands after /, where only a number other than 0 may: write a "
            "number as a factor, as in 0.5 W z"
        )

    def factor(self, whole: Node, node: Node, value: LinearMap | Sized) -> Sized:
        """Return a factor of an elementwise product, in which no matrix product stands."""
        if isinstance(value, LinearMap):
            raise InputError(
                f"{self.part(node)} is a matrix, and * is the elementwise product of vectors: to "
                f"multiply by a matrix write no mark, as in {self.unmarked(whole)}"
            )
        c, inner = single(value.vector)
        if has_matrix_product(inner):
            inner = self.outline.named(Sized(inner, value.size), Origin.ARGUMENT)
        return Sized(scaled(c, inner), value.size)

    def unmarked(self, node: Node) -> str:
        return " ".join(self.text[node.start : node.end].replace("*", " ").split())

    def total(self, node: Total) -> _Value:
        values = [(Integer(sign), self.value(term), term) for sign, term in node.terms]
        if all(isinstance(value, Rational) for _, value, _ in values):
            return sum((c * value for c, value, _ in values), Integer(0))
        if any(isinstance(value, Sized) for _, value, _ in values):
            return self.sum_of_vectors(node, values)
        terms: list[tuple[Rational, LinearMap]] = []
        for c, value, term in values:
            if not isinstance(value, LinearMap):
                self.refuse_mixed(term, "a number", "a matrix")
            terms.append((c, value))
        return MapSum(tuple(terms))

    def sum_of_vectors(self, node: Total, values: list[tuple[Rational, _Value, Node]]) -> Sized:
        terms: list[tuple[Rational, Sized]] = []
        ones = Integer(0)
        for c, value, term in values:
            if isinstance(value, LinearMap):
                self.refuse_mixed(term, "a matrix", "a vector")
            if isinstance(value, Sized):
                terms.append((c, value))
            else:
                ones += c * value
        result = self.outline.add(terms, self.part(node))
        if ones == 0:
            return result
        return Sized(combine([(Integer(1), result.vector), (ones, Ones())]), result.size)

    def refuse_mixed(self, term: Node, what: str, other: str) -> NoReturn:
        mend = self.apart(term) or "add vectors to vectors, matrices to matrices, as in W z + b"
        raise InputError(f"{self.part(term)} is {what} and is added to {other}: {mend}")
