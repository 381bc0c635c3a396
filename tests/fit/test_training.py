from pathlib import Path

from tf_tryon.config import read, to_json
from tf_tryon.fit.training import NO_VGG, configurations
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
