"""A JAX module as text: the functions of each activation, their derivatives, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Expr

from codegen.derivatives import written
from codegen.equations import equation_comments
from codegen.jax.design import BOUNDS, LOST, SAMPLES, Designed, designed
from codegen.jax.translate import translated
from codegen.layout import tidy
from codegen.pages import activation_line, parameter_ranges
from codegen.recipe import JAX, Recipe
from codegen.templating import environment
from derive.derivation import Derivation
from derive.errors import InputError
from derive.graph import Model
from derive.partials import Orders, partials, slots_of
from derive.steps import Kind

__all__ = ["Quantity", "emit_jax", "quantities", "search"]

QUANTITIES = ("value", "derivative", "second_derivative")
LAST = 2  # the order of the last derivatives


@dataclass(frozen=True)
class Quantity:
    """g or a derivative of it, as a function of x and of the trainable parameters.

    ``parameters`` map these as the model names them to their own names.
    """

    symbol: str
    orders: Orders
    several: bool
    expression: Expr
    parameters: Mapping[str, str] = field(hash=False)
    defaults: Mapping[str, float] = field(hash=False)

    @property
    def name(self) -> str:
        return self._name(self.orders)

    @property
    def public(self) -> bool:
        """Whether a module offers it; what is differentiated in a parameter is asked for by grad."""
        return not any(self.orders[1:])

    @property
    def following(self) -> list[str]:
        """Return the names of its derivatives in each argument; none of the last."""
        if sum(self.orders) == LAST:
            return []
        slots = range(len(self.orders))
        raised = (tuple(n + (k == slot) for k, n in enumerate(self.orders)) for slot in slots)
        return [self._name(orders) for orders in raised]

    @property
    def original(self) -> str:
        """Return the name of the activation's own function."""
        return self._name((0,) * len(self.orders))

    @property
    def written(self) -> str:
        """Return it as in the equations."""
        return written(self.symbol, self.orders, tuple(self.parameters))

    def designed(self, dtype: str) -> Designed:
        """Return its code in a dtype."""
        words = f"Return {self.written}(x) in {dtype}."
        return designed(self.expression, f"{self.name}_{dtype}", words, dtype, self.defaults)

    def _name(self, orders: Orders) -> str:
        within = "".join(f"_{('x', *self.parameters)[slot]}" for slot in slots_of(orders))
        name = QUANTITIES[sum(orders)] + f"_in{within}" * any(orders[1:])
        return f"{name}_{self.symbol}" if self.several else name


def quantities(model: Model) -> Iterator[Quantity]:
    """Yield g and its derivatives up to the second of every activation, as the rules of derive give them."""
    several = len(model.activations) > 1
    for symbol in model.activations:
        activation = model.bound_activation(symbol)
        names = {name: own for own, name in model.trainable(symbol).items()}
        defaults = {own: float(activation.parameters[own]) for own in activation.trainable}
        for orders, expression in partials(activation).items():
            yield Quantity(symbol, orders, several, expression, names, defaults)


def emit_jax(recipe: Recipe) -> str:
    """Return the text of the JAX module of a recipe, without its header."""
    derivation = recipe.derivation()
    model = derivation.model
    if recipe.l2:
        raise InputError(
            f"the target {JAX} writes activations, and they have no objective for an L2 term: leave "
            "out --l2"
        )
    if not model.activations:
        raise InputError(
            f"the target {JAX} writes activations, and {recipe.model} has none: name one, as in mish"
        )
    wanted = list(quantities(model))
    found = {(q, dtype): q.designed(dtype) for q in wanted for dtype in recipe.dtypes}
    text = environment().get_template("jax.py.jinja").render(
        activations=[activation_line(model, symbol) for symbol in model.activations],
        equations=_equations(derivation),
        bounds=" and ".join(f"{BOUNDS[dtype]:g} ULP in {dtype}" for dtype in recipe.dtypes),
        count=SAMPLES,
        lost=" and ".join(f"{LOST[dtype]:.0e} in {dtype}" for dtype in recipe.dtypes),
        measured=list(_measured(found)),
        quantities=wanted,
        public=sorted(quantity.name for quantity in wanted if quantity.public),
        ranges=parameter_ranges(model),
        trains=any(quantity.parameters for quantity in wanted),
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
