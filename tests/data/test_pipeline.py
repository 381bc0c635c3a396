import itertools

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon import config as config_lib
from tf_tryon import keys
from tf_tryon.data import pipeline, records


@pytest.fixture(scope="module")
def opened(data_set):
    return records.open_records(data_set)


@pytest.fixture
def config():
    config = config_lib.thesis("shape")
    config.data.height = config.data.width = 32
    config.model.latent_stride = 32
    config.train.batch_size = 4
    for name, value in {"translate": 0.1, "scale": 0.1, "rotate": 5.0, "hue": 0.05, "contrast": 0.1}.items():
        config.data.augment[name] = value
    return config


def take(dataset, count):
    return [{k: v.numpy() for k, v in batch.items()} for batch in itertools.islice(dataset, count)]


def assert_same(first, second):
    assert first.keys() == second.keys()
    for key in first:
        np.testing.assert_array_equal(first[key], second[key], err_msg=key)


def test_a_resumed_run_sees_what_it_would_have_seen(opened, config):
    whole = take(pipeline.training_dataset(opened, config), 5)
    resumed = take(pipeline.training_dataset(opened, config, start_step=3), 2)
    for a, b in zip(whole[3:], resumed, strict=True):
        assert_same(a, b)
    config.seed = 1
    other = take(pipeline.training_dataset(opened, config), 1)[0]
    assert not np.array_equal(other[keys.NOISE], whole[0][keys.NOISE])
    assert not np.array_equal(other[keys.ID], whole[0][keys.ID])


@pytest.mark.parametrize(
    ("workers", "replicas"),
    [pytest.param(2, 2, marks=pytest.mark.slow), pytest.param(2, 4, marks=pytest.mark.slow), (1, 2)],
)
def test_workers_slices_make_the_global_batch(opened, config, workers, replicas):
    whole = take(pipeline.training_dataset(opened, config, start_step=1), 2)
    parts = []
    for worker in range(workers):
        context = tf.distribute.InputContext(workers, worker, replicas)
        parts.append(take(pipeline.training_dataset(opened, config, 1, 4, context), 2 * replicas // workers))
    for step in range(2):
        each = replicas // workers
        actual = [part for worker in parts for part in worker[step * each : (step + 1) * each]]
        assert_same(whole[step], {key: np.concatenate([part[key] for part in actual]) for key in whole[step]})


def test_an_epoch_sees_everybody_usable_once_and_the_next_in_another_order(opened, config):
    ids = [batch[keys.ID][0] for batch in take(pipeline.training_dataset(opened, config, 0, 1), 26)]
    assert sorted(ids[:13]) == [b"%04d" % i for i in range(13)]
    assert sorted(ids[13:]) == sorted(ids[:13])
    assert ids[13:] != ids[:13]


def test_targets_are_shown_and_inside_the_erased_box(opened, config):
    config.data.targets = {"hat": 1.0, "top": 1.0, "bottom": 1.0, "shoes": 1.0}
    config.data.augment.translate = 0.9  # garments often leave the picture
    for batch in take(pipeline.training_dataset(opened, config), 6):
        chosen = np.take_along_axis(batch[keys.PARSING], batch[keys.TARGET][:, None, None, None] + 4, 3)
        assert chosen.any((1, 2, 3)).all()
        assert not (chosen * batch[keys.VISIBLE]).any()


def test_evaluation_is_in_order_with_one_target(opened, config):
    batches = take(pipeline.evaluation_dataset(opened, "test", "bottom", config, 2), 9)
    assert [batch[keys.ID].tolist() for batch in batches] == [[b"0015", b"0016"], [b"0017"]]
    assert all((batch[keys.TARGET] == 2).all() for batch in batches)
    again = take(pipeline.evaluation_dataset(opened, "test", "bottom", config, 3), 9)
    np.testing.assert_array_equal(again[0][keys.NOISE], np.concatenate([b[keys.NOISE] for b in batches]))
    np.testing.assert_array_equal(again[0][keys.PHOTO], np.concatenate([b[keys.PHOTO] for b in batches]))


def test_a_corrupt_record_stops_training_with_its_name(tmp_path, make_data_set, config):
    folder = make_data_set(tmp_path / "people", 8, 2)
    take(pipeline.training_dataset(records.open_records(folder), config), 1)
    path = folder / "shard-00000-of-00002.tfrecord"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"shard-00000-of-00002\.tfrecord: record \d is corrupt"):
        take(pipeline.training_dataset(records.open_records(folder), config), 4)


def test_what_cannot_work_is_refused(opened, config):
    with pytest.raises(ValueError, match="batch of 3 can't be divided among 2 workers"):
        pipeline.training_dataset(opened, config, 0, 3, tf.distribute.InputContext(2, 0, 1))
    config.data.height = 64
    with pytest.raises(ValueError, match="64x64 don't have the shape"):
        pipeline.training_dataset(opened, config)
