"""An experiment's configuration, and the work that follows from it.

A row is a model of one stage or two. Every row has the same budget: each of two stages its part, a row of one stage
both parts. A row may take its first stage from another row (an ablation of the second stage); that stage counts in
full.

The unit is "steps", or "minutes" of wall time: then each run is timed first, and trains as many steps as fit.
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib

from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.errors import TryOnError
from tf_tryon.stages import STAGES

UNITS = ("steps", "minutes")


def experiment(title: str) -> ConfigDict:
    """An experiment without rows; `add_row` adds them."""
    config = ConfigDict()
    config.title = title
    config.seed = 0  # of every run, of the samples and of the intervals
    config.perceptual_weights = ""  # a file of VGG-16's weights for losses and measures; empty: Keras downloads them
    config.budget = ConfigDict({"unit": "steps", "shape": 20_000.0, "texture": 60_000.0})
    config.evaluation = ConfigDict(
        {
            "people": 500,  # of the split "test", for each garment
            "samples": 8,
            "garments": ("top", "bottom"),  # the first is the table's
            "batch": 20,
            "features": "vgg16",  # network of the distances, see tf_tryon/evaluation/features.py
            "features_weights": "",  # its file; empty: perceptual_weights for vgg16, else Keras downloads them
            "figure_people": 6,
        }
    )
    # The classifier that reads kinds and colours; Studio only.
    config.reader = ConfigDict({"steps": 3000, "batch": 64})
    config.names = ()  # of the rows, in the table's order
    config.rows = ConfigDict()
    return config.lock()


def add_row(
    config: ConfigDict,
    name: str,
    title: str,
    texture: ConfigDict,
    shape: ConfigDict | None = None,
    shape_of: str = "",
    counts: str = "",
    thesis_fid: float = 0.0,
) -> None:
    """Add a row.

    Args:
      config: of the experiment.
      name: short, a folder's name.
      title: as the table shows it.
      texture: of its second, or only, stage.
      shape: of its first stage, if it has its own.
      shape_of: or the row whose first stage it takes.
      counts: the row of Table 4-1 (`accounting.table_4_1`) that it stands for; empty: none.
      thesis_fid: printed there; 0: none.
    """
    with config.unlocked():
        config.rows[name] = ConfigDict(
            {
                "title": title, "texture": texture, "shape": shape if shape is not None else ConfigDict(),
                "shape_of": shape_of, "counts": counts, "thesis_fid": thesis_fid,
            }
        )  # fmt: skip
        config.names = (*config.names, name)


@dataclasses.dataclass(frozen=True)
class Run:
    """One training.

    Attributes:
      name: folder below runs/.
      config: complete, except for the steps of a budget in minutes.
      budget: in the experiment's unit.
    """

    name: str
    config: ConfigDict
    budget: float


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table; `shape` is a run's name, or empty for a model of one stage."""

    name: str
    title: str
    texture: str
    shape: str
    counts: str
    thesis_fid: float


@dataclasses.dataclass(frozen=True)
class Plan:
    """All runs by name, in the order in which they are made, and all rows."""

    runs: dict[str, Run]
    rows: tuple[Row, ...]


def plan(config: ConfigDict) -> Plan:
    """The work of an experiment.

    Raises:
      ValueError: a run's configuration, the budget or a reference doesn't work; names the row.
      TryOnError: runs differ in what makes them comparable.
    """
    budget = config.budget
    if budget.unit not in UNITS:
        raise ValueError(f"config.budget.unit = {budget.unit!r}: choose one of {', '.join(UNITS)}")
    for stage in STAGES:
        if budget[stage] <= 0:
            raise ValueError(f"config.budget.{stage} = {budget[stage]:g}: must be positive")
    if not config.names:
        raise ValueError("config.names is empty: an experiment needs rows")
    if config.evaluation.samples < 2 or config.evaluation.people < 8:
        raise ValueError("config.evaluation: at least 2 samples and 8 people are needed for diversity and distances")
    runs: dict[str, Run] = {}
    rows = []
    for name in config.names:
        row = config.rows[name]
        own, shape = bool(len(row.shape)), ""
        if own:
            shape = f"{name}-shape"
            runs[shape] = _run(shape, row.shape, budget.shape, config)
        elif row.shape_of:
            shape = f"{row.shape_of}-shape"
            if shape not in runs:
                raise ValueError(f"config.rows.{name}.shape_of = {row.shape_of!r}: no row before it has a first stage")
        texture = f"{name}-texture"
        whole = budget.texture + (0 if shape else budget.shape)
        runs[texture] = _run(texture, row.texture, whole, config)
        if runs[texture].config.model.two_stage != bool(shape):
            raise ValueError(f"config.rows.{name}: its texture stage has two_stage = {not shape}: give that stage")
        rows.append(Row(name, row.title, texture, shape, row.counts, row.thesis_fid))
    _check_alike(runs)
    return Plan(runs, tuple(rows))


def digest(*texts: str) -> str:
    """Tells whether what a result was made of has changed."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def _run(name: str, config: ConfigDict, budget: float, experiment_config: ConfigDict) -> Run:
    config = copy.deepcopy(config)
    config.seed = experiment_config.seed
    if config.loss.perceptual == "vgg16":
        config.loss.perceptual_weights = experiment_config.perceptual_weights
    if experiment_config.budget.unit == "steps":
        config.train.steps = round(budget)
    try:
        configuration.validate(config)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    return Run(name, config, budget)


def _check_alike(runs: dict[str, Run]) -> None:
    """All rows erase the same garments of the same people at the same size."""
    first = next(iter(runs.values()))
    for run in runs.values():
        for field in ("height", "width", "targets", "min_garments", "dresses", "box_widen"):
            if run.config.data[field] != first.config.data[field]:
                raise TryOnError(
                    f"{run.name} and {first.name} can't be compared: config.data.{field} is {run.config.data[field]}"
                    f" and {first.config.data[field]}"
                )
