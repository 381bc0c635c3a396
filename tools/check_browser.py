"""Runs an exported shape stage in headless Chromium and compares with the reference runner.

    python tools/check_browser.py phone/shape_int8.tflite --npm FOLDER [--picture page.png]

FOLDER is where `npm install @litertjs/core` was run; Chromium is Debian's package, or --chromium names another.
The person is one of `tf-tryon demo`. Prints how many pixels inside the erased box agree, and milliseconds for a sample
(not with --picture, which stops the page's clock).
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import pathlib
import queue
import shutil
import subprocess
import tempfile
import threading
from typing import Any

import numpy as np

from tf_tryon.cli.demo import unseen_person
from tf_tryon.export.phone_inputs import Inputs
from tf_tryon.export.phone_runner import PhoneStage

PAGE = pathlib.Path(__file__).parents[1] / "docs" / "phone_page"
_TIMEOUT = 300  # s
# What keeps a browser without a screen, a graphics card or a network from asking for them.
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the page's folder and puts what the page posts into `results`."""

    def __init__(self, *arguments: Any, results: queue.Queue, **options: Any) -> None:
        self.results = results
        super().__init__(*arguments, **options)

    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012

    def do_POST(self) -> None:
        self.results.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        pass


def check(path: pathlib.Path, npm: pathlib.Path, chromium: str, picture: pathlib.Path | None) -> dict[str, float]:
    """Share of the erased box's pixels that page and runner agree on, and the page's milliseconds for a sample."""
    stage = PhoneStage(path)
    inputs = stage.inputs(unseen_person(0, stage.contract.height), "top")
    noise = [stage.noise(seed=7, sample=k) for k in range(4)]
    encoded = stage.encode(inputs)
    expected = np.stack([stage.labels(inputs, stage.sample(encoded, one)) for one in noise])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for file in PAGE.iterdir():
            shutil.copy(file, folder)
        (folder / "node_modules").symlink_to((npm / "node_modules").resolve())
        shutil.copy(path, folder / "model.tflite")
        shutil.copy(path.with_suffix(".json"), folder / "model.json")
        (folder / "person.json").write_text(sent(inputs, noise))
        result = _visit(folder, chromium, picture)
    if "error" in result:
        raise SystemExit(f"the page failed: {result['error']}")
    samples = np.array(result["samples"]).reshape(expected.shape)
    erased = inputs.visible == 0
    return {
        "agreement_box": float(np.mean((samples == expected)[:, erased])),
        "milliseconds": float("nan") if picture else round(result["milliseconds"], 1),
        "differing_samples": float(np.mean([(samples[0] != one).any() for one in samples[1:]])),
    }


def sent(inputs: Inputs, noise: list[np.ndarray]) -> str:
    """What the page reads as person.json: arrays as flat lists of numbers."""
    names = ("labels", "visible", "given", "context", "box")
    arrays = {name: np.ravel(getattr(inputs, name)).tolist() for name in names}
    return json.dumps({**arrays, "noise": [one.ravel().tolist() for one in noise]})


def _visit(folder: pathlib.Path, chromium: str, picture: pathlib.Path | None) -> dict[str, Any]:
    results: queue.Queue = queue.Queue()
    handler = functools.partial(_Handler, directory=str(folder), results=results)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/index.html"
    with tempfile.TemporaryDirectory() as profile:
        command = [chromium, *_FLAGS, f"--user-data-dir={profile}", "--window-size=1160,420"]
        if picture:  # virtual time waits for the page to finish, but its clock tells nothing
            command += [f"--screenshot={picture.resolve()}", f"--virtual-time-budget={_TIMEOUT * 1000}"]
        else:
            command.append("--remote-debugging-port=0")  # stay until closed
        browser = subprocess.Popen([*command, address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            result = results.get(timeout=_TIMEOUT)
            if picture:
                browser.wait(timeout=60)
            return result
        except queue.Empty:
            raise SystemExit(f"{address}: the page sent nothing in {_TIMEOUT} s") from None
        finally:
            browser.kill()
            browser.wait()
            server.shutdown()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--npm", type=pathlib.Path, required=True)
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    parser.add_argument("--picture", type=pathlib.Path)
    arguments = parser.parse_args()
    print(json.dumps(check(arguments.file, arguments.npm, arguments.chromium, arguments.picture)))


if __name__ == "__main__":
    main()
