"""One task in a process of its own, so that its memory is its own: `python -m tf_tryon.experiments.worker JOB.json`.

With `lifeline.ARGUMENT` behind the file it ends with whoever holds the other end of its stdin, as by SIGTERM.

Exit status: 0 done, 143 or 130 stopped by a signal with all that was made saved, 1 failed (its message is the last line
on stderr).
"""

from __future__ import annotations

import json
import pathlib
import resource
import sys
import tempfile
import time
from typing import Any

from tf_tryon import logs, quiet
from tf_tryon.errors import TryOnError
from tf_tryon.experiments import lifeline
from tf_tryon.files import json_file
from tf_tryon.writing import disk
from tf_tryon.writing.whole import write_text

_AFRESH = "delete it, and the same command trains it again"
# Steps that are made to tell a run's speed: those that don't count, being compiled, and those that do.
_FOR_A_BUDGET, _FOR_AN_ESTIMATE = (4, 8), (1, 2)


def main(argv: list[str]) -> int:
    """Do the job of the file."""
    if lifeline.ARGUMENT in argv[1:]:
        lifeline.watch()
    job = json_file.read(argv[0], "start `tf-tryon experiment` again").raw
    quiet.import_tensorflow()
    from tf_tryon.training import threads

    threads.limit(job["threads"])
    try:
        with logs.shown():
            return {"speed": speed, "train": train, "reader": reader, "row": row, "curve": curve}[job["kind"]](job)
    except Exception as error:
        known = disk.sentence(error)
        if known is None and not isinstance(error, (TryOnError, ValueError, OSError)):
            raise
        print(known or " ".join(str(error).split()), file=sys.stderr, flush=True)
        return 1


def speed(job: dict[str, Any]) -> int:
    """Time a run's steps."""
    from tf_tryon import config as configuration
    from tf_tryon.experiments.tasks import write_done

    config = configuration.from_json(job["config"], "the job")
    seconds = _seconds_per_step(config, job["data"], *_FOR_AN_ESTIMATE)
    write_done(pathlib.Path(job["folder"]), {"digest": job["digest"], "seconds_per_step": round(seconds, 4)})
    return 0


def train(job: dict[str, Any]) -> int:
    """Train a run, or go on with it."""
    from tf_tryon import config as configuration
    from tf_tryon.experiments.tasks import write_done
    from tf_tryon.training.checkpoints import Checkpoints
    from tf_tryon.training.trainer import Trainer

    folder = pathlib.Path(job["folder"])
    config = configuration.from_json(job["config"], "the job")
    if job["unit"] == "minutes":
        config.train.steps = _affordable(config, job, folder)
    status = Trainer(config, job["data"], folder).run()
    if status:
        return status
    _check_trained(config, folder, job["weights_alone"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    write_done(folder, {"digest": job["digest"], "steps": config.train.steps, "peak_gigabytes": round(peak, 2)})
    if job["weights_alone"]:
        Checkpoints(folder / "checkpoints").drop_after(-1)  # the optimiser's state is most of them
    return 0


def _check_trained(config: Any, folder: pathlib.Path, weights_alone: bool) -> None:
    """Raise TryOnError if the folder holds a training that went further than this one, or kept other weights."""
    from tf_tryon.experiments.tasks import kept_steps
    from tf_tryon.training.run_folder import weights_file

    _check_length(folder, config.train.steps)
    missing = weights_alone and [step for step in kept_steps(config) if not weights_file(folder, step).is_file()]
    if missing:
        raise TryOnError(f"{folder} has no weights of step {missing[0]}, which the curves ask for: {_AFRESH}")


def _check_length(folder: pathlib.Path, steps: int) -> None:
    """Raise TryOnError if the folder's training went further than so many steps.

    It makes no step more then, so what is measured would be of another length than is said.
    """
    from tf_tryon.training.checkpoints import Checkpoints

    last = max(Checkpoints(folder / "checkpoints").steps(), default=0)
    if last != steps:
        raise TryOnError(f"{folder} was trained {last} steps, and {steps} are asked for: {_AFRESH}")


def _affordable(config: Any, job: dict[str, Any], folder: pathlib.Path) -> int:
    """Steps that fit into the budget's minutes; measured once and kept, so that a stopped run goes on as it began."""
    path = folder / "budget.json"
    budget = {"minutes": job["budget"]}
    if path.is_file():
        kept = json_file.read(path, "delete it, and the speed is measured again")
        if kept["minutes"].number() == job["budget"]:
            return kept["steps"].whole(1)
    seconds = _seconds_per_step(config, job["data"], *_FOR_A_BUDGET)
    budget |= {"seconds_per_step": round(seconds, 4), "steps": max(1, round(job["budget"] * 60 / seconds))}
    folder.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(budget) + "\n")
    return int(budget["steps"])


def _seconds_per_step(config: Any, data: str, left_out: int, counted: int) -> float:
    """Median of a few full steps, adversarial terms included."""
    import copy

    import numpy as np

    from tf_tryon.training.trainer import Trainer

    short = copy.deepcopy(config)
    short.train.steps = left_out + counted
    short.train.log_every, short.train.picture_every = 1, short.train.steps + 1
    short.loss.adversarial_start = 0
    with tempfile.TemporaryDirectory() as scratch:
        if Trainer(short, data, scratch).run():
            sys.exit(143)
        return float(np.median(step_seconds(pathlib.Path(scratch))[left_out:]))


def step_seconds(folder: pathlib.Path) -> list[float]:
    """Seconds a step of each line of a run's log.jsonl."""
    from tf_tryon import config as configuration

    batch = configuration.read(folder / "config.json").train.batch_size
    lines = json_file.read_lines(folder / "log.jsonl", "delete the run and start it again")
    return [batch / line["images_per_second"].number(1e-9) for line in lines]


def reader(job: dict[str, Any]) -> int:
    """Train the garment reader, or go on with it, and examine it."""
    from tf_tryon.data.records import open_records
    from tf_tryon.evaluation.garment_reader import GarmentReader
    from tf_tryon.experiments.tasks import write_done

    started = time.monotonic()
    folder = pathlib.Path(job["folder"])
    records = open_records(job["data"])
    trained = GarmentReader(job["seed"])
    status = trained.train(records, job["size"], job["steps"], job["batch"], folder, job["seed"])
    if status:
        return status
    _check_length(folder, job["steps"])
    trained.examine(records, job["size"])
    trained.save(folder / "reader.npz")
    seconds = round(time.monotonic() - started, 1)
    write_done(folder, {"digest": job["digest"], "accuracy": trained.accuracy, "seconds": seconds})
    return 0


def row(job: dict[str, Any]) -> int:
    """Measure a row."""
    from tf_tryon.experiments.measure import measure_row
    from tf_tryon.experiments.tasks import write_done

    write_done(pathlib.Path(job["folder"]), {"digest": job["digest"], **measure_row(job)})
    return 0


def curve(job: dict[str, Any]) -> int:
    """Measure a copy of a row along its training."""
    from tf_tryon.experiments.curve import measure_curve
    from tf_tryon.experiments.tasks import write_done

    write_done(pathlib.Path(job["folder"]), {"digest": job["digest"], **measure_curve(job)})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
