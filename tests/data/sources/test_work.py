"""A part is made of its own run's examples, by whatever process."""

import pickle
from pathlib import Path

from tf_tryon.data.parts import Parts
from tf_tryon.data.sources.located import Located
from tf_tryon.data.sources.outcome import Outcome
from tf_tryon.data.sources.prepare import Settings
from tf_tryon.data.sources.work import Work, make_part


def _reason(folder: Path, reason: str) -> str:
    """What became of the only example of a run, which was rejected beforehand."""
    work = Work(Parts(folder, {"reason": reason}, 1, 1), Settings("photos", "cihp20", None, 2))
    example = Located("anna", "", folder / "anna.png", rejected=reason)
    (work.parts.folder / "examples.pickle").write_bytes(pickle.dumps([example]))  # another process's `store` does
    make_part(work, 0)
    (entry,) = work.parts.stored()
    work.remove()
    return Outcome.from_bytes(entry).reason


def test_a_process_that_outlives_a_run_makes_the_next_ones_examples(tmp_path: Path) -> None:
    """As on a standing cluster: the same folder, and the same number of bytes."""
    assert _reason(tmp_path, "blurred") == "blurred"
    assert _reason(tmp_path, "cut off") == "cut off"
