import numpy as np

from tf_tryon import config as config_lib
from tf_tryon import keys
from tf_tryon.data import examples, mean_garments, records
from tf_tryon.data.person import Person


def test_means_are_the_mean_crops_and_are_cached(tmp_path, make_data_set):
    folder = make_data_set(tmp_path / "people", 8, 2)
    opened, config = records.open_records(folder), config_lib.thesis("shape")
    config.data.height = config.data.width = 64
    means = mean_garments.mean_garments(opened, config, progress=False)
    assert (means.shape, means.dtype) == ((4, 64, 64, 3), np.float32)

    people = [Person.of(opened, i) for i in range(8)]
    batch = examples.from_people(people, "hat", np.zeros_like(means), config)
    context = batch[keys.CONTEXT].numpy().reshape(8, 64, 64, 4, 3)
    hats = batch[keys.GARMENT_RGB].numpy()[[0, 3, 6]]
    np.testing.assert_allclose(means[0], hats.mean(0), atol=1e-5)
    np.testing.assert_allclose(means[1], context[..., 1, :].mean(0), atol=1e-5)
    np.testing.assert_allclose(means[3], np.delete(context[..., 3, :], 6, 0).mean(0), atol=1e-5)

    stamp = (folder / "mean_garments.npz").stat().st_mtime_ns
    np.testing.assert_array_equal(mean_garments.mean_garments(opened, config), means)
    assert (folder / "mean_garments.npz").stat().st_mtime_ns == stamp
    config.data.height = config.data.width = 32
    assert mean_garments.mean_garments(opened, config).shape == (4, 32, 32, 3)
    with np.load(folder / "mean_garments.npz") as arrays:
        assert set(arrays.files) == {"train-64x64-min3", "train-32x32-min3", "fingerprint"}


def test_what_nobody_wears_is_white(tmp_path, make_person):
    with records.RecordWriter(tmp_path / "one", (64, 64)) as writer:
        writer.write(records.encode(**make_person(1)))
    config = config_lib.thesis("shape")
    config.data.height = config.data.width = 64
    means = mean_garments.mean_garments(records.open_records(tmp_path / "one"), config)
    assert (means[0] == 1).all()
    assert (means[1] < 1).any()
