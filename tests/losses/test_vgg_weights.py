import h5py
import keras
import numpy as np
import pytest

from tf_tryon.losses.vgg_weights import BLOCKS, load


def _names(network):
    return [f"block{b}_conv{i}" for b, count in enumerate(BLOCKS[network], 1) for i in range(1, count + 1)]


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    shapes = dict.fromkeys(_names("vgg16"), ((3, 3, 2, 2), (2,)))
    return {name: tuple(rng.normal(size=shape).astype("f4") for shape in pair) for name, pair in shapes.items()}


def test_reads_keras_3_files(tmp_path, arrays):
    with h5py.File(tmp_path / "vgg.weights.h5", "w") as file:
        for index, (name, pair) in enumerate(arrays.items()):
            group = file.create_group(f"layers/conv2d{f'_{index}' if index else ''}/vars")
            group.attrs["name"] = name
            group["0"], group["1"] = pair
    actual = load("vgg16", str(tmp_path / "vgg.weights.h5"))
    assert list(actual) == list(arrays)
    for name, (kernel, bias) in arrays.items():
        np.testing.assert_array_equal(actual[name][0], kernel)
        np.testing.assert_array_equal(actual[name][1], bias)


def test_reads_legacy_files(tmp_path, arrays):
    with h5py.File(tmp_path / "vgg.h5", "w") as file:
        for name, (kernel, bias) in arrays.items():
            file[f"{name}/{name}_W_1:0"], file[f"{name}/{name}_b_1:0"] = kernel, bias
    actual = load("vgg16", str(tmp_path / "vgg.h5"))
    np.testing.assert_array_equal(actual["block5_conv3"][0], arrays["block5_conv3"][0])


def test_a_missing_or_wrong_file_says_what_to_do(tmp_path, arrays):
    with pytest.raises(FileNotFoundError, match=r"config\.loss\.perceptual='none'"):
        load("vgg19", str(tmp_path / "none.h5"))
    with h5py.File(tmp_path / "vgg16.h5", "w") as file:
        for name, (kernel, bias) in arrays.items():
            file[f"{name}/kernel:0"], file[f"{name}/bias:0"] = kernel, bias
    with pytest.raises(ValueError, match="no block3_conv4"):
        load("vgg19", str(tmp_path / "vgg16.h5"))


def test_a_failed_download_names_the_way_out(monkeypatch):
    def fail(**_):
        raise Exception("URL fetch failure")  # what Keras raises

    monkeypatch.setattr(keras.applications, "VGG19", fail)
    with pytest.raises(FileNotFoundError, match=r"perceptual_weights.*perceptual='none'"):
        load("vgg19")
