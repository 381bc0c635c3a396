"""A catalogue of many products: how long a query takes on one core after loading.

    python benchmarks/catalogue_speed.py [--items 100000] [--catalogue CAT]

The codes are those of a catalogue, replicated with a little noise, or without one random; a query is from the samples'
codes of a person to the best twelve items. Drawing those samples is the model's own time, once a person, and not in it.
"""

import argparse
import json
import os
import pathlib
import statistics
import tempfile
import time


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--catalogue", default="", help="whose codes are replicated; default: random codes")
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"

    import numpy as np

    from tf_tryon.shop import matching, names
    from tf_tryon.shop.catalogue import Catalogue, write_index

    rng = np.random.default_rng(0)
    codes = rng.standard_normal((1000, 16))
    if options.catalogue:
        codes = np.load(pathlib.Path(options.catalogue) / names.CODES)["codes"]
    codes = np.resize(codes, (options.items, codes.shape[1]))
    codes = (codes + rng.normal(0, 0.02, codes.shape) * codes.std(axis=0)).astype(np.float32)
    units = matching.Units.of(codes)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        start = time.perf_counter()
        write_index(root / names.index_name("top"), np.arange(options.items), matching.vectors(units(codes)))
        print(f"index of {options.items} items: {time.perf_counter() - start:.1f} s")
        units_of = {"mean": units.mean.tolist(), "spread": units.spread.tolist()}
        head = {"format": names.FORMAT, "version": names.VERSION, "model": "", "garments": {"top": units_of}}
        (root / names.MARK).write_text(json.dumps(head))
        item = {"garment": "top", "kind": "", "label": "T-Shirt", "title": "A shirt", "price": "9.00", "link": ""}
        items = {"items": [{**item, "id": f"{number:06d}"} for number in range(options.items)]}
        (root / names.ITEMS).write_text(json.dumps(items))
        start = time.perf_counter()
        catalogue = Catalogue(root)
        loaded = len(catalogue.items), catalogue.garments
        print(f"loading: {time.perf_counter() - start:.1f} s {loaded}")
        times, processor = [], []
        for _ in range(options.queries):
            samples = codes[rng.integers(options.items, size=24)]
            start, busy = time.perf_counter(), time.process_time()
            best = catalogue.best(samples, "top", 12)
            times.append(time.perf_counter() - start)
            processor.append(time.process_time() - busy)
            assert len(best) == 12
        worst = sorted(times)[int(0.95 * len(times))]
        print(f"query: median {statistics.median(times) * 1e3:.1f} ms, 95 % within {worst * 1e3:.1f} ms")
        print(f"query, processor's time alone: median {statistics.median(processor) * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
