"""Seconds from a request to the first and to the eighth result at a running page: benchmarks/page_speed.py URL [PID]

One request for each of the six bundled people, one after the other; what a browser adds isn't in it. With the PID of
the page's process also its resident memory, between requests and at rest, and the most there was: after them, and after
photos were uploaded and annotated, one of them as it is bundled and enlarged to 768 x 1024 pixels.
"""

from __future__ import annotations

import http.cookiejar
import io
import json
import pathlib
import sys
import time
import urllib.request

import numpy as np
from PIL import Image

_REST = 8.0  # seconds, after which a page without TensorFlow has given up its networks


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
        print(_memory(process[0]))
        with browser.open(f"{address.rstrip('/')}/starts/1.jpg") as answer:
            picture = answer.read()
        for photo in (picture, _enlarged(picture), _enlarged(picture)):
            _seconds(browser, address.rstrip("/"), "cut=allow", photo)
            print(f"a photo annotated and completed: {_memory(process[0])}")


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


def _enlarged(picture: bytes) -> bytes:
    buffer = io.BytesIO()
    Image.open(io.BytesIO(picture)).resize((768, 1024)).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def _memory(process: str) -> str:
    """A process's resident megabytes; it must have no children, whose memory would not be in it."""
    if children := pathlib.Path(f"/proc/{process}/task/{process}/children").read_text():
        sys.exit(f"process {process} has children {children}whose memory would not be counted")

    def megabytes() -> dict[str, float]:
        status = dict(line.split(":") for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines())
        return {name: int(status[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM")}

    between = megabytes()["VmRSS"]
    time.sleep(_REST)
    now = megabytes()
    return f"{between:.0f} MB of memory between requests, {now['VmRSS']:.0f} at rest, {now['VmHWM']:.0f} at most"


if __name__ == "__main__":
    main()
