"""An experiment's configuration, and the work that follows from it.

A row is a model of one stage or two. Every row has the same budget: each of two stages its part, a row of one stage
both parts. A row may take its first stage from another row (an ablation of the second stage); that stage counts in
full. A row may train its second stage with several seeds, on one first stage: each of these is a copy, trained and
measured by itself, and the report's intervals are over people and seeds.

The unit is "steps", or "minutes" of wall time: then each run is timed first, and trains as many steps as fit.
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import math

from ml_collections import ConfigDict

from tf_tryon import config as configuration
from tf_tryon.errors import TryOnError
from tf_tryon.stages import STAGES, TEXTURE

UNITS = ("steps", "minutes")
FULL, RECOMMENDED = "full", "recommended"  # rows that others are compared with
PHOTOS, GARMENTS = "photos", "garments"
FIGURES = (PHOTOS, GARMENTS)


def experiment(title: str) -> ConfigDict:
    """An experiment without rows; `add_row` adds them."""
    config = ConfigDict()
    config.title = title
    config.seed = 0  # of every first stage, of the samples and of the intervals; of second stages that name no others
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
            # What figure 4-1 shows: "photos", or "garments" alone on plain ground where people must not be shown.
            "figures": "photos",
            "figures_beside": "",  # a second data set, whose people stand in a figure of their own as photos
        }
    )
    # At how many points of each training, evenly spaced, distances are measured; of a run that is done only weights are
    # kept then. 0: no curves, and checkpoints stay.
    config.curves = ConfigDict({"points": 0})
    # The classifier that reads kinds and colours; Studio only.
    config.reader = ConfigDict({"steps": 3000, "batch": 64})
    config.earlier = ""  # report.json of this experiment from another machine: what it has isn't made again
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
    seeds: tuple[int, ...] = (),
    removed: str = "",
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
      seeds: of its second stage; none: the experiment's.
      removed: the change that the row "recommended" has and this one has not; empty: it is no such row.
    """
    with config.unlocked():
        config.rows[name] = ConfigDict(
            {
                "title": title, "texture": texture, "shape": shape if shape is not None else ConfigDict(),
                "shape_of": shape_of, "counts": counts, "thesis_fid": thesis_fid, "seeds": seeds, "removed": removed,
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
      like: the run that differs by its seed alone, or its own name.
    """

    name: str
    config: ConfigDict
    budget: float
    like: str


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
      name: short, a folder's name.
      title: as the table shows it.
      textures: names of the runs of its second, or only, stage: one for each seed.
      shape: name of its first stage's run, or empty for a model of one stage.
      counts: the row of the thesis's table that it stands for, or empty.
      thesis_fid: printed there; 0: none.
      crop: what its networks see, "person" or "garment".
      removed: the recommended change that it lacks, or empty.
    """

    name: str
    title: str
    textures: tuple[str, ...]
    shape: str
    counts: str
    thesis_fid: float
    crop: str = "person"
    removed: str = ""

    @property
    def texture(self) -> str:
        """The run of the first seed."""
        return self.textures[0]

    @property
    def copies(self) -> tuple[str, ...]:
        """Names of what is measured, one for each of `textures`; the first is the row's own."""
        return tuple(self.name + texture.removeprefix(self.texture) for texture in self.textures)


@dataclasses.dataclass(frozen=True)
class Plan:
    """All runs by name, in the order in which they are made, and all rows."""

    runs: dict[str, Run]
    rows: tuple[Row, ...]


def plan(config: ConfigDict) -> Plan:
    """The work of an experiment.

    Raises:
      ValueError: a run's configuration, a setting or a reference doesn't work; names the row or the field.
      TryOnError: runs differ in what makes them comparable.
    """
    _check_settings(config)
    budget = config.budget
    runs: dict[str, Run] = {}
    rows = []
    for name in config.names:
        row = config.rows[name]
        own, shape = bool(len(row.shape)), ""
        if own:
            shape = f"{name}-shape"
            runs[shape] = _run(shape, row.shape, budget.shape, config, config.seed)
        elif row.shape_of:
            shape = f"{row.shape_of}-shape"
            if shape not in runs:
                raise ValueError(f"config.rows.{name}.shape_of = {row.shape_of!r}: no row before it has a first stage")
        seeds = tuple(row.seeds) or (config.seed,)
        if len(set(seeds)) != len(seeds):
            raise ValueError(f"config.rows.{name}.seeds = {seeds}: each may be there once")
        textures = tuple(f"{name}-texture" + (f"-seed{seed}" if i else "") for i, seed in enumerate(seeds))
        whole = budget.texture + (0 if shape else budget.shape)
        for texture, seed in zip(textures, seeds, strict=True):
            runs[texture] = _run(texture, row.texture, whole, config, seed, textures[0])
        if runs[textures[0]].config.model.two_stage != bool(shape):
            raise ValueError(f"config.rows.{name}: its texture stage has two_stage = {not shape}: give that stage")
        crop = runs[textures[0]].config.data.crop
        rows.append(Row(name, row.title, textures, shape, row.counts, row.thesis_fid, crop, row.removed))
    _check_alike(runs)
    return Plan(runs, tuple(rows))


def _check_settings(config: ConfigDict) -> None:
    """Raise ValueError for what doesn't work in all that is no row's own; names the field."""
    budget, evaluation = config.budget, config.evaluation
    if budget.unit not in UNITS:
        raise ValueError(f"config.budget.unit = {budget.unit!r}: choose one of {', '.join(UNITS)}")
    for stage in STAGES:
        if budget[stage] <= 0:
            raise ValueError(f"config.budget.{stage} = {budget[stage]:g}: must be positive")
    if config.curves.points < 0:
        raise ValueError(f"config.curves.points = {config.curves.points}: must be 0 (no curves) or more")
    if config.curves.points and budget.unit != "steps":
        raise ValueError("config.curves.points goes with a budget in steps, which are alike in all rows")
    _check_names(config)
    if evaluation.figures not in FIGURES:
        raise ValueError(f"config.evaluation.figures = {evaluation.figures!r}: choose one of {', '.join(FIGURES)}")
    if evaluation.samples < 2 or evaluation.people < 8:
        raise ValueError("config.evaluation: at least 2 samples and 8 people are needed for diversity and distances")
    if not evaluation.garments:
        raise ValueError("config.evaluation.garments is empty: name those that are to be erased")
    for part, name in (
        ("evaluation", "figure_people"),
        ("evaluation", "batch"),
        ("reader", "steps"),
        ("reader", "batch"),
    ):
        if config[part][name] < 1:
            raise ValueError(f"config.{part}.{name} = {config[part][name]}: must be at least 1")


def _check_names(config: ConfigDict) -> None:
    if not config.names:
        raise ValueError("config.names is empty: an experiment needs rows")
    unknown = [name for name in config.names if name not in config.rows]
    if unknown:
        raise ValueError(f"config.names: there is no row {unknown[0]!r}: choose of {', '.join(config.rows)}")
    if len(set(config.names)) != len(config.names):
        raise ValueError(f"config.names = {tuple(config.names)}: each may be there once")


def digest(*texts: str) -> str:
    """Tells whether what a result was made of has changed."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def _run(name: str, config: ConfigDict, budget: float, experiment_config: ConfigDict, seed: int, like: str = "") -> Run:
    config, points = copy.deepcopy(config), experiment_config.curves.points
    config.seed = seed
    if config.loss.perceptual == "vgg16" and not config.loss.perceptual_weights:
        config.loss.perceptual_weights = experiment_config.perceptual_weights
    if experiment_config.budget.unit == "steps":
        config.train.steps = round(budget)
        if points:
            config.train.weights_every = math.ceil(config.train.steps / (points if config.stage == TEXTURE else 1))
    try:
        configuration.validate(config)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    return Run(name, config, budget, like or name)


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
