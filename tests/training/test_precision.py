"""Precision by itself: what the machine has decides, the choice is logged and kept, and emulation is warned of."""

import logging

import pytest
import tensorflow as tf

from tf_tryon.training import precision
from tf_tryon.training.precision import BFLOAT16, FLOAT32, Support, processor, resolved, settled

HAS = Support(True, "the processor has avx512_bf16")
LACKS = Support(False, "the processor has neither avx512_bf16 nor amx_bf16")


@pytest.fixture
def machine(monkeypatch):
    def machine(actual):
        monkeypatch.setattr(precision, "support", lambda: actual)

    return machine


@pytest.fixture
def cpuinfo(tmp_path, monkeypatch):
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)

    def cpuinfo(line, architecture="x86_64"):
        monkeypatch.setattr(precision.platform, "machine", lambda: architecture)
        monkeypatch.setattr(precision.platform, "system", lambda: "Linux")
        path = tmp_path / "cpuinfo"
        path.write_text(f"processor\t: 0\nmodel name\t: avx512_bf16 by name only\n{line}\n\n{line}\n")
        return path

    return cpuinfo


@pytest.mark.parametrize(
    ("line", "architecture", "fast"),
    [
        ("flags\t\t: fpu avx2 fma avx512f avx512_bf16", "x86_64", True),
        ("flags\t\t: fpu avx2 amx_bf16", "x86_64", True),
        ("flags\t\t: fpu avx2 fma avx512f", "x86_64", False),
        ("Features\t: fp asimd bf16", "aarch64", True),
        ("Features\t: fp asimd", "aarch64", False),
        ("flags\t\t: avx512_bf16", "aarch64", False),
    ],
)
def test_the_processors_own_words_decide(cpuinfo, line, architecture, fast):
    assert processor(cpuinfo(line, architecture)).fast == fast


def test_without_onednn_there_is_no_bfloat16(cpuinfo, monkeypatch):
    path = cpuinfo("flags: avx512_bf16")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    assert not processor(path).fast


def test_a_processor_that_tells_nothing_has_none(tmp_path, monkeypatch):
    monkeypatch.setattr(precision.platform, "machine", lambda: "x86_64")
    assert not processor(tmp_path / "none").fast


@pytest.mark.parametrize(
    ("capabilities", "fast"), [([(9, 0)], True), ([(8, 0), (7, 5)], False), ([(7, 0)], False), ([None], False)]
)
def test_gpus_decide_where_there_are_any(monkeypatch, capabilities, fast):
    details = [{} if actual is None else {"compute_capability": actual} for actual in capabilities]
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: list(range(len(details))))
    monkeypatch.setattr(tf.config.experimental, "get_device_details", details.__getitem__)
    monkeypatch.setattr(precision, "processor", lambda cpuinfo: pytest.fail("the processor was asked"))
    assert precision.support().fast == fast


def test_the_choice_is_told(machine, caplog):
    caplog.set_level(logging.INFO, "tf_tryon")
    machine(HAS)
    assert resolved("auto") == BFLOAT16
    machine(LACKS)
    assert resolved("auto") == FLOAT32
    assert [record.levelname for record in caplog.records] == ["INFO", "INFO"]
    assert "chosen by itself: the processor has neither avx512_bf16" in caplog.text


def test_emulation_is_warned_of_with_what_it_costs(machine, caplog):
    machine(LACKS)
    assert resolved("float32") == FLOAT32
    assert not caplog.records
    assert resolved(BFLOAT16) == BFLOAT16
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert ".067 pictures/s" in record.getMessage()
    assert ".55" in record.getMessage()


def test_a_new_run_keeps_what_auto_became_and_that_it_was_auto(machine, small_config):
    machine(HAS)
    config = small_config("shape", train__precision="auto")
    actual = settled(config)
    assert (actual.train.precision, actual.train.precision_auto) == (BFLOAT16, True)
    assert config.train.precision == "auto"
    machine(LACKS)
    actual = settled(config)
    assert (actual.train.precision, actual.train.precision_auto) == (FLOAT32, True)
    named = settled(small_config("shape", train__precision=FLOAT32))
    assert (named.train.precision, named.train.precision_auto) == (FLOAT32, False)


def test_a_resumed_run_keeps_its_own_on_another_machine(machine, small_config, caplog):
    config = small_config("shape", train__precision="auto")
    machine(HAS)
    began = settled(config)
    machine(LACKS)
    assert settled(config, began) == began
    assert ".067" in caplog.text
    named = small_config("shape", train__precision=BFLOAT16)
    assert settled(named, began) == began  # the same by name
    assert settled(config, named).train.to_dict() == named.train.to_dict()  # and a run that was begun by name
    half = small_config("shape", train__precision="mixed_float16")
    assert settled(config, half).train.precision == "mixed_float16"


def test_workers_agree_on_what_all_have(machine, small_config):
    config, calls = small_config("shape", train__precision="auto"), []
    machine(HAS)
    assert settled(config, everywhere=lambda fast: calls.append(fast) or False).train.precision == FLOAT32
    began = small_config("shape", train__precision=BFLOAT16)
    # This one's run is in bfloat16 and another worker's can't be: its folder's check names both.
    assert settled(config, began, lambda fast: calls.append(fast) or False).train.precision == FLOAT32
    assert calls == [True, True]
