"""From two runs to a folder that completes, on the command line too."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from tf_tryon.cli import main as cli
from tf_tryon.config import read
from tf_tryon.data.records import open_records
from tf_tryon.data.vocabulary import TOP
from tf_tryon.errors import TryOnError
from tf_tryon.evaluation.subject_files import config_of
from tf_tryon.files.array_file import read_arrays
from tf_tryon.inference import stage_files
from tf_tryon.inference.bundle import write_bundle
from tf_tryon.inference.detail_file import write_detail
from tf_tryon.inference.tryon import TryOn
from tf_tryon.models.build import build_networks
from tf_tryon.training import run_folder
from tf_tryon.training.checkpoints import Checkpoints, write_arrays
from tf_tryon.training.start import init_from
from tf_tryon.training.step import State
from tf_tryon.training.variables import named_variables
from tf_tryon.training.weights import save_weights

pytestmark = [
    pytest.mark.usefixtures("eager"),  # to compile the networks would take half a minute
    pytest.mark.filterwarnings("ignore:Even though the .tf.config.experimental_run_functions_eagerly"),
]


@pytest.fixture(scope="module")
def bundle(model: Any, data_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    model.shape.config.train.init_from = "/home/somebody/run"
    for stage in (model.shape, model.texture):
        save_weights(stage.networks, folder / f"{stage.config.stage}.npz", step=5)
    write_detail(folder / "detail.npz", named_variables(model.texture.detail, "detail"), step=3)
    runs = folder / "shape.npz", folder / "texture.npz"
    steps = write_bundle(*runs, open_records(data_set), folder / "both", folder / "detail.npz")
    assert steps == {"shape": 5, "texture": 5}
    return folder / "both"


def test_a_bundle_completes_like_the_networks_it_came_from(bundle: Path, model: Any, someone: Any) -> None:
    loaded = TryOn.load(bundle)
    pairs = ((model.shape, loaded.shape), (model.texture, loaded.texture))
    original = TryOn(*(dataclasses.replace(stage, means=other.means) for stage, other in pairs))
    first, second = (m.complete(someone, "top", samples=2, seed=1) for m in (original, loaded))
    # Weights went through float16.
    np.testing.assert_allclose(first.codes["shape"], second.codes["shape"], atol=0.02)
    assert (first.parsings == second.parsings).mean() > 0.98
    assert sorted(path.name for path in bundle.iterdir()) == ["manifest.json", "shape", "texture"]
    assert loaded.shape.config.train.init_from == ""


def test_the_wrong_stage_and_missing_files_are_named(bundle: Path, data_set: Path, tmp_path: Path) -> None:
    shape = bundle.parent / "shape.npz"
    with pytest.raises(ValueError, match="run of the shape stage"):
        write_bundle(shape, shape, open_records(data_set), tmp_path / "out")
    with pytest.raises(TryOnError, match=r"texture.config.json is missing"):
        TryOn.load(tmp_path)


def test_the_detail_network_changes_the_garment_alone_and_the_models_name(bundle: Path, someone: Any) -> None:
    fine = TryOn.load(bundle)
    plain = TryOn(fine.shape, dataclasses.replace(fine.texture, detail=None))
    first, second = (model.complete(someone, "top", samples=2, seed=1) for model in (fine, plain))
    changed = np.any(first.photos != second.photos, axis=-1)
    garment = first.parsings == TOP
    assert changed[garment].mean() > 0.1  # it fades towards the outline, which is near in so small a garment
    # Beside the outline, what is added inside it spreads by the width of the kernel that enlarges.
    assert not changed[~ndimage.binary_dilation(garment, np.ones((1, 5, 5)))].any()
    before = stage_files.digest(bundle / "texture")
    assert fine.texture.digest == before


def test_a_damaged_detail_network_is_named(bundle: Path, data_set: Path, tmp_path: Path) -> None:
    (tmp_path / "detail.npz").write_bytes((bundle / "texture" / "detail.npz").read_bytes()[:-100])
    runs = bundle.parent / "shape.npz", bundle.parent / "texture.npz"
    with pytest.raises(TryOnError, match=r"detail\.npz.*make it with `tf-tryon detail train`"):
        write_bundle(*runs, open_records(data_set), tmp_path / "both", tmp_path / "detail.npz")
    assert not (tmp_path / "both").exists()


def test_a_model_of_one_stage_takes_no_detail_network(bundle: Path, data_set: Path, tmp_path: Path) -> None:
    given = bundle.parent / "texture.npz", open_records(data_set), tmp_path / "both", bundle.parent / "detail.npz"
    with pytest.raises(ValueError, match="tells no parsing"):
        write_bundle(None, *given)


@pytest.mark.parametrize("trained", [pytest.param(True, marks=pytest.mark.slow), False])
def test_a_discriminator_goes_along_if_it_was_trained(
    model: Any, data_set: Path, tmp_path: Path, trained: bool
) -> None:
    config = model.texture.config.copy_and_resolve_references()
    config.model.discriminator = True
    config.loss.adversarial_start = 0 if trained else 5
    nets = build_networks(config)
    paths = [tmp_path / "shape.npz", tmp_path / "texture.npz"]
    save_weights(model.shape.networks, paths[0])
    save_weights(nets, paths[1], step=5)
    variables = named_variables(nets.discriminator, "discriminator")
    judge = {name: np.asarray(variable) for name, variable in variables.items()}
    write_arrays(paths[1], {**read_arrays(paths[1], ""), **judge})
    write_bundle(*paths, open_records(data_set), tmp_path / "both")
    loaded = TryOn.load(tmp_path / "both")
    assert loaded.texture.judges == trained
    assert not loaded.shape.judges
    if not trained:
        return
    pictures = np.zeros((1, 64, 64, 3), np.float32)
    scores = [n.discriminate(pictures)[0] for n in (nets, loaded.texture.networks)]
    np.testing.assert_allclose(*scores, atol=1e-3)


@pytest.mark.parametrize("comes", [True, False])
def test_a_part_trained_alone_hands_on_the_discriminator_and_the_beta_that_it_began_with(
    bundle: Path, model: Any, data_set: Path, tmp_path: Path, comes: bool
) -> None:
    """From a run whose GAN was trained, in fewer steps than that; or from a weights file, in more."""

    def save_run(name: str, state: State, step: int) -> Path:
        (tmp_path / name).mkdir()
        run_folder.save(tmp_path / name, state.nets.config)
        Checkpoints(tmp_path / name / "checkpoints").save(step, state.variables())
        return tmp_path / name

    config = model.texture.config.copy_and_resolve_references()
    config.loss.update(adversarial_start=5, kl_schedule="target", beta=1.0)
    first = State.create(build_networks(config))
    first.discriminator_optimizer.iterations.assign(2)
    first.kl_weight.state()["beta"].assign(7.0)
    save_weights(first.nets, tmp_path / "texture.npz", step=7)
    origin = save_run("whole", first, 7) if comes else tmp_path / "texture.npz"
    config = config.copy_and_resolve_references()
    config.train.update(networks="prior", init_from=str(origin))
    second = State.create(build_networks(config))
    init_from(second, origin)
    run = save_run("part", second, 3 if comes else 9)
    write_bundle(bundle.parent / "shape.npz", run, open_records(data_set), tmp_path / "both")
    path = tmp_path / "both" / "texture" / "discriminator.npz"
    assert path.exists() == comes
    kept = config_of(path.with_name("weights.npz")).loss.beta  # for a run that begins with the bundle's weights
    assert (kept, read(path.with_name("config.json")).loss.beta) == (7.0 if comes else 1.0, 1.0)
    if comes:
        for name, variable in named_variables(first.nets.discriminator, "discriminator").items():
            np.testing.assert_allclose(read_arrays(path, "")[name], variable, atol=1e-3)


def test_stages_that_see_people_differently_are_not_bundled(model: Any, data_set: Path, tmp_path: Path) -> None:
    save_weights(model.shape.networks, tmp_path / "shape.npz")
    data = model.texture.networks.config.data
    before, data.box_widen = data.box_widen, 1.3
    try:
        save_weights(model.texture.networks, tmp_path / "texture.npz")
    finally:
        data.box_widen = before
    with pytest.raises(TryOnError, match=r"config\.data\.box_widen is 1\.1 for shape and 1\.3 for texture"):
        write_bundle(tmp_path / "shape.npz", tmp_path / "texture.npz", open_records(data_set), tmp_path / "both")
    assert not (tmp_path / "both").exists()


def write_person(person: Any, path: Path) -> None:
    """The three files that `complete` reads."""
    Image.fromarray(person.photo).save(path)
    Image.fromarray(person.labels).save(path.with_name(f"{path.stem}_parsing.png"))
    points = {"people": [{"pose_keypoints_2d": person.keypoints.reshape(-1).tolist()}]}
    path.with_name(f"{path.stem}_keypoints.json").write_text(json.dumps(points))


def test_the_verb_completes_the_good_and_reports_the_bad(
    bundle: Path, large_person: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_person(large_person, tmp_path / "good.png")
    write_person(large_person, tmp_path / "bad.png")
    (tmp_path / "bad_keypoints.json").unlink()
    photos = [str(tmp_path / name) for name in ("bad.png", "good.png")]
    status = cli.main(["complete", *photos, "--samples=2", f"--model={bundle}", f"--out={tmp_path / 'out'}"])
    printed = capsys.readouterr()
    assert status == 1
    assert "bad_keypoints.json" in printed.err
    assert "1 of 2" in printed.err
    assert printed.out.strip() == str(tmp_path / "out" / "good" / "sheet.png")
    assert (tmp_path / "out" / "good" / "sample-2_parsing.png").is_file()


@pytest.mark.slow
def test_the_verb_takes_records_and_transfers(
    bundle: Path, data_set: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = [str(data_set), "--index=1", f"--like={data_set}:2", "--like_what=texture", f"--out={out}"]
    assert cli.main(["complete", *arguments, "--samples=1", f"--model={bundle}"]) == 0
    result = json.loads((out / f"{data_set.name}-000001" / "result.json").read_text())
    assert result["like"] == "0002"
    assert result["like_stages"] == ["texture"]
    assert cli.main(["complete", str(data_set), "--index=99", f"--out={out}", f"--model={bundle}"]) == 1
    assert "has people 0 to 17" in capsys.readouterr().err
