"""Tasks are done once, in order, side by side; failures stop only what needs them; a signal is passed on."""

import json
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from tf_tryon.experiments import schedule
from tf_tryon.experiments.schedule import Scheduler
from tf_tryon.experiments.tasks import Task

WORKER = """
import json, os, pathlib, signal, stat, sys, time
job = json.loads(pathlib.Path(sys.argv[1]).read_text())
folder = pathlib.Path(job["folder"])
with (folder.parent / "order.txt").open("a") as file:
    file.write(folder.name + "\\n")
if job["kind"] == "killed":
    print("step 3 of 600", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
if job["kind"] == "silent":
    sys.exit(1)
if job["kind"] == "fail":
    sys.exit("no data there")
if job["kind"] == "watches" and not (sys.argv[2:] == ["--end-with-stdin"] and stat.S_ISFIFO(os.fstat(0).st_mode)):
    sys.exit("nothing to watch")
if job["kind"] == "saves":
    signal.signal(signal.SIGTERM, lambda *_: ((folder / "saved").touch(), sys.exit(143)))
    (folder / "ready").touch()
while job["kind"] == "second" and not (folder.parent / "slow" / "ready").exists():
    time.sleep(0.01)
time.sleep(job["seconds"])
(folder / "done.json").write_text(json.dumps({"digest": job["digest"]}))
"""


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    popen = schedule.subprocess.Popen
    monkeypatch.setattr(
        schedule.subprocess,
        "Popen",
        lambda command, **options: popen([sys.executable, script, *command[3:]], **options),
    )

    def task(name: str, *needs: str, kind: str = "work", seconds: float = 0.0, digest: str = "a") -> Task:
        folder = tmp_path / name
        return Task(
            name, folder, needs, digest, {"kind": kind, "seconds": seconds, "folder": str(folder), "digest": digest}
        )

    def scheduler(*tasks: Task, jobs: int = 2) -> tuple[Scheduler, list[str]]:
        finished: list[str] = []
        made = Scheduler({t.name: t for t in tasks}, tmp_path, jobs, 1, lambda t: finished.append(t.name))
        return made, finished

    return task, scheduler


def test_what_is_done_is_skipped_and_the_rest_follows_its_needs(make, tmp_path: Path) -> None:
    task, scheduler = make
    tasks = [task("a"), task("b", "a"), task("c", "b")]
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "done.json").write_text(json.dumps({"digest": "a"}))
    first, finished = scheduler(*tasks)
    assert first.run() == 0
    assert finished == ["b", "c"]
    again, finished = scheduler(*tasks)
    assert again.run() == 0
    assert not finished
    changed, finished = scheduler(task("a", digest="other"), *tasks[1:])
    assert changed.run() == 0
    assert finished == ["a"]


def test_a_failure_stops_only_what_needs_it(make, caplog) -> None:
    caplog.set_level("INFO", "tf_tryon")
    task, scheduler = make
    made, finished = scheduler(task("bad", kind="fail"), task("after", "bad"), task("other"))
    assert made.run() == 1
    assert finished == ["other"]
    assert made.failed == {"bad": "no data there", "after": "needs bad"}
    assert "bad failed: no data there" in caplog.text


def test_a_reason_is_of_this_process_and_no_line_that_stood_there(make) -> None:
    task, scheduler = make
    made, _ = scheduler(task("bad", kind="fail"))
    made.run()
    made, _ = scheduler(task("bad", kind="silent"), task("large", kind="killed"))
    made.run()
    assert made.failed == {"bad": "exit status 1", "large": "killed by SIGKILL, as for want of memory"}


def test_what_an_error_leaves_running_is_told_to_save_itself(make, tmp_path: Path) -> None:
    task, _ = make

    def finished(task: Task) -> None:
        raise RuntimeError("of the report")

    tasks = [task("quick", kind="second"), task("slow", kind="saves", seconds=60)]
    with pytest.raises(RuntimeError, match="of the report"):
        Scheduler({t.name: t for t in tasks}, tmp_path, 2, 1, finished).run()
    assert (tmp_path / "slow" / "saved").exists()


def test_a_result_vouches_for_nothing_that_was_made_later_with_other_settings(make) -> None:
    task, scheduler = make
    made, _ = scheduler(task("a"))
    assert made.run() == 0
    made, _ = scheduler(task("a", kind="fail", digest="other"))
    assert made.run() == 1
    assert task("a").result() is None
    made, finished = scheduler(task("a"))
    assert made.run() == 0
    assert finished == ["a"]


def test_workers_get_what_ends_when_the_experiment_does(make) -> None:
    task, scheduler = make
    made, _ = scheduler(task("a", kind="watches"))
    assert made.run() == 0


def test_an_ignored_signal_stays_ignored(make) -> None:
    task, scheduler = make
    made, _ = scheduler(task("a"))
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGHUP))
    timer.start()
    try:
        assert made.run() == 0
    finally:
        timer.join()
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_it_and_the_same_command_goes_on(make, number: signal.Signals) -> None:
    task, scheduler = make
    made, finished = scheduler(task("quick"), task("slow", "quick", seconds=60))
    timer = threading.Timer(2.0, os.kill, (os.getpid(), number))
    before = signal.signal(number, signal.SIG_DFL)  # the tests' own process may ignore it, as under nohup
    try:
        timer.start()
        assert made.run() == 128 + number
    finally:
        timer.join()
        signal.signal(number, before)
    assert finished == ["quick"]
    assert not made.failed
