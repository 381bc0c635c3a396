import pytest

from tf_tryon.doctor import machine

CPU = "processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu {}\n\nprocessor\t: 1\nmodel name\t: Other\n"
MEMORY = "MemTotal:       {} kB\nMemFree: 1 kB\nMemAvailable:   {} kB\n"
GIB = 2**20  # in kB


@pytest.mark.parametrize(
    ("flags", "status", "words"),
    [("avx avx2 fma", "ok", ""), ("avx", "note", "slower"), ("sse4_2", "problem", "AVX")],
)
def test_a_processor_without_vector_instructions_is_told(tmp_path, monkeypatch, flags, status, words):
    monkeypatch.setattr(machine.platform, "machine", lambda: "x86_64")
    path = tmp_path / "cpuinfo"
    path.write_text(CPU.format(flags))
    finding = machine.processor(path)
    assert finding.status == status
    assert "Some CPU" in finding.found
    assert words in finding.cost


@pytest.mark.parametrize(("total", "free", "status"), [(16, 12, "ok"), (16, 3, "note"), (16, 1, "problem")])
def test_little_memory_costs_something(tmp_path, total, free, status):
    path = tmp_path / "meminfo"
    path.write_text(MEMORY.format(total * GIB, free * GIB))
    finding = machine.memory(path, "nowhere")
    assert finding.status == status
    assert finding.found == f"{free:.1f} of {total:.1f} GiB free"


def test_a_containers_limit_is_the_memory(tmp_path):
    path, limit = tmp_path / "meminfo", tmp_path / "memory.max"
    path.write_text(MEMORY.format(64 * GIB, 60 * GIB))
    limit.write_text(f"{3 * 2**30}\n")
    finding = machine.memory(path, str(limit))
    assert finding.found == "3.0 of 3.0 GiB free"
    assert finding.status == "note"


def test_a_folder_for_temporary_files_that_cannot_be_written_is_a_problem(monkeypatch):
    def refuse() -> None:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(machine.tempfile, "TemporaryFile", refuse)
    finding = machine.temporary()
    assert finding.status == "problem"
    assert "TMPDIR" in finding.remedy
