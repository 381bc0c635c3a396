"""The swatches of a fabrics folder, as Studio's processes share them: one file, loaded once by each.

`prepare` cuts them into the folder of a run that is under way; `Wardrobe` names the file and the share of garments that
wear them, and is all that a renderer needs.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import logging
import pathlib
from collections import Counter
from typing import Any, Final

import numpy as np

from tf_tryon.data.studio.fabric_cloth import FabricCloth
from tf_tryon.data.studio.fabric_folder import LIST, Cut, Folder
from tf_tryon.data.studio.mesh import Mesh
from tf_tryon.data.studio.palette import decoded, oklab_of
from tf_tryon.data.studio.pattern import FABRIC, Material
from tf_tryon.files import array_file
from tf_tryon.files.stamp import cache_key
from tf_tryon.progress import Progress
from tf_tryon.writing.whole import whole_file

FILE: Final = "fabrics.npz"
_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Wardrobe:
    """What people may wear beside computed cloth.

    Attributes:
        path: of a file that `prepare` wrote.
        share: of the hats, tops and bottoms that are made of it.
    """

    path: str
    share: float

    def fabrics(self) -> Fabrics:
        """The swatches, loaded once per process."""
        return _load(*cache_key(pathlib.Path(self.path)))


class Fabrics:
    """Swatches, in order of their names.

    Attributes:
        cuts: the swatches.
        lab: (n, 3) float32, mean colours in OKLab.
    """

    def __init__(self, cuts: list[Cut]) -> None:
        self.cuts = cuts
        self.lab = np.array([oklab_of(decoded(cut.pixels).mean(axis=(0, 1))) for cut in cuts])
        self._place = {cut.name: i for i, cut in enumerate(cuts)}

    def cloth(self, material: Material) -> FabricCloth:
        """The swatch that a material of pattern `FABRIC` names."""
        cut = self.cuts[self._place[material.motif]]
        metres = material.scale / cut.pixels.shape[1]
        shift = (material.params[0], material.params[1])
        return FabricCloth(decoded(cut.pixels), metres, shift, material.roughness, material.seed)

    def worn(self, mesh: Mesh) -> Mesh:
        """The mesh with swatches for all materials that name one."""
        materials = tuple(
            self.cloth(m) if isinstance(m, Material) and m.pattern == FABRIC else m for m in mesh.materials
        )
        return dataclasses.replace(mesh, materials=materials)


def prepare(folder: Folder, into: pathlib.Path, share: float, workers: int = 1, progress: bool = True) -> Wardrobe:
    """Cuts a folder's swatches into the file `FILE` of the folder `into`, where it is not there yet.

    How many pictures are used, and why others are not, is logged.

    Args:
        folder: the pictures.
        into: where the file goes.
        share: of the garments that will wear them.
        workers: processes.
        progress: tell how far it is.

    Raises:
        ValueError: no picture is usable; the message has the reasons.
        BadFileError: the file is there and damaged.
    """
    path, count = into / FILE, len(folder.labels)
    if not path.exists():
        bar = Progress("fabrics", count, progress)
        cuts, passed = folder.cut(workers, bar)
        if not cuts:
            raise ValueError(
                f"{folder.root}: none of {count} pictures is usable ({_reasons(passed)}): photos of one garment are "
                "needed, laid flat or hung, so that its cloth fills their middle"
            )
        _save(path, cuts, passed)
    passed: Counter[str] = Counter(_read(path)[0]["passed"])
    _log.info(f"{folder.root}: cloth of {count - sum(passed.values())} of {count} pictures{_reasons(passed, '; ')}")
    if folder.lost:
        _log.warning(f"{folder.root}: {folder.lost} rows of {LIST} name no picture")
    return Wardrobe(str(path), share)


def _reasons(passed: Counter[str], before: str = "") -> str:
    listed = ", ".join(f"{count} {reason}" for reason, count in sorted(passed.items(), key=lambda entry: -entry[1]))
    return before + listed if listed else ""


def _save(path: pathlib.Path, cuts: list[Cut], passed: Counter[str]) -> None:
    head = {
        "passed": dict(passed),
        "cuts": [(cut.name, cut.label, cut.loud, cut.metres, cut.pixels.shape[:2]) for cut in cuts],
    }
    pixels = np.concatenate([cut.pixels.ravel() for cut in cuts])
    with whole_file(path) as temporary:
        np.savez(temporary, head=np.array(json.dumps(head)), pixels=pixels)


def _read(path: str | pathlib.Path) -> tuple[dict[str, Any], np.ndarray]:
    forms = {"head": array_file.Form("U", ()), "pixels": array_file.Form("u", (None,))}
    arrays = array_file.read_arrays(path, "delete it and run the same command again", forms)
    return json.loads(str(arrays["head"])), arrays["pixels"]


@functools.lru_cache(maxsize=2)
def _load(path: pathlib.Path, stamp: tuple[int, ...]) -> Fabrics:
    del stamp  # another run's cloth, in a process that rendered into the same folder before
    head, pixels = _read(path)
    cuts, start = list[Cut](), 0
    for name, label, loud, metres, (height, width) in head["cuts"]:
        stop = start + height * width * 3
        cuts.append(Cut(name, label, loud, metres, pixels[start:stop].reshape(height, width, 3)))
        start = stop
    return Fabrics(cuts)
