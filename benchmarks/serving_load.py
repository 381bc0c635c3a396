"""Load test of a server on loopback: concurrent clients, each asking again as soon as it is answered.

    python -m benchmarks.serving_load [--seconds 20] [--clients 1 2 4 8] [--samples 1] [--side 128]
    python -m benchmarks.serving_load --server HOST:PORT ...          any server of the API; else one is started
    python -m benchmarks.serving_load --batch 1 4                     without and with requests that share a batch
    python -m benchmarks.serving_load --long 600 --side 128 200 416   memory over ten minutes of mixed sizes

Prints for each number of clients: completions a second, latency at p50, p95 and p99, errors, and the server's memory;
at the end seconds of processor time for one picture, from which docs/scaling.md computes. Every answer of one request
must be the same bytes. Clients ask for tops and bottoms by turns, and for photos of all sizes given.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np


def main() -> None:
    """Starts a server if need be, measures, prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0, help="for each number of clients")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--samples", type=int, default=1, help="of a request")
    parser.add_argument("--side", type=int, nargs="+", default=[128], help="of the photos, in pixels")
    parser.add_argument("--long", type=float, default=0.0, help="seconds of a run with the last number of clients")
    parser.add_argument("--server", default="")
    parser.add_argument("--pid", type=int, default=0, help="of that server, if it runs on this machine")
    parser.add_argument("--models", default="", help="folder of models; default: the bundled weights, exported")
    parser.add_argument("--running", type=int, default=1, help="of the server that is started")
    text = "most requests of a batch of the server that is started, one server after the other"
    parser.add_argument("--batch", type=int, nargs="+", default=[1], help=text)
    parser.add_argument("--json", default="", help="also write the figures here")
    options = parser.parse_args()
    people = [person(side) for side in options.side]
    rows, digests = [], dict[tuple[int, int], set[str]]()
    with tempfile.TemporaryDirectory() as folder:
        models = options.models or ("" if options.server else exported(Path(folder)))
        for batch in [0] if options.server else options.batch:
            flags = [f"--running={options.running}", f"--max_batch_size={batch}"]
            process, address = (None, options.server) if options.server else started(models, *flags)
            if batch:
                print(f"at most {batch} request(s) in a batch")
            try:
                figures = measure(options, people, address, process.pid if process else options.pid, digests)
            finally:
                if process is not None:
                    process.terminate()
                    process.wait()
            rows += [{"batch": batch, **row} for row in figures]
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")


def measure(
    options: argparse.Namespace, people: list[Any], address: str, pid: int, digests: dict[tuple[int, int], set[str]]
) -> list[dict[str, float]]:
    """One row for each number of clients, and the long run."""
    rows = []
    print("clients  completions/s  p50 ms  p95 ms  p99 ms  errors  server MB  processor s/picture")
    runs = [(n, options.seconds) for n in options.clients]
    if options.long:
        runs = [(options.clients[-1], options.long / 20)] * 20
    for clients, seconds in runs:
        before, start = _processor(pid), time.perf_counter()
        latencies, errors = run(address, people, clients, seconds, options.samples, digests)
        took = time.perf_counter() - start
        pictures = len(latencies) * options.samples
        row = {
            "clients": clients,
            "completions_per_second": pictures / took,
            **{
                f"p{p}_ms": float(np.percentile(latencies, p)) * 1e3 if latencies else float("nan")
                for p in (50, 95, 99)
            },
            "errors": errors,
            "server_mb": _memory(pid),
            "processor_seconds": (_processor(pid) - before) / max(pictures, 1),
        }
        rows.append(row)
        print(
            f"{clients:7d} {row['completions_per_second']:14.2f} {row['p50_ms']:7.0f} {row['p95_ms']:7.0f}"
            f" {row['p99_ms']:7.0f} {errors:7d} {row['server_mb']:10.0f} {row['processor_seconds']:20.3f}",
            flush=True,
        )
    wrong = [asked for asked, seen in digests.items() if len(seen) != 1]
    print(f"answers alike for each of {len(digests)} requests" if not wrong else f"DIFFERENT ANSWERS for {wrong}")
    if options.long:
        first, last = rows[1]["server_mb"], rows[-1]["server_mb"]
        print(
            f"memory over {options.long:.0f} s: {first:.0f} MB after a tenth, {last:.0f} MB last ({last - first:+.0f})"
        )
    return rows


def run(
    address: str,
    people: list[Any],
    clients: int,
    seconds: float,
    samples: int,
    digests: dict[tuple[int, int], set[str]],
) -> tuple[list[float], int]:
    """Latencies in seconds of all answers, and how many requests failed."""
    from tf_tryon.serving.client import Client, ServingError

    latencies: list[float] = []
    errors = [0]
    end = time.perf_counter() + seconds
    lock = threading.Lock()

    def send(number: int) -> None:
        with Client(address, step=samples) as client:
            count = 0
            while (start := time.perf_counter()) < end:
                seed, which = (number + count) % 8, (number + count) % len(people)
                count += 1
                try:
                    answer = client.complete(people[which], request(seed, samples))
                except ServingError:
                    errors[0] += 1
                    continue
                with lock:
                    latencies.append(time.perf_counter() - start)
                    digests.setdefault((which, seed), set()).add(hashlib.sha256(b"".join(answer.photos)).hexdigest())

    threads = [threading.Thread(target=send, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies, errors[0]


def request(seed: int, samples: int) -> Any:
    """Tops and bottoms by turns."""
    from tf_tryon.serving.client import CompletionRequest

    return CompletionRequest(garment=("top", "bottom")[seed % 2], samples=samples, seed=seed)


def person(side: int) -> Any:
    """Somebody on a photo of that size."""
    from tf_tryon.export.example_person import example_person
    from tf_tryon.serving.encoded_person import EncodedPerson

    return EncodedPerson.from_person(example_person(side, ("top", "bottom")))


_COMMAND = [sys.executable, "-m", "tf_tryon.cli.main"]


def exported(folder: Path) -> str:
    """The bundled weights as a folder of models."""
    models = str(folder / "models")
    subprocess.run([*_COMMAND, "export", "saved-model", f"--out={models}"], check=True, capture_output=True)
    return models


def started(models: str, *flags: str) -> tuple[subprocess.Popen[str], str]:
    """A server process with these flags of `tf-tryon serve`, and its address."""
    arguments = ["serve", f"--models={models}", "--port=0", *flags]
    process = subprocess.Popen([*_COMMAND, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    if not address:
        sys.exit(f"the server ended with status {process.wait()}, see above")
    return process, address


def _memory(pid: int) -> float:
    """Resident megabytes; of an unknown process not a number."""
    if not pid:
        return float("nan")
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _processor(pid: int) -> float:
    """Seconds of processor time so far."""
    if not pid:
        return float("nan")
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    main()
