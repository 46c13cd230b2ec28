"""What is deployed names commands, settings, ports and labels that there are."""

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from benchmarks import cost_model
from monitor.cli import cli
from monitor.config import Settings
from monitor.daemon.metrics import Metrics
from monitor.store import Store

ROOT = Path(__file__).resolve().parents[1]
KUBERNETES = ROOT / "deploy/kubernetes"
KUSTOMIZATION: dict[str, Any] = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
MANIFESTS: list[dict[str, Any]] = [
    each for name in KUSTOMIZATION["resources"] for each in yaml.safe_load_all((KUBERNETES / name).read_text())
]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "talks-monitor"}
NOT_APPLIED = {"kustomization.yaml", "secret.example.yaml", "prometheus-adapter.yaml"}
PROGRAMS = ("daemon", "worker", "dashboard")
# libpq's, not ours.
FOREIGN = {"PGPASSWORD"}
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DRAIN = float(Settings.model_fields["drain_seconds"].default)


def understood(arguments: list[str]) -> dict[str, Any]:
    """Parse a command line without running it; the parameters."""
    group: click.Command = cli
    context = click.Context(group)
    rest = list(arguments)
    while isinstance(group, click.Group):
        found = group.get_command(context, rest.pop(0)) if rest else None
        assert found is not None, arguments
        group = found
    return group.make_context(group.name, rest).params


def known(setting: str) -> bool:
    return setting in FOREIGN or setting.removeprefix("MONITOR_").lower() in Settings.model_fields


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in MANIFESTS if each["kind"] == kind}


PODS = of_kind("Deployment") | of_kind("Job")


def labels(manifest: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = manifest["spec"]["template"]["metadata"]["labels"]
    return found


@pytest.mark.parametrize("service", OURS)
def test_every_service_of_compose_runs_a_command_with_known_settings_and_few_rights(service: str) -> None:
    understood(OURS[service]["command"])
    assert all(map(known, OURS[service]["environment"]))
    assert OURS[service]["read_only"]
    assert OURS[service]["cap_drop"] == ["ALL"]
    assert OURS[service]["security_opt"] == ["no-new-privileges:true"]


def test_compose_publishes_on_this_machine_only() -> None:
    ports = [port for each in COMPOSE["services"].values() for port in each.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_compose_migrates_before_any_program_starts() -> None:
    assert OURS["migrate"]["command"] == ["db", "upgrade"]
    assert OURS["migrate"]["restart"] == "no"
    for name in PROGRAMS:
        assert OURS[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("service", PROGRAMS)
def test_compose_waits_longer_for_a_program_than_it_drains(service: str) -> None:
    assert float(OURS[service]["stop_grace_period"].removesuffix("s")) > DRAIN


def test_a_worker_of_compose_can_be_started_many_times_and_is_asked_for_its_health() -> None:
    worker = OURS["worker"]
    assert "container_name" not in worker
    assert "ports" not in worker
    image = (ROOT / "Dockerfile").read_text()
    assert f"MONITOR_HEALTH_PORT={understood(worker['command'])['health_port']}" in image
    assert "healthcheck" not in worker


def test_the_dashboard_of_compose_is_reached_under_the_names_it_answers_to() -> None:
    dashboard = OURS["dashboard"]
    port = Settings.model_fields["dashboard_port"].default
    assert understood(dashboard["command"])["host"] == "0.0.0.0"
    assert dashboard["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert "127.0.0.1" in json.loads(dashboard["environment"]["MONITOR_DASHBOARD_NAMES"])
    assert f"'127.0.0.1', {port}" in dashboard["healthcheck"]["test"][-1]


def test_the_mail_catcher_is_started_only_on_request() -> None:
    assert {name for name, each in COMPOSE["services"].items() if "profiles" in each} == {"mail"}


def test_every_manifest_is_applied_but_the_examples() -> None:
    there = {path.name for path in KUBERNETES.glob("*.yaml")}
    assert there - NOT_APPLIED == set(KUSTOMIZATION["resources"])
    assert {each["metadata"].get("namespace", "talks-monitor") for each in MANIFESTS} == {"talks-monitor"}


@pytest.mark.parametrize("name", PODS)
def test_every_pod_runs_a_command_without_rights(name: str) -> None:
    manifest = PODS[name]
    spec = manifest["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    understood(container["args"])
    assert container["image"] == KUSTOMIZATION["images"][0]["name"]
    assert spec["securityContext"]["runAsNonRoot"]
    assert f"--uid {spec['securityContext']['runAsUser']}" in (ROOT / "Dockerfile").read_text()
    assert not spec["automountServiceAccountToken"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}
    }  # fmt: skip
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])
    assert "memory" in container["resources"]["limits"]
    assert {each["name"] for each in container["volumeMounts"]} == {each["name"] for each in spec["volumes"]}


@pytest.mark.parametrize("name", of_kind("Deployment"))
def test_every_program_is_probed_where_it_listens_and_may_drain(name: str) -> None:
    manifest = PODS[name]
    spec = manifest["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert manifest["spec"]["selector"]["matchLabels"] == labels(manifest)
    assert labels(manifest)["part"] == name
    (port,) = container["ports"]
    for probe in (container["livenessProbe"], container["readinessProbe"]):
        assert (probe.get("httpGet") or probe["tcpSocket"])["port"] == port["name"]
    settings = of_kind("ConfigMap")["monitor"]["data"]
    dashboards = Settings.model_fields["dashboard_port"].default
    asked = understood(container["args"]).get("health_port") or int(settings["MONITOR_HEALTH_PORT"])
    assert port["containerPort"] == (dashboards if name == "dashboard" else asked)
    assert spec["terminationGracePeriodSeconds"] > DRAIN


def test_settings_and_secrets_of_the_pods_are_known_and_there() -> None:
    (settings,) = of_kind("ConfigMap").values()
    secret = yaml.safe_load((KUBERNETES / "secret.example.yaml").read_text())
    given = [*settings["data"], *secret["stringData"]]
    containers = [each["spec"]["template"]["spec"]["containers"][0] for each in PODS.values()]
    given += [each["name"] for container in containers for each in container.get("env", [])]
    assert [name for name in given if not known(name)] == []
    assert set(secret["stringData"].values()) == {""}
    names = {"configMapRef": settings["metadata"]["name"], "secretRef": secret["metadata"]["name"]}
    for container in containers:
        assert {kind: each["name"] for source in container["envFrom"] for kind, each in source.items()} == names
    for name in ("MONITOR_DASHBOARD_NAMES", "MONITOR_DASHBOARD_PROXIES"):
        assert isinstance(json.loads(settings["data"][name]), list)


def test_what_chooses_pods_finds_some() -> None:
    chosen = [each["spec"]["selector"] for each in of_kind("Service").values()]
    chosen += [each["spec"]["selector"]["matchLabels"] for each in of_kind("PodDisruptionBudget").values()]
    there = [labels(each) for each in of_kind("Deployment").values()]
    assert [each for each in chosen if each not in there] == []
    (service,) = of_kind("Service").values()
    (container,) = PODS["dashboard"]["spec"]["template"]["spec"]["containers"]
    assert service["spec"]["ports"][0]["targetPort"] == container["ports"][0]["name"]


def test_there_is_one_timer_and_the_autoscalers_say_how_many_workers() -> None:
    assert PODS["daemon"]["spec"]["replicas"] == 1
    assert PODS["daemon"]["spec"]["strategy"] == {"type": "Recreate"}
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in of_kind("HorizontalPodAutoscaler").values()}
    assert scaled == {name for name in PODS if name.startswith("worker")}
    # Applied again, a number would undo what the autoscaler chose.
    assert [name for name in scaled if "replicas" in PODS[name]["spec"]] == []


def test_pods_grow_by_figures_that_the_daemon_tells(store: Store) -> None:
    metrics = Metrics()
    metrics.backlog(store.upkeep.backlogs(now=NOW), quarantined=0, now=NOW)
    page = metrics.page().decode()
    (rule,) = yaml.safe_load((KUBERNETES / "prometheus-adapter.yaml").read_text())["rules"]["external"]
    for each in of_kind("HorizontalPodAutoscaler").values():
        for metric in each["spec"]["metrics"]:
            asked = metric["external"]["metric"]
            assert asked["name"] == rule["name"]["as"] == rule["seriesQuery"]
            assert f'{asked["name"]}{{stage="{asked["selector"]["matchLabels"]["stage"]}"}}' in page


@pytest.mark.parametrize("page", ["docs/scaling.md", "deploy/kubernetes/README.md"])
def test_the_commands_on_the_pages_exist(page: str) -> None:
    lines = re.findall(r"^    (?:kubectl .* -- )?monitor ([^#\n]+)", (ROOT / page).read_text(), re.MULTILINE)
    assert lines
    for line in lines:
        understood(shlex.split(line))


def test_the_page_on_scaling_shows_what_the_cost_model_prints() -> None:
    prices = cost_model.Prices(core=20.0, gigabyte=0.15, transfer=0.0)
    page = (ROOT / "docs/scaling.md").read_text()
    assert "\n".join(cost_model.lines(cost_model.Unit(), prices)) in page


def test_the_page_on_scaling_names_every_figure_of_the_backlog(store: Store) -> None:
    page = (ROOT / "docs/scaling.md").read_text()
    assert [each.stage for each in store.upkeep.backlogs(now=NOW) if f"`{each.stage}`" not in page] == []
    for name in ("monitor_backlog", "monitor_backlog_age_seconds", "monitor_quarantined"):
        assert f"`{name}" in page
