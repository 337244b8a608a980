"""Reading data: what must be read is read, what cannot be is refused by line with the way out."""

import gzip
import io
import os
import zipfile

import numpy as np
import pytest
from scipy.sparse import csr_array, issparse, save_npz

from codegen.training.data import read_examples
from codegen.training.examples import Examples
from codegen.training.prepare import prepare
from derive.errors import InputError


def refusal(source, features=None):
    with pytest.raises(InputError) as caught:
        read_examples(source, features)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 300
    return message


def check(examples, X, y):
    found = examples.features
    np.testing.assert_array_equal(found.toarray() if issparse(found) else found, X)
    assert examples.features.dtype == np.float64
    if y is None:
        assert examples.labels is None
    else:
        np.testing.assert_array_equal(examples.labels, y)


X = [[1, 2.5], [-3, 4e-2], [0, 6]]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("1,2.5,0\n-3,4e-2,1\n0,6,0\n", [0, 1, 0]),
        ("1,2.5,0\n-3,4e-2,1\n0,6,0", [0, 1, 0]),
        ("1,2.5,-1\r\n-3,4e-2,1000000000\r\n\r\n0,6,-1.0\r\n", [-1, 10**9, -1]),
        ("a,b,c\n1,2.5,red\n-3,4e-2,'blue'\n0,6, red \n", ["red", "'blue'", "red"]),
        ("1,2.5,red\n-3,4e-2,two\n0,6,3\n", ["red", "two", "3"]),
        ("label,a,b\n0,1,2.5\n1,-3,4e-2\n0,0,6\n", [0, 1, 0]),
        ("a,Target,b\n1,0,2.5\n-3,1,4e-2\n0,0,6\n", [0, 1, 0]),
        ("0,1,label\n1,2.5,0\n-3,4e-2,1\n0,6,0\n", [0, 1, 0]),
        ("1,2.5,y\n-3,4e-2,n\n0,6,y\n", ["y", "n", "y"]),
        ("\ufeff1,2.5,0\n-3,4e-2,1\n0,6,0\n", [0, 1, 0]),
        ("1;2.5;0\n-3;4e-2;1\n0;6;0\n", [0, 1, 0]),
        ("1\t2.5\tab,c\n-3\t4e-2\t1\n0\t6\t0\n", ["ab,c", "1", "0"]),
        ('1,2.5,"a,b"\n-3,4e-2,"c ""d"""\n0,6,e\n', ["a,b", 'c "d"', "e"]),
    ],
)
def test_csv_tables_are_read(write, text, labels):
    check(read_examples(write("t.csv", text)), X, labels)


def test_csv_gz_is_read(write):
    check(
        read_examples(write("t.csv.gz", gzip.compress(b"1,2,0\n3,4,1\n"))), [[1, 2], [3, 4]], [0, 1]
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["is empty"]),
        ("\n \n", ["is empty"]),
        ("a,b,label\n", ["has a header and no examples"]),
        ("1,2,0\n3,1\n", ["line 2", "2 values, expected 3"]),
        ("1,2,0\n\n3,4,5,1\n", ["line 3", "4 values, expected 3"]),
        ("1,2,0\n3,x,1\n", ["line 2", "column 2", "'x'", "expected a number"]),
        ("a,b,label\n1,2,0\n3,,1\n", ["line 3", "column 2 (b)", "is empty"]),
        ("label,a,b\n0,1,2\n1,nan,4\n", ["line 3", "column 2 (a)", "'nan'"]),
        ("1,2,0\n3,inf,1\n", ["line 2", "'inf'"]),
        ("1,2,0\n3,1e999,1\n", ["line 2", "'1e999'"]),
        ("1,2,0\n3,1_0,1\n", ["line 2", "'1_0'"]),
        ("1,2,0\n3,4,\n", ["line 2", "no label"]),
        ("1,2,0\n3,4,NaN\n", ["line 2", "no label"]),
        ("1,2,0\n3,4,1.5\n", ["line 2", "1.5", "classes, not measurements"]),
        ("1;2,5;0\n", ["line 1", "decimal comma"]),
        ("1\n2\n", ["one column"]),
        ("y,a,label\n1,2,3\n", ["'y' and 'label'", "keep one"]),
        ("2019,2020,label\n1,2,a\n3,4,b\n", ["line 1", "'label'", "if it is a header"]),
        (",a,label\n0,1,2\n", ["column 1", "no name", "index=False"]),
        ('1,2,"0\n', ["line 1", "no row of a csv file"]),
        ("1,2,0\n3,\0,1\n", ["line 2", "zero byte"]),
        (b"1,2,0\n3,\xff,1\n", ["line 2", "UTF-8"]),
        ("1,2,0\n".encode("utf-16"), ["UTF-16", "UTF-8"]),
        ("1,\x1b[31m2,0\n", ["line 1", "'\\x1b[31m2'"]),
        ('1,"a\nb",0\n', ["line 2", "'a b'"]),
        ('1,2,"a\nb"\n3,4,c\n', ["line 2", "'a\\nb'", "control character"]),
        ("1,2,b\u2028a\n", ["line 1", "control character"]),
    ],
)
def test_bad_csv_is_refused_by_line(write, text, parts):
    message = refusal(write("t.csv", text))
    assert all(part in message for part in parts), message


def test_a_line_without_end_is_refused(write):
    packed = gzip.compress(b"1," * 2**24)
    assert "write one example a line" in refusal(write("t.csv.gz", packed))


def test_a_table_to_predict_from_may_lack_labels(write):
    check(read_examples(write("t.csv", "1,2\n3,4\n"), 2), [[1, 2], [3, 4]], None)
    check(read_examples(write("u.csv", "a,b\n1,2\n3,4\n"), 2), [[1, 2], [3, 4]], None)
    check(read_examples(write("v.csv", "y,a,b\n0,1,2\n1,3,4\n"), 2), [[1, 2], [3, 4]], [0, 1])
    assert "4 columns, expected 2 features" in refusal(write("w.csv", "1,2,3,4\n"), 2)
    assert "1 feature and a label" in refusal(write("x.csv", "a,label\n1,2\n"), 2)


@pytest.mark.parametrize("dtype", ["f8", ">f8", "f4", "f2", "i1", ">i4", "u8", "?"])
@pytest.mark.parametrize("labels", ["i8", ">i2", "u1", "f8", "U3", "S3", "?"])
def test_npz_is_read_in_any_plain_type(tmp_path, dtype, labels):
    path = tmp_path / "t.npz"
    table = np.array([[1, 0], [0, 1], [1, 1]], dtype)
    np.savez(path, X=table, y=np.array([0, 1, 0]).astype(labels))
    examples = read_examples(str(path))
    expected = ["False", "True", "False"] if labels == "?" else [0, 1, 0]
    check(examples, table.astype(float), [0, 1, 0] if labels != "?" else np.array([0, 1, 0]))
    assert examples.labels.dtype == np.int64, expected


@pytest.mark.parametrize(
    ("arrays", "parts"),
    [
        ({"X": np.ones((2, 2))}, ["holds X", "X and y"]),
        ({"x": np.ones((2, 2)), "y": [0, 1]}, ["holds x, y"]),
        ({"X": np.ones((2, 2, 2)), "y": [0, 1]}, ["(2, 2, 2)", "reshape"]),
        ({"X": np.ones(2), "y": [0, 1]}, ["(2,)"]),
        ({"X": np.ones((0, 2)), "y": []}, ["shape (0, 2), expected one example"]),
        ({"X": np.ones((2, 0)), "y": [0, 1]}, ["shape (2, 0), expected", "one feature at least"]),
        ({"X": np.ones((2, 2)), "y": [0, 1, 2]}, ["(3,)", "expected (2,)"]),
        ({"X": np.ones((2, 2)), "y": [[0], [1]]}, ["(2, 1)"]),
        ({"X": np.ones((2, 2)), "y": [0, 1.5]}, ["row 1", "1.5"]),
        ({"X": np.ones((2, 2)), "y": [0, np.nan]}, ["row 1", "nan"]),
        ({"X": np.ones((2, 2)), "y": [0, 1e300]}, ["row 1", "1e+300"]),
        ({"X": np.ones((2, 2)), "y": np.array([0, 2**64 - 1], "u8")}, ["row 1"]),
        ({"X": np.ones((2, 2)), "y": ["a", ""]}, ["row 1", "no label"]),
        ({"X": np.ones((2, 2)), "y": [1j, 0]}, ["complex128"]),
        ({"X": np.ones((2, 2)) * 1j, "y": [0, 1]}, ["complex128"]),
        ({"X": [["a", "b"]], "y": [0]}, ["<U1"]),
        ({"X": [[1, np.inf]], "y": [0]}, ["row 0, column 1", "inf"]),
        ({"X": np.array([[np.finfo("g").max]]), "y": [0]}, ["row 0, column 0"]),
        ({"X": np.ones((2, 2)), "y": ["a", "\x1b[2Jb"]}, ["row 1", "control character"]),
        ({"X": np.ones((2, 2)), "y": [b"a", b"\xff"]}, ["row 1", "not UTF-8"]),
    ],
)
def test_bad_npz_is_refused(tmp_path, arrays, parts):
    path = tmp_path / "t.npz"
    np.savez(path, **arrays)
    message = refusal(str(path))
    assert all(part in message for part in parts), message


def test_a_pickle_in_npz_is_refused(tmp_path):
    path = tmp_path / "t.npz"
    np.savez(path, X=np.array([[object()]]), y=[0])
    assert "save plain numbers" in refusal(str(path))


def test_an_array_with_an_archive_behind_it_is_no_archive(tmp_path):
    path = tmp_path / "t.npz"
    np.savez(path, X=np.ones((2, 2)), y=[0, 1])
    alone = io.BytesIO()
    np.save(alone, np.ones(2))
    path.write_bytes(alone.getvalue() + path.read_bytes())
    assert "not a whole .npz file" in refusal(str(path))


def test_what_is_no_array_in_npz_is_refused(tmp_path):
    path = tmp_path / "t.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X", "1 2 3")
        archive.writestr("y", "0")
    assert "'X', which is no array" in refusal(str(path))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("indices", [0.5, 1.0]), ("indptr", [0.0, 1.0, 2.0]), ("shape", [2.5, 2.0])],
)
def test_a_part_of_a_csr_array_is_not_rounded(tmp_path, name, wrong):
    parts = {"data": [1.0, 1.0], "indices": [0, 1], "indptr": [0, 1, 2], "shape": [2, 2]}
    path = tmp_path / "t.npz"
    np.savez(path, **{**parts, name: wrong}, y=[0, 1])
    assert f"{name} of" in refusal(str(path))


def test_a_cut_npz_is_refused(tmp_path, write):
    path = tmp_path / "t.npz"
    np.savez(path, X=np.ones((50, 50)), y=np.arange(50))
    whole = path.read_bytes()
    for length in (0, 10, 1000, len(whole) - 5):
        assert "not a whole .npz file" in refusal(write("cut.npz", whole[:length]))
    assert "not a whole .npz file" in refusal(write("text.npz", "1,2,3\n"))


SVMLIGHT = "1 1:0.5 3:-2 # a word\n\n-1 qid:3 2:1e-3\n1\n"


@pytest.mark.parametrize("suffix", ["svm", "svmlight", "libsvm", "txt"])
def test_svmlight_is_read(write, suffix):
    rows = [[0.5, 0, -2], [0, 1e-3, 0], [0, 0, 0]]
    check(read_examples(write(f"t.{suffix}", SVMLIGHT)), rows, [1, -1, 1])
    packed = gzip.compress(b"\xef\xbb\xbf" + SVMLIGHT.encode())
    check(read_examples(write(f"t.{suffix}.gz", packed)), rows, [1, -1, 1])


def test_svmlight_to_predict_from_gets_its_width_from_the_weights(write):
    check(read_examples(write("t.svm", "0 1:1\n1 2:1\n"), 4), [[1, 0, 0, 0], [0, 1, 0, 0]], [0, 1])
    assert "expected 2 features at most" in refusal(write("u.svm", "0 3:1\n"), 2)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["is empty"]),
        ("# only a word\n", ["is empty"]),
        ("1 1:2\nred 1:3\n", ["line 2", "'red'"]),
        ("1 1:2\n1 1:x\n", ["line 2", "'1:x'"]),
        ("1 1:nan\n", ["line 1", "'1:nan'"]),
        ("1 1:inf\n", ["line 1", "'1:inf'"]),
        ("1 1:2\n1 1:1e999\n", ["line 2", "'1:1e999'"]),
        ("1 1:2\n1 1:\u0662\n", ["line 2", "plain digits"]),
        ("1\u00a01:2\n", ["line 1", "plain digits"]),
        (f"1 {'9' * 5000}:2\n", ["line 1", "a pair index:value"]),
        ("1 2:1 1:1\n", ["line 1", "increasing"]),
        ("1 1:1 1:1\n", ["line 1", "increasing"]),
        ("1 99999999999:1\n", ["line 1", "'99999999999:1'"]),
        ("1\n0\n", ["no features"]),
        ("1.5 1:1\n", ["line 1", "1.5", "classes"]),
        ("1,2,0\n", ["line 1", "'1,2,0'"]),
        ("1 -1:1\n", ["line 1", "'-1:1'"]),
    ],
)
def test_bad_svmlight_is_refused_by_line(write, text, parts):
    message = refusal(write("t.svm", text))
    assert all(part in message for part in parts), message


def test_a_wide_file_that_is_mostly_zeros_stays_sparse(write):
    rows = "".join(f"{k % 2} 2000000000:1\n" for k in range(2000))
    features = read_examples(write("t.svm", rows)).features
    assert issparse(features)
    assert features.shape == (2000, 2_000_000_000)
    assert isinstance(read_examples(write("u.svm", "0 1:1 2:3\n1 1:2 2:4\n")).features, np.ndarray)


def test_csr_arrays_of_an_npz_file(tmp_path):
    X = csr_array(np.eye(9)[[2, 4, 7]])
    parts = {"data": X.data, "indices": X.indices, "indptr": X.indptr, "shape": X.shape}
    path = tmp_path / "t.npz"
    np.savez(path, **parts, y=np.array([0, 1, 0]))
    check(read_examples(str(path)), X.toarray(), [0, 1, 0])
    np.savez(path, **parts, format=b"csr", y=np.array([0, 1, 0]))
    check(read_examples(str(path)), X.toarray(), [0, 1, 0])
    np.savez(path, **parts, format=np.array([b"csc", b"\xff"]), y=np.array([0, 1, 0]))
    assert "expected csr: save X.tocsr()" in refusal(str(path))
    save_npz(path, X)  # what SciPy itself writes
    check(read_examples(str(path), 9), X.toarray(), None)
    np.savez(path, **{**parts, "indices": X.indices + 9}, y=np.array([0, 1, 0]))
    assert "is no CSR array" in refusal(str(path))
    np.savez(path, **{**parts, "data": X.data * np.nan}, y=np.array([0, 1, 0]))
    assert "row 0, column 2 of X" in refusal(str(path))


def test_digits_are_read():
    examples = read_examples("digits")
    assert examples.features.shape == (1797, 64)
    assert set(examples.labels) == set(range(10))


def test_what_is_no_data_is_refused(tmp_path, write):
    assert "there is no file" in refusal(str(tmp_path / "missing.csv"))
    assert "cannot be read" in refusal(_directory(tmp_path / "folder.csv"))
    assert "neither a data set" in refusal("digit")
    assert "neither a data set" in refusal(write("t.xlsx", "1"))
    assert "not a whole gzip file" in refusal(write("t.csv.gz", "1,2,0\n"))
    cut = gzip.compress(b"1,2,0\n" * 100)[:-10]
    assert "not a whole gzip file" in refusal(write("u.csv.gz", cut))


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.svm", "t.npz"])
def test_a_pipe_that_nobody_may_write_to_and_an_endless_device_are_refused(tmp_path, name):
    os.mkfifo(tmp_path / name)
    assert "is a pipe or a device, expected a file" in refusal(str(tmp_path / name))
    (tmp_path / f"endless-{name}").symlink_to("/dev/zero")
    assert "is a pipe or a device" in refusal(str(tmp_path / f"endless-{name}"))


def _directory(path):
    path.mkdir()
    return str(path)


@pytest.mark.parametrize(
    ("name", "line"), [("t.csv.gz", b"1,0\n"), ("t.svm.gz", b"1 1:1\n"), ("t.tsv.gz", b"\n" * 99)]
)
def test_a_small_file_that_unpacks_to_more_than_there_may_be_is_refused(
    write, name, line, monkeypatch
):
    path = write(name, gzip.compress(line * (2**16 // len(line) + 1)))
    monkeypatch.setattr("codegen.training.lines.CHECK_EVERY", 2**12)
    monkeypatch.setattr("codegen.training.examples.available_memory", lambda: 2**16)
    message = refusal(path)
    assert "GiB of memory and there are" in message
    assert "train on a part of it" in message


def test_what_lines_become_in_memory_counts_not_only_their_bytes(write, monkeypatch):
    path = write("t.csv", "1,0\n" * 2000)
    monkeypatch.setattr("codegen.training.lines.CHECK_EVERY", 2**12)
    used = iter([0, 2**30])
    monkeypatch.setattr("codegen.training.lines.used_memory", lambda: next(used))
    monkeypatch.setattr("codegen.training.examples.available_memory", lambda: 2**30)
    assert "needs 1.0 GiB of memory" in refusal(path)


def test_an_array_that_claims_to_be_larger_than_memory_is_refused(tmp_path):
    path = tmp_path / "t.npz"
    header = io.BytesIO()
    claim = {"descr": "<f8", "fortran_order": False, "shape": (2**40, 8)}
    np.lib.format.write_array_header_1_0(header, claim)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X.npy", header.getvalue())
    assert "cannot be read" in refusal(str(path))


def test_so_many_features_that_no_classifier_has_room_is_said_before_the_work(tmp_path):
    X = csr_array(([1.0, 1.0], [0, 1], [0, 1, 2]), shape=(2, 10**12))
    with pytest.raises(InputError, match="1,000,000,000,000 features, needs"):
        prepare(Examples(X, np.array([0, 1]), "wide.npz"), 0.2, np.dtype("f4"))
