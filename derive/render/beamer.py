"""A derivation as a Beamer deck, or as the frames of one part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from sympy import Indexed, KroneckerDelta, Sum

from derive.render.chain import chain_frame
from derive.render.closing import (
    algorithm_frames,
    backpropagation_frame,
    checked_frames,
    dataset_frames,
    repeated_frames,
    sanity_frame,
)
from derive.render.frames import Frame, derivation_frames, latex_of, paginate, result
from derive.render.kernel import kernel_frames
from derive.render.lecture import key_of, unknown_part
from derive.render.opening import loss_frames, model_frames
from derive.render.plots import activation_frames
from derive.render.statement import Presenter
from derive.render.written import model_formulas
from derive.steps import Equation, Kind

if TYPE_CHECKING:
    from derive.derivation import Derivation
    from derive.render.options import Options

__all__ = ["beamer", "deck"]


def beamer(derivation: Derivation, options: Options | None = None) -> str:
    """Return the deck as LaTeX that a basic TeX installation compiles in one run.

    With ``options.part``, a deck of that part alone: model, loss, gradient:W, error:z, picture,
    activation, dataset, algorithm. Raises InputError for another part.
    """
    presenter = Presenter.proved(derivation, options, ranges=False)
    template = _environment().get_template("deck.tex.jinja")
    return template.render(
        title="The gradients of a softmax classifier, derived step by step",
        frames=deck(presenter),
        handout=presenter.options.variant != "slides",
        notes=presenter.options.variant == "notes",
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("derive.render"),
        undefined=StrictUndefined,
        autoescape=False,
        block_start_string="((*",
        block_end_string="*))",
        variable_start_string="(((",
        variable_end_string=")))",
        comment_start_string="((#",
        comment_end_string="#))",
        trim_blocks=True,
        lstrip_blocks=True,
    )


def deck(presenter: Presenter) -> list[Frame]:
    """Return the frames of the whole deck, or of the part that the options ask for."""
    parts = dict(_parts(presenter))
    part = presenter.options.part
    if part is None:
        return [_title_frame(presenter), *(f for frames in parts.values() for f in frames())]
    found = [frames for key, frames in parts.items() if part in (key, key.split(":")[0])]
    if not found:
        raise unknown_part(part, parts)
    return [frame for frames in found for frame in frames()]


Frames = Callable[[], Iterator[Frame]]


def _parts(presenter: Presenter) -> Iterator[tuple[str, Frames]]:
    yield "model", partial(model_frames, presenter)
    yield "loss", partial(loss_frames, presenter)
    for equation in presenter.derivation.of_kind(Kind.ERROR, Kind.GRADIENT):
        key = key_of(equation)
        if equation.number not in presenter.repeated:
            yield key, partial(_derived, presenter, equation)
    if presenter.repeated:
        yield "repeated", partial(repeated_frames, presenter)
    if list(presenter.derivation.of_kind(Kind.ACTIVATION)):
        yield "activation", partial(activation_frames, presenter)
    yield "picture", lambda: iter([backpropagation_frame(presenter)])
    yield "dataset", partial(dataset_frames, presenter)
    if list(presenter.derivation.of_kind(Kind.PENALISED)):
        yield "penalty", partial(_penalty_frames, presenter)
    yield "algorithm", partial(algorithm_frames, presenter)
    yield "kernel", partial(kernel_frames, presenter)
    yield "sanity", lambda: iter([sanity_frame(presenter)])
    yield "checks", partial(checked_frames, presenter)


def _title_frame(presenter: Presenter) -> Frame:
    formula = latex_of(model_formulas(presenter.names)[0][1])
    body = (
        r"\vspace{0.2\textheight}\begin{center}"
        r"{\Large\textbf{From the formula to its gradients}}\\[1.6em]"
        rf"\fitted{{\linewidth}}{{P(\mathbf{{y}}\mid\mathbf{{x}}) = {formula}}}\\[1.6em]"
        r"\textcolor{quiet}{\fwd{forward values}\quad\bwd{errors}\quad\wgt{parameters}}\end{center}"
    )
    return Frame("", body)


def _derived(presenter: Presenter, equation: Equation) -> Iterator[Frame]:
    """Yield an error's or a gradient's derivation, with the remark that a lecturer makes."""
    statement = presenter.state(equation)
    error = equation.kind is Kind.ERROR
    name = equation.quantity.name.removeprefix("err_" if error else "d")
    spelled = rf"$\displaystyle {latex_of(presenter.names.whole(name))}$"
    if error:
        root = name == presenter.derivation.model.scores.name
        title = f"The error at the root, {spelled}" if root else f"The error at {spelled}"
    else:
        title = f"The gradient of {spelled}"
        frame = chain_frame(presenter, name)
        if frame is not None:
            yield frame
    yield from derivation_frames(title, statement, _remark(presenter, equation))


def _penalty_frames(presenter: Presenter) -> Iterator[Frame]:
    """Yield L with an L2 term, its first gradient by steps, and what the others come to."""
    value, first, *others = presenter.statements(Kind.PENALISED)
    yield from derivation_frames("The L2 term", value)
    yield from derivation_frames("What it adds to a gradient", first)
    pieces = [piece for statement in others if (piece := result(statement))]
    if pieces:
        yield from paginate("What it adds to the others", pieces)


def _remark(presenter: Presenter, equation: Equation) -> str:
    """Return what a lecturer adds to a gradient of the scores, or to an error carried back."""
    objective = presenter.derivation.objective
    scores = objective.model.scores.name
    entries = {entry.base.label.name for entry in equation.right.atoms(Indexed)}
    hidden = [d.quantity.name for d in objective.model.definitions if d.quantity.name in entries]
    if equation.kind is Kind.GRADIENT and f"err_{scores}" in entries and len(hidden) == 1:
        whole = latex_of(presenter.names.whole(hidden[0]))
        return f"It looks like logistic regression with ${whole}$ as the features."
    if (
        equation.kind is Kind.ERROR
        and equation.right.has(Sum)
        and not equation.right.has(KroneckerDelta)
    ):
        name = equation.quantity.name
        whole, error = (
            latex_of(presenter.names.whole(name.removeprefix("err_"))),
            latex_of(presenter.names.whole(name)),
        )
        return (
            f"Forget everything after ${whole}$: it is the output now, ${error}$ its error; "
            "go on backwards."
        )
    return ""
