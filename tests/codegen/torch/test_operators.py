"""Operators for PyTorch: its own checks of derivatives and of operators, its losses, its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codegen.store import import_file, import_plain
from tests.codegen.peers import peer

torch: Any = peer("torch")

PATH = Path(__file__).parents[3] / "generated" / "silu_torch.py"
M: Any = import_file("silu_torch_for_tests", PATH)
silu = torch.nn.functional.silu
forward_ad = torch.autograd.forward_ad


def tensors(dtype: Any = torch.float64) -> tuple[Any, ...]:
    """Return W, V and X that require gradients, and labels."""
    generator = torch.Generator().manual_seed(0)
    shapes = (3, 4), (4, 5), (6, 5)
    values = [torch.randn(*s, dtype=dtype, generator=generator).requires_grad_() for s in shapes]
    return *values, torch.tensor([0, 2, 1, 1, 0, 2])


def reference(W: Any, V: Any, X: Any, y: Any) -> Any:
    return torch.nn.functional.cross_entropy(silu(X @ V.T) @ W.T, y)


def test_an_activation_passes_gradcheck_and_gradgradcheck() -> None:
    x = torch.linspace(-4, 4, 12, dtype=torch.float64).reshape(3, 4).requires_grad_()
    assert torch.autograd.gradcheck(M.activation, (x,))
    assert torch.autograd.gradgradcheck(M.activation, (x,))
    assert torch.autograd.gradgradcheck(M.activation, (x.detach().T.requires_grad_(),))


def test_the_loss_passes_gradcheck_and_gradgradcheck() -> None:
    *values, y = tensors()
    assert torch.autograd.gradcheck(lambda *v: M.loss(*v, y), values)
    assert torch.autograd.gradgradcheck(lambda *v: M.loss(*v, y, "sum"), values)


def test_the_loss_is_the_cross_entropy_of_the_scores() -> None:
    *values, y = tensors()
    ours, theirs = M.loss(*values, y), reference(*values, y)
    torch.testing.assert_close(ours, theirs)
    found, expected = (torch.autograd.grad(loss, values) for loss in (ours, theirs))
    torch.testing.assert_close(found, expected)
    W, V, X = values
    X = X.detach()
    found, expected = (torch.autograd.grad(f(W, V, X, y), (W, V)) for f in (M.loss, reference))
    torch.testing.assert_close(found, expected)
    with torch.no_grad():
        torch.testing.assert_close(M.loss(W, V, X, y), reference(W, V, X, y))


def test_plain_python_gives_the_same_in_float32() -> None:
    plain: Any = import_plain(PATH)  # takes no time to compile
    *values, y = tensors(torch.float32)
    totals = [
        plain.loss(*values, y) + plain.activation(values[0]).sum(),
        reference(*values, y) + silu(values[0]).sum(),
    ]
    torch.testing.assert_close(*totals)
    found, expected = (torch.autograd.grad(total, values) for total in totals)
    torch.testing.assert_close(found, expected)


def test_the_hessian_is_that_of_pytorch() -> None:
    *values, y = tensors()
    one, two = (
        torch.autograd.functional.hessian(lambda *v, f=f: f(*v, y), tuple(values))  # type: ignore[misc]
        for f in (M.loss, reference)
    )
    torch.testing.assert_close(one, two)


def test_the_operators_pass_opcheck() -> None:
    *values, y = tensors()
    x, v = values[0], torch.ones_like(values[0], requires_grad=True)
    checked = [
        (M._g_operator, (x,)),
        (M._g_times_derivative, (x, v)),
        (M._likelihood_operator, (*values, y, True)),
        (M._likelihood_operator, (*values[:2], values[2].detach(), y, False)),
    ]
    for operator, arguments in checked:
        assert set(torch.library.opcheck(operator, arguments).values()) == {"SUCCESS"}


def test_vmap_takes_whole_batches() -> None:
    *values, y = tensors()
    W, V, X = (value.detach() for value in values)
    torch.testing.assert_close(torch.vmap(M.activation, 1, 1)(X), silu(X))
    each = torch.vmap(lambda x, y: M.loss(W, V, x, y), (0, 0))(X[:, None], y[:, None])
    torch.testing.assert_close(each.mean(), M.loss(W, V, X, y))


def test_wrapped_tensors_take_the_operators_way() -> None:
    x = torch.randn(4, dtype=torch.complex64).conj().imag  # a view that negates what it reads
    torch.testing.assert_close(M.activation(x), silu(x))
    assert M._is_plain(torch.randn(2))
    assert not M._is_plain(x)
    assert not torch.vmap(lambda v: v * M._is_plain(v))(torch.ones(2)).any()


def test_gradients_are_given_as_often_as_they_are_asked_for() -> None:
    *values, y = tensors()
    loss = M.loss(*values, y)
    found = [torch.autograd.grad(loss, values, retain_graph=True) for _ in range(3)]
    expected = torch.autograd.grad(reference(*values, y), values)
    for gradients in found:
        torch.testing.assert_close(gradients, expected)
    basis = torch.tensor([1.0, -2.0], dtype=torch.float64)
    batched = torch.autograd.grad(M.loss(*values, y), values, basis, is_grads_batched=True)
    torch.testing.assert_close(batched, tuple(torch.stack([g, -2 * g]) for g in expected))


def test_large_batches_are_shared_among_the_threads_of_pytorch() -> None:
    generator = torch.Generator().manual_seed(0)
    shapes = (300, 256), (256, 200), (128, 200)
    kind = {"dtype": torch.float64, "generator": generator}
    values = [torch.randn(*s, **kind).div(16).requires_grad_() for s in shapes]
    y = torch.randint(0, 300, (128,), generator=generator)
    found, expected = (torch.autograd.grad(f(*values, y), values) for f in (M.loss, reference))
    torch.testing.assert_close(found, expected)
    x = torch.randn(M._MANY_ELEMENTS * 2 + 3, **kind).requires_grad_()
    found, expected = (torch.autograd.grad(f(x).sum(), x) for f in (M.activation, silu))
    torch.testing.assert_close(found, expected)


def test_a_compiled_function_is_one_graph() -> None:
    *values, y = tensors()

    def step(*v: Any) -> Any:
        return M.loss(*v, y) + M.activation(v[-1]).sum()

    compiled = torch.compile(step, backend="aot_eager", fullgraph=True)
    found, expected = (torch.autograd.grad(f(*values), values) for f in (compiled, step))
    torch.testing.assert_close(found, expected)


def test_memory_is_read_where_it_is() -> None:
    x = torch.randn(4)
    assert M._floats("x", x).data_ptr() == x.data_ptr()


def test_g_is_right_where_float32_of_pytorch_is_wrong() -> None:
    x = torch.tensor([-90.0])
    assert M.activation(x).item() == pytest.approx(-90 * 8.194e-40, rel=1e-3)
    assert silu(x).item() == 0


def test_a_layer_trains() -> None:
    network = torch.nn.Sequential(torch.nn.Linear(5, 4), M.Activation(), torch.nn.Linear(4, 3))
    X, y = torch.randn(6, 5), torch.tensor([0, 2, 1, 1, 0, 2])
    optimiser = torch.optim.SGD(network.parameters(), 0.5)
    losses = []
    for _ in range(20):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(X), y)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_a_third_derivative_is_refused() -> None:
    x = torch.ones(2, dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(M.activation(x).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x, create_graph=True)
    with pytest.raises(NotImplementedError, match="two are derived"):
        torch.autograd.grad(second.sum(), x)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (torch.arange(3), "x is torch.int64; expected torch.float32 or torch.float64"),
        (torch.ones(2, dtype=torch.complex64), "x is torch.complex64; expected"),
        (torch.ones(2, dtype=torch.float16), "x is torch.float16; expected"),
        (torch.ones(2).to_sparse(), "expected a dense tensor"),
        (torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "x is nested"),
        ([1.0], "x is a list; expected a CPU tensor"),
        (1.0, "x is a float; expected a CPU tensor"),
        (np.ones(2), "x is an array of float64"),
    ],
)
def test_other_tensors_are_refused(x: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        M.activation(x)


def test_tensors_of_a_device_are_refused() -> None:
    with pytest.raises(ValueError, match=r"x is on meta; expected a CPU tensor, as of .cpu\(\)"):
        M._memory("x", torch.empty(2, device="meta"))


def test_wrong_labels_and_shapes_are_refused() -> None:
    W, V, X, y = tensors()
    with pytest.raises(ValueError, match=r"y\[0\] is 3; expected a class from 0 to 2"):
        M.loss(W, V, X, y + 3)
    with pytest.raises(ValueError, match="expected"):
        M.loss(W, V, X[:, :4], y)
    with pytest.raises(TypeError, match="y is an array of float32"):
        M.loss(W, V, X, y.float())
    with pytest.raises(ValueError, match="reduction is 'none'; expected 'mean' or 'sum'"):
        M.loss(W, V, X, y, "none")


@pytest.mark.parametrize("place", range(4), ids=["W", "V", "X", "y"])
@pytest.mark.parametrize("kind", ["list", "array", "none", "meta"])
def test_what_is_no_tensor_of_the_device_is_refused_by_name(place: int, kind: str) -> None:
    values = [value.detach() for value in tensors()]
    given: Any = values[place]
    given = {"list": given.tolist(), "array": given.numpy(), "none": None}.get(
        kind, given.to("meta")
    )
    values[place] = given
    name = "W" if kind == "meta" and place == 2 else "WVXy"[place]  # X says which device it is
    with pytest.raises((TypeError, ValueError), match=f"^{name} is .*; expected "):
        M.loss(*values)


@pytest.mark.parametrize(
    ("shape", "labels", "message"),
    [
        ((2, 3, 5), (3, 2), r"y has shape \(3, 2\); expected \(2, 3\), a label for each row of X"),
        ((2, 3, 5), (6,), r"y has shape \(6,\); expected \(2, 3\)"),
        ((5,), (1,), r"y has shape \(1,\); expected \(\)"),
        ((), (), r"X has shape \(\); expected \(…, n\)"),
        ((0,), (), r"X has shape \(1, 0\); expected"),
    ],
)
def test_labels_are_those_of_the_examples_in_their_shape(
    shape: Any, labels: Any, message: str
) -> None:
    W, V, *_ = tensors()
    X, y = torch.ones(shape, dtype=torch.float64), torch.zeros(labels, dtype=torch.int64)
    with pytest.raises(ValueError, match=message):
        M.loss(W, V, X, y)


@pytest.mark.parametrize("seed", range(4))
def test_any_layout_gives_the_same(seed: int) -> None:
    generator = np.random.default_rng(seed)
    layouts = (
        lambda t: t.T.contiguous().T,
        lambda t: torch.stack([t, t], -1)[..., 0],
        lambda t: (t * -1j).conj().imag,  # a view that negates
        lambda t: torch.nn.functional.pad(t, (1, 2, 3, 0))[3:, 1:-2],
    )
    *values, y = tensors()
    moved = [layouts[generator.integers(4)](v.detach()).requires_grad_() for v in values]
    results = []
    for f, given in ((M.loss, moved), (reference, values)):
        first = torch.autograd.grad(f(*given, y), given, create_graph=True)
        second = torch.autograd.grad(sum(g.square().sum() for g in first), given)
        results.append((*first, *second))
    torch.testing.assert_close(*results)


def test_derivatives_forward_and_of_torch_func_are_refused_and_not_nothing() -> None:
    x = torch.ones(3)
    *values, y = (value.detach() for value in tensors())

    def loss(W: Any) -> Any:
        return M.loss(W, *values[1:], y)

    def directional(f: Any, v: Any) -> None:
        with forward_ad.dual_level():
            f(forward_ad.make_dual(v, v))

    asked = [
        lambda: torch.func.jvp(M.activation, (x,), (x,)),
        lambda: torch.func.jacfwd(M.activation)(x),
        lambda: torch.func.grad(lambda v: M.activation(v).sum())(x),
        lambda: torch.func.hessian(loss)(values[0]),
        lambda: torch.vmap(torch.func.grad(lambda v: M.activation(v).sum()))(x[None]),
        lambda: directional(M.activation, x),
        lambda: directional(loss, values[0]),
    ]
    for ask in asked:
        with pytest.raises(NotImplementedError, match=r"autograd\.grad"):
            ask()
    constant = M.activation(x)
    found = torch.func.jvp(lambda v: (v * M.activation(x)).sum(), (x,), (x,))
    torch.testing.assert_close(found[1], constant.sum())


def test_vmap_over_nothing_is_refused() -> None:
    W, V, X, y = (value.detach() for value in tensors())
    with pytest.raises(ValueError, match="vmap goes over 0 examples"):
        torch.vmap(lambda W: M.loss(W, V, X, y))(W[None][:0])


def test_a_layer_is_traced_by_fx() -> None:
    traced = torch.fx.symbolic_trace(M.Activation())
    x = torch.randn(3)
    torch.testing.assert_close(traced(x), M.activation(x))
