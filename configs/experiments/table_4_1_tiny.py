"""Table 4-1 at 64 px with narrow networks and a few steps, without VGG: tells whether the whole experiment works."""

from ml_collections import ConfigDict

from tf_tryon.configs.experiments.table_4_1 import get_config as table_4_1


def get_config() -> ConfigDict:
    config = table_4_1(size=64)
    config.title = "Table 4-1, tiny"
    config.budget.shape, config.budget.texture = 2, 2
    config.evaluation.people, config.evaluation.samples, config.evaluation.batch = 8, 2, 4
    config.evaluation.features = "none"
    config.evaluation.figure_people = 2
    config.reader.steps, config.reader.batch = 2, 4
    for name in config.names:
        row = config.rows[name]
        for stage in (row.shape, row.texture):
            if not len(stage):
                continue
            stage.model.width = 0.125
            stage.train.batch_size = 2
            stage.train.warmup_steps = 0
            stage.train.log_every = 1
            stage.train.precision = "float32"
            stage.loss.perceptual = "none"
            stage.loss.adversarial_start = 0
    return config
