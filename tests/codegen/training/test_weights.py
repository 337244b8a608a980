"""The weights file: what is saved is read back whole or not at all; a stranger's is refused."""

import io
import json
import os
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from codegen.training.standardise import Standardisation
from codegen.training.weights import Card, Weights, check_names, load_weights, save_weights
from derive.errors import InputError
from derive.model import parse_model

MODEL = parse_model("softmax(W g(V f(x)))", {"g": "tanh"})
CARD = Card(
    MODEL.text,
    {"g": "x*tanh(β*x)", "g.β": "1.5"},
    ("g.β",),
    "float32",
    {"seed": 3},
    ("a", "b", "c"),
)


def weights(**changes):
    draw = np.random.default_rng(0)
    parts = {
        "parameters": {
            "W": draw.standard_normal((2, 4)).astype(np.float32),
            "V": draw.standard_normal((4, 3)).astype(np.float32),
        },
        "classes": np.array(["ham", "spam"]),
        "standardisation": Standardisation(np.arange(3.0), np.ones(3)),
        "card": CARD,
    }
    return Weights(**(parts | changes))


def test_what_is_saved_is_read_back_to_the_bit_and_without_a_pickle(tmp_path):
    path = tmp_path / "weights.npz"
    saved = weights()
    save_weights(path, saved)
    found = load_weights(path)
    assert found.card == CARD
    assert found.parameters.keys() == saved.parameters.keys()
    for name, array in saved.parameters.items():
        np.testing.assert_array_equal(found.parameters[name], array)
        assert found.parameters[name].dtype == array.dtype
    np.testing.assert_array_equal(found.classes, saved.classes)
    np.testing.assert_array_equal(found.standardisation.mean, saved.standardisation.mean)
    with np.load(path, allow_pickle=False) as arrays:
        assert set(arrays.files) == {"W", "V", "classes", "mean", "scale", "model"}
        assert json.loads(str(arrays["model"]))["bindings"]["g"] == "x*tanh(β*x)"


def test_weights_of_before_features_had_names_are_read(tmp_path):
    path = tmp_path / "weights.npz"
    save_weights(path, weights())
    with np.load(path) as file:
        arrays = dict(file)
    before = json.loads(str(arrays["model"]))
    del before["features"]
    np.savez(path, **(arrays | {"model": np.array(json.dumps(before))}))
    assert load_weights(path).card == replace(CARD, features=())


def test_the_same_weights_make_the_same_bytes(tmp_path):
    for name in ("a.npz", "b.npz"):
        save_weights(tmp_path / name, weights())
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "weights.npz"
    save_weights(path, weights())
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(InputError, match="no space left on device"):
        save_weights(path, weights(classes=np.array([0, 1])))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["weights.npz"]


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(InputError, match="missing"):
        save_weights(tmp_path / "missing" / "weights.npz", weights())


def test_parameters_come_in_the_order_of_the_model():
    V_first = {name: weights().parameters[name] for name in ("V", "W")}
    W, V = weights(parameters=V_first).in_order(MODEL)
    assert (W.shape, V.shape) == ((2, 4), (4, 3))


@pytest.mark.parametrize(
    ("name", "array", "part"),
    [
        ("W", None, "no array|expected W, V"),
        ("U", np.ones((2, 2), np.float32), "expected W, V"),
        ("W", np.ones((2, 5), np.float32), "shape"),
        ("W", np.ones(2, np.float32), "shape"),
        ("W", np.ones((2, 4, 1), np.float32), "shape"),
        ("V", np.ones((4, 4), np.float32), "shape"),
        ("V", np.full((4, 3), np.nan, np.float32), "not finite"),
        ("V", np.ones((4, 3)), "type float64, expected float32"),
        ("classes", np.array(["a"]), "classes"),
        ("classes", np.array([0.5, 1]), "classes"),
        ("classes", None, "no array classes"),
        ("classes", np.array(["a", "a"]), "two or more that differ"),
        ("classes", np.array(["ham", "\x1b[31m"]), "control character"),
        ("classes", np.array(["ham", ""]), "no label"),
        ("classes", np.array([b"ham", b"spam"]), "expected whole numbers or text"),
        ("mean", np.zeros(2), "one number a feature"),
        ("scale", np.zeros(3), "positive"),
        ("scale", None, "no array scale"),
        ("model", np.array("{"), "JSON"),
        ("model", np.array("[]"), "JSON"),
        (
            "model",
            np.array('{"model": 1, "bindings": {}, "trainable": [], "dtype": "float32"}'),
            "JSON",
        ),
        ("model", np.array("[" * 100_000), "JSON"),
        (
            "model",
            np.array(CARD.json().replace('{"g": ', '[{"g": ').replace('"}, "tr', '"}], "tr')),
            "JSON",
        ),
        ("model", np.array(CARD.json().replace('{"seed": 3}', "3")), "JSON"),
        ("model", np.array(CARD.json().replace('"c"]', "3]")), "JSON"),
        ("model", np.array(CARD.json().replace(', "c"]', "]")), "names 2 features and it has the"),
    ],
)
def test_a_strangers_file_is_refused_in_a_sentence(tmp_path, name, array, part):
    path = tmp_path / "weights.npz"
    save_weights(path, weights())
    with np.load(path) as file:
        arrays = dict(file)
    if array is None:
        del arrays[name]
    else:
        arrays[name] = array
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=part) as caught:
        load_weights(path).in_order(MODEL)
    assert "\n" not in str(caught.value)


def test_an_archive_that_is_not_what_numpy_writes_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "weights.npz"
    save_weights(path, weights())
    whole = path.read_bytes()
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("W.npy", archive.read("V.npy"))
    refused(path, "two arrays 'W'")
    shape = b"'shape': (2, 4)"
    headers = {b"'shape': (True,8": "cannot be read", b"'shape': ((((((": "cannot be read"}
    for header, part in headers.items():
        path.write_bytes(whole)
        with np.load(path) as file:
            arrays = {name: file[name] for name in file}
        with zipfile.ZipFile(path, "w") as archive:
            for name, array in arrays.items():
                content = io.BytesIO()
                np.save(content, array)
                archive.writestr(f"{name}.npy", content.getvalue().replace(shape, header))
        refused(path, part)
    path.write_bytes(b"#!" + whole)
    refused(path, "not a whole .npz file")


def test_an_archive_of_zeros_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez_compressed(path, W=np.zeros((2, 10**6), np.float32))
    refused(path, "times its size")


def test_a_pipe_is_refused_before_it_is_waited_for(tmp_path):
    os.mkfifo(tmp_path / "weights.npz")
    refused(tmp_path / "weights.npz", "a pipe or a device")


def refused(path, part):
    with pytest.raises(InputError, match=part) as caught:
        load_weights(path)
    assert "\n" not in str(caught.value)
    assert "pickle" not in str(caught.value)


def test_a_parameter_named_as_an_array_of_the_file_is_refused():
    check_names(MODEL)
    with pytest.raises(InputError, match="rename it"):
        check_names(parse_model("softmax(W f(x) + scale)", {}))
