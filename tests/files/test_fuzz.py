"""Files changed at random: whatever comes out is an error of ours that names the file, or what was read is whole."""

import contextlib
import copy
import io
import json
import shutil

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tf_tryon import config as configuration
from tf_tryon.data import keypoints, records
from tf_tryon.data.record_parts import parts_of
from tf_tryon.errors import BadFileError, MissingFileError
from tf_tryon.files.array_file import read_arrays
from tf_tryon.inference.stage_files import CONFIG, MEANS, read_config, read_means
from tf_tryon.training.checkpoints import Checkpoints

REFUSED = (BadFileError, MissingFileError)
FUZZ = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=6)
    | st.sampled_from(["..", "/dev/zero", "../a", "\ud800", "train", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
DTYPES = ("int64", "uint64", "float16", "float64", "bool", "U3", "O", "complex64")


@st.composite
def changed_json(draw, document):
    """JSON bytes of a document with one to three fields replaced, dropped or doubled, at times cut off."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        where, key = None, None
        inner = document
        while isinstance(inner, (dict, list)) and inner and (where is None or draw(st.integers(0, 2))):
            where, key = inner, draw(st.sampled_from(list(inner) if isinstance(inner, dict) else range(len(inner))))
            inner = where[key]
        if where is None:
            return json.dumps(draw(VALUES)).encode()
        match draw(st.integers(0, 3)):
            case 0:
                del where[key]
            case 1:
                where[key] = [inner, inner]
            case _:
                where[key] = draw(VALUES)
    encoded = json.dumps(document).encode()
    return encoded[: draw(st.integers(0, len(encoded)))] if draw(st.integers(0, 9)) == 0 else encoded


@st.composite
def changed_arrays(draw, arrays):
    """Bytes of an .npz whose arrays are dropped, of another kind, shape or value, or with bytes changed."""
    arrays = dict(arrays)
    for name in draw(st.lists(st.sampled_from(sorted(arrays)), max_size=2, unique=True)):
        array = arrays[name]
        match draw(st.integers(0, 4)):
            case 0:
                del arrays[name]
            case 1:
                with np.errstate(all="ignore"):
                    arrays[name] = np.zeros(array.shape, draw(st.sampled_from(DTYPES)))
            case 2:
                arrays[name] = array[..., None] if draw(st.booleans()) else array.ravel()[: draw(st.integers(0, 4))]
            case 3 if array.dtype.kind in "iuf" and array.size:
                array = arrays[name] = array.copy()
                array.flat[draw(st.integers(0, array.size - 1))] = draw(st.sampled_from([0, 1, 100, 120]))
            case _:
                arrays[name] = np.full(array.shape, np.nan) if array.dtype.kind == "f" else array
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    data = bytearray(buffer.getvalue())
    for _ in range(draw(st.integers(0, 3)) if draw(st.booleans()) else 0):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


def arrays_of(path):
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


@pytest.fixture(scope="module")
def folder(data_set, tmp_path_factory):
    return shutil.copytree(data_set, tmp_path_factory.mktemp("fuzz") / "people")


@contextlib.contextmanager
def refused_by_name(*names):
    """An error of ours, in one line, which names a file, may come out; no other."""
    try:
        yield
    except REFUSED as error:
        message = str(error)
    else:
        return
    assert "\n" not in message
    assert any(name in message for name in names)


def use(folder):
    """Open a data set and read all of it."""
    opened = records.open_records(folder)
    for split in opened.manifest["splits"]:
        opened.split(split)
    for number in range(len(opened)):
        opened.checked(number)


def test_manifests(folder):
    path = folder / "manifest.json"
    good = path.read_bytes()

    @FUZZ
    @given(changed_json(json.loads(good)))
    def fuzz(encoded):
        path.write_bytes(encoded)
        with refused_by_name("manifest.json", "shard-"):
            use(folder)

    fuzz()
    path.write_bytes(good)


def test_indices(folder):
    path = folder / "index.npz"
    good = path.read_bytes()

    @FUZZ
    @given(changed_arrays(arrays_of(path)))
    def fuzz(encoded):
        path.write_bytes(encoded)
        with refused_by_name("index.npz", "shard-"):
            use(folder)

    fuzz()
    path.write_bytes(good)


@FUZZ
@given(data=st.data())
def test_records(make_person, data):
    record = bytearray(records.encode(**make_person(0), jpeg_quality=None))
    for _ in range(data.draw(st.integers(1, 8))):
        record[data.draw(st.integers(0, len(record) - 1))] = data.draw(st.integers(0, 255))
    with refused_by_name("people: record 0: "):
        assert parts_of(bytes(record), "people: record 0").size[0] > 0
        records.decode(bytes(record), "people: record 0")


@FUZZ
@given(data=st.data())
def test_keypoints(tmp_path, make_person, data):
    good = keypoints.to_openpose(make_person(0)["keypoints"])
    path = tmp_path / "a_keypoints.json"
    path.write_bytes(data.draw(changed_json(good)))
    with refused_by_name("a_keypoints.json"):
        for points in keypoints.read_people(path, (64, 64)):
            assert points.shape == (18, 3)
            assert np.isfinite(points).all()


@FUZZ
@given(data=st.data())
def test_arrays(tmp_path, data):
    path = tmp_path / "a.npz"
    good = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array("text"), "c": np.int64(3)}
    path.write_bytes(data.draw(changed_arrays(good)))
    with refused_by_name("a.npz"):
        assert all(array.dtype.kind in "fiubU" for array in read_arrays(path, "make it again").values())


@pytest.fixture(scope="module")
def stage_folder(tmp_path_factory):
    """A stage's configuration and mean garments, as a bundle has them."""
    folder = tmp_path_factory.mktemp("bundle") / "shape"
    folder.mkdir()
    config = configuration.thesis("shape")
    config.data.height = config.data.width = 32
    (folder / CONFIG).write_text(configuration.to_json(config))
    np.savez(folder / MEANS, means=np.zeros((4, 32, 32, 3), np.uint8))
    return folder


def use_stage(folder):
    config = read_config(folder, "shape")
    configuration.validate(config)
    configuration.latent_shape(config)
    assert read_means(folder, config).shape[1:3] == (config.data.height, config.data.width)


def test_configurations(stage_folder):
    path = stage_folder / CONFIG
    good = path.read_bytes()

    @FUZZ
    @given(changed_json(json.loads(good)))
    def fuzz(encoded):
        path.write_bytes(encoded)
        with refused_by_name(CONFIG, MEANS):
            use_stage(stage_folder)

    fuzz()
    path.write_bytes(good)


def test_mean_garments_of_a_bundle(stage_folder):
    path = stage_folder / MEANS
    good = path.read_bytes()

    @FUZZ
    @given(changed_arrays(arrays_of(path)))
    def fuzz(encoded):
        path.write_bytes(encoded)
        with refused_by_name(MEANS):
            use_stage(stage_folder)

    fuzz()
    path.write_bytes(good)


@FUZZ
@given(data=st.data())
def test_checkpoints(tmp_path, data):
    variables = {"net/kernel": tf.Variable(tf.ones((2, 3))), "count": tf.Variable(tf.constant(1, tf.int64))}
    checkpoints = Checkpoints(tmp_path)
    good = arrays_of(checkpoints.save(1, variables))
    checkpoints.path(1).write_bytes(data.draw(changed_arrays(good)))
    with refused_by_name("step-00000001.npz"):
        checkpoints.restore(1, variables)
    assert np.isfinite(variables["net/kernel"].numpy()).all()
