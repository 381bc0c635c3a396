import io
import zipfile

import numpy as np
import pytest

from tf_tryon.errors import BadFileError, MissingFileError
from tf_tryon.files.array_file import Form, names_of, read_arrays

REMEDY = "make it again"


def npy(shape: str, descr: str = "<f4", data: bytes = b"") -> bytes:
    """An array's file with a header of any content."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-len(header) - 11 % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


@pytest.fixture
def archive(tmp_path):
    def make(**members: bytes):
        with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in members.items():
                file.writestr(name.replace("_", "."), data)
        return tmp_path / "a.npz"

    return make


def test_arrays_are_read_by_kind_and_shape(tmp_path):
    path = tmp_path / "a.npz"
    given = {"f": np.arange(6, dtype=np.float16).reshape(2, 3), "n": np.int64(3), "t": np.array("text")}
    np.savez(path, **given)
    for name, array in read_arrays(path, REMEDY).items():
        np.testing.assert_array_equal(array, given[name])
    assert names_of(path, REMEDY) == ["f", "n", "t"]
    assert list(read_arrays(path, REMEDY, {"f": Form("f", (None, 3))})) == ["f"]
    for forms, message in (
        ({"g": Form("f")}, "holds no array g"),
        ({"f": Form("iu")}, "f holds float16 of shape .2, 3., not integers or unsigned integers"),
        ({"f": Form("f", (None, None, 3))}, r"not floats of shape \(any, any, 3\)"),
        ({"n": Form("i", (1,))}, r"n holds int64 of shape \(\), not integers of shape \(1\)"),
    ):
        with pytest.raises(BadFileError, match=f"a.npz.*{message}.*: make it again$"):
            read_arrays(path, REMEDY, forms)


def test_pickles_and_values_that_are_not_finite_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, a=np.array([{}], object))
    with pytest.raises(BadFileError, match="Python objects or records, which are never read"):
        read_arrays(path, REMEDY)
    np.savez(path, a=np.array([1, np.nan], np.float32))
    with pytest.raises(BadFileError, match="a holds values that are not finite"):
        read_arrays(path, REMEDY)
    assert np.isnan(read_arrays(path, REMEDY, finite=False)["a"][1])


def test_headers_are_not_believed(archive):
    for shape, message in (
        ("(1000000000000,)", "claims shape"),
        ("(-1,)", "claims shape"),
        ("(2,", "can't be read"),
        ("(" * 300 + ")" * 300, "can't be read|nested"),
        ("(True,)", "claims shape|can't be read"),
    ):
        with pytest.raises(BadFileError, match=message):
            read_arrays(archive(a_npy=npy(shape, data=bytes(4) * 3)), REMEDY)
    with pytest.raises(BadFileError, match="is no array, or is there twice"):
        read_arrays(archive(readme=b"hello"), REMEDY)


def test_what_is_no_file_of_arrays(tmp_path):
    path = tmp_path / "a.npz"
    with pytest.raises(MissingFileError, match=r"a\.npz is missing"):
        read_arrays(path, REMEDY)
    with pytest.raises(BadFileError, match="is a folder"):
        read_arrays(tmp_path, REMEDY)
    buffer = io.BytesIO()
    np.savez(buffer, a=np.arange(100.0))
    whole = buffer.getvalue()
    damaged = bytearray(whole)
    damaged[300] ^= 1
    for data in (b"", b"no archive", whole[:-40], bytes(damaged)):
        path.write_bytes(data)
        with pytest.raises(BadFileError, match="the arrays can't be read"):
            read_arrays(path, REMEDY)
