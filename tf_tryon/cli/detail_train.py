"""`tf-tryon detail train`: train the network that gives completions the fine detail of photos, or go on with a run."""

from __future__ import annotations

import pathlib

from absl import flags

from tf_tryon.cli import given
from tf_tryon.cli.defining import Into
from tf_tryon.cli.garments_flag import check_garments
from tf_tryon.cli.seed_flag import define_seed
from tf_tryon.stages import SHAPE, TEXTURE
from tf_tryon.writing.places import refuse_overlap

ARGUMENTS = ""
HELP = """Train a detail network: what a model's pictures lack beside the photo at its own resolution.

The model pictures garments of the data set's people first; a small network then learns to add weave and edges at
twice the size, as fine and as strong as the photos'. Writes detail.npz into --workdir, which `tf-tryon bundle --detail`
puts into a model. SIGTERM and Ctrl-C save before they stop the run.

    tf-tryon detail train --model street --data people --workdir runs/detail"""


def define_flags(flag_values: flags.FlagValues) -> None:
    """absl flags of the verb."""
    add = Into(flag_values=flag_values)
    flags.DEFINE_string("model", None, "A bundled model, or a folder of `tf-tryon bundle`; default: street.", **add)
    flags.DEFINE_string("data", None, "Data set of photos with labels.", required=True, **add)
    flags.DEFINE_string("workdir", None, "The run's folder: new, or one to go on with.", required=True, **add)
    flags.DEFINE_integer("people", 200, "How many people of the data set are looked at.", lower_bound=1, **add)
    flags.DEFINE_integer("steps", 700, "Of training.", lower_bound=1, **add)
    flags.DEFINE_integer("threads", 0, "CPU threads; 0: all.", lower_bound=0, **add)
    flags.DEFINE_list("garments", ["top", "bottom"], "Whose cloth is looked at, separated by commas.", **add)
    define_seed(flag_values, "Of the first weights and of the patches.")


def check(flag_values: flags.FlagValues, args: list[str]) -> None:
    """Refuses data and models that aren't there, and garments that the model doesn't complete."""
    del args
    from tf_tryon.inference.bundled import model_folder
    from tf_tryon.inference.model_folder import ModelFolder
    from tf_tryon.inference.stage_files import NO_SHAPE

    refuse_overlap(flag_values.workdir, [flag_values.data, model_folder(flag_values.model)], "--workdir")
    model = ModelFolder(flag_values.model)
    if SHAPE not in model.configs:
        raise ValueError(f"--model={flag_values.model}: {NO_SHAPE}")
    if not flag_values.garments:
        raise ValueError("--garments is empty: name at least one")
    check_garments(flag_values.garments, model.configs.values())
    given.data_sets([flag_values.data])


def run(flag_values: flags.FlagValues, args: list[str]) -> int:
    """Trains; prints the weights' path. 0 done, 143 or 130 stopped by a signal after saving."""
    del args
    from tf_tryon.data.records import open_records
    from tf_tryon.detail.training import Options, train
    from tf_tryon.inference.bundled import model_folder
    from tf_tryon.inference.stage import Stage
    from tf_tryon.inference.stage_files import DETAIL, digest
    from tf_tryon.training import threads

    threads.limit(flag_values.threads)
    workdir = pathlib.Path(flag_values.workdir)
    options = Options(
        tuple(dict.fromkeys(flag_values.garments)), flag_values.people, flag_values.steps, flag_values.seed
    )
    folder = model_folder(flag_values.model) / TEXTURE
    # A detail network that the model has by now says nothing of what this one is trained from.
    own = digest(folder, detail=False)
    code = train(Stage.load(folder), own, open_records(flag_values.data), workdir, options)
    if not code:
        print(workdir / DETAIL)
    return code
