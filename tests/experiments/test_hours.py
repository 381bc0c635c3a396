"""What is left to be trained, by run."""

from pathlib import Path

from tf_tryon.config import thesis
from tf_tryon.experiments.hours import hours
from tf_tryon.experiments.plan import Plan, Run
from tf_tryon.experiments.tasks import Task, write_done


def test_of_a_run_that_went_further_nothing_is_left(tmp_path: Path) -> None:
    config = thesis("shape")
    config.train.steps = 500
    plan = Plan({"run": Run("run", config, 500, "run")}, ())
    timing = Task("speed-run", tmp_path / "speed", (), "a", {"kind": "speed"})
    timing.folder.mkdir()
    write_done(timing.folder, {"digest": "a", "seconds_per_step": 3.6})
    training = Task("run", tmp_path / "run", (), "a", {"kind": "train"})
    assert hours(plan, {"run": timing}, {"run": training}) == {"run": 0.5}
    (training.folder / "checkpoints").mkdir(parents=True)
    (training.folder / "checkpoints" / "step-00000700.npz").touch()
    assert hours(plan, {"run": timing}, {"run": training}) == {"run": 0.0}
