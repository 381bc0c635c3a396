import numpy as np

from tf_tryon.experiments.comparisons import compare
from tf_tryon.experiments.plan import Row


def _save(folder, shift: float, possible: float) -> None:
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    np.savez(
        folder / "measures.npz",
        **{
            "top/texture_end_to_end_frechet_net_n50": 10 + shift + 0.1 * rng.normal(size=11),
            "top/outfit_kind_possible": possible + 0.01 * rng.normal(size=100),
            "top/outfit_kind_possible_truth": np.ones(100),
        },
    )


def test_differences_verdicts_and_the_thesiss_orderings(tmp_path) -> None:
    rows = [
        Row("full", "full model", "full-texture", "full-shape", "", 23.07),
        Row("finet", "FiNet", "finet-texture", "finet-shape", "", 34.68),
        Row("no_gan", "w/o GAN", "no_gan-texture", "full-shape", "", 35.90),
        Row("no_attention", "w/o attention", "x", "full-shape", "", 27.32),
        Row("recommended", "recommended", "y", "z", "", 0.0),
    ]
    for row, shift, possible in zip(rows, (0.0, 5.0, -5.0, 0.0, -2.0), (0.5, 0.5, 0.5, 0.5, 0.8), strict=True):
        _save(tmp_path / "rows" / row.name, shift, possible)
    actual = {(line["first"], line["second"], line["measure"]): line for line in compare(rows, tmp_path, ["top"])}
    frechet = "Fréchet distance"
    assert actual["full model", "FiNet", frechet]["verdict"] == "better"
    assert actual["full model", "FiNet", frechet]["thesis"] == "reproduced"
    assert actual["full model", "w/o GAN", frechet]["verdict"] == "worse"
    assert actual["full model", "w/o GAN", frechet]["thesis"] == "not reproduced"
    assert actual["full model", "w/o attention", frechet]["thesis"] == "not told apart"
    possible = actual["recommended", "full model", "kinds possible"]
    assert possible["verdict"] == "better"
    np.testing.assert_allclose(possible["difference"]["value"], 0.3, atol=1e-6)
    assert possible["thesis"] == ""
    assert actual["recommended", "FiNet", frechet]["verdict"] == "better"
