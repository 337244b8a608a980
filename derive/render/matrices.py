"""Matrix expressions → boxes: err(s) zᵀ, (Wᵀ err(s)) ⊙ g′(a), with shapes below on request."""

from __future__ import annotations

from sympy import (
    DiagMatrix,
    Expr,
    HadamardProduct,
    Identity,
    MatAdd,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Symbol,
    Transpose,
)
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.graph import Role
from derive.matrix import ONE_HOT_ROWS
from derive.render.box import Box, Fence, Kind, Letter, Row, Script, Space, Tinted, Under, row
from derive.render.names import ERROR, Names, number
from derive.render.order import is_negative
from derive.render.signs import MINUS, PLUS, SIGN
from derive.render.typeset import Typesetter
from derive.sums import EXAMPLES

__all__ = ["MatrixTypesetter", "as_jacobian", "raised"]

TIMES = Letter("×", r"\times", Kind.OPERATOR)
ODOT = Letter("⊙", r"\odot", Kind.OPERATOR)
TOP = Letter("ᵀ", r"\top", Kind.NAME)
ONE = Letter("1", r"\mathbf{1}", Kind.BOLD)
IDENTITY = Letter("I", "I")
DIAG = Letter("diag", r"\operatorname{diag}", Kind.NAME)
_ATOMIC = (MatrixSymbol, Transpose, ElementwiseApplyFunction, OneMatrix, DiagMatrix)


class MatrixTypesetter(Typesetter):
    """Print matrix expressions; with ``shapes``, d×m stands under each factor."""

    def __init__(self, names: Names, *, shapes: bool = False) -> None:
        super().__init__(names)
        self.shapes = shapes
        self._arguments: dict[Expr, Box] = {}

    def shape(self, matrix: MatrixExpr) -> Box:
        """Return a shape: d × m."""
        rows, columns = (self._print(side) for side in matrix.shape)
        return row(rows, TIMES, columns)

    def _factor(self, matrix: Expr) -> Box:
        """Print one factor of a product, with its shape below."""
        box = self._print(matrix)
        if isinstance(matrix, MatAdd | MatMul | HadamardProduct):
            return Fence(box)
        leaf = isinstance(matrix, _ATOMIC)
        return Under(box, self.shape(matrix)) if self.shapes and leaf else box

    def _print_Symbol(self, expr: Symbol) -> Box:
        return self._arguments.get(expr) or super()._print_Symbol(expr)

    def _print_MatrixSymbol(self, expr: MatrixSymbol) -> Box:
        if expr.name == ONE_HOT_ROWS and expr.shape[0] == EXAMPLES:
            return self.names.one_hot_rows()
        return self.names.whole(expr.name)

    def _print_Transpose(self, expr: Transpose) -> Box:
        return raised(self._print(expr.arg), bare=isinstance(expr.arg, _ATOMIC))

    def _print_OneMatrix(self, expr: OneMatrix) -> Box:
        if expr.shape == (1, 1):
            return number("1")
        return ONE if expr.shape[1] == 1 else Script(ONE, sup=TOP)

    def _print_Identity(self, expr: Expr) -> Box:
        return IDENTITY

    def _print_DiagMatrix(self, expr: DiagMatrix) -> Box:
        return row(DIAG, Fence(self._print(expr.args[0])))

    def _print_ElementwiseApplyFunction(self, expr: ElementwiseApplyFunction) -> Box:
        function, inner = expr.function, expr.expr
        (variable,) = function.variables
        before = self._arguments
        self._arguments = {**before, variable: self._print(inner)}
        try:
            return self._print(function.expr)
        finally:
            self._arguments = before

    def _print_MatMul(self, expr: MatMul) -> Box:
        if is_negative(expr):
            return row(SIGN, self._print(_negated(expr)))
        scalars = [factor for factor in expr.args if not isinstance(factor, MatrixExpr)]
        matrices = _flattened([f for f in expr.args if isinstance(f, MatrixExpr)])
        items: list[Box] = [self._print(Mul(*scalars))] if scalars and Mul(*scalars) != 1 else []
        for matrix in matrices:
            items.extend([Space(), self._factor(matrix)] if items else [self._factor(matrix)])
        return row(*items)

    def _print_HadamardProduct(self, expr: HadamardProduct) -> Box:
        items: list[Box] = []
        for factor in _nested(expr):
            items.extend([ODOT, self._factor(factor)] if items else [self._factor(factor)])
        return row(*items)

    def _bias(self, term: MatrixExpr) -> int:
        """Rank products, vectors, functions, and biases last, also one repeated in rows."""
        if term.has(OneMatrix):
            return 3
        if isinstance(term, MatrixSymbol):
            return 3 if self.names.role(term.name) is Role.PARAMETER else 1
        return 0 if isinstance(term, MatMul) else 2

    def _print_MatAdd(self, expr: MatAdd) -> Box:
        items: list[Box] = []
        ordered = sorted(expr.args, key=lambda term: (is_negative(term), self._bias(term)))
        for term in ordered:
            negative = is_negative(term)
            shown = _negated(term) if negative else term
            bare = isinstance(shown, MatMul | HadamardProduct)
            box = self._print(shown) if bare else self._factor(shown)
            if items:
                items.append(MINUS if negative else PLUS)
            elif negative:
                items.append(SIGN)
            items.append(box)
        return row(*items)


def raised(box: Box, *, bare: bool) -> Box:
    """Return the box transposed; a name that carries a label is kept in parentheses."""
    inner = box.body if isinstance(box, Tinted) else box
    if not bare or (isinstance(inner, Row) and not inner.tight and len(inner.items) > 2):
        return Script(Fence(box), sup=TOP)
    if isinstance(inner, Script) and inner.sup is not None and inner.sub is None:
        raised = Script(inner.base, sup=row(inner.sup, TOP))
        return Tinted(raised, box.ink) if isinstance(box, Tinted) else raised
    return Script(box, sup=TOP)


def _negated(term: MatrixExpr) -> MatrixExpr:
    coefficient, rest = term.as_coeff_mmul()
    return rest if coefficient == -1 else MatMul(-coefficient, rest)


def _flattened(matrices: list[MatrixExpr]) -> list[MatrixExpr]:
    flat: list[MatrixExpr] = []
    for matrix in matrices:
        flat.extend(_flattened(list(matrix.args)) if isinstance(matrix, MatMul) else [matrix])
    return flat


def _nested(product: HadamardProduct) -> list[MatrixExpr]:
    flat: list[MatrixExpr] = []
    for factor in product.args:
        flat.extend(_nested(factor) if isinstance(factor, HadamardProduct) else [factor])
    return flat


def as_jacobian(matrix: MatrixExpr, *, rows: bool = False) -> MatrixExpr:
    """Return the numerator layout of a gradient or an error: the transpose, errors being rows.

    err(z) ⊙ g′(a) becomes err(z) diag(g′(a)), the product with the Jacobian of g. With examples as
    ``rows`` the errors are rows already.
    """
    with_rows = matrix if rows else _errors_as_rows(matrix)
    return with_rows if matrix.shape == (1, 1) else _transposed(with_rows)


def _errors_as_rows(matrix: Expr) -> Expr:
    if isinstance(matrix, MatrixSymbol) and matrix.name.startswith(ERROR):
        return Transpose(MatrixSymbol(matrix.name, *reversed(matrix.shape)))
    if isinstance(matrix, Transpose):
        return _transposed(_errors_as_rows(matrix.arg))
    if isinstance(matrix, MatMul | MatAdd | HadamardProduct | DiagMatrix):
        return matrix.func(*(_errors_as_rows(part) for part in matrix.args))
    return matrix


def _transposed(matrix: Expr) -> Expr:
    if isinstance(matrix, Transpose):
        return matrix.arg
    if isinstance(matrix, MatMul):
        scalars = [factor for factor in matrix.args if not isinstance(factor, MatrixExpr)]
        matrices = _flattened([factor for factor in matrix.args if isinstance(factor, MatrixExpr)])
        return MatMul(*scalars, *(_transposed(factor) for factor in reversed(matrices)))
    if isinstance(matrix, MatAdd):
        return MatAdd(*(_transposed(term) for term in matrix.args))
    if isinstance(matrix, HadamardProduct):
        return _transposed_hadamard(matrix)
    if isinstance(matrix, OneMatrix):
        return OneMatrix(*reversed(matrix.shape))
    return matrix if isinstance(matrix, DiagMatrix | Identity) else Transpose(matrix)


def _transposed_hadamard(matrix: HadamardProduct) -> MatrixExpr:
    """Return err ⊙ u as the row err times diag(u); a product of matrices stays elementwise."""
    factors = _nested(matrix)
    errors = [factor for factor in factors if _has_error(factor)]
    if matrix.shape[1] != 1 or len(errors) != 1:
        return HadamardProduct(*(_transposed(factor) for factor in factors))
    others = [factor for factor in factors if factor not in errors]
    return MatMul(_transposed(errors[0]), *(DiagMatrix(factor) for factor in others))


def _has_error(matrix: Expr) -> bool:
    return any(symbol.name.startswith(ERROR) for symbol in matrix.atoms(MatrixSymbol))
