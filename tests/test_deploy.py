"""What is deployed names commands, settings, ports and labels that there are."""

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from monitor.cli import cli
from monitor.config import Settings

ROOT = Path(__file__).resolve().parents[1]
MANIFESTS: list[dict[str, Any]] = list(yaml.safe_load_all((ROOT / "deploy/kubernetes/monitor.yaml").read_text()))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "talks-monitor"}
# libpq's, not ours.
FOREIGN = {"PGPASSWORD"}


def understood(arguments: list[str]) -> None:
    """Parse a command line without running it."""
    group: click.Command = cli
    context = click.Context(group)
    rest = list(arguments)
    while isinstance(group, click.Group):
        found = group.get_command(context, rest.pop(0))
        assert found is not None, arguments
        group = found
    group.make_context(group.name, rest)


def known(setting: str) -> bool:
    return setting in FOREIGN or setting.removeprefix("MONITOR_").lower() in Settings.model_fields


@pytest.mark.parametrize("service", OURS)
def test_every_service_of_compose_runs_a_command_with_known_settings(service: str) -> None:
    understood(OURS[service]["command"])
    assert all(map(known, OURS[service]["environment"]))
    assert OURS[service]["read_only"]
    assert OURS[service]["cap_drop"] == ["ALL"]


def test_compose_publishes_on_this_machine_only_and_migrates_first() -> None:
    ports = [port for each in COMPOSE["services"].values() for port in each.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    for name in ("daemon", "worker", "dashboard"):
        assert OURS[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    grace = float(OURS["worker"]["stop_grace_period"].removesuffix("s"))
    assert grace > Settings.model_fields["drain_seconds"].default
    assert isinstance(json.loads(OURS["dashboard"]["environment"]["MONITOR_DASHBOARD_NAMES"]), list)


def pods() -> list[tuple[str, dict[str, Any]]]:
    return [(each["metadata"]["name"], each) for each in MANIFESTS if each["kind"] in {"Deployment", "Job"}]


@pytest.mark.parametrize(("name", "manifest"), pods())
def test_every_pod_runs_a_command_without_rights(name: str, manifest: dict[str, Any]) -> None:
    spec = manifest["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    understood(container["args"])
    assert spec["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    if manifest["kind"] == "Deployment":
        labels = manifest["spec"]["template"]["metadata"]["labels"]
        assert manifest["spec"]["selector"]["matchLabels"] == labels
        assert labels["part"] == name
        ports = {port["name"] for port in container["ports"]}
        for probe in (container["livenessProbe"], container["readinessProbe"]):
            asked = probe.get("httpGet") or probe["tcpSocket"]
            assert asked["port"] in ports


def test_what_chooses_pods_finds_some_and_settings_are_known() -> None:
    parts = {each["spec"]["template"]["metadata"]["labels"]["part"] for _, each in pods()}
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for each in MANIFESTS:
        by_kind.setdefault(each["kind"], []).append(each)
    (service,), budgets = by_kind["Service"], by_kind["PodDisruptionBudget"]
    assert service["spec"]["selector"]["part"] in parts
    assert all(each["spec"]["selector"]["matchLabels"]["part"] in parts for each in budgets)
    assert all(each["spec"]["scaleTargetRef"]["name"] in parts for each in by_kind["HorizontalPodAutoscaler"])
    (settings,) = by_kind["ConfigMap"]
    assert all(map(known, settings["data"]))
    (daemon,) = [each for name, each in pods() if name == "daemon"]
    assert daemon["spec"]["replicas"] == 1
    assert daemon["spec"]["strategy"] == {"type": "Recreate"}


def test_pods_grow_by_a_figure_that_the_daemon_tells() -> None:
    source = (ROOT / "monitor/daemon/metrics.py").read_text()
    for each in MANIFESTS:
        if each["kind"] == "HorizontalPodAutoscaler":
            (metric,) = each["spec"]["metrics"]
            assert f'"{metric["external"]["metric"]["name"]}"' in source
    assert re.search(r"monitor_backlog_age_seconds", (ROOT / "deploy/kubernetes/README.md").read_text())
