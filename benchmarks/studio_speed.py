"""How fast a Studio data set is made: pictures a second, and what the writing process alone could take.

    python benchmarks/studio_speed.py --workers 2 --sizes 128 256 --count 60

Prints one line of JSON per size: `rendered` is what the workers deliver, `start_s` the time until the first picture
(processes start and compile or load the compiled loops), `encoded` how many pictures a second one process turns into
records, and `bytes` a record's mean size.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

from tf_tryon.data.studio import generate, render


def measure(size: int, count: int, workers: int, seed: int) -> dict[str, float]:
    """Renders `count` pictures and encodes them."""
    from tf_tryon.data import records

    begun = time.perf_counter()
    pictures, arrived = [], []
    for picture in generate.render_range(0, count, seed, size, workers, render.render_person):
        pictures.append(picture)
        arrived.append(time.perf_counter())
    quality = generate.JPEG_QUALITY
    start = time.perf_counter()
    lengths = [
        len(
            records.encode(
                p.photo, p.parsing, p.keypoints, generate.VOCABULARY, str(i), p.metadata, jpeg_quality=quality
            )
        )
        for i, p in enumerate(pictures)
    ]
    encoding = time.perf_counter() - start
    # The first pictures of every worker carry its start.
    skip = min(4 * workers, count // 2)
    return {
        "size": size,
        "workers": workers,
        "count": count,
        "start_s": round(arrived[0] - begun, 2),
        "rendered": round((count - 1 - skip) / (arrived[-1] - arrived[skip]), 2),
        "encoded": round(count / encoding, 1),
        "bytes": round(statistics.mean(lengths)),
    }


def main() -> None:
    """Parses the command line and prints."""
    parser = argparse.ArgumentParser(description="Speed of the Studio's generation.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="+", default=[128, 256])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for size in options.sizes:
        print(json.dumps(measure(size, options.count, options.workers, options.seed)), flush=True)


if __name__ == "__main__":
    main()
