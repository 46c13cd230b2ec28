"""The image's layout without a container engine: its environment and user, on a tree that nobody can write to."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from proof.ledger import ROOT
from proof.promise import Figure, Scene
from proof.supply_chain_files import CONSTRAINTS, bill_of_materials

USER = "10001"
_RIGHTS = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
# Everything is read-only but two folders that stand for /data and /tmp: docker run --read-only --tmpfs /tmp -v …:/data.
_INSIDE = """
set -e
mount --bind "$DATA" "$DATA"
mount -t tmpfs none "$TMPDIR"
for place in $(awk '$2 != "/proc" && $2 != ENVIRON["TMPDIR"] && $2 != ENVIRON["DATA"] {print $2}' /proc/self/mounts); do
  mount -o remount,ro,bind "$place" 2>/dev/null || true
done
cd "$DATA"
exec "$@"
"""
_ROUND = "Leaders to meet\nThe two presidents will hold talks on Friday in Budapest, an aide said."
HEALTH_PORT = "18787"


def install(folder: Path) -> Path:
    """An environment as the Dockerfile makes it, from the constraints; the folder with its scripts."""
    python = shutil.which("python3", path="/usr/local/bin:/usr/bin") or sys.executable
    place = folder / "venv"
    if not (place / "whole").exists():
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([python, "-m", "venv", "--without-pip", "--copies", str(place)], check=True)
        pip = [sys.executable, "-m", "pip", "--python", str(place / "bin/python"), "install", "--quiet"]
        subprocess.run([*pip, "--constraint", str(CONSTRAINTS), str(ROOT)], check=True, capture_output=True)
        (place / "whole").touch()
    return place / "bin"


def environment(scripts: Path, data: Path) -> dict[str, str]:
    """What the Dockerfile sets, with the folders of here."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").partition("\nENV ")[2].partition("\nUSER")[0]
    lines = " ".join(line.rstrip("\\") for line in text.splitlines() if not line.startswith("#"))
    given = dict(each.split("=", 1) for each in shlex.split(lines))
    given = {key: value.replace("/data", str(data)) for key, value in given.items()}
    (data.parent / "tmp").mkdir(exist_ok=True)
    here = {
        "TMPDIR": str(data.parent / "tmp"),
        "PATH": f"{scripts}:/usr/bin:/bin",
        "MONITOR_HEALTH_PORT": HEALTH_PORT,
        "MONITOR_HEALTH_HOST": "127.0.0.1",
    }
    return {**given, **here}


def enclosed(command: Sequence[str], settings: Mapping[str, str], data: Path, given: str = "") -> "Done":
    """Run a command as the container would."""
    wrapped = ["unshare", "--mount", "sh", "-c", _INSIDE, "sh", *_RIGHTS, "--no-new-privs", *command]
    return subprocess.run(
        wrapped, env={**settings, "DATA": str(data)}, input=given, capture_output=True, text=True, timeout=300
    )


Done = subprocess.CompletedProcess[str]


def layout(scene: Scene) -> Sequence[Figure]:
    """Install from the constraints, then run without rights where nothing but /data and /tmp can be written."""
    scripts = install(scene.folder)
    data = scene.folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    for folder in (scene.folder, *scene.folder.parents[:-1]):
        if not folder.stat().st_mode & 0o005:
            raise PermissionError(f"{folder} is closed to other users. Give --folder with a place that all may enter")
    os.chown(data, int(USER), int(USER))
    settings = environment(scripts, data)
    figures = [*_installed(scripts), *_rights(settings, data)]
    figures += [_ran(what, words, settings, data, given) for what, words, given in _commands()]
    return [*figures, _probed(settings, data)]


def _commands() -> tuple[tuple[str, list[str], str], ...]:
    return (
        ("schema", ["monitor", "db", "upgrade"], ""),
        ("a text is read", ["monitor", "analyze"], _ROUND),
        ("status", ["monitor", "status", "--json"], ""),
        ("a digest with its pictures", ["monitor", "digest", "preview", "--format", "page"], ""),
        ("a mail", ["monitor", "digest", "test", "desk@example.org"], ""),
        ("a backup", ["monitor", "db", "backup", "copy.backup"], ""),
        ("the demo", ["monitor", "demo", "--no-live", "--for", "12", "--speed", "7200", "--port", "18799"], ""),
    )


def _installed(scripts: Path) -> list[Figure]:
    # Of the extra "proof", which the tests of every day go without.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)$", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE))
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "list", "--format", "json"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    there = {_plain(each["name"]): each["version"].partition("+")[0] for each in json.loads(listed.stdout)}
    version = there.pop("talks-monitor", "")
    strange = sorted(f"{name} {number}" for name, number in there.items() if pinned.get(name) != number)
    bill: dict[str, Any] = json.loads(bill_of_materials(scripts / "python"))
    invalid = JsonStrictValidator(SchemaVersion.from_version(bill["specVersion"])).validate_str(json.dumps(bill))
    lacking = sorted(set(there) - {_plain(each["name"]) for each in bill["components"]})
    return [
        Figure(
            what="installed from the constraints",
            measured=f"{len(there)} packages, other versions: {', '.join(strange) or 'none'}",
            wanted="none in another version",
            holds=bool(version) and not strange,
        ),
        Figure(
            what=f"bill of materials, CycloneDX {bill['specVersion']}, {len(bill['components'])} parts",
            measured=f"{invalid or 'valid'}, lacking: {', '.join(lacking) or 'nothing'}",
            wanted="valid, lacking nothing",
            holds=invalid is None and not lacking and "version" in bill["components"][-1],
        ),
    ]


def _rights(settings: Mapping[str, str], data: Path) -> list[Figure]:
    told = enclosed(["cat", "/proc/self/status"], settings, data).stdout
    found = {key: value.split() for key, _, value in (line.partition(":") for line in told.splitlines())}
    bare = found["CapEff"] == found["CapBnd"] == ["0" * 16] and found["NoNewPrivs"] == ["1"]
    places = ("/", "/etc", "/tmp", str(ROOT), settings["PATH"].partition(":")[0])
    probe = 'for place in "$@"; do touch "$place/probe" 2>/dev/null && echo "$place"; done; true'
    writable = enclosed(["sh", "-c", probe, "sh", *places], settings, data).stdout.split()
    return [
        Figure(
            what="user; capabilities, also those it could get",
            measured=f"{' '.join(sorted(set(found['Uid'])))}; {found['CapEff'][0]}",
            wanted=f"{USER}; none",
            holds=bare and set(found["Uid"]) == {USER},
        ),
        Figure(
            what="of five places beside /data and /tmp, those that can be written",
            measured=", ".join(writable) or "none",
            wanted="none",
            holds=not writable,
        ),
    ]


def _ran(what: str, command: list[str], settings: Mapping[str, str], data: Path, given: str) -> Figure:
    done = enclosed(command, settings, data, given)
    fine = done.returncode == 0 and "Traceback" not in done.stderr and "Read-only" not in done.stderr
    said = "done" if fine else f"exit status {done.returncode}: {done.stderr[-300:]}"
    return Figure(what=f"{what} (`{' '.join(command)}`)", measured=said, wanted="done", holds=fine)


def _probed(settings: Mapping[str, str], data: Path) -> Figure:
    """The image's own command and its health check, side by side."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    start = json.loads(re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)[-1])
    probe = json.loads(re.findall(r"^  CMD (\[.*\])$", text, re.MULTILINE)[0])
    wrapped = ["unshare", "--mount", "sh", "-c", _INSIDE, "sh", *_RIGHTS, "--no-new-privs", "monitor", *start]
    told = (data.parent / "run.log").open("w")
    with subprocess.Popen(wrapped, env={**settings, "DATA": str(data)}, stdout=told, stderr=told) as running:
        status = 1
        for _ in range(60):
            status = enclosed(probe, settings, data).returncode
            if status == 0 or running.poll() is not None:
                break
            time.sleep(0.5)
        running.terminate()
        ended = running.wait(timeout=30)
    return Figure(
        what=f"health check beside `monitor {' '.join(start)}`, then SIGTERM",
        measured=f"exit status {status}, the program ended with {ended}",
        wanted="0, and 0",
        holds=status == 0 and ended == 0,
    )


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
