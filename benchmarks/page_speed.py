"""Seconds from a request to the first and to the eighth result at a running page: benchmarks/page_speed.py URL [PID]

One request for each of the six bundled people, one after the other; what a browser adds isn't in it. With the PID of
the page's process also the most memory that it had after them, and after one of their photos was uploaded and
annotated.
"""

from __future__ import annotations

import http.cookiejar
import json
import pathlib
import sys
import time
import urllib.request

import numpy as np


def main() -> None:
    """Measures and prints."""
    address, *process = sys.argv[1:]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    times = []
    for start in range(1, 7):
        times.append(_seconds(browser, address.rstrip("/"), f"start={start}"))
    for name, column in zip(("first", "eighth"), np.array(times).T, strict=True):
        print(f"{name} result: {column.min():.2f} to {column.max():.2f} s, median {np.median(column):.2f}")
    if process:
        print(f"most memory: {_memory(process[0])} MB")
        with browser.open(f"{address.rstrip('/')}/starts/1.jpg") as picture:
            _seconds(browser, address.rstrip("/"), "cut=allow", picture.read())
        print(f"with a photo annotated: {_memory(process[0])} MB")


def _seconds(
    browser: urllib.request.OpenerDirector, address: str, person: str, photo: bytes = b""
) -> tuple[float, float]:
    """Seconds to the first and to the eighth result of a person."""
    request = urllib.request.Request(f"{address}/api/people?{person}", data=photo, method="POST")
    with browser.open(request, timeout=120) as answer:
        key = json.load(answer)["key"]
    body = json.dumps({"garment": "top", "samples": 8, "seed": 1}).encode()
    request = urllib.request.Request(f"{address}/api/people/{key}/results", data=body)
    begun = time.perf_counter()
    with browser.open(request, timeout=120) as lines:
        came = [time.perf_counter() - begun for line in lines if "score" in json.loads(line)]
    return came[0], came[-1]


def _memory(process: str) -> int:
    """Most megabytes that a process was resident with."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return next(int(line.split()[1]) // 1000 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
