"""Table 4-1 at 64 px on two cores, in two hours: the same rows, all with the same few steps.

VGG-16 in place of VGG-19 (one file serves losses and measures), twice the thesis's learning rate (a twentieth of its
steps), bfloat16 where processor or GPU has it (half the time).
"""

from ml_collections import ConfigDict

from tf_tryon.configs.experiments.table_4_1 import get_config as table_4_1


def get_config() -> ConfigDict:
    config = short(table_4_1(size=64))
    config.title = "Table 4-1 at 64 px on Studio"
    config.budget.shape, config.budget.texture = 600, 600
    config.evaluation.people = 300
    config.reader.steps = 2500
    return config


def short(config: ConfigDict) -> ConfigDict:
    """The experiment with what a short budget asks for, alike in all rows; recommended rows keep their own rate."""
    for name in config.names:
        row = config.rows[name]
        for stage in (row.shape, row.texture):
            if not len(stage):
                continue
            train = stage.train
            train.batch_size = 8
            train.precision = "auto"
            train.log_every = 20
            train.picture_every = 1000
            if name.startswith("recommended"):
                train.warmup_steps = 100
                train.ema = 0.99  # an average over a tenth of the run
            else:
                train.learning_rate = train.discriminator_learning_rate = 2e-4
        if row.texture.loss.perceptual == "vgg19":
            row.texture.loss.perceptual = "vgg16"
        if name.startswith("recommended"):
            row.texture.loss.adversarial_start = 500  # colours first, as in the long runs
    return config
