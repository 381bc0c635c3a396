import numpy as np

from tf_tryon.experiments import measures
from tf_tryon.experiments.comparisons import compare
from tf_tryon.experiments.plan import Row


def _save(folder, shift: float, possible: float) -> None:
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    np.savez(
        folder / "measures.npz",
        **{
            "top/texture_end_to_end_frechet_net_n50": 10 + shift + 0.1 * rng.normal(size=11),
            "top/shape_prior_pairwise_1_minus_iou_of_4": np.full(100, 0.2),
            "top/outfit_kind_possible": possible + 0.01 * rng.normal(size=100),
            "top/outfit_kind_possible_truth": np.ones(100),
            "top/texture_end_to_end_kid_net_n40": np.full(1, shift),
        },
    )


def test_differences_verdicts_and_the_thesiss_orderings(tmp_path) -> None:
    rows = [
        Row("full", "full model", ("full-texture",), "full-shape", "", 23.07),
        Row("finet", "FiNet", ("finet-texture",), "finet-shape", "", 34.68),
        Row("no_gan", "w/o GAN", ("no_gan-texture",), "full-shape", "", 35.90),
        Row("no_attention", "w/o attention", ("x",), "full-shape", "", 27.32),
        Row("recommended", "recommended", ("y",), "z", "", 0.0),
        Row("less", "less", ("v",), "w", "", 0.0, crop="garment", removed="window"),
    ]
    for row, shift, possible in zip(rows, (0, 5, -5, 0, -2, 1), (0.5, 0.5, 0.5, 0.5, 0.8, 0.5), strict=True):
        _save(tmp_path / "rows" / row.name, shift, possible)
    compared = compare(rows, {row.name: [row.name] for row in rows}, tmp_path, ["top"])
    actual = {(line["first"], line["second"], line["measure"]): line for line in compared}
    frechet = "Fréchet distance"
    assert actual["full model", "FiNet", frechet]["verdict"] == "better"
    assert actual["full model", "FiNet", frechet]["thesis"] == "reproduced"
    assert actual["full model", "w/o GAN", frechet]["verdict"] == "worse"
    assert actual["full model", "w/o GAN", "kernel distance"]["verdict"] == ""  # of one block, without an interval
    assert actual["full model", "w/o GAN", frechet]["thesis"] == "contradicted"
    assert actual["full model", "w/o attention", frechet]["thesis"] == "not told apart"
    possible = actual["recommended", "full model", "kinds possible"]
    assert possible["verdict"] == "better"
    np.testing.assert_allclose(possible["difference"]["value"], 0.3, atol=1e-6)
    assert possible["thesis"] == ""
    assert actual["recommended", "FiNet", frechet]["verdict"] == "better"
    assert actual["recommended", "less", frechet]["verdict"] == "better"
    # Of another crop: its pictures are compared, but not what is measured in its own crop.
    own = measures.SHAPE_DIVERSITY.plain
    assert ("recommended", "full model", own) in actual
    assert ("recommended", "less", own) not in actual


def test_seeds_that_disagree_leave_an_ordering_open(tmp_path) -> None:
    rows = [
        Row("full", "full model", ("a", "a-seed1"), "s", "", 23.07),
        Row("no_gan", "w/o GAN", ("b", "b-seed1"), "s", "", 35.90),
    ]
    copies = {row.name: row.copies for row in rows}
    assert copies["full"] == ("full", "full-seed1")
    for name, shift in (("full", 0.0), ("full-seed1", 4.0), ("no_gan", 5.0), ("no_gan-seed1", 1.0)):
        _save(tmp_path / "rows" / name, shift, 0.5)
    single = compare(rows, {name: own[:1] for name, own in copies.items()}, tmp_path, ["top"])[0]
    assert single["thesis"] == "reproduced"
    both = compare(rows, copies, tmp_path, ["top"])[0]
    np.testing.assert_allclose(both["difference"]["value"], -1.0, atol=1e-6)
    assert both["thesis"] == "not told apart"
    assert both["seeds"] == [2, 2]
