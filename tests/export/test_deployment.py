"""Labels in models.config, and every file that TF-Serving, compose or Kubernetes reads parses as what it is."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

from tf_tryon.errors import TryOnError
from tf_tryon.export import deployment

# The serving-api wheel has no protos of these files; the fields are those of batching_parameters in
# session_bundle_config.proto, of monitoring_config.proto and of ssl_config.proto.
_MESSAGES: dict[str, dict[str, str]] = {
    "Int64": {"value": "int64"},
    "BatchingParameters": dict.fromkeys(
        ("max_batch_size", "batch_timeout_micros", "max_enqueued_batches", "num_batch_threads"), "Int64"
    ),
    "Prometheus": {"enable": "bool", "path": "string"},
    "MonitoringConfig": {"prometheus_config": "Prometheus"},
    "SSLConfig": {"server_key": "string", "server_cert": "string", "custom_ca": "string", "client_verify": "bool"},
}


def _message(name: str) -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="files.proto", package="files", syntax="proto3")
    for message, fields in _MESSAGES.items():
        made = file.message_type.add(name=message)
        for number, (field, kind) in enumerate(fields.items(), start=1):
            added = made.field.add(name=field, number=number, label=1)
            if kind in _MESSAGES:
                added.type, added.type_name = added.TYPE_MESSAGE, f".files.{kind}"
            else:
                added.type = getattr(added, f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"files.{name}"))()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three versions, one after the other labelled by what an export says."""
    for number in (1, 2, 3):
        (tmp_path / "tryon" / str(number)).mkdir(parents=True)
    deployment.write_files(tmp_path)
    return tmp_path


def _served(folder: Path) -> tuple[list[int], dict[str, int]]:
    (model,) = deployment.read_config(folder).model_config_list.config
    assert (model.name, model.base_path) == ("tryon", "/models/tryon")
    return list(model.model_version_policy.specific.versions), dict(model.version_labels)


def test_the_life_of_labels(folder: Path) -> None:
    deployment.label(folder, 1)
    assert _served(folder) == ([1], {"stable": 1})
    deployment.label(folder, 2)
    assert _served(folder) == ([1, 2], {"stable": 1, "canary": 2})
    deployment.label(folder, 3)  # the next canary replaces the last
    assert _served(folder) == ([1, 3], {"stable": 1, "canary": 3})
    deployment.label(folder, 3, "stable")
    assert _served(folder) == ([1, 3], {"stable": 3})  # 1 stays for rolling back
    deployment.label(folder, 1, "stable")
    assert _served(folder) == ([1, 3], {"stable": 1})


def test_other_models_of_the_file_stay(folder: Path) -> None:
    deployment.label(folder, 1)
    path = folder / "models.config"
    inside = path.read_text().rstrip().removesuffix("}")
    path.write_text(inside + 'config { name: "other" base_path: "/models/other" } }\n')
    deployment.label(folder, 2)
    assert [model.name for model in deployment.read_config(folder).model_config_list.config] == ["tryon", "other"]


def test_comments_of_the_file_stay(folder: Path) -> None:
    deployment.label(folder, 1)
    path = folder / "models.config"
    inside = path.read_text().rstrip().removesuffix("}")
    other = 'config { name: "other" base_path: "/models/#7" # Bert\'s "canary"\n } }\n'
    path.write_text(f"# on call: Anna\n{inside}{other}")
    for version in (2, 3):
        deployment.label(folder, version)
    after = path.read_text()
    notes = ("# on call: Anna\n", '# Bert\'s "canary"\n', "# TF-Serving: ", "# Promote: ", '"/models/#7"\n')
    assert [after.count(note) for note in notes] == [1, 1, 1, 1, 1]


def test_what_cannot_be_labelled_is_refused(folder: Path) -> None:
    with pytest.raises(TryOnError, match="no version 9"):
        deployment.label(folder, 9)
    (folder / "models.config").write_text("models {")
    with pytest.raises(TryOnError, match="not a ModelServerConfig"):
        deployment.label(folder, 1)


def test_a_file_that_is_there_is_kept(folder: Path) -> None:
    (folder / "compose.yaml").write_text("mine")
    assert deployment.write_files(folder) == []
    assert (folder / "compose.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("batching.config", "BatchingParameters"),
        ("monitoring.config", "MonitoringConfig"),
        ("ssl.config.template", "SSLConfig"),
    ],
)
def test_text_protos_parse(folder: Path, name: str, message: str) -> None:
    parsed = text_format.Parse((folder / name).read_text(), _message(message))
    assert parsed.ListFields()


def test_compose_and_kubernetes_say_what_they_must(folder: Path) -> None:
    compose = yaml.safe_load((folder / "compose.yaml").read_text())
    commands = [compose["services"]["tryon"]["command"]]
    parts = list(yaml.safe_load_all((folder / "kubernetes.yaml").read_text()))
    kinds = {part["kind"]: part for part in parts}
    assert set(kinds) == {"Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"}
    spec = kinds["Deployment"]["spec"]
    (container,) = spec["template"]["spec"]["containers"]
    commands.append(container["args"])
    for command in commands:
        flags = dict(part.removeprefix("--").split("=", 1) for part in command)
        assert flags["model_config_file"] == f"{deployment.MOUNT}/{deployment.CONFIG}"
        assert flags["allow_version_labels_for_unavailable_models"] == "true"
        assert flags["enable_grpc_healthcheck_service"] == "true"
        assert (folder / flags["monitoring_config_file"].removeprefix("/models/")).is_file()
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container)
    assert container["resources"]["limits"]["memory"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    labels = spec["template"]["metadata"]["labels"]
    for kind in ("Service", "PodDisruptionBudget"):
        selector = kinds[kind]["spec"]["selector"]
        assert labels == selector.get("matchLabels", selector)
    assert kinds["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == kinds["Deployment"]["metadata"]["name"]
    prometheus = yaml.safe_load((folder / "prometheus.yaml").read_text())
    path = prometheus["scrape_configs"][0]["metrics_path"]
    assert path in (folder / "monitoring.config").read_text()
    for rule in yaml.safe_load((folder / "alerts.yaml").read_text())["groups"][0]["rules"]:
        assert rule["expr"]
        assert rule["annotations"]["summary"]
