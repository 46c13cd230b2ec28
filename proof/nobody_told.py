"""Secrets of settings, looked for in all that the program writes: commands, logs, pages, health, metrics, errors."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from proof.nobody_world import Tally
from proof.promise import Figure, Scene
from tests.dashboard_doors import NEEDS
from tests.misbehaving import MisbehavingServer

WORD = "canary4711"
"""In every secret, followed by what it is."""


def _secrets(folder: Path, port: int) -> dict[str, str]:
    """Settings with a secret in each place that may hold one."""
    return {
        "MONITOR_DATABASE_URL": f"sqlite:///{folder / 'told.sqlite3'}",
        "MONITOR_CATALOGUE": "false",
        "MONITOR_ALLOW_PRIVATE_HOSTS": '["127.0.0.0/8"]',
        "MONITOR_HOST_GAP": "0",
        "MONITOR_SMTP_HOST": "127.0.0.1",
        "MONITOR_SMTP_PORT": str(port),
        "MONITOR_SMTP_USER": "monitor",
        "MONITOR_SMTP_PASSWORD": f"{WORD}-smtp",
        "MONITOR_SMTP_SECURITY": "none",
        "MONITOR_SMTP_TIMEOUT": "3",
        "MONITOR_WEBHOOK_SECRET": f"{WORD}-webhook",
        "MONITOR_OPERATOR": f"json://user:{WORD}-operator@127.0.0.1:{port}/{WORD}-path",
        "MONITOR_HEALTH_PORT": "0",
        "MONITOR_PUBLIC_PORT": "0",
        "MONITOR_WEBSUB_PORT": "0",
        "MONITOR_LOG_LEVEL": "debug",
    }


BROKEN = (
    {"MONITOR_DATABASE_URL": f"postgresql://monitor:{WORD}-database@127.0.0.1:1/monitor"},
    {"MONITOR_DATABASE_URL": f"postgresql://monitor:{WORD}-database@no-such.invalid/monitor?sslmode=verify-full"},
    {"MONITOR_DATABASE_URL": f"mysql://monitor:{WORD}-database@127.0.0.1/monitor"},
    {"MONITOR_DATABASE_URL": f"postgresql://monitor:{WORD}-data base@127.0.0.1:port/monitor"},
    {"MONITOR_PROXY": f"http://user:{WORD}-proxy@127.0.0.1:1"},
    {"MONITOR_PROXY": f"socks9://user:{WORD}-proxy@127.0.0.1:1"},
    {"MONITOR_OPERATOR": f"nothing://{WORD}-operator"},
    {"MONITOR_OPERATOR": f"{WORD}-operator"},
    {"MONITOR_WEBHOOK_SECRET": f"whsec_{WORD}-!"},
    {"MONITOR_SMTP_PASSWORD": f"{WORD}-\u0442\u0430\u0439\u043d\u0430"},
    {"MONITOR_SMTP_PASSWORDS": f"{WORD}-smtp"},
)
"""Settings that are wrong, or lead nowhere."""
COMMANDS = (
    ["config"],
    ["config", "--json"],
    ["status"],
    ["feeds", "list"],
    ["alerts", "list"],
    ["subscriptions", "list"],
    ["jobs", "list"],
    ["accounts", "list"],
    ["accounts", "token", "list"],
    ["audit"],
    ["db", "check"],
    ["model", "list"],
    ["feeds", "parse", "http://127.0.0.1:PORT/feed"],
    ["analyze", "http://127.0.0.1:PORT/page"],
    ["digest", "preview"],
    ["alerts", "test", "hook"],
    ["alerts", "test", "chat"],
    ["run", "--no-live", "--for", "12"],
    ["alerts", "list", "--json"],
    ["no-such-command"],
)


def told(scene: Scene) -> Sequence[Figure]:
    """Every command, a run with the dashboard, and settings that are wrong."""
    tally, commands = Tally(), COMMANDS[:: max(1, round(0.2 / scene.share))]
    for old in scene.folder.glob("told.sqlite3*"):
        old.unlink()
    with MisbehavingServer() as server:
        secrets = _secrets(scene.folder, server.port)
        _furnish(tally, secrets, server.port)
        for words in commands:
            _looked_at(tally, words, *_ran(words, secrets, server.port))
        for wrong in BROKEN[:: max(1, round(0.5 / scene.share))]:
            for words in (["config"], ["status"], ["run", "--no-live", "--for", "3"]):
                _looked_at(tally, [*words, *wrong], *_ran(words, secrets | wrong, server.port))
        _file(tally, scene.folder, secrets, server.port)
        _served(tally, secrets, server.port)
    return (tally.figure("commands, logs, pages and errors in which a secret of the settings stood", "0"),)


def _ran(words: Sequence[str], settings: dict[str, str], port: int) -> tuple[bytes, bytes]:
    command = [sys.executable, "-m", "monitor", *(each.replace("PORT", str(port)) for each in words)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")} | settings
    done = subprocess.run(command, capture_output=True, env=environment, timeout=300, check=False)
    return done.stdout, done.stderr


def _looked_at(tally: Tally, what: Sequence[str], *written: bytes) -> None:
    for each in written:
        at = each.find(WORD.encode())
        tally.expect(at < 0, f"{' '.join(what)}: {each[max(0, at - 80) : at + 40]!r}")


def _furnish(tally: Tally, settings: dict[str, str], port: int) -> None:
    """Rules, a feed and a reader whose addresses hold secrets, made as people make them."""
    base = f"http://127.0.0.1:{port}"
    for words in (
        ["db", "upgrade"],
        ["alerts", "add", "hook", "--on", "match", "--webhook", f"{base}/{WORD}-hook?token={WORD}-token"],
        ["alerts", "add", "chat", "--on", "match", "--apprise", f"slack://{WORD}AAAA/{WORD}BBBB/{WORD}CCCCCCCCCCCC"],
        ["alerts", "add", "bad", "--on", "match", "--webhook", f"https://user:{WORD}-user@desk.example/"],
        ["feeds", "add", f"http://user:{WORD}-feed@127.0.0.1:{port}/feed"],
        ["accounts", "add", "Ada", "--role", "admin", "--no-password"],
    ):
        # What was typed may be told to who typed it; the rule that is refused must not be, its message goes to logs.
        found = _ran(words, settings, port)
        if "bad" in words:
            _looked_at(tally, words[:3], *found)


def _file(tally: Tally, folder: Path, settings: dict[str, str], port: int) -> None:
    """Settings files with a mistake in the line of a secret."""
    for text in (
        f'smtp_password = "{WORD}',
        f'smtp_passwort = "{WORD}"',
        f'smtp_password = ["{WORD}"]',
        f'operator = {{ url = "{WORD}" }}',
        f'database_url = ["{WORD}"]',
        f'smtp_port = "{WORD}"'.replace(WORD, "no number"),
    ):
        path = folder / "monitor.toml"
        path.write_text(text + "\n")
        given = {name: value for name, value in settings.items() if "SMTP_P" not in name and "OPERATOR" not in name}
        given.pop("MONITOR_DATABASE_URL")
        _looked_at(tally, [text], *_ran(["status"], given | {"MONITOR_CONFIG": str(path)}, port))


@contextmanager
def _running(words: Sequence[str], settings: dict[str, str], log: Path) -> Iterator[None]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")} | settings
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor", *words], stdout=file, stderr=subprocess.STDOUT, env=environment
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _served(tally: Tally, settings: dict[str, str], port: int) -> None:
    """A run beside the dashboard: each page as an admin, /health and /metrics, what both write."""
    health, pages = _free(), _free()
    given = settings | {"MONITOR_HEALTH_PORT": str(health), "MONITOR_DASHBOARD_PORT": str(pages)}
    token = _ran(["accounts", "token", "add", "Ada", "told"], settings, port)[0].decode().strip()
    known = {"authorization": f"Bearer {token}"}
    log = Path(settings["MONITOR_DATABASE_URL"].removeprefix("sqlite:///")).with_name("run.log")
    with _running(["run", "--no-live", "--dashboard"], given, log), httpx.Client(timeout=60, verify=False) as client:
        _until_there(client, f"http://127.0.0.1:{pages}/sign-in")
        for name in NEEDS:
            method, path = name.split(" ")
            if method == "GET" and path != "/live":
                for filled in (path, path.replace("{feed_id}", "1").replace("{drawn_as}", "json")):
                    answer = client.get(f"http://127.0.0.1:{pages}{filled}", headers=known)
                    _looked_at(tally, [name], answer.content, str(answer.headers).encode())
        _until_there(client, f"http://127.0.0.1:{health}/health")
        for path in ("health", "metrics"):
            _looked_at(tally, [path], client.get(f"http://127.0.0.1:{health}/{path}").content)
    _looked_at(tally, ["the log of a run"], log.read_bytes())
    tally.expect(token.encode() not in log.read_bytes(), "the token of a program stands in the log")


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _until_there(client: httpx.Client, url: str) -> None:
    ends = time.monotonic() + 120
    while True:
        try:
            client.get(url)
        except httpx.TransportError:
            assert time.monotonic() < ends, f"nobody answers at {url}"
            time.sleep(0.2)
        else:
            return
