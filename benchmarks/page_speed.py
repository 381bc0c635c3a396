"""Seconds from an ask to the first and to the eighth result at a running page: python benchmarks/page_speed.py URL

Asks once for each of the six bundled people, one after the other; what a browser adds isn't in it.
"""

from __future__ import annotations

import http.cookiejar
import json
import sys
import time
import urllib.request

import numpy as np


def main() -> None:
    """Asks and prints."""
    (address,) = sys.argv[1:]
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    times = []
    for start in range(1, 7):
        request = urllib.request.Request(f"{address.rstrip('/')}/api/people?start={start}", method="POST")
        with browser.open(request, timeout=60) as answer:
            key = json.load(answer)["key"]
        body = json.dumps({"garment": "top", "samples": 8, "seed": start}).encode()
        request = urllib.request.Request(f"{address.rstrip('/')}/api/people/{key}/results", data=body)
        begun = time.perf_counter()
        with browser.open(request, timeout=120) as lines:
            came = [time.perf_counter() - begun for line in lines if "score" in json.loads(line)]
        times.append((came[0], came[-1]))
    for name, column in zip(("first", "eighth"), np.array(times).T, strict=True):
        print(f"{name} result: {column.min():.2f} to {column.max():.2f} s, median {np.median(column):.2f}")


if __name__ == "__main__":
    main()
