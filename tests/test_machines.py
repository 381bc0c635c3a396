"""What docs/machines.md and the manifest start: each scheduler's own variables become the TF_CONFIG that is read."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tf_tryon.training import cluster

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/machines.md").read_text()
JOB = list(yaml.safe_load_all((ROOT / "containers/training.yaml").read_text()))


def _fenced(heading):
    return re.search(rf"^## {heading}\n.*?^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL).group(1)


@pytest.fixture
def worker(tmp_path, monkeypatch):
    """worker(script, variables) -> the cluster that `tf-tryon` would train in."""
    stand_ins = {
        "tf-tryon": "printenv TF_CONFIG",
        "scontrol": "printf 'n1\\nn2\\n'",
        "srun": 'while [ "${1#--}" != "$1" ]; do shift; done; exec "$@"',
    }
    for name, line in stand_ins.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)

    def worker(script, **variables):
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", **variables}
        run = subprocess.run(["bash", "-euc", script], env=environment, capture_output=True, text=True, check=True)
        monkeypatch.setenv("TF_CONFIG", run.stdout)
        return cluster.given()

    return worker


def test_slurm(worker):
    actual = worker(_fenced("Slurm"), SLURM_PROCID="1", SLURM_JOB_NODELIST="n[1-2]")
    assert actual == (("n1:2222", "n2:2222"), 1)


@pytest.mark.parametrize(("kind", "number", "index"), [("chief", 0, 0), ("worker", "0", 1), ("worker", 1, 2)])
def test_vertex(worker, kind, number, index):
    given = {"cluster": {"chief": ["a:1"], "worker": ["b:2", "c:3"]}, "task": {"type": kind, "index": number}}
    assert worker(_fenced("Vertex AI"), TF_CONFIG=json.dumps(given)) == (("a:1", "b:2", "c:3"), index)


def test_kubernetes(worker):
    service, job = JOB
    spec, template = job["spec"], job["spec"]["template"]["spec"]
    (container,) = template["containers"]
    count = spec["completions"]
    assert spec["completionMode"] == "Indexed"
    assert spec["parallelism"] == count  # a worker that is missing is waited for
    assert container["env"] == [{"name": "WORKERS", "value": str(count)}]
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["publishNotReadyAddresses"]
    assert template["subdomain"] == service["metadata"]["name"]
    assert service["spec"]["selector"] == {"job-name": job["metadata"]["name"]}
    assert container["command"] == ["sh", "-c"]
    (script,) = container["args"]
    actual = worker(script, WORKERS=str(count), JOB_COMPLETION_INDEX="2")
    host, port = f"{job['metadata']['name']}-{{}}.{template['subdomain']}", container["ports"][0]["containerPort"]
    assert actual == (tuple(f"{host.format(i)}:{port}" for i in range(count)), 2)
    assert template["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
