"""A trainable parameter in PyTorch: gradients to it, twice, and the L2 term of a loss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen import targets
from codegen.recipe import recipe_of
from codegen.store import import_file
from derive.errors import InputError
from tests.codegen.peers import peer

torch: Any = peer("torch")

PATH = Path(__file__).parents[3] / "generated" / "squareplus_torch.py"
M: Any = import_file("squareplus_torch_for_tests", PATH)
X4 = torch.linspace(-4, 4, 12, dtype=torch.float64).reshape(3, 4)


def squareplus(x: Any, b: Any) -> Any:
    return (x + torch.sqrt(x * x + b)) / 2


def tensors() -> tuple[Any, ...]:
    """Return W, V, b and X that require gradients, and labels."""
    generator = torch.Generator().manual_seed(0)
    kind = {"dtype": torch.float64, "generator": generator}
    W, V, X = (torch.randn(*shape, **kind) for shape in ((3, 4), (4, 5), (6, 5)))
    values = (W, V, torch.tensor([2.0], dtype=torch.float64), X)
    return *(value.requires_grad_() for value in values), torch.tensor([0, 2, 1, 1, 0, 2])


def reference(W: Any, V: Any, b: Any, X: Any, y: Any, alpha: float = 0.0) -> Any:
    cross_entropy = torch.nn.functional.cross_entropy(squareplus(X @ V.T, b) @ W.T, y)
    return cross_entropy + alpha / 2 * (W.square().sum() + V.square().sum()) / len(y)


@pytest.mark.parametrize("shape", [(1,), (), (4,), (3, 1)])
def test_the_parameter_has_its_gradient_in_any_shape_that_broadcasts(shape: Any) -> None:
    x, b = X4.clone().requires_grad_(), torch.full(shape, 1.5, dtype=torch.float64)
    b = (b + torch.rand(shape, dtype=torch.float64)).requires_grad_()
    found, expected = (
        torch.autograd.grad(f(x, b).sum(), (x, b)) for f in (M.activation, squareplus)
    )
    torch.testing.assert_close(found, expected)
    assert torch.autograd.gradcheck(M.activation, (x, b))
    assert torch.autograd.gradgradcheck(M.activation, (x, b))


def test_only_what_needs_a_gradient_gets_one() -> None:
    b = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    (found,) = torch.autograd.grad(M.activation(X4, b).sum(), b)
    torch.testing.assert_close(found, (1 / (4 * torch.sqrt(X4 * X4 + 2))).sum())
    torch.testing.assert_close(M.activation(X4, 2), squareplus(X4, 2))


def test_the_operators_pass_opcheck() -> None:
    x, b, v = (t.clone().requires_grad_() for t in (X4, X4.abs() + 1, X4 + 1))
    names = ("derivative", "derivative_in_b")
    checked = [(M._g_operator, (x, b))]
    checked += [(getattr(M, f"_g_times_{name}"), (x, b, v)) for name in names]
    for operator, arguments in checked:
        assert set(torch.library.opcheck(operator, arguments).values()) == {"SUCCESS"}


def test_vmap_and_compile_take_the_parameter() -> None:
    b = torch.rand(3, dtype=torch.float64) + 1
    torch.testing.assert_close(torch.vmap(M.activation)(X4, b), squareplus(X4, b[:, None]))
    torch.testing.assert_close(torch.vmap(M.activation, (0, None))(X4, b[0]), squareplus(X4, b[0]))

    def total(x: Any, b: Any) -> Any:
        return M.activation(x, b).sum()

    values = X4.clone().requires_grad_(), b[:1].clone().requires_grad_()
    compiled = torch.compile(total, backend="aot_eager", fullgraph=True)
    found, expected = (torch.autograd.grad(f(*values), values) for f in (compiled, total))
    torch.testing.assert_close(found, expected)


def test_a_layer_learns_its_parameter() -> None:
    layer = M.Activation()
    assert [*layer.state_dict()] == ["b"]
    assert layer.b.item() == 4
    optimiser = torch.optim.SGD(layer.parameters(), 0.5)
    x = X4.float()
    for _ in range(100):
        optimiser.zero_grad()
        (layer(x) - squareplus(x, 1.0)).square().sum().backward()
        optimiser.step()
    assert layer.b.item() == pytest.approx(1, rel=1e-3)


def test_print_shows_the_formula_of_a_layer() -> None:
    assert str(M.Activation()) == "Activation((x + sqrt(x**2 + b))/2)"


def test_a_third_derivative_is_refused() -> None:
    b = torch.ones(1, dtype=torch.float64, requires_grad=True)
    found = M.activation(X4, b)
    for _ in range(2):
        (found,) = torch.autograd.grad(found.sum(), b, create_graph=True)
    with pytest.raises(NotImplementedError, match="two are derived"):
        torch.autograd.grad(found, b)


def test_the_loss_has_the_gradient_and_the_hessian_of_the_parameter() -> None:
    *values, y = tensors()
    assert torch.autograd.gradcheck(lambda *v: M.loss(*v, y), values)
    one, two = (
        torch.autograd.functional.hessian(lambda *v, f=f: f(*v, y), tuple(values))  # type: ignore[misc]
        for f in (M.loss, reference)
    )
    torch.testing.assert_close(one, two)


def test_the_l2_term_is_part_of_the_loss() -> None:
    *values, y = tensors()
    ours, theirs = M.loss(*values, y, alpha=0.3), reference(*values, y, 0.3)
    torch.testing.assert_close(ours, theirs)
    found, expected = (torch.autograd.grad(loss, values) for loss in (ours, theirs))
    torch.testing.assert_close(found, expected)
    compiled = torch.compile(
        lambda *v: M.loss(*v, y, alpha=0.3), backend="aot_eager", fullgraph=True
    )
    torch.testing.assert_close(torch.autograd.grad(compiled(*values), values), expected)
    each = torch.vmap(lambda x, y: M.loss(*values[:3], x, y, alpha=0.3))(
        values[3][:, None], y[:, None]
    )
    assert each[2].item() == M.loss(*values[:3], values[3][2:3], y[2:3], alpha=0.3).item()


@pytest.mark.parametrize("features", [True, False])
def test_the_gradients_of_the_l2_term_are_the_derived_ones(features: bool) -> None:
    *values, y = tensors()
    values[3].requires_grad_(features)
    loss = M.loss(*values, y, "sum", alpha=0.3)
    found = torch.autograd.grad(loss, values[:3])
    W, V, b, X = (value.detach().numpy() for value in values)
    value, *expected = M.gradients(W, V, b, X, y.numpy(), alpha=0.3)
    assert loss.item() == pytest.approx(-value, rel=1e-14)
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, -torch.as_tensor(other), rtol=1e-13, atol=1e-13)


def test_the_l2_term_is_differentiated_twice() -> None:
    *values, y = tensors()
    assert torch.autograd.gradgradcheck(lambda *v: M.loss(*v, y, alpha=0.3), values)
    one, two = (
        torch.autograd.functional.hessian(lambda *v, f=f: f(*v, y, alpha=0.3), tuple(values))  # type: ignore[misc]
        for f in (M.loss, reference)
    )
    torch.testing.assert_close(one, two)
    for operator, arguments in (
        (M._likelihood_operator, (*values, y, True, 0.3)),
        (M._likelihood_operator, (*values[:3], values[3].detach(), y, False, 0.3)),
    ):
        assert set(torch.library.opcheck(operator, arguments).values()) == {"SUCCESS"}


@pytest.mark.parametrize("alpha", [-1.0, float("nan"), 1e400, "much"])
def test_a_strength_that_is_none_is_refused(alpha: Any) -> None:
    *values, y = tensors()
    with pytest.raises(ValueError, match="expected a number of 0 or more"):
        M.loss(*values, y, alpha=alpha)


@pytest.mark.parametrize(
    ("x", "b", "message"),
    [
        (X4, torch.ones(1), "b is torch.float32; expected torch.float64, as x is"),
        (X4, [1.0], "b is a list; expected a CPU tensor"),
        (1.0, torch.ones(1), "x is a float; expected a CPU tensor"),
        (X4.int(), torch.ones(1), r"x is torch\.int32; expected torch\.float32 or torch\.float64"),
    ],
)
def test_other_parameters_are_refused(x: Any, b: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        M.activation(x, b)


@pytest.mark.parametrize(("name", "target"), [("value", "numba"), ("v", "torch")])
def test_a_parameter_named_as_another_argument_is_refused(name: str, target: str) -> None:
    recipe = recipe_of(
        "softmax(W g(V x))", f"x*{name}", {name: 2}, (f"g.{name}",), ("float32",), None, target
    )
    with pytest.raises(InputError, match=f"parameter '{name}' has a name .* to {name}_1"):
        targets.source(recipe)


@pytest.mark.parametrize(
    ("b", "message"),
    [
        (10**400, "b is 1000.*; expected a number in torch.float64"),
        (torch.ones(3, dtype=torch.float64), r"the shapes are x \(3, 4\) and b \(3,\); expected"),
        (torch.ones(1, dtype=torch.float64, device="meta"), "b is on meta; expected cpu, as x is"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(b: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        M.activation(X4, b)


def test_features_of_another_dtype_are_refused_by_name() -> None:
    W, V, b, X, y = tensors()
    with pytest.raises(TypeError, match=r"X is torch\.int64; expected torch\.float32 or"):
        M.loss(W, V, b, X.detach().long(), y)
