"""Which measures a report shows: their titles, and the names under which `measure_row` leaves them."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Final

from tf_tryon.evaluation.estimate_text import written


@dataclasses.dataclass(frozen=True)
class Measure:
    """One column.

    Attributes:
      title: with an arrow to where it is better.
      name: pattern of its name; KIND stands for the row's own kind of samples ("end_to_end", or "prior" of one stage).
      sign: 1: more is better, -1: less, 0: neither.
      anchors: for each of the group's anchors, by its key: the name's part to replace, and by what.
    """

    title: str
    name: str
    sign: int = 0
    anchors: dict[str, tuple[str, str]] = dataclasses.field(default_factory=dict, hash=False)

    @property
    def plain(self) -> str:
        """The title without its arrow."""
        return self.title.rstrip(" ↑↓")

    def swapped(self, key: str) -> Measure | None:
        """The same measure of an anchor, or None."""
        if key not in self.anchors:
            return None
        return dataclasses.replace(self, name=self.name.replace(*self.anchors[key]), anchors={})


@dataclasses.dataclass(frozen=True)
class Group:
    """One table: its measures, and lines of anchors (title, key) below the rows."""

    title: str
    measures: tuple[Measure, ...]
    anchors: tuple[tuple[str, str], ...] = ()
    note: str = ""


_SETS = {"truth": ("KIND", "truth"), "filled": ("KIND", "filled")}
FRECHET: Final = Measure("Fréchet distance ↓", r"texture_KIND_frechet_\w+", -1, _SETS)
KID: Final = Measure("kernel distance ↓", r"texture_KIND_kid_\w+", -1, _SETS)
PAIRS: Final = Measure("kernel distance of pairs ↓", r"texture_KIND_paired_kid_\w+", -1, _SETS)
SHAPE_DIVERSITY: Final = Measure("shapes: pairwise 1 - IoU ↑", r"shape_prior_pairwise_1_minus_iou_of_\d+", 1)
PICTURE_DIVERSITY: Final = Measure("pictures: pairwise perceptual ↑", r"texture_KIND_pairwise_perceptual_\w+", 1)
KIND_POSSIBLE: Final = Measure(
    "kinds possible ↑", "outfit_kind_possible", 1,
    {"ceiling": ("possible", "possible_truth"), "floor": ("possible", "possible_random")},
)  # fmt: skip
COLOUR_POSSIBLE: Final = Measure(
    "colours possible ↑", "outfit_colour_possible", 1,
    {"ceiling": ("possible", "possible_truth"), "floor": ("possible", "possible_random")},
)  # fmt: skip
BLANK: Final = Measure("fill in the blank, all stages ↑", r"compatibility_(both|texture)_fill_in_the_blank_of_\d+", 1)


def _calibrated(what: str) -> tuple[Measure, ...]:
    error = {"ceiling": ("error", "error_truth")}
    return (
        Measure(
            f"{what}s: coverage ↑", rf"outfit_{what}_coverage_of_\d+", 1, {"ideal": ("coverage", "ideal_coverage")}
        ),
        Measure(f"{what}s: calibration error ↓", f"outfit_{what}_calibration_error", -1, error),
        Measure(f"{what}s: marginal error ↓", f"outfit_{what}_marginal_error", -1, error),
    )


GROUPS: Final = (
    Group(
        "Realism",
        (FRECHET, KID, PAIRS, Measure("seam, 1 = the photo's", "texture_KIND_seam_relative_ratio")),
        (("photos against photos", "truth"), ("box filled by its mean colour", "filled")),
        "Samples of all stages, the first of each person, against photos of other people.",
    ),
    Group(
        "Reconstruction",
        (
            Measure("parsing mIoU in the box ↑", "shape_posterior_box_miou", 1),
            Measure("L1 in the box ↓", "texture_posterior_l1_box", -1),
            Measure("PSNR, dB ↑", "texture_posterior_psnr_box", 1),
            Measure("SSIM ↑", "texture_posterior_ssim_box", 1),
            Measure("perceptual ↓", r"texture_posterior_perceptual_\w+", -1),
            Measure("KL, first stage, nats", "shape_kl_nats"),
            Measure("KL, second stage, nats", "texture_kl_nats"),
        ),
        note="From the garment's own code, of each stage alone on true inputs.",
    ),
    Group(
        "Diversity",
        (
            SHAPE_DIVERSITY,
            Measure("whole garments ↑", "shape_prior_whole", 1),
            PICTURE_DIVERSITY,
            Measure("spread of colour, 1 = between people", r"texture_KIND_colour_spread_ratio_of_\d+"),
        ),
    ),
    Group(
        "Outfits: what is possible, and how often",
        (*_calibrated("kind"), *_calibrated("colour")),
        (("own garments, as the reader reads them", "ceiling"), ("as many draws of the true distribution", "ideal")),
        "Kinds and colours are read from pictures; the known distribution is passed through the reader's errors first.",
    ),
    Group(
        "Compatibility",
        (
            KIND_POSSIBLE,
            COLOUR_POSSIBLE,
            Measure("fill in the blank, first stage ↑", r"compatibility_shape_fill_in_the_blank_of_\d+", 1),
            Measure("second stage ↑", r"compatibility_texture_fill_in_the_blank_of_\d+", 1),
            Measure("both ↑", r"compatibility_both_fill_in_the_blank_of_\d+", 1),
            Measure("AUC, first stage ↑", "compatibility_shape_auc", 1),
            Measure("second ↑", "compatibility_texture_auc", 1),
            Measure("both ↑", "compatibility_both_auc", 1),
        ),
        (("own garments (ceiling)", "ceiling"), ("other people's garments (floor)", "floor")),
        "Possible: the share of samples with a probability of 1 % or more in their context. By chance fill in the blank"
        " (one of four) is .25 and AUC .5.",
    ),
)


def name_of(row: dict[str, Any], garment: str, measure: Measure) -> str:
    """The measure's full name in a row's result, or ""."""
    pattern = re.compile(measure.name.replace("KIND", row["kind"]))
    matching = [name for name in row["measures"][garment] if pattern.fullmatch(name)]
    return min(matching, key=lambda name: "both" not in name, default="")


def cell(row: dict[str, Any], garment: str, measure: Measure) -> str:
    """The measure's value and interval, or "-"."""
    name = name_of(row, garment, measure)
    return written(row["measures"][garment][name]) if name else "-"
