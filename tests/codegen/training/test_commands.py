"""codegen train and codegen predict: from a file to weights to predictions; how each can fail."""

import csv
import json

import numpy as np
import pytest

from codegen.cli import main
from codegen.recipe import recipe_of
from codegen.training import loop, plot, predict, trainer
from tests.codegen.training.stand_in import one_hidden_layer

FLOWERS = np.random.default_rng(0).normal(size=(90, 4)) + 3 * np.repeat(np.eye(3, 4), 30, axis=0)
NAMES = np.repeat(["iris", "lily", "rose"], 30)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty project with flowers.csv, where modules are the NumPy stand-in."""
    monkeypatch.chdir(tmp_path)
    module = one_hidden_layer(np.tanh, lambda x: 1 - np.tanh(x) ** 2)
    for user in (trainer, predict):
        monkeypatch.setattr(user, "module_of", lambda recipe: module)
    rows = [[*row, name] for row, name in zip(FLOWERS, NAMES, strict=True)]
    with open("flowers.csv", "w", newline="") as stream:
        csv.writer(stream).writerows([["a", "b", "c", "d", "label"], *rows])
    with open("new.csv", "w", newline="") as stream:
        csv.writer(stream).writerows(FLOWERS)
    return tmp_path


def run(capsys, *arguments):
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


TRAIN = ("train", "tanh", "--data", "flowers.csv", "--hidden", "8", "--epochs", "20")


def test_what_is_trained_predicts_and_needs_nothing_else(folder, capsys):
    status, out, err = run(capsys, *TRAIN, "-o", "weights.npz", "--plot", "curve.png")
    assert (status, err) == (0, "")
    assert "72 examples, 18 held out" in out
    assert "epoch 20/20  log-likelihood -0." in out
    assert "wrote weights.npz" in out
    assert (folder / "curve.png").read_bytes().startswith(b"\x89PNG")
    with np.load("weights.npz", allow_pickle=False) as arrays:
        assert arrays["W"].shape == (3, 8)
        assert arrays["V"].dtype == np.float32
        assert arrays["classes"].tolist() == ["iris", "lily", "rose"]
    status, out, err = run(capsys, "predict", "weights.npz", "--data", "flowers.csv")
    right = np.mean(np.array(out.split()) == NAMES)
    assert right > 0.9
    assert err == f"accuracy {right:.4f} on 90 examples\n"


def test_predictions_are_written_with_probabilities_for_data_without_labels(folder, capsys):
    run(capsys, *TRAIN, "-o", "weights.npz", "-q")
    status, out, err = run(capsys, "predict", "weights.npz", "--data", "new.csv", "-o", "p.csv")
    assert (status, out, err) == (0, "wrote p.csv\n", "")
    with open("p.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 90
    assert list(rows[0]) == ["label", "P(iris)", "P(lily)", "P(rose)"]
    for row in rows:
        chances = {name: float(row[f"P({name})"]) for name in ("iris", "lily", "rose")}
        assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
        assert max(chances, key=chances.get) == row["label"]
    run(capsys, "predict", "weights.npz", "--data", "new.csv", "-o", "p.npz")
    with np.load("p.npz", allow_pickle=False) as arrays:
        assert arrays["labels"].tolist() == [row["label"] for row in rows]


def test_rows_whose_probabilities_are_no_numbers_get_no_label(folder, capsys):
    run(capsys, *TRAIN, "-o", "weights.npz", "-q")
    with np.load("weights.npz") as file:
        arrays = dict(file)
    arrays["W"][:] = 3e38
    np.savez("weights.npz", **arrays)
    with np.errstate(all="ignore"):
        status, out, err = run(capsys, "predict", "weights.npz", "--data", "new.csv")
    assert (status, out) == (2, "")
    assert "row 0 of new.csv are no numbers" in err


@pytest.mark.parametrize(
    ("shards", "reached", "batch_size"), [(8, 8, 32), (7, 7, 35), (10**9, 32, 32)]
)
def test_a_batch_takes_a_row_of_every_shard_and_hardly_grows(folder, shards, reached, batch_size):
    recipe = recipe_of("softmax(W g(V f(x)))", None, {"g": "tanh"}, (), ("float32",))
    request = trainer.Request(
        recipe, "flowers.csv", "float32", (8,), engine="serial", shards=shards
    )
    training = trainer.begin(request)
    assert (training.request.shards, training.plan.batch_size) == (reached, batch_size)


def test_json_is_one_object_and_quiet_is_quiet(folder, capsys):
    _, out, _ = run(capsys, *TRAIN, "--json")
    found = json.loads(out)
    assert len(found["epochs"]) == 20
    assert found["epochs"][-1]["accuracy"] > 0.8
    assert run(capsys, *TRAIN, "-q") == (0, "", "")
    run(capsys, *TRAIN, "-q", "-o", "weights.npz")
    _, out, _ = run(capsys, "predict", "weights.npz", "--data", "new.csv", "--json")
    assert len(json.loads(out)["labels"]) == 90


def test_two_runs_write_the_same_bytes(folder, capsys):
    for name in ("a.npz", "b.npz"):
        run(capsys, *TRAIN, "-q", "--seed", "7", "-o", name)
    assert (folder / "a.npz").read_bytes() == (folder / "b.npz").read_bytes()


def test_a_rate_that_diverges_is_said_and_the_last_good_weights_are_kept(
    folder, capsys, monkeypatch
):
    def diverging(network, parameters, train, plan, number):
        return -1.0 if number < 3 else np.nan

    monkeypatch.setattr(loop, "_one_epoch", diverging)
    status, _, err = run(capsys, *TRAIN, "--learning-rate", "5", "-o", "weights.npz")
    assert status == 1
    assert err == (
        "codegen: the log-likelihood of epoch 3 is nan per example, so the ascent diverged and the "
        "weights of epoch 2 are kept: try --learning-rate 0.5\n"
    )
    assert run(capsys, "predict", "weights.npz", "--data", "new.csv")[0] == 0


def test_a_batch_larger_than_the_data_is_the_whole_data(folder, capsys):
    _, out, _ = run(capsys, *TRAIN, "--json", "--batch-size", "1000000")
    found = json.loads(out)
    assert found["batch_size"] == 72
    assert found["epochs"][-1]["log_likelihood"] > 1.1 * np.log(1 / 3)


def test_an_interrupt_keeps_the_last_whole_epoch(folder, capsys, monkeypatch):
    def interrupted(network, parameters, train, plan, number):
        if number == 5:
            raise KeyboardInterrupt
        return -1.0

    monkeypatch.setattr(loop, "_one_epoch", interrupted)
    status, _, err = run(capsys, *TRAIN, "-o", "weights.npz")
    assert status == 130
    assert "interrupted in epoch 5 of 20, the weights of epoch 4 are kept" in err
    assert (folder / "weights.npz").exists()


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ((*TRAIN, "-o", "weights.txt"), ".npz"),
        ((*TRAIN, "-o", "missing/weights.npz"), "does not exist: make it"),
        ((*TRAIN, "--plot", "curve.bmp"), ".png"),
        ((*TRAIN, "--learning-rate", "0"), "more than 0"),
        ((*TRAIN, "--learning-rate", "nan"), "more than 0"),
        ((*TRAIN, "--epochs", "0"), "--epochs"),
        ((*TRAIN, "--test-fraction", "1"), "below 1"),
        ((*TRAIN, "--hidden", "9"), "--hidden gives 2"),
        (("train", "tanh"), "--data"),
        (("train", "tanh", "--data", "missing.csv"), "no file missing.csv"),
        (("train", "tanh", "--data", "new.csv"), "measurement|classes"),
        (("train", "tahn", "--data", "flowers.csv"), "did you mean tanh"),
        (("train", "softmax(W g(V f(x)))", "--data", "flowers.csv"), "bind it"),
        (("train", "softmax(W f(x) + mean)", "--data", "flowers.csv"), "rename it"),
        (("predict", "missing.npz", "--data", "flowers.csv"), "no file missing.npz"),
        (("predict", "flowers.csv", "--data", "flowers.csv"), "not a whole .npz"),
    ],
)
def test_bad_usage_is_one_sentence_and_writes_nothing(folder, capsys, arguments, part):
    before = sorted(folder.iterdir())
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert err.startswith("codegen: ")
    assert err.count("\n") == 1
    assert any(option in err for option in part.split("|")), err
    assert sorted(folder.iterdir()) == before


def test_a_file_that_is_read_is_not_written_over(folder, capsys):
    np.savez(folder / "flowers.npz", X=FLOWERS, y=NAMES)
    (folder / "link.npz").symlink_to("flowers.npz")
    run(capsys, *TRAIN, "-o", "weights.npz", "-q")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    train = ("train", "tanh", "--data", "flowers.npz", "--hidden", "8", "--epochs", "1")
    predict = ("predict", "weights.npz", "--data", "new.csv")
    for typed in (
        (*train, "-o", "flowers.npz"),
        (*train, "-o", "./link.npz"),
        (*predict, "-o", "weights.npz"),
        (*predict, "-o", "new.csv"),
    ):
        status, out, err = run(capsys, *typed)
        assert (status, out) == (2, "")
        assert (
            f"-o {typed[-1].removeprefix('./')} is a file that is read, which would be lost" in err
        )
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_weights_of_the_last_epoch_alone_are_kept(folder, capsys, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        plot, "draw_learning_curve", lambda path, epochs, title: drawn.extend(epochs)
    )
    run(capsys, *TRAIN, "--plot", "curve.png")
    assert len(drawn) == 20
    assert [len(epoch.parameters) for epoch in drawn] == [0] * 19 + [2]


def test_data_that_do_not_fit_the_weights_are_refused(folder, capsys):
    run(capsys, *TRAIN, "-q", "-o", "weights.npz")
    (folder / "wide.csv").write_text("1,2,3,4,5,6\n")
    status, _, err = run(capsys, "predict", "weights.npz", "--data", "wide.csv")
    assert status == 2
    assert "6 columns, expected 4 features" in err


def test_columns_in_another_order_than_the_weights_know_are_refused(folder, capsys):
    run(capsys, *TRAIN, "-q", "-o", "weights.npz")
    rows = (folder / "flowers.csv").read_text().splitlines()[1:3]
    text = "\n".join(["b,a,c,d,label", *rows])
    (folder / "other.csv").write_text(text)
    status, out, err = run(capsys, "predict", "weights.npz", "--data", "other.csv", "-o", "p.csv")
    assert (status, out) == (2, "")
    assert err == (
        "codegen: other.csv has the feature 'b' where the weights were trained on 'a', expected "
        "a, b, c, d: bring its columns into that order\n"
    )
    assert not (folder / "p.csv").exists()
    (folder / "other.csv").write_text(text.replace("b,a", "a,b"))
    assert run(capsys, "predict", "weights.npz", "--data", "other.csv")[0] == 0


def test_a_generated_module_learns_flowers(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    model = "softmax(W (g(U f(x)) * (V f(x))) + c)"
    train = ("train", model, "g=tanh", "--data", "iris", "--hidden", "10", "-o", "weights.npz")
    status, out, err = run(capsys, *train, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["epochs"][-1]["accuracy"] >= 0.9
    assert run(capsys, "predict", "weights.npz", "--data", "iris")[0] == 0


@pytest.mark.parametrize("rate", ["1e300", "1e-320"])
def test_a_learning_rate_that_the_dtype_cannot_hold_is_refused(folder, capsys, rate):
    status, _, err = run(capsys, *TRAIN, "--learning-rate", rate, "-o", "weights.npz")
    assert status == 2
    assert f"the learning rate is {float(rate):g}, which is" in err
    assert "examples in float32: give one such as 0.1" in err
    assert not (folder / "weights.npz").exists()
