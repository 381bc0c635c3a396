import json
import struct

import numpy as np

from tf_tryon import logs
from tf_tryon.training.run_log import RunLog, read_log, seconds_a_step


def _summaries(folder):
    """Tags of all summaries in a folder's event files (TFRecords of Event protos)."""
    import tensorflow as tf

    for path in sorted(folder.iterdir()):
        data, at = path.read_bytes(), 0
        while at < len(data):
            (length,) = struct.unpack_from("<Q", data, at)
            event = tf.compat.v1.Event.FromString(data[at + 12 : at + 12 + length])
            at += 16 + length
            for value in event.summary.value:
                yield event.step, value.tag, value.metadata.plugin_data.plugin_name


def test_logs_lines_scalars_and_pictures(tmp_path, capsys):
    progress = RunLog(tmp_path, steps=20, batch=4, start=0)
    with logs.shown():
        progress.log(10, {"loss": 0.5, "kl": 7.0})
    progress.picture(10, "samples", np.zeros((4, 6, 3), np.uint8))
    progress.close()
    (line,) = (tmp_path / "log.jsonl").read_text().splitlines()
    entry = json.loads(line)
    assert (entry["step"], entry["loss"], entry["kl"]) == (10, 0.5, 7.0)
    assert entry["images_per_second"] > 0
    actual = set(_summaries(tmp_path / "tensorboard"))
    assert {(10, "loss", "scalars"), (10, "kl", "scalars"), (10, "samples", "images")} <= actual
    error = capsys.readouterr().err
    assert "10/20" in error
    assert "left" in error


def test_a_resumed_run_forgets_the_lines_that_it_makes_again(tmp_path):
    progress = RunLog(tmp_path, 20, 4, 0)
    for step in (5, 10):
        progress.log(step, {"loss": float(step)})
    progress.close()
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 11, "lo')  # as a kill leaves it
    progress = RunLog(tmp_path, 20, 4, 5)
    progress.log(10, {"loss": 0.0})
    progress.close()
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(line["step"], line["loss"]) for line in lines] == [(5, 5.0), (10, 0.0)]


def test_pauses_do_not_slow_the_speed_down(tmp_path):
    progress = RunLog(tmp_path, 20, 1, 0)
    progress._since -= 100.0
    progress.paused(99.0)
    progress.log(1, {})
    progress.close()
    assert 0.9 < json.loads((tmp_path / "log.jsonl").read_text())["images_per_second"] < 1.1


def test_a_log_tells_how_long_its_steps_took(tmp_path):
    with RunLog(tmp_path, 10, batch=4, start=0) as log:
        for done in (2, 5):
            log.log(done, {"loss": 1.0})
    lines = read_log(tmp_path, "")
    assert [line["step"] for line in lines] == [2, 5]
    lines = [{"step": 2, "images_per_second": 8.0}, {"step": 5, "images_per_second": 2.0}]
    assert seconds_a_step(lines, 4) == [(2, 0.5), (3, 2.0)]
