from tf_tryon.doctor import accelerators

USED = {"device_name": "NVIDIA H100", "compute_capability": (9, 0)}


def test_no_gpu_is_a_note():
    (finding,) = accelerators.compared([], [])
    assert (finding.status, finding.found) == ("note", "none")


def test_a_gpu_that_only_the_driver_knows_names_the_missing_libraries():
    (finding,) = accelerators.compared([], ["NVIDIA T4, 15360 MiB"])
    assert finding.status == "note"
    assert "1 of 1 GPUs" in finding.cost
    assert "tensorflow[and-cuda]" in finding.remedy


def test_a_used_gpu_is_told_with_its_memory():
    (finding,) = accelerators.compared([USED], ["NVIDIA H100, 81559 MiB"])
    assert finding.status == "ok"
    assert "compute capability 9.0" in finding.found
    assert "81559 MiB" in finding.found


def test_a_tensorflow_that_cannot_be_imported_is_a_problem(monkeypatch):
    def broken(name: str) -> None:
        raise ImportError("libcudart.so:\n no such file")

    monkeypatch.setattr(accelerators.importlib, "import_module", broken)
    (finding,) = accelerators.gpus()
    assert finding.status == "problem"
    assert finding.found == "ImportError: libcudart.so: no such file"


def test_a_driver_that_hangs_is_no_gpu(monkeypatch, tmp_path):
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\nsleep 5\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(accelerators, "_SECONDS", 0.1)
    assert accelerators.driver_gpus() == []
    program.write_text("#!/bin/sh\necho 'NVIDIA T4, 15360 MiB'\n")
    monkeypatch.setattr(accelerators, "_SECONDS", 5)
    assert accelerators.driver_gpus() == ["NVIDIA T4, 15360 MiB"]
