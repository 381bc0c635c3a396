import shutil

from tf_tryon.doctor import models
from tf_tryon.inference.bundled import BUNDLES, STUDIO


def test_the_bundled_model_is_there():
    finding = models.completing(BUNDLES[STUDIO], "model studio")
    assert finding.status == "ok"
    assert "128x128 px" in finding.found


def test_a_folder_that_lacks_weights_is_a_problem(tmp_path):
    assert models.completing(tmp_path).status == "problem"
    for stage in ("shape", "texture"):
        shutil.copytree(BUNDLES[STUDIO] / stage, tmp_path / stage)
    assert models.completing(tmp_path).status == "ok"
    (tmp_path / "texture" / "weights.npz").unlink()
    finding = models.completing(tmp_path)
    assert finding.status == "problem"
    assert finding.found == "no weights of texture"


def test_what_is_fetched_at_first_use_is_looked_for_where_it_would_be_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    before = {finding.name: finding.status for finding in models.models()}
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5").write_bytes(b"12")
    after = {finding.name: finding.status for finding in models.models()}
    assert (before["vgg16"], after["vgg16"], after["vgg19"]) == ("note", "ok", "note")
