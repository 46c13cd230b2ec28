"""Mistakes and mishaps on purpose: what the program says of each, judged as a stranger would."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from benchmarks.postgres import Server
from monitor.config import PREFIX
from proof.ledger import ROOT
from proof.promise import Figure, Scene
from proof.strangers_day_mishaps import Mishap, mishaps

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def errors(scene: Scene) -> Sequence[Figure]:
    """Each in a folder of its own; what its words lack."""
    empty = scene.folder / "empty.sqlite3"
    if not empty.exists():
        _run("--db sqlite:///empty.sqlite3 db upgrade", scene.folder, {})
    wrong, tried = [], 0
    with ExitStack() as open_ports:
        ports = {}
        for name in ("dashboard", "health", "newsroom"):
            taken = open_ports.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
            ports[name] = taken.getsockname()[1]
        postgres = open_ports.enter_context(_with_passwords())
        for mishap in mishaps(ports, postgres):
            tried += 1
            folder = scene.folder / f"{tried:02}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            mishap.before(folder)
            if judged := _judged(mishap, folder):
                wrong.append(f"{mishap.what}: {judged}")
            folder.chmod(0o755)
    return [
        Figure(
            what=f"of {tried} mishaps, those told without what, which, why or what to do, with a traceback or status 0",
            measured="; ".join(wrong)[:2000] or "none", wanted="none", holds=not wrong,
        )
    ]  # fmt: skip


def _judged(mishap: Mishap, folder: Path) -> str:
    done = _run(mishap.command, folder, mishap.settings, small_disk=mishap.small_disk, as_nobody=mishap.as_nobody)
    said = done.stdout + done.stderr
    lacking = [pattern for pattern in mishap.says if not re.search(pattern, said)]
    faults = [f"exit status {done.returncode}"] if done.returncode not in mishap.status else []
    faults += ["a traceback"] if "Traceback" in said else []
    faults += [f"lacks {pattern!r}" for pattern in lacking]
    return f"{', '.join(faults)} in {said.strip()[-300:]!r}" if faults else ""


def _run(
    command: str, folder: Path, settings: Mapping[str, str], *, small_disk: str = "", as_nobody: bool = False
) -> "subprocess.CompletedProcess[str]":
    monitor = f"{sys.executable} -m monitor"
    text = command if command.startswith("make") else f"{monitor} {command}"
    if "{monitor}" in command:
        text = command.replace("{monitor}", monitor)
    wrapped = ["bash", "-o", "pipefail", "-c", text]
    if small_disk:
        # What is there already is taken along.
        mount = 'mkdir ../kept$$; cp -r . ../kept$$; mount -t tmpfs -o size="$0" none . && cd "$PWD"; '
        mount += 'cp -r ../kept$$/. .; rm -r ../kept$$; exec "$@"'
        wrapped = ["unshare", "--mount", "bash", "-c", mount, small_disk, *wrapped]
    if as_nobody:
        # Without a shell between, for nobody may not be allowed to look at where Python lies.
        wrapped = [*NOBODY, *shlex.split(text)]
    clean = {key: value for key, value in os.environ.items() if not key.startswith((PREFIX, "PG"))}
    given = (
        clean | {"PYTHONPATH": str(ROOT), "MONITOR_HEALTH_PORT": "0", "MONITOR_DASHBOARD_PORT": "0"} | dict(settings)
    )
    return subprocess.run(
        wrapped, cwd=folder, env=given, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )


class _with_passwords:  # noqa: N801 - used as a context
    """A Postgres on loopback that lets nobody in without the right password; an address with a wrong one."""

    def __enter__(self) -> str:
        import psycopg

        self._server = Server()
        self._server.__enter__()
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE monitor LOGIN PASSWORD 'right'")
            connection.execute("ALTER ROLE postgres PASSWORD 'right'")
            (hba,) = connection.execute("SHOW hba_file").fetchone() or ("",)
            Path(hba).write_text("local all postgres trust\nlocal all all scram-sha-256\n", encoding="utf-8")
            connection.execute("SELECT pg_reload_conf()")
        host = self._server.url.partition("?")[2]
        return f"'postgresql://monitor:wrong@/postgres?{host}'"

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()
