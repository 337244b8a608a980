"""A model's text becomes a graph of named quantities in SymPy index notation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from sympy import Expr, Symbol

from derive.activation import Activation
from derive.bindings import Parameter, Value, bind
from derive.budget import limited
from derive.errors import InputError, quoted
from derive.formula import X, formula
from derive.graph import Model, Quantity, Role, size
from derive.language.elaborate import elaborate
from derive.language.maps import Matrix
from derive.language.naming import RESERVED, free_name, free_names
from derive.language.outline import Named, Origin, Outline
from derive.language.parser import EXAMPLE, parse
from derive.language.shapes import CLASSES, FEATURE_COUNT, size_of
from derive.language.tokens import canonical
from derive.language.tree import Script
from derive.language.vectors import FEATURES, Atom, atoms, matrices
from derive.language.writer import Writer

__all__ = ["DEFAULT_MODEL", "parse_model"]

DEFAULT_MODEL = EXAMPLE

LETTERS = {
    Origin.ARGUMENT: "aupq",
    Origin.OPERAND: "zrvt",
    Origin.SCORES: "sqto",
}


@limited()
def parse_model(
    text: str, bindings: Mapping[str, Value] | None = None, trainable: Sequence[str] = ()
) -> Model:
    """Return the model that a text such as ``softmax(W g(V f(x)))`` writes down.

    ``bindings`` give activations (a library name, a formula in x, an Activation) and their
    parameters (``g.beta``, or ``beta`` where nothing else bears that name); ``trainable`` names the
    parameters that are learned. Raises InputError: one sentence with the place and the mend.
    """
    outline = elaborate(_read(text), text)
    definitions = _used(outline)
    _check_parameters(outline, definitions)
    names = _names(outline, definitions)
    _check_look_alikes(outline, definitions)
    typed = {*outline.parameters, *(d.atom.key for d in definitions if d.origin is Origin.USER)}
    functions = tuple(outline.functions)
    activations, learned = bind(functions, typed, bindings or {}, trainable)
    taken = {*names.values(), *outline.parameters, *functions}
    labels = _label(learned, taken)
    constants = _label(_constants(activations), {*taken, *labels.values()})
    called = labels | constants
    quantities = _quantities(outline, definitions, names, labels, constants.values())
    writer = Writer(quantities, _applications(functions, labels, quantities))
    return Model(
        text=" ".join(text.split()),
        features=quantities[FEATURES.key],
        parameters=tuple(quantities[key] for key in (*outline.parameters, *labels.values())),
        definitions=tuple(writer.definition(d.atom.key, d.vector) for d in definitions),
        activations=activations,
        labels={
            function: {own: called[Parameter(function, own)] for own in activation.parameters}
            for function, activation in activations.items()
            if activation is not None
        },
    )


def _read(text: str) -> Script:
    """Return the syntax tree of a model; InputError where it is none, perhaps as it is a formula."""
    try:
        return parse(text)
    except InputError:
        if not isinstance(text, str) or not _is_formula(text):
            raise
        raise InputError(
            f"{quoted(text)} is a formula in x and no model: bind an activation to it, as in "
            f"g={quoted(text)}"
        ) from None


def _is_formula(text: str) -> bool:
    if "softmax" in text or text != text.lower():  # a matrix has a capital name
        return False
    try:
        return X in formula(text).free_symbols
    except InputError:
        return False


def _used(outline: Outline) -> list[Named]:
    """Return the definitions that the scores depend on, those of the scores last."""
    by_atom = {definition.atom: definition for definition in outline.definitions}
    reached: set[Atom] = set()
    todo = [outline.scores]
    while todo:
        atom = todo.pop()
        if atom in by_atom and atom not in reached:
            reached.add(atom)
            todo.extend(atoms(by_atom[atom].vector))
    for definition in outline.definitions:
        if definition.atom not in reached and definition.origin is Origin.USER:
            name = definition.atom.key
            raise InputError(
                f"{name} is defined but never used: write {name} where its value is meant, as in "
                f"softmax(W {name}), or leave its definition out"
            )
    return [definition for definition in outline.definitions if definition.atom in reached]


def _check_parameters(outline: Outline, definitions: Iterable[Named]) -> None:
    used: set[str] = set()
    for definition in definitions:
        used |= {atom.key for atom in atoms(definition.vector)} | matrices(definition.vector)
    if FEATURES.key not in used:
        raise InputError(_without_features(outline))
    for name, node in outline.parameters.items():
        if name not in used:
            raise InputError(
                f"{name} at {node.place} cancels out of the model: leave it out, or change the "
                "sign of one of its terms"
            )
        if name[0].islower() and name[0] == "d" and name[1:] in outline.parameters:
            raise InputError(
                f"the name {name} at {node.place} is reserved, it is the gradient of {name[1:]}: "
                "choose another name, such as b1"
            )


def _check_look_alikes(outline: Outline, definitions: Iterable[Named]) -> None:
    """Refuse W1 beside W_1, which a slide prints alike."""
    typed = [d.atom.key for d in definitions if d.origin is Origin.USER]
    seen: dict[str, str] = {}
    for name in (*typed, *outline.parameters, *outline.functions):
        plain = name.replace("_", "")
        if seen.setdefault(plain, name) != name:
            raise InputError(
                f"the names {seen[plain]} and {name} look alike on a slide: use one, or rename it"
            )


def _without_features(outline: Outline) -> str:
    name = next(name for name in outline.parameters if name[0].islower())
    return (
        f"the model never uses the features: {name} at {outline.parameters[name].place} is not "
        f"defined before, hence a bias vector, so define it first, as in {name} = g(V f(x)); …, or "
        "write f(x)"
    )


def _names(outline: Outline, definitions: Sequence[Named]) -> dict[Atom, str]:
    """Name every definition: the user's own name, else a, z, s or a1, a2 … that nothing else "
    "has."""
    names = {d.atom: d.atom.key for d in definitions if d.origin is Origin.USER}
    taken = {*names.values(), *outline.parameters, *outline.functions}
    taken |= {name.replace("_", "") for name in taken} | set(RESERVED)
    for origin, letters in LETTERS.items():
        group = [d.atom for d in definitions if d.origin is origin]
        if group:
            chosen = free_names(letters, len(group), taken)
            names |= dict(zip(group, chosen, strict=True))
            taken |= set(chosen)
    return names


def _constants(activations: Mapping[str, Activation | None]) -> Iterator[Parameter]:
    """Yield the parameters of the activations that are not learned."""
    for function, activation in activations.items():
        if activation is not None:
            fixed = (own for own in activation.parameters if own not in activation.trainable)
            yield from (Parameter(function, own) for own in fixed)


def _label(parameters: Iterable[Parameter], taken: Collection[str]) -> dict[Parameter, str]:
    """Name parameters of the activations: beta, or beta_g where that name is not free."""
    parameters = tuple(parameters)
    occupied = {*taken, *(f"err_{name}" for name in taken), *RESERVED}
    labels: dict[Parameter, str] = {}
    for item in parameters:
        bare = canonical(item.parameter)
        alike = sum(canonical(other.parameter) == bare for other in parameters)
        name = f"{bare}_{item.function}" if alike > 1 or bare in occupied else bare
        labels[item] = free_name([name], occupied)
        occupied.add(labels[item])
    return labels


def _quantities(
    outline: Outline,
    definitions: Sequence[Named],
    names: Mapping[Atom, str],
    labels: Mapping[Parameter, str],
    constants: Collection[str],
) -> dict[str, Quantity]:
    """Return the quantity of every key: features, parameters, definitions, learned parameters."""
    taken = {*names.values(), *outline.parameters, *labels.values(), *constants}
    sizes = _sizes(outline, definitions, taken)
    quantities = {FEATURES.key: Quantity("f", (sizes(FEATURE_COUNT),), Role.FEATURES)}
    for name in outline.parameters:
        shape = Matrix(name).sizes if name[0].isupper() else (size_of(name),)
        quantities[name] = Quantity(name, tuple(map(sizes, shape)), Role.PARAMETER)
    for definition in definitions:
        role = Role.SCORES if definition.atom == outline.scores else Role.HIDDEN
        name = names[definition.atom]
        quantities[definition.atom.key] = Quantity(name, (sizes(definition.size),), role)
    for name in labels.values():
        quantities[name] = Quantity(name, (), Role.ACTIVATION_PARAMETER)
    return quantities


def _sizes(
    outline: Outline, definitions: Sequence[Named], taken: Collection[str]
) -> Callable[[str], Symbol]:
    """Name the sizes: m classes, n features, d or d1, d2 … from the features outward."""
    root = outline.sizes.root
    names = {root(CLASSES): free_name("mcq", taken), root(FEATURE_COUNT): free_name("np", taken)}
    variables = [definition.size for definition in definitions]
    for name in outline.parameters:
        variables += Matrix(name).sizes if name[0].isupper() else (size_of(name),)
    hidden = list(dict.fromkeys(r for r in map(root, variables) if r not in names))
    chosen = free_names("dhe", len(hidden), {*taken, *names.values()})
    names |= dict(zip(hidden, chosen, strict=True))
    return lambda variable: size(names[root(variable)])


def _applications(
    functions: Iterable[str], labels: Mapping[Parameter, str], quantities: Mapping[str, Quantity]
) -> dict[str, tuple[Expr, ...]]:
    """Return the learned parameters of each activation, in the order declared."""
    return {
        function: tuple(
            quantities[name].at() for item, name in labels.items() if item.function == function
        )
        for function in functions
    }
