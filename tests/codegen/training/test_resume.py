"""A training that was cut off goes on to the bit; weights of another training are refused."""

import errno
import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from codegen.training import loop
from codegen.training.weights import load_weights, save_weights
from tests.codegen.training.test_commands import TRAIN, folder, run

assert folder  # a fixture, used by its name


@pytest.fixture
def whole(folder, capsys):
    """The bytes of the weights that 20 epochs at one go write."""
    run(capsys, *TRAIN, "-q", "-o", "whole.npz")
    return (folder / "whole.npz").read_bytes()


def cut_off_in(monkeypatch, epoch, end):
    """Have the training end by ``end()`` in an epoch, after half of its steps were taken."""
    one_epoch = loop._one_epoch

    def cut_off(network, parameters, train, plan, number):
        if number != epoch:
            return one_epoch(network, parameters, train, plan, number)
        for parameter in parameters:
            parameter[...] += 1
        return end()

    monkeypatch.setattr(loop, "_one_epoch", cut_off)


def interrupt():
    raise KeyboardInterrupt


def terminate():
    os.kill(os.getpid(), signal.SIGTERM)


def fill():
    raise OSError(errno.ENOSPC, "No space left on device")


def test_where_nothing_can_be_printed_any_more_the_weights_are_kept(
    folder, whole, capsys, monkeypatch
):
    command = (*TRAIN, "-o", "weights.npz", "--resume")
    with monkeypatch.context() as patch:
        cut_off_in(patch, 7, fill)
        assert run(capsys, *command)[0] == 2
    assert load_weights(folder / "weights.npz").card.training["epochs"] == 6
    assert run(capsys, *command)[0] == 0
    assert (folder / "weights.npz").read_bytes() == whole


@pytest.mark.parametrize("end", [interrupt, terminate])
def test_cut_off_and_resumed_equals_uninterrupted_bit_for_bit(
    folder, whole, capsys, monkeypatch, end
):
    command = (*TRAIN, "-o", "weights.npz", "--resume")
    for epoch in (1, 7, 12):
        with monkeypatch.context() as patch:
            cut_off_in(patch, epoch, end)
            status, _, err = run(capsys, *command)
        assert status == 130
        assert f"interrupted in epoch {epoch} of 20" in err
    status, out, _ = run(capsys, *command)
    assert status == 0
    assert "resumed from weights.npz after epoch 11 of 20" in out
    assert "after 20 epochs" in out
    assert (folder / "weights.npz").read_bytes() == whole
    assert run(capsys, *command, "-q") == (0, "", "")
    assert (folder / "weights.npz").read_bytes() == whole


def test_a_halved_rate_is_resumed_too(folder, capsys, monkeypatch):
    one_epoch = loop._one_epoch

    def diverging(network, parameters, train, plan, number):
        reached = one_epoch(network, parameters, train, plan, number)
        return np.nan if number == 3 and plan.rate == rates[0] else reached

    rates = [float("inf")]
    run(capsys, *TRAIN, "-q", "-o", "plain.npz")
    rates[0] = load_weights(folder / "plain.npz").card.training["learning_rate"]
    monkeypatch.setattr(loop, "_one_epoch", diverging)
    run(capsys, *TRAIN, "-q", "-o", "whole.npz")
    with monkeypatch.context() as patch:
        cut_off_in(patch, 6, interrupt)
        run(capsys, *TRAIN, "-q", "-o", "weights.npz")
    assert load_weights(folder / "weights.npz").card.training["halvings"] == 1
    run(capsys, *TRAIN, "-q", "-o", "weights.npz", "--resume")
    assert (folder / "weights.npz").read_bytes() == (folder / "whole.npz").read_bytes()


def test_weights_are_written_on_the_way(folder, capsys, monkeypatch):
    from codegen.commands import train

    monkeypatch.setattr(train, "SAVE_EVERY", 0.0)

    def killed():
        assert load_weights(folder / "weights.npz").card.training["epochs"] == 4
        raise KeyboardInterrupt

    cut_off_in(monkeypatch, 5, killed)
    assert run(capsys, *TRAIN, "-o", "weights.npz")[0] == 130


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        (("--seed", "1"), "--seed 0 and this is 1"),
        (("--batch-size", "7"), "--batch-size 32 and this is 7"),
        (("--epochs", "30"), "--epochs 20 and this is 30"),
        (("--hidden", "9"), "the shape of W (3, 8) and this is (3, 9)"),
        (("--learning-rate", "0.5"), "--learning-rate"),
        (("--dtype", "float64"), "the dtype float32 and this is float64"),
        (("g=relu",), "the bindings"),
    ],
)
def test_weights_of_another_training_are_refused(folder, whole, capsys, changes, part):
    command = [*TRAIN, "-o", "whole.npz", "--resume"]
    if changes[0] in command:
        command[command.index(changes[0]) + 1] = changes[1]
    elif "=" in changes[0]:
        command[1:2] = ["softmax(W g(V f(x)))", *changes]
    else:
        command += changes
    status, _, err = run(capsys, *command)
    assert status == 2
    assert part in err
    assert err.count("\n") == 1
    assert (folder / "whole.npz").read_bytes() == whole


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": 21},
        {"epochs": True},
        {"halvings": 10**30},
        {"learning_rate": 1e300},
        {"log_likelihood": float("nan")},
        {"accuracy": "much"},
    ],
)
def test_what_no_training_could_have_reached_is_refused(folder, whole, capsys, changes):
    path = folder / "whole.npz"
    saved = load_weights(path)
    card = replace(saved.card, training={**saved.card.training, **changes})
    save_weights(path, replace(saved, card=card))
    before = path.read_bytes()
    status, _, err = run(capsys, *TRAIN, "-o", "whole.npz", "--resume")
    assert status == 2
    assert "how far its training went" in err or "the learning rate is 1e+300" in err
    assert path.read_bytes() == before


@pytest.mark.parametrize(("before", "now"), [("iris", "aster"), ("a,b,c,d,", "b,a,c,d,")])
def test_other_examples_are_refused(folder, whole, capsys, before, now):
    text = (folder / "flowers.csv").read_text()
    assert before in text
    (folder / "flowers.csv").write_text(text.replace(before, now))
    status, _, err = run(capsys, *TRAIN, "-o", "whole.npz", "--resume")
    assert status == 2
    assert "other examples than flowers.csv holds now" in err


def test_weights_of_before_features_had_names_are_resumed(folder, whole, capsys):
    path = folder / "whole.npz"
    saved = load_weights(path)
    save_weights(path, replace(saved, card=replace(saved.card, features=())))
    assert run(capsys, *TRAIN, "-o", "whole.npz", "--resume")[0] == 0


def test_resume_needs_a_file(folder, capsys):
    status, _, err = run(capsys, *TRAIN, "--resume")
    assert status == 2
    assert "add -o weights.npz" in err
