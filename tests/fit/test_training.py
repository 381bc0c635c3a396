import json
from pathlib import Path

from tf_tryon.config import read, thesis, to_json
from tf_tryon.fit.training import NO_VGG, configurations, spent
from tf_tryon.inference.bundled import BUNDLES
from tf_tryon.stages import SHAPE, TEXTURE


def test_a_base_of_which_a_part_was_trained_last_is_trained_as_a_whole(tmp_path: Path) -> None:
    for stage in (SHAPE, TEXTURE):
        config = read(BUNDLES["studio"] / stage / "config.json")
        if stage == SHAPE:
            config.train.networks, config.train.learning_rate = "prior", 1e-2
        (tmp_path / stage).mkdir()
        (tmp_path / stage / "config.json").write_text(to_json(config))
        (tmp_path / stage / "weights.npz").touch()
    rates = {stage: config.train.learning_rate for stage, config in configurations(tmp_path, NO_VGG, 0).items()}
    own = read(BUNDLES["studio"] / TEXTURE / "config.json").train.learning_rate
    assert rates == {SHAPE: 3e-4, TEXTURE: own}
    assert configurations(tmp_path, NO_VGG, 0)[SHAPE].train.networks == "all"


def test_only_steps_that_are_kept_count_as_trained(tmp_path: Path) -> None:
    config = thesis(SHAPE)
    (tmp_path / "config.json").write_text(to_json(config))
    speeds = {step: config.train.batch_size / seconds for step, seconds in ((5, 1.0), (10, 2.0), (15, 4.0))}
    lines = [json.dumps({"step": step, "images_per_second": speed}) for step, speed in speeds.items()]
    (tmp_path / "log.jsonl").write_text("\n".join([*lines, '{"step": 20, "ima']))  # a kill cut it in two
    assert spent(tmp_path) == 0
    (tmp_path / "checkpoints").mkdir()
    for step in (5, 10):
        (tmp_path / "checkpoints" / f"step-{step:08d}.npz").touch()
    assert spent(tmp_path) == 15
