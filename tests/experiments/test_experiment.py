"""A whole experiment with tiny networks, its tasks in this process: rows of two stages, with two seeds, and of one."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest

from tf_tryon.config import baseline
from tf_tryon.data.records import open_records
from tf_tryon.errors import TryOnError
from tf_tryon.experiments import hours, worker
from tf_tryon.experiments.plan import add_row, experiment, plan
from tf_tryon.experiments.report import write_report
from tf_tryon.experiments.run import run_experiment
from tf_tryon.experiments.tasks import tasks, timings, write_done

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def config():
    made = experiment("tiny")
    stages = [baseline("finet", "shape", 64), baseline("finet", "texture", 64), baseline("bicyclegan", "texture", 64)]
    for stage in stages:
        stage.model.width = 0.125
        stage.train.batch_size = 2
        stage.train.log_every = stage.train.picture_every = 1
        stage.loss.perceptual = "none"
    add_row(made, "full", "FiNet", stages[1], stages[0], counts="FiNet", thesis_fid=34.68, seeds=(0, 3))
    add_row(made, "bicyclegan", "BicycleGAN", stages[2], counts="BicycleGAN", thesis_fid=28.02)
    made.budget.shape, made.budget.texture = 1, 1
    made.evaluation.update(people=8, samples=2, features="none", figure_people=2, batch=8, garments=("top",))
    return made


@pytest.mark.filterwarnings("ignore:Even though the .tf.config.experimental_run_functions_eagerly")
def test_rows_are_trained_measured_and_reported(config, tmp_path: Path, make_data_set, uncompiled) -> None:
    data = make_data_set(tmp_path / "people", train=6, test=12)
    folder, records, work = tmp_path / "work", open_records(data), plan(config)
    to_do = tasks(config, work, records, folder)
    folder.mkdir()
    (folder / "experiment.json").write_text(json.dumps(config.to_dict(), default=list))  # as the verb begins
    # The second seed comes after all rows' first ones.
    assert list(to_do) == [
        "full-shape", "full-texture", "measure-full", "bicyclegan-texture", "measure-bicyclegan",
        "full-texture-seed3", "measure-full-seed3",
    ]  # fmt: skip
    for task in to_do.values():
        assert task.result() is None
        task.folder.mkdir(parents=True)
        job = {**task.job, "threads": 0}
        (task.folder / "job.json").write_text(json.dumps(job))
        with uncompiled():  # each function has a batch or two
            assert worker.main([str(task.folder / "job.json")]) == 0
        assert task.result() is not None
    page = write_report(config, work, to_do, records, folder)
    report = json.loads((folder / "report" / "report.json").read_text())
    assert set(report["rows"]) == {"full", "bicyclegan"}
    assert report["rows"]["full"]["copies"] == 2
    assert report["runs"]["bicyclegan-texture"]["steps"] == 2  # of one stage: both parts of the budget
    for row in report["rows"].values():
        measures = row["measures"]["top"]
        assert measures[f"texture_{row['kind']}_seam_relative_ratio"]["value"] > 0
        assert 0 <= measures["compatibility_texture_auc"]["value"] <= 1
    # A prior that knows nothing of the context scores all the same but for the code itself.
    assert report["rows"]["bicyclegan"]["parameters"]["discriminator"] > 0
    text = (folder / "report" / "report.md").read_text()
    assert "| BicycleGAN | 28.02 | 54.7946M / 2.5900M / - / 3.4590M |" in text
    for name in ("figure_4_1", "figure_4_2_shapes", "figure_4_2_walk", "losses"):
        assert (folder / "report" / f"{name}.png").stat().st_size > 1000
        assert f"({name}.png)" in text
    assert page.read_text().count("data:image/png") == 4
    with np.load(folder / "rows" / "full" / "figures.npz") as figures:
        assert figures["walk"].shape == (8, 5, 64, 64)
    # All is done: the same command has nothing left to do but the report.
    assert run_experiment(config, data, folder) == 0
    # Nor has another machine that is given the report.
    config = copy.deepcopy(config)
    config.earlier = str(folder / "report" / "report.json")
    assert run_experiment(config, data, tmp_path / "other") == 0
    assert not (tmp_path / "other" / "runs").exists()
    again = json.loads((tmp_path / "other" / "report" / "report.json").read_text())
    for same in ("measured", "rows", "runs", "comparisons", "missing"):
        assert again[same] == report[same], same
    assert again["elsewhere"] == ["full", "full-seed3", "bicyclegan"]
    with pytest.raises(TryOnError, match="holds the input"):
        run_experiment(config, data, folder)


def test_hours_are_told_by_row_before_anything_is_trained(config, tmp_path: Path, make_data_set) -> None:
    records, work = open_records(make_data_set(tmp_path / "people", train=6, test=8)), plan(config)
    to_do, timed = tasks(config, work, records, tmp_path), timings(work, records, tmp_path)
    task = timed["full-shape"]
    for other in (*timed.values(), *to_do.values()):
        other.folder.mkdir(parents=True, exist_ok=True)
    (task.folder / "job.json").write_text(json.dumps({**task.job, "threads": 0}))
    assert worker.main([str(task.folder / "job.json")]) == 0
    seconds = task.result()["seconds_per_step"]
    assert seconds > 0
    assert set(hours.untimed(timed, to_do)) == {"speed-full-texture", "speed-bicyclegan-texture"}  # not of each seed
    for name, value in (("full-texture", 3600), ("bicyclegan-texture", 1800)):
        write_done(timed[name].folder, {"digest": timed[name].digest, "seconds_per_step": value})
    left = hours.hours(work, timed, to_do)
    # Of 1, 1, 1 and 2 steps.
    each = {"full-texture": 1.0, "full-texture-seed3": 1.0, "bicyclegan-texture": 1.0}
    assert left == {"full-shape": seconds / 3600, **each}
    text = "\n".join(hours.lines(work, left, jobs=2))
    assert "FiNet      2.00 h (full-shape 0.00 h, full-texture 1.00 h, full-texture-seed3 1.00 h)" in text
    assert "in all     3.00 h, 1.50 h with --jobs=2" in text
    write_done(to_do["full-texture"].folder, {"digest": to_do["full-texture"].digest, "steps": 1, "peak_gigabytes": 1})
    checkpoint = to_do["bicyclegan-texture"].folder / "checkpoints" / "step-00000001.npz"
    checkpoint.parent.mkdir()
    checkpoint.touch()
    assert hours.hours(work, timed, to_do) == {**left, "full-texture": 0.0, "bicyclegan-texture": 0.5}
