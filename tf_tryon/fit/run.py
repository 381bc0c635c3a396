"""All steps in their order; each is passed over where its result is there."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

from ml_collections import ConfigDict

from tf_tryon.data.person_files import KEYPOINTS, PARSING, beside
from tf_tryon.data.records import RecordSet, open_records, save_arrays
from tf_tryon.data.sources.prepare import Annotators
from tf_tryon.data.usable import fingerprint
from tf_tryon.evaluation.features import VggFeatures
from tf_tryon.files.array_file import read_arrays
from tf_tryon.files.stamp import stamp
from tf_tryon.fit import measures, people, pictures, report, training
from tf_tryon.fit.folder import FOLDER, MEASURES, Work
from tf_tryon.inference import bundle
from tf_tryon.inference.bundled import model_folder
from tf_tryon.inference.detail_file import detail_beside
from tf_tryon.inference.model_folder import ModelFolder
from tf_tryon.inference.tryon import TryOn
from tf_tryon.stages import SHAPE, TEXTURE
from tf_tryon.training.run_folder import held
from tf_tryon.writing.places import source_of

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Given:
    """What a model is fitted to.

    Attributes:
      photos: files; those without parsing and keypoints beside them are annotated.
      data: a data set's folder instead.
      count: of its people, at most; None: all.
      annotator: makes the annotators.
      vocabulary: of parsings beside the photos; None: CIHP-20.
      workers: processes that annotate.
    """

    photos: Sequence[pathlib.Path]
    data: str | None = None
    count: int | None = None
    annotator: Callable[[], Annotators] | None = None
    vocabulary: str | None = None
    workers: int = 2

    def key(self) -> dict[str, Any]:
        """What the people follow from: the photos' files and those that lie beside them."""
        if self.data is not None:
            return {"data": fingerprint(open_records(self.data)), "count": self.count}
        digest = hashlib.sha256()
        for photo in self.photos:
            for path in (photo, beside(photo, PARSING), beside(photo, KEYPOINTS)):
                if path.is_file():
                    digest.update("{}\n{}\n{}\n".format(source_of(path), *stamp(path)).encode())
        return {"photos": digest.hexdigest(), "vocabulary": self.vocabulary, "annotator": repr(self.annotator)}


def fit(given: Given, out: pathlib.Path, base: str, minutes: float, vgg: str = training.IMAGENET, seed: int = 0) -> int:
    """Make a model and its page, or go on where an earlier call of the same arguments was stopped.

    Args:
      given: the people.
      out: the model's folder.
      base: a bundled model's name, or a folder.
      minutes: of training, both stages together, over all calls; with more than before it goes on.
      vgg: a file of VGG-16's weights, training.IMAGENET for Keras to download them, or training.NO_VGG.
      seed: of splits, training and samples.

    Returns:
      The exit code: 0, or 143 (SIGTERM) or 130 (SIGINT) where training was stopped after saving.

    Raises:
      TryOnError: fewer than people.LEAST usable people, nobody held out who can be measured, OUT/work holds another
        call's model (of a base that has changed since, too), or VGG-16's weights are not to be had.
      InTheWayError: files are in the way that no earlier call wrote; before any work.
    """
    folder = model_folder(base)
    report.check_place(out)
    configs = training.configurations(folder, vgg, seed)
    bundle.check_place(out, configs, report.BY)
    training.check_vgg(configs[TEXTURE], vgg)
    name = base if folder != pathlib.Path(base) else source_of(base)
    key = {"base": {"model": name, "digest": ModelFolder(folder).digest}, "seed": seed, **given.key()}
    with held(out / FOLDER):
        work = Work(out, key)
        training.check_places(work, configs)
        records = _people(work, given, seed)
        counts = people.counted(records, configs[TEXTURE])
        garments = measures.garments_of(records, configs)
        work.keep_people()
        _log.info("%d people to train on, %d held out", counts["train"], counts["test"])
        code = training.train(work, folder, configs, counts["train"], 60 * minutes)
        if code:
            return code
        runs = {stage: work.run(stage) for stage in configs}
        steps = bundle.write_bundle(
            runs.get(SHAPE), runs[TEXTURE], records, out, detail_beside(folder / TEXTURE), apart=False, by=report.BY
        )  # fmt: skip
        features = None if vgg == training.NO_VGG else VggFeatures(vgg)
        kept = [
            _measured(work, name, model, records, configs[TEXTURE].data, garments, features, seed)
            for name, model in (("base", folder), ("result-" + "-".join(map(str, steps.values())), out))
        ]
        summary = report.Summary(
            base, counts, steps, _minutes(runs), measures.differences(*kept, garments),
            people.rejected(records.directory),
        )  # fmt: skip
        shown = pictures.chosen(records, garments)
        before, after = (pictures.completed(TryOn.load(model), shown, seed) for model in (folder, out))
        report.write(out, summary, pictures.before_and_after(before, after))
    return 0


def _people(work: Work, given: Given, seed: int) -> RecordSet:
    if not work.has_people:
        if given.data is not None:
            people.from_records(open_records(given.data), work.people, given.count, seed)
        else:
            people.from_photos(
                given.photos, work.people, given.annotator, given.vocabulary, given.workers, seed
            )  # fmt: skip
    return open_records(work.people)


def _measured(
    work: Work,
    name: str,
    model: pathlib.Path,
    records: RecordSet,
    data: ConfigDict,
    garments: Sequence[str],
    features: VggFeatures | None,
    seed: int,
) -> measures.Arrays:
    path = work.folder / MEASURES / f"{name}{'' if features else '-plain'}.npz"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        save_arrays(path, **measures.measured(model, records, data, garments, features, seed))
    return read_arrays(path, "delete it, it is made again", finite=False)


def _minutes(runs: dict[str, pathlib.Path]) -> dict[str, float]:
    return {stage: round(training.spent(run) / 60, 2) for stage, run in runs.items()}
