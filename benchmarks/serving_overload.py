"""What becomes of requests that arrive faster than a server answers: how many it refuses, how long the others take.

    python -m benchmarks.serving_overload [--waiting 4] [--times 2] [--seconds 30] [--models DIR]

First two clients ask, each again as soon as it is answered: the load that is sustained. Then requests arrive at `times`
that rate, evenly, whether or not earlier ones are answered. Whoever gets in has at most `waiting` before him and one
running, so the slowest answer is bounded by (waiting + 2) times one request's time; all others are refused at once.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import numpy as np

from benchmarks.serving_load import exported, person, request, run, started


def main() -> None:
    """Starts a server, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--waiting", type=int, default=4, help="of the server")
    parser.add_argument("--times", type=float, default=2.0, help="the sustained load")
    parser.add_argument("--seconds", type=float, default=30.0, help="of each half")
    parser.add_argument("--side", type=int, default=128, help="of the photo, in pixels")
    parser.add_argument("--models", default="", help="folder of models; default: the bundled weights, exported")
    options = parser.parse_args()
    someone = person(options.side)
    with tempfile.TemporaryDirectory() as folder:
        process, address = started(options.models or exported(Path(folder)), f"--waiting={options.waiting}")
        try:
            run(address, [someone], 1, 2.0, 1, {})  # the first answers don't count
            latencies, _ = run(address, [someone], 2, options.seconds, 1, {})
            sustained = len(latencies) / options.seconds
            p50, p99 = np.percentile(latencies, (50, 99)) * 1e3
            print(
                f"sustained: {sustained:.2f} answers/s by two clients, p50 {p50:.0f} ms, p99 {p99:.0f} ms", flush=True
            )
            outcomes = overload(address, someone, sustained * options.times, options.seconds)
        finally:
            process.terminate()
            process.wait()
    answered = np.array([latency for latency, code in outcomes if code is None])
    refused = np.array([latency for latency, code in outcomes if code == grpc.StatusCode.RESOURCE_EXHAUSTED])
    others = len(outcomes) - len(answered) - len(refused)
    counts = f"{len(outcomes)} asked, {len(answered)} answered, {len(refused)} refused"
    print(f"{options.times:g} times as many: {counts}" + (f", {others} failed otherwise" if others else ""))
    for name, values in (("answers", answered), ("refusals", refused)):
        if len(values):
            p50, p99 = np.percentile(values, (50, 99)) * 1e3
            print(f"{name}: p50 {p50:.0f} ms, p99 {p99:.0f} ms, slowest {values.max() * 1e3:.0f} ms")
    print(f"bound by the queue: {(options.waiting + 2) / sustained * 1e3:.0f} ms")


def overload(address: str, someone: Any, rate: float, seconds: float) -> list[tuple[float, Any]]:
    """Seconds and gRPC's code (None: answered) of each of `rate` requests a second."""
    from tf_tryon.serving.client import Client, ServingError

    with Client(address, step=1) as client, ThreadPoolExecutor(64) as threads:

        def send(seed: int) -> tuple[float, Any]:
            start, code = time.perf_counter(), None
            try:
                client.complete(someone, request(seed, 1))
            except ServingError as error:
                code = error.code
            return time.perf_counter() - start, code

        begun, sent = time.perf_counter(), []
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            sent.append(threads.submit(send, number % 8))
        return [future.result() for future in sent]


if __name__ == "__main__":
    main()
