"""Runs the tasks of an experiment, each in a process, some side by side; stops and resumes at any point."""

from __future__ import annotations

import json
import logging
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

from tf_tryon.experiments import lifeline
from tf_tryon.experiments.tasks import DONE, Task
from tf_tryon.writing.whole import write_text

_log = logging.getLogger(__name__)

_POLL = 0.5  # seconds
_TELL = 60.0  # seconds between lines on what is under way
_LAST_SAVE = 120.0  # seconds that a training gets to save itself
_STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)  # the last: its terminal has gone


class Scheduler:
    """Args: tasks: by name, each after those that it needs; workdir: of the experiment; jobs: processes at once;
    threads: of each process, 0: all; finished: called with each task that has become done.
    """

    def __init__(
        self,
        tasks: dict[str, Task],
        workdir: pathlib.Path,
        jobs: int,
        threads: int,
        finished: Callable[[Task], None],
    ) -> None:
        self._tasks, self._workdir, self._jobs, self._threads = tasks, workdir, jobs, threads
        self._finished = finished
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._begun: dict[str, int] = {}  # by task, where in its log its process began
        self._signal = 0
        self.failed: dict[str, str] = {}

    def run(self) -> int:
        """Do all that is not done. Returns 0, 1 if a task failed, or 128 + the signal that stopped it.

        What a failed task's own followers need is missing, so they are left out; the others go on. A signal that is
        ignored, as SIGHUP under nohup, stays so.
        """
        heard = [number for number in _STOPS if signal.getsignal(number) is not signal.SIG_IGN]
        old = {number: signal.signal(number, self._notice) for number in heard}
        try:
            with lifeline.reading_end() as alive:
                try:
                    return self._loop(alive)
                finally:
                    self._stop()
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)

    def _loop(self, alive: int) -> int:
        done = {name for name, task in self._tasks.items() if task.result() is not None}
        if done:
            _say(f"{len(done)} of {len(self._tasks)} tasks are done already")
        reported, interrupted = time.monotonic(), False
        while True:
            for name, process in list(self._running.items()):
                status = process.poll()
                if status is not None:
                    del self._running[name]
                    self._end(name, status, done)
            if self._signal and not interrupted:
                interrupted = True
                for process in self._running.values():
                    process.send_signal(signal.SIGTERM)
            if not self._signal:
                self._start(done, alive)
            if not self._running:
                break
            if time.monotonic() - reported > _TELL:
                reported = time.monotonic()
                for name in self._running:
                    _say(f"[{len(done)}/{len(self._tasks)}] {name}: {_last_line(self._log(name)) or 'starting'}")
            time.sleep(_POLL)
        if self._signal:
            _say("stopped; the same command goes on")
            return 128 + self._signal
        return 1 if self.failed else 0

    def _stop(self) -> None:
        """Ends what an error left running; trainings save what they made."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(_LAST_SAVE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, done: set[str], alive: int) -> None:
        for name, task in self._tasks.items():
            if len(self._running) >= self._jobs:
                return
            if name in done or name in self._running or name in self.failed:
                continue
            broken = [other for other in task.needs if other in self.failed]
            if broken:
                self.failed[name] = f"needs {', '.join(broken)}"
            elif all(other in done for other in task.needs):
                self._spawn(task, alive)
                _say(f"[{len(done)}/{len(self._tasks)}] {name} starts")

    def _spawn(self, task: Task, alive: int) -> None:
        task.folder.mkdir(parents=True, exist_ok=True)
        # What is made from now on is not what an earlier done.json vouches for, should its settings come back.
        (task.folder / DONE).unlink(missing_ok=True)
        job = task.folder / "job.json"
        write_text(job, json.dumps({**task.job, "threads": self._threads}, indent=1) + "\n")
        log = self._log(task.name)
        log.parent.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "tf_tryon.experiments.worker", str(job), lifeline.ARGUMENT]
        self._begun[task.name] = log.stat().st_size if log.exists() else 0
        with log.open("ab") as stream:
            # A session of its own: Ctrl-C reaches this process, which passes it on once.
            self._running[task.name] = subprocess.Popen(
                command,
                stdout=stream,
                stderr=stream,
                stdin=alive,
                start_new_session=True,
            )

    def _end(self, name: str, status: int, done: set[str]) -> None:
        task = self._tasks[name]
        if status == 0 and task.result() is not None:
            done.add(name)
            _say(f"[{len(done)}/{len(self._tasks)}] {name} is done")
            self._finished(task)
        elif not self._signal:
            self.failed[name] = self._reason(name, status)
            _say(f"{name} failed: {self.failed[name]} (see {self._log(name)})")

    def _reason(self, name: str, status: int) -> str:
        """Why a task failed: its own last words, unless it was killed, when the last line is of something else."""
        if status < 0:
            by = signal.Signals(-status).name
            return f"killed by {by}" + (", as for want of memory" if -status == signal.SIGKILL else "")
        return _last_line(self._log(name), self._begun[name]) or f"exit status {status}"

    def _log(self, name: str) -> pathlib.Path:
        return self._workdir / "logs" / f"{name}.txt"

    def _notice(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._signal = number


def _last_line(path: pathlib.Path, start: int = 0) -> str:
    """The last line that is not empty, behind the first `start` bytes; "" if there is none."""
    if not path.is_file():
        return ""
    lines = path.read_bytes()[start:].decode("utf-8", errors="replace").replace("\r", "\n").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _say(text: str) -> None:
    _log.info(text)
