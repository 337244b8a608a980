"""A JAX module as text: the functions of each activation, their derivatives, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sympy import Expr

from codegen.equations import equation_comments
from codegen.jax.design import BOUNDS, SAMPLES, Designed, designed
from codegen.jax.translate import translated
from codegen.layout import tidy
from codegen.recipe import JAX, Recipe
from codegen.templating import environment
from derive.derivation import Derivation
from derive.errors import InputError
from derive.graph import Model
from derive.steps import Kind
from derive.subgradient import filled, repaired_derivative, second_derivative

__all__ = ["Quantity", "emit_jax", "quantities", "search"]

QUANTITIES = ("value", "derivative", "second_derivative")
PRIMES = ("", "′", "″")


@dataclass(frozen=True)
class Quantity:
    """g, g′ or g″ of an activation, as a public function of a module."""

    symbol: str
    order: int
    several: bool
    expression: Expr

    @property
    def name(self) -> str:
        return self._name(self.order)

    @property
    def following(self) -> str:
        """Return the name of its derivative; none of the last."""
        return self._name(self.order + 1) if self.order + 1 < len(QUANTITIES) else ""

    @property
    def original(self) -> str:
        """Return the name of the activation's own function."""
        return self._name(0)

    @property
    def written(self) -> str:
        """Return it as in the equations."""
        return f"{self.symbol}{PRIMES[self.order]}"

    def designed(self, dtype: str) -> Designed:
        """Return its code in a dtype."""
        words = f"Return {self.written}(x) in {dtype}."
        return designed(self.expression, f"{self.name}_{dtype}", words, dtype)

    def _name(self, order: int) -> str:
        return f"{QUANTITIES[order]}_{self.symbol}" if self.several else QUANTITIES[order]


def quantities(model: Model) -> Iterator[Quantity]:
    """Yield g, g′ and g″ of every activation, as the rules of derive give them."""
    for symbol in model.activations:
        activation = model.bound_activation(symbol)
        for order, derived in enumerate((filled, repaired_derivative, second_derivative)):
            yield Quantity(symbol, order, len(model.activations) > 1, derived(activation))


def emit_jax(recipe: Recipe) -> str:
    """Return the text of the JAX module of a recipe, without its header."""
    derivation = recipe.derivation()
    model = derivation.model
    if not model.activations:
        raise InputError(
            f"the target {JAX} writes activations, and {recipe.model} has none: name one, as in mish"
        )
    wanted = list(quantities(model))
    found = {(q, dtype): q.designed(dtype) for q in wanted for dtype in recipe.dtypes}
    text = environment().get_template("jax.py.jinja").render(
        activations=[f"{s}(x) = {model.bound_activation(s).text}" for s in model.activations],
        equations=_equations(derivation),
        bounds=" and ".join(f"{BOUNDS[dtype]:g} ULP in {dtype}" for dtype in recipe.dtypes),
        count=SAMPLES,
        measured=list(_measured(found)),
        quantities=wanted,
        public=sorted(quantity.name for quantity in wanted),
        source=_source(list(found.values())),
        dtypes=recipe.dtypes,
    )  # fmt: skip
    return tidy(text)


def search(recipe: Recipe) -> None:
    """Search for the code of a recipe, which is kept in the user's cache."""
    for quantity in quantities(recipe.derivation().model):
        for dtype in recipe.dtypes:
            quantity.designed(dtype)


def _equations(derivation: Derivation) -> list[str]:
    """Return the equations of g, g′ and g″ as text."""
    second = derivation.second_order
    shown = {equation.number for equation in second.of_kind(Kind.ACTIVATION)}
    comments = equation_comments(derivation, second=True)
    return [f"({number})  {text}" for number, text in comments.items() if number in shown]


def _source(designs: Sequence[Designed]) -> str:
    """Return the functions of all designs with what they call, each once."""
    requires = sorted({name for design in designs for name in design.requires})
    return translated("\n\n".join(design.source for design in designs), requires)


def _measured(found: dict[tuple[Quantity, str], Designed]) -> Iterator[str]:
    """Yield a line a function: its dtype, what it is, its largest error, what was exempt."""
    width = max(len(quantity.written) for quantity, _ in found)
    for (quantity, dtype), design in found.items():
        row = design.row
        line = f"{dtype}  {quantity.written:{width}}  {row.max_ulp:.2f} ULP  {row.exemptions}"
        yield line.rstrip()
