"""A budget in minutes becomes steps once; speed is read from a run's log; failures are one line and status 1."""

import json
from pathlib import Path

import pytest

from tf_tryon.config import thesis, to_json
from tf_tryon.errors import TryOnError
from tf_tryon.evaluation.garment_reader import GarmentReader
from tf_tryon.experiments import lifeline, worker


def test_minutes_become_steps_once_and_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = iter([0.5, 2.0])
    monkeypatch.setattr(worker, "_seconds_per_step", lambda *_: next(measured))
    job = {"budget": 3.0, "data": "people"}
    assert worker._affordable(thesis("shape"), job, tmp_path / "run") == 360
    assert worker._affordable(thesis("shape"), job, tmp_path / "run") == 360  # the run goes on as it began
    assert worker._affordable(thesis("shape"), {**job, "budget": 6.0}, tmp_path / "run") == 180


def test_seconds_a_step_follow_from_the_log(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(to_json(thesis("shape")))
    lines = [{"step": 1, "images_per_second": 8.0}, {"step": 2, "images_per_second": 32.0}]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert worker.step_seconds(tmp_path) == [2.0, 0.5]


def test_a_run_that_went_further_or_kept_nothing_is_no_result(tmp_path: Path) -> None:
    config = thesis("texture")
    config.train.steps, config.train.weights_every = 3, 2
    for place in ("checkpoints/step-00000003.npz", "weights/step-00000002.npz", "weights/step-00000003.npz"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
    worker._check_trained(config, tmp_path, True)
    (tmp_path / "weights/step-00000002.npz").unlink()
    worker._check_trained(config, tmp_path, False)
    with pytest.raises(TryOnError, match=r"no weights of step 2.*delete it"):
        worker._check_trained(config, tmp_path, True)
    config.train.steps = 2
    with pytest.raises(TryOnError, match="was trained 3 steps, and 2 are asked for"):
        worker._check_trained(config, tmp_path, False)


def test_a_reader_that_was_trained_further_is_no_result(
    tmp_path: Path, data_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GarmentReader, "train", lambda *_: 0)  # which makes no step more
    monkeypatch.setattr(GarmentReader, "examine", lambda *_: pytest.fail("it is examined"))
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints/step-00000007.npz").touch()
    job = {"folder": str(tmp_path), "data": str(data_set), "seed": 0, "size": 64, "steps": 5, "batch": 2}
    with pytest.raises(TryOnError, match="was trained 7 steps, and 5 are asked for"):
        worker.reader(job)


def test_a_worker_watches_its_experiment_if_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = []
    monkeypatch.setattr(lifeline, "watch", lambda: watched.append(True))
    monkeypatch.setattr(worker, "speed", lambda job: 0)
    (tmp_path / "job.json").write_text(json.dumps({"kind": "speed", "threads": 0}))
    assert worker.main([str(tmp_path / "job.json")]) == 0
    assert not watched
    assert worker.main([str(tmp_path / "job.json"), lifeline.ARGUMENT]) == 0
    assert watched


def test_a_failure_is_one_line_and_status_1(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    job = {"kind": "reader", "data": str(tmp_path / "nowhere"), "folder": str(tmp_path), "threads": 0}
    (tmp_path / "job.json").write_text(json.dumps(job))
    assert worker.main([str(tmp_path / "job.json")]) == 1
    assert "is no data set" in capsys.readouterr().err.splitlines()[-1]
