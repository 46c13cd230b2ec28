"""README.md to the letter: its commands in their order, where nothing is but what it asks for."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof.ledger import ROOT
from proof.promise import Figure, Scene
from proof.strangers_day_docs import commands
from proof.strangers_day_pages import furnish, newsroom, things_of
from proof.strangers_day_rules import filled

PROMISED = 120.0
"""Seconds from the first command to the first match."""
# What README.md asks for, and certificates, without which no package can be fetched.
_ASKED = "python3,make,ca-certificates"
_ENTER = """
mount --rbind /dev "$ROOT/dev" && mount -t proc proc "$ROOT/proc" &&
exec chroot "$ROOT" /bin/bash -o pipefail -c "cd /work && $LINE"
"""
_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the stranger sits: a system of its own, or a clean copy with an empty home on this one."""

    work: Path
    root: Path | None

    def start(self, line: str, log: Path) -> "subprocess.Popen[bytes]":
        """A command line in a process group of its own, as a terminal has one."""
        given = {"PATH": _PATH, "HOME": "/root", "TERM": "dumb", "LANG": "C.UTF-8"}
        # How this machine reaches packages is no affair of the README's.
        given |= {key: value for key, value in os.environ.items() if key.startswith("PIP_") or key.endswith("_proxy")}
        given |= {"MONITOR_ALLOW_PRIVATE_HOSTS": '["127.0.0.0/8"]'}
        if self.root is None:
            given |= {"HOME": str(self.work.parent / "home")}
            wrapped = ["bash", "-o", "pipefail", "-c", line]
        else:
            given |= {"ROOT": str(self.root), "LINE": line}
            wrapped = ["unshare", "--mount", "sh", "-c", _ENTER]
        with log.open("ab") as told:
            apart: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": told, "stderr": told}
            return subprocess.Popen(wrapped, cwd=self.work, env=given, start_new_session=True, **apart)


def from_a_clean_root(scene: Scene) -> Sequence[Figure]:
    """Build the place, make demo, make run, then every other command of the page."""
    place = _place(scene.folder)
    log = scene.folder / "said.log"
    log.write_bytes(b"")
    system = "a Debian with python3 and make, and nothing else (mmdebstrap)"
    what = system if place.root else "a clean copy with an empty home on this system (there is no mmdebstrap)"
    figures = [Figure(what="where", measured=what)]
    figures += _demo(place, log)
    figures += _real(place, log)
    return [*figures, _the_rest(place, log, scene.folder)]


def _place(folder: Path) -> Place:
    root = folder / "root"
    if os.geteuid() == 0 and shutil.which("mmdebstrap") and shutil.which("unshare"):
        if not (root / "whole").exists():
            shutil.rmtree(root, ignore_errors=True)
            made = ["mmdebstrap", "--quiet", "--variant=minbase", "--skip=cleanup/apt/lists", f"--include={_ASKED}"]
            subprocess.run([*made, _codename(), str(root)], check=True, capture_output=True)
            (root / "whole").touch()
        for name in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):
            shutil.copy(Path("/", name), root / name)
        place = Place(work=root / "work", root=root)
    else:
        (folder / "home").mkdir(exist_ok=True)
        place = Place(work=folder / "work", root=None)
    shutil.rmtree(place.work, ignore_errors=True)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (place.work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place.work / name)
    return place


def _codename() -> str:
    """The Debian of here, whose keys are at hand; else the current one."""
    told = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    names = [line.partition("=")[2] for line in told if line.startswith("VERSION_CODENAME=")]
    return names[0] if names and "ID=debian" in told else "stable"


def _demo(place: Place, log: Path) -> Iterator[Figure]:
    database = place.work / "var/demo.sqlite3"
    began = time.monotonic()
    with _running(place, "make demo", log) as demo:
        _until(demo, lambda: (place.work / ".venv/.installed").exists(), 900)
        installed = time.monotonic() - began
        _until(demo, lambda: _count(database, "SELECT count(*) FROM matches") > 0, 300)
        first = time.monotonic() - began
        ended = _interrupt(demo)
    yield Figure(
        what=f"`make demo`: seconds to the first match, {installed:.0f} of them set-up with all downloads",
        measured=f"{first:.0f}", wanted=f"{PROMISED:.0f} at most", holds=first <= PROMISED,
    )  # fmt: skip
    yield Figure(
        what="seconds from the end of the set-up to the first match",
        measured=f"{first - installed:.0f}", wanted="60 at most", holds=first - installed <= 60,
    )  # fmt: skip
    yield Figure(what="Ctrl-C", measured=f"{ended:.0f} s", wanted="20 s at most", holds=ended <= 20)


def _real(place: Place, log: Path) -> Iterator[Figure]:
    database = place.work / "var/monitor.sqlite3"
    with _running(place, "make run", log) as run:
        _until(run, lambda: _count(database, "SELECT count(*) FROM feeds") > 0, 120)
        feeds = _count(database, "SELECT count(*) FROM feeds")
        time.sleep(15)
        alive = run.poll() is None
        ended = _interrupt(run)
    yield Figure(
        what="`make run`: feeds; after 15 s; Ctrl-C",
        measured=f"{feeds}; {'it runs' if alive else 'it ended'}; {ended:.0f} s",
        wanted="173; it runs; 20 s at most",
        holds=feeds == 173 and alive and ended <= 20,
    )


def _the_rest(place: Place, log: Path, folder: Path) -> Figure:
    """Every other line, on the demo's database, as the page says."""
    furnish(place.work)
    things = things_of(place.work / "var/demo.sqlite3")
    wrong, tried = [], 0
    with newsroom(folder) as feed:
        front = feed.rpartition("/")[0].rpartition("/")[0] + "/"
        here = {**things, "feed": feed, "front": front, "new": feed, "postgres": ""}
        for command in commands(ROOT / "README.md"):
            if command.text.startswith(("make", ". ")):
                continue
            line = filled(command.text, here).replace("monitor ", "monitor --db sqlite:///var/demo.sqlite3 ", 1)
            if command.text.startswith("echo"):
                line = filled(command.text, here)
            tried += 1
            before = log.stat().st_size
            status = place.start(f". .venv/bin/activate && {line}", log).wait(timeout=120)
            said = log.read_bytes()[before:].decode("utf-8", "replace")
            if status or "Traceback" in said:
                wrong.append(f"{line} ({status}: {said.strip()[-200:]})")
    return Figure(
        what=f"of the {tried} other command lines of README.md, those that fail",
        measured="; ".join(wrong)[:2000] or "none",
        wanted="none",
        holds=not wrong,
    )


@contextmanager
def _running(place: Place, line: str, log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    process = place.start(line, log)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _interrupt(process: "subprocess.Popen[bytes]") -> float:
    """Ctrl-C; the seconds until everything has ended."""
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=60)
    return time.monotonic() - began


def _until(process: "subprocess.Popen[bytes]", there: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not there():
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}; see said.log")
        if time.monotonic() > end:
            raise TimeoutError(f"{process.args!r} took more than {seconds:.0f} s; see said.log")
        time.sleep(0.2)


def _count(database: Path, query: str) -> int:
    if not database.exists():
        return 0
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute(query).fetchone()[0])
    return 0
