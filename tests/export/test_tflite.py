import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from tf_tryon.cli import main as cli
from tf_tryon.data import examples
from tf_tryon.errors import TryOnError
from tf_tryon.export import tflite
from tf_tryon.export.phone_runner import PhoneStage

# Largest and mean difference of logits from the networks', in their standard deviation.
TOLERANCE = {"float32": (1e-3, 1e-4), "float16": (0.05, 0.01), "dynamic": (1.5, 0.15), "int8": (3.0, 0.25)}


@pytest.mark.parametrize("quantize", [pytest.param("float32", marks=pytest.mark.slow), *list(TOLERANCE)[1:]])
def test_parity_with_the_networks(quantize, phone, stage, people):
    runner, scale = PhoneStage(phone[quantize]), None
    scale = np.array(runner.contract.code_scale, np.float32)
    for person in people[:3]:
        batch = examples.from_people([person], "top", stage.means, stage.config)
        noise = runner.noise(seed=3, sample=0)
        codes, _ = stage.draw(batch, noise.reshape(1, *runner.contract.grid), 1.0)
        inputs = runner.inputs(person, "top")
        if quantize == "float32":
            drawn = runner.sample(runner.encode(inputs), noise) * scale
            np.testing.assert_allclose(drawn, codes.reshape(drawn.shape), atol=1e-3)
        actual = runner.logits(inputs, codes.reshape(runner.contract.cells, -1) / scale)
        expected = stage.generate(batch, codes)[0]
        difference = np.abs(actual - expected) / expected.std()
        most, mean = TOLERANCE[quantize]
        assert difference.max() < most
        assert difference.mean() < mean


def test_int8_is_pure(phone):
    for name, actual in tflite.tensor_types(phone["int8"].read_bytes()).items():
        assert not [kind for kind in actual["tensors"] if kind.startswith("FLOAT")], name
        assert set(actual["inputs"] + actual["outputs"]) == {"INT8"}, name
        assert not [op for op in actual["operators"] if op.startswith("Flex") or op == "DEQUANTIZE"], name
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(phone["int8"]))
    for name in interpreter.get_signature_list():
        runner = interpreter.get_signature_runner(name)
        for detail in (*runner.get_input_details().values(), *runner.get_output_details().values()):
            assert detail["dtype"] == np.int8
            assert detail["shape"][0] == 1


def test_what_is_not_pure_is_refused(phone):
    content = phone["dynamic"].read_bytes()
    tflite.check(content, "dynamic")
    with pytest.raises(TryOnError, match="isn't pure int8: FLOAT32"):
        tflite.check(content, "int8")


def test_files_shrink(phone):
    size = {name: path.stat().st_size for name, path in phone.items()}
    assert size["float32"] > 1.7 * size["float16"] > 1.2 * size["dynamic"]
    assert size["float32"] > 1.8 * size["int8"]  # tiny networks: much of it is the graph


def test_sidecar_describes_the_file(phone):
    from ai_edge_litert.interpreter import Interpreter

    for path in phone.values():
        sidecar = json.loads(path.with_suffix(".json").read_text())
        listed = Interpreter(str(path)).get_signature_list()
        described = sidecar["signatures"]
        assert {name: [sorted(spec["inputs"]), sorted(spec["outputs"])] for name, spec in described.items()} == {
            name: [sorted(actual["inputs"]), sorted(actual["outputs"])] for name, actual in listed.items()
        }
        given = sidecar["signatures"]["generate"]["inputs"]["given"]["shape"]
        assert len(sidecar["inputs"]["given"]) == given[-1]
        assert [label["id"] for label in sidecar["labels"]] == list(range(8))
        assert sidecar["licence"] == "Apache-2.0"


def test_samples_repeat_share_and_keep_what_is_visible(phone, people):
    runner = PhoneStage(phone["int8"])
    inputs = runner.inputs(people[1], "bottom")
    encoded = runner.encode(inputs)
    drawn = [runner.sample(encoded, runner.noise(5, k)) for k in (0, 0, 1)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert np.abs(drawn[0] - drawn[2]).max() > 0
    for codes in drawn:
        assert np.ptp(codes[:, -1]) == 0, "the shared channel"
        labels = runner.labels(inputs, codes)
        seen = inputs.visible > 0
        np.testing.assert_array_equal(labels[seen], people[1].labels[seen])
    cold = [runner.sample(encoded, runner.noise(5, k), temperature=0.0) for k in (0, 1)]
    np.testing.assert_array_equal(*cold)


@pytest.mark.slow
def test_independent_cells_share_too(write_stage, tmp_path, people, monkeypatch, in_process):
    from tf_tryon.inference.stage import Stage

    bundle = write_stage(tmp_path, latent_stride=16, latent_shared=1)
    monkeypatch.setattr(tflite, "convert", in_process)
    runner = PhoneStage(tflite.export(bundle, tmp_path / "phone", "float32"))
    stage, noise = Stage.load(bundle / "shape"), runner.noise(1, 0)
    batch = examples.from_people([people[0]], "top", stage.means, stage.config)
    codes = runner.sample(runner.encode(runner.inputs(people[0], "top")), noise)
    expected, _ = stage.draw(batch, noise.reshape(1, *runner.contract.grid), 1.0)
    np.testing.assert_allclose(codes, tf.reshape(expected, codes.shape), atol=1e-3)


def test_the_runner_loads_no_tensorflow(phone, tmp_path, people):
    """As the command line runs it, in a process of its own; a person without the garment doesn't stop the others."""
    from PIL import Image

    from tf_tryon.data.keypoints import to_openpose

    bare = dataclasses.replace(people[0], labels=np.where(people[0].labels == 5, 0, people[0].labels))
    for name, person in (("photo", people[1]), ("bare", bare)):
        Image.fromarray(person.photo).save(tmp_path / f"{name}.png")
        Image.fromarray(person.labels).save(tmp_path / f"{name}_parsing.png")
        (tmp_path / f"{name}_keypoints.json").write_text(json.dumps(to_openpose(person.keypoints)))
    photos = [str(tmp_path / f"{name}.png") for name in ("bare", "photo")]
    code = (
        "import sys; from tf_tryon.cli.main import main; status = main(sys.argv[1:]); "
        "sys.exit(99 if 'tensorflow' in sys.modules or 'keras' in sys.modules else status)"
    )
    arguments = ["tflite", "run", str(phone["int8"]), *photos, "--out", str(tmp_path / "out"), "--samples", "2"]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "no top" in done.stderr
    assert "1 of 2 people" in done.stderr
    result = json.loads((tmp_path / "out/photo/result.json").read_text())
    for sample in result["samples"]:
        labels = np.asarray(Image.open(tmp_path / "out/photo" / sample["parsing"]))
        assert labels.shape == people[1].size
    assert (tmp_path / "out/photo/sheet.png").is_file()
    assert not (tmp_path / "out/bare").exists()


def test_the_report_compares_with_the_networks(phone, bundle, data_set, tmp_path, monkeypatch):
    monkeypatch.setattr(tflite, "export", lambda *_, **__: phone["float32"])
    flags = ["--model", str(bundle), "--data", str(data_set), "--count", "3", "--samples", "2"]
    assert cli.main(["export", "tflite", "--out", str(tmp_path), "--quantize", "float32", *flags]) == 0
    report = json.loads(phone["float32"].with_name("shape_float32_report.json").read_text())
    assert report["people"] == 3
    assert report["pixel_agreement"]["picture"] > 0.999
    assert report["mean_iou"]["box"]["file"] == pytest.approx(report["mean_iou"]["box"]["float"], abs=0.01)
    assert report["diversity"]["file"] == pytest.approx(report["diversity"]["float"], abs=0.01)
    assert report["latency_ms"]["1_threads"]["file"]["sample"] > 0


def test_bad_input_is_refused_before_anything_is_written(phone, bundle, data_set, tmp_path):
    with pytest.raises(TryOnError, match="--data"):
        tflite.export(bundle, tmp_path / "out", "int8")
    with pytest.raises(TryOnError, match=r"config\.data\.crop = 'garment'.*export lite"):
        tflite.export("street", tmp_path / "out", "float32")
    with pytest.raises(TryOnError, match="tf-tryon bundle"):
        tflite.export(tmp_path, tmp_path / "out", "float32")
    assert not (tmp_path / "out").exists()
    with pytest.raises(TryOnError, match=r"none\.tflite is missing: make it with"):
        PhoneStage(tmp_path / "none.tflite")
    copied = tmp_path / "copied.tflite"
    copied.write_bytes(phone["float16"].read_bytes())
    with pytest.raises(TryOnError, match="sidecar"):
        PhoneStage(copied)
    copied.with_suffix(".json").write_text(phone["int8"].with_suffix(".json").read_text())
    with pytest.raises(TryOnError, match="belongs to another file"):
        PhoneStage(copied)
    copied.write_bytes(b"not a model")
    with pytest.raises(TryOnError, match="no TFLite file"):
        PhoneStage(copied)


def test_a_failing_converter_says_why(bundle, tmp_path):
    """From the process to the caller."""
    with pytest.raises(TryOnError, match=r"manifest\.json is missing"):
        tflite.export(bundle, tmp_path / "out", "int8", str(tmp_path))
    assert not (tmp_path / "out").exists()
